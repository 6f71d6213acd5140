"""pip: `requirements.txt` with exact versions, as pip-compile and uv write it (pip 26 docs, read 2026-11).

It is a lockfile only where every requirement is `==` one version; lines that are not are said. Comments "# via …",
which both compilers write, tell what needs what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.formats.pyproject import normal
from callboard.formats.text import read_text

FORMAT = "requirements"

_PINNED = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;,*]+)\s*(?:;\s*(.*))?"
)
_NAMED_URL = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*@\s*(\S+)\s*(?:;.*)?")
_HASH = re.compile(r"--hash[= ]([a-z0-9]+:[0-9a-fA-F]+)")
_VIA = re.compile(r"#\s*via(?:\s+(.*))?$")
_COMMENT = re.compile(r"#\s*(.*)$")
_OPTION = re.compile(r"\s--(?:hash|global-option|config-settings?)\b.*", re.DOTALL)
_COMMIT = re.compile(r"@([0-9a-f]{40})(?:$|[#&])")


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the file holds it all
    """A lock. Raises MalformedManifestError only for what is no text; every line that is not pinned is a problem."""
    draft = Draft(path, FORMAT)
    by_name: dict[str, int] = {}
    via: list[tuple[int, list[str]]] = []
    for line, statement, comments in _statements(read_text(path, raw)):
        at = _add(draft, line, statement)
        if at is not None:
            by_name[normal(draft.entries[at].package.name)] = at
            via.append((at, _needers(comments)))
    told = any(needers for _, needers in via)
    own: int | None = None
    for at, needers in via:
        for needer in needers:
            if needer.startswith("-r ") or needer.endswith((".in", ".toml", ".txt", ".cfg", ".py", ")")):
                if own is None:
                    own = draft.add(_own(path))
                draft.edge(own, at)
            elif (by := by_name.get(normal(needer.partition("[")[0]))) is not None and by != at:
                draft.edge(by, at)
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    draft.cannot_tell(Fact.SCOPE, "What a requirements file is for stands in no requirements file.")
    if not told:
        draft.cannot_tell(Fact.EDGES, "The file has no comments that tell what needs what.")
    if own is None:
        is_limit = "constraints" in path.rpartition("/")[2]
        said = "Constraints say which version is meant where something is installed, and not that it is."
        draft.cannot_tell(
            Fact.DIRECT, said if is_limit else "The file has no comments that tell what the project itself asks for."
        )
    return _without_needs(draft.finish(reach=own is not None))


def _without_needs(lock: Lock) -> Lock:
    """A way from the project says that something is needed, and not whether for production."""
    from msgspec.structs import replace

    return replace(lock, entries=tuple(each if each.is_own else replace(each, need=None) for each in lock.entries))


def _own(path: str) -> Entry:
    package = Package(ecosystem=PYPI, name=path.rpartition("/")[2], version="")
    return Entry(package=package, line=1, origin=Origin.WORKSPACE, location=".")


def _statements(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line, requirement or option with its continuations, and the comments that follow it."""
    pending: tuple[int, list[str], list[str]] | None = None
    continued = False
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if content.startswith("#") and not continued:
            if pending is not None:
                pending[2].append(content)
            continue
        if not content:
            continued = False
            continue
        body, _, comment = content.partition(" #")
        if continued and pending is not None:
            pending[1].append(body.rstrip("\\").strip())
        else:
            if pending is not None:
                yield pending[0], " ".join(pending[1]), pending[2]
            pending = (number, [body.rstrip("\\").strip()], [])
        if comment:
            pending[2].append(f"#{comment}")
        continued = body.endswith("\\")
    if pending is not None:
        yield pending[0], " ".join(pending[1]), pending[2]


def _add(draft: Draft, line: int, statement: str) -> int | None:
    if statement.startswith("-"):
        _option(draft, line, statement)
        return None
    hashes = tuple(_HASH.findall(statement))
    asked = _OPTION.sub("", statement).strip()
    pinned = _PINNED.fullmatch(asked)
    if pinned:
        package = Package(ecosystem=PYPI, name=pinned[1], version=pinned[2])
        return draft.add(Entry(package=package, line=line, integrity=hashes, conditional=bool(pinned[3])))
    named = _NAMED_URL.fullmatch(asked)
    address = named[2] if named else asked
    if "://" in address:
        is_git = address.startswith("git+")
        commit = _COMMIT.search(address)
        name = named[1] if named else address.partition("#egg=")[2].partition("&")[0]
        if not name:
            draft.problem(line, f"expected a name before the address {address[:80]!a}")
            return None
        entry = Entry(
            package=Package(ecosystem=PYPI, name=name, version=""),
            line=line,
            origin=Origin.GIT if is_git else Origin.URL,
            location=address,
            commit=commit[1] if commit and is_git else None,
            integrity=hashes,
        )
        return draft.add(entry)
    draft.problem(line, f"expected name==version, not {asked[:80]!a}")
    return None


def _option(draft: Draft, line: int, statement: str) -> None:
    option = re.split(r"[\s=]", statement, maxsplit=1)[0]
    if option in {"-r", "--requirement", "-c", "--constraint"}:
        draft.problem(line, "expected all requirements in this file; the file named here has to be read by itself")
    elif option in {"-e", "--editable"}:
        draft.problem(line, "expected no editable requirement; what it needs cannot be told")


def _needers(comments: list[str]) -> list[str]:
    """The names after "# via", on its line or on those below."""
    found: list[str] = []
    inside = False
    for comment in comments:
        via = _VIA.fullmatch(comment)
        if via:
            inside = True
            found += [each.strip() for each in (via[1] or "").split(",") if each.strip()]
        elif inside and (more := _COMMENT.fullmatch(comment)) and more[1]:
            found.append(more[1].strip())
    return found
