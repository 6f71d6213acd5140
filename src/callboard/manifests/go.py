"""Go: `go.mod` and `go.sum` (go.dev/ref/mod, read 2026-11).

go.mod lists every module of the build since Go 1.17. go.sum holds hashes, also of modules that were only looked at:
alone it says too much, so it is read for a project without a go.mod beside it, and else only for the hashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import GO, Package
from callboard.errors import MalformedManifestError
from callboard.formats.text import read_text

FORMAT = "go"
SUM_FORMAT = "go-sum"

_SUM = re.compile(r"(\S+) (v\S+?)(/go\.mod)? (h1:[A-Za-z0-9+/]+=*)")
_DIRECTIVE = re.compile(r"(module|require|replace|exclude|retract|tool|ignore|go|toolchain|godebug)\b[ \t]*(.*)")
_QUOTED = re.compile(r'"([^"]*)"|`([^`]*)`|(\S+)')


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock of go.mod; `beside` may hold go.sum, for the hashes. Raises MalformedManifestError."""
    draft = Draft(path, FORMAT)
    sums = _sums("go.sum", beside["go.sum"]) if "go.sum" in beside else {}
    replaced: dict[tuple[str, str], list[str]] = {}
    required: list[tuple[int, str, str, bool]] = []
    module = ""
    for line, verb, words, comment in _directives(path, read_text(path, raw)):
        if verb == "module" and len(words) == 1:
            module = words[0]
        elif verb == "go" and len(words) == 1:
            draft.version = words[0]
        elif verb == "require":
            if len(words) != 2:
                raise MalformedManifestError("expected a module and a version", path=path, line=line)
            required.append((line, words[0], words[1], "indirect" in comment))
        elif verb == "replace":
            _replace(path, line, words, replaced)
    if not module:
        raise MalformedManifestError("expected a line that begins with module", path=path, line=1)
    own = draft.add(
        Entry(package=Package(ecosystem=GO, name=module, version=""), line=1, origin=Origin.WORKSPACE, location=".")
    )
    for line, name, version, is_indirect in required:
        entry = _entry(name, version, line, replaced.get((name, version)) or replaced.get((name, "")), sums)
        at = draft.add(msgspec.structs.replace(entry, direct=not is_indirect))
        if not is_indirect:
            draft.edge(own, at, Need.UNKNOWN)
    draft.cannot_tell(Fact.EDGES, "go.mod does not write what needs what.")
    draft.cannot_tell(Fact.SCOPE, "Go does not tell what only tests need.")
    return draft.finish(reach=False)


def parse_sum(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  it stands alone
    """A lock of go.sum: the modules whose content is hashed. Raises MalformedManifestError."""
    draft = Draft(path, SUM_FORMAT)
    for (name, version), (line, digest) in _sums(path, raw).items():
        draft.add(Entry(package=Package(ecosystem=GO, name=name, version=version), line=line, integrity=(digest,)))
    draft.cannot_tell(Fact.DIRECT, "go.sum does not write what the project itself asks for; go.mod does.")
    draft.cannot_tell(Fact.EDGES, "go.sum does not write what needs what.")
    draft.cannot_tell(Fact.SCOPE, "Go does not tell what only tests need.")
    draft.cannot_tell(Fact.VERSION, "go.sum also keeps hashes of versions that are no longer built.")
    return draft.finish(reach=False)


def _sums(path: str, raw: bytes) -> dict[tuple[str, str], tuple[int, str]]:
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for number, line in enumerate(read_text(path, raw).split("\n"), start=1):
        if not line.strip():
            continue
        match = _SUM.fullmatch(line.strip())
        if match is None:
            raise MalformedManifestError("expected a module, a version and a hash (h1:…)", path=path, line=number)
        if not match[3]:
            found[match[1], match[2]] = (number, match[4])
    return found


def _directives(path: str, text: str) -> Iterator[tuple[int, str, list[str], str]]:
    """Line, verb, words and comment of every directive, those in blocks one by one."""
    block = ""
    for number, line in enumerate(text.split("\n"), start=1):
        content, _, comment = line.partition("//")
        content = content.strip()
        if not content:
            continue
        if block:
            if content == ")":
                block = ""
            else:
                yield number, block, _words(content), comment
            continue
        match = _DIRECTIVE.fullmatch(content)
        if match is None:
            raise MalformedManifestError(
                f"expected a directive of go.mod, not {content[:40]!a}", path=path, line=number
            )
        if match[2] == "(":
            block = match[1]
        else:
            yield number, match[1], _words(match[2]), comment
    if block:
        raise MalformedManifestError(f"expected the end of the block {block} (", path=path)


def _words(text: str) -> list[str]:
    return [match[1] or match[2] or match[3] or "" for match in _QUOTED.finditer(text)]


def _replace(path: str, line: int, words: list[str], replaced: dict[tuple[str, str], list[str]]) -> None:
    if "=>" not in words:
        raise MalformedManifestError("expected => in a replacement", path=path, line=line)
    at = words.index("=>")
    left, right = words[:at], words[at + 1 :]
    if not 1 <= len(left) <= 2 or not 1 <= len(right) <= 2:
        raise MalformedManifestError("expected a module, =>, and what replaces it", path=path, line=line)
    replaced[left[0], left[1] if len(left) == 2 else ""] = right


def _entry(
    name: str, version: str, line: int, replaced: list[str] | None, sums: Mapping[tuple[str, str], tuple[int, str]]
) -> Entry:
    if replaced is None:
        origin, location, real = Origin.REGISTRY, None, (name, version)
    elif len(replaced) == 2:
        origin, location, real = Origin.REGISTRY, None, (replaced[0], replaced[1])
    else:
        origin, location, real = Origin.LINK, replaced[0], (name, version)
    digest = sums.get(real)
    return Entry(
        package=Package(ecosystem=GO, name=real[0], version=real[1]),
        line=line,
        origin=origin,
        location=location,
        aliases=() if real[0] == name else (name,),
        integrity=(digest[1],) if digest and origin is Origin.REGISTRY else (),
        install_script=False,
    )
