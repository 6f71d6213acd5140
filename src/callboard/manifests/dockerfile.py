"""Docker: `Dockerfile` and `Containerfile`: the images that another image is built from (BuildKit reference, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Origin
from callboard.domain.packages.package import DOCKER, Package
from callboard.errors import MalformedManifestError
from callboard.formats.image import image_entry
from callboard.formats.text import read_text

FORMAT = "dockerfile"

_FROM = re.compile(r"(?:--[a-z]+=\S+\s+)*(\S+)(?:\s+as\s+(\S+))?\s*", re.IGNORECASE)
_BROUGHT = re.compile(r"--(?:from=|mount=(?:[^\s,]+,)*from=)([^\s,]+)")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?:(:?[-+])([^}]*))?\}|([A-Za-z_]\w*))")
_HEREDOC = re.compile(r"<<-?\s*[\"']?([A-Za-z_]\w*)[\"']?")
_ESCAPE = re.compile(r"^#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_ARG = re.compile(r"([A-Za-z_]\w*)(?:=(\S*))?")


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the file holds it all
    """The images that a build starts from or copies from. Raises MalformedManifestError."""
    draft = Draft(path, FORMAT)
    name = Package(ecosystem=DOCKER, name=path.rpartition("/")[2], version="")
    own = draft.add(Entry(package=name, line=1, origin=Origin.WORKSPACE, location=path))
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    count = 0
    for line, word, rest in _instructions(read_text(path, raw)):
        wanted: list[str] = []
        if word == "FROM":
            match = _FROM.fullmatch(rest)
            if match is None:
                raise MalformedManifestError("expected FROM image [AS name]", path=path, line=line)
            wanted = [match[1]]
        elif word == "ARG" and not count:
            # Only what stands before the first FROM may be used in a FROM.
            for found in _ARG.finditer(rest):
                arguments[found[1]] = (found[2] or "").strip("\"'")
        elif word in {"COPY", "ADD", "RUN"}:
            wanted = _BROUGHT.findall(rest)
        for reference in wanted:
            _add(draft, own, line, _filled(reference, arguments), stages)
        if word == "FROM" and match is not None:
            stages.add(str(count))
            if match[2]:
                stages.add(match[2].lower())
            count += 1
    if not count:
        raise MalformedManifestError("expected an instruction FROM", path=path)
    draft.cannot_tell(Fact.EDGES, "What an image holds stands in the image.")
    return draft.finish()


def _add(draft: Draft, own: int, line: int, reference: str, stages: set[str]) -> None:
    if reference.lower() in stages or reference == "scratch":
        return
    entry = None if "$" in reference else image_entry(reference, line)
    if entry is None:
        draft.problem(line, f"expected an image, not {reference[:80]!a}: what it stands for cannot be told")
    else:
        draft.edge(own, draft.add(entry))


def _filled(reference: str, arguments: Mapping[str, str]) -> str:
    """The reference with the default values of its build arguments; those without one stay as they are."""

    def value(match: re.Match[str]) -> str:
        found = arguments.get(match[1] or match[4], "")
        if match[2] and match[2].endswith("-"):
            return found or match[3]
        if match[2]:
            return match[3] if found else ""
        return found or match[0]

    return _VARIABLE.sub(value, reference)


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, instruction in capitals and the rest of it; comments, continuations and here-documents taken care of."""
    lines = text.split("\n")
    escape = "\\"
    for line in lines:
        if not line.startswith("#"):
            break
        if match := _ESCAPE.fullmatch(line):
            escape = match[1]
    at = 0
    while at < len(lines):
        start = at
        parts: list[str] = []
        while at < len(lines):
            content = lines[at].strip()
            at += 1
            if content.startswith("#") or (not content and parts):
                continue
            parts.append(content.removesuffix(escape).strip())
            if not content.endswith(escape):
                break
        statement = " ".join(parts)
        word, _, rest = statement.partition(" ")
        word = word.upper()
        if word in {"RUN", "COPY", "ADD"}:
            for mark in _HEREDOC.findall(rest):
                while at < len(lines) and lines[at].strip() != mark:
                    at += 1
                at += 1
        if word:
            yield start + 1, word, rest.strip()
