"""CODEOWNERS files as GitHub and as GitLab read them: who looks after which paths.

Read 2026-11: https://docs.github.com/articles/about-code-owners and
https://docs.gitlab.com/user/project/codeowners/reference. Both let the last line that fits decide; GitLab decides once in
each section and puts the sections together. A line without owners means "nobody", which is not the same as no line.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterable

import msgspec

from callboard.domain.path_pattern import ANY, STAR, Segment, name_pattern, path_matches

MAX_BYTES = 3 * 1024 * 1024
"""GitHub ignores files from this size on; nothing reads a larger one on GitLab here either."""

MAX_ENTRIES = 5_000
"""Lines of one file that are kept. Real files come with some hundreds, the largest known with two thousand."""

MAX_WORK = 50_000_000
"""Characters of patterns times characters of the path: beyond that a file is made to keep us busy, and answers nothing."""

MAX_LINE = 4_096
"""Characters of a line that can be read."""


@enum.unique
class Dialect(enum.StrEnum):
    """Whose rules a file is read by."""

    GITHUB = "github"
    GITLAB = "gitlab"


PLACES = {
    Dialect.GITHUB: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    Dialect.GITLAB: ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""Where the file may lie. The first that exists counts, and no other."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line that says whose some paths are."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    """`@user`, `@org/team`, `@group/subgroup`, an e-mail address, or `@@role`. Empty: nobody."""
    section: str = ""
    """GitLab only. Empty: before the first section."""
    optional: bool = False
    """The section is optional: its owners need not approve."""
    excludes: bool = False
    """Paths that fit have no owner in this section, whatever else it says (GitLab's `!`)."""


class Skipped(msgspec.Struct, frozen=True):
    """A line that the forge would not understand either."""

    line: int
    reason: str


class CodeOwners(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    dialect: Dialect
    entries: tuple[Entry, ...]
    """In the order of the file."""
    skipped: tuple[Skipped, ...] = ()


_USER = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_TEAM = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)+")
_MAIL = re.compile(r"[^\s@/]+@[^\s@/]+\.[^\s@/.]+")
_ROLE = re.compile(r"@@(?:developer|maintainer|owner)s?")
_HEADING = re.compile(r"(\^?)\[([^\[\]]*)\](?:\[(\d{1,4})\])?(?=\s|$)(.*)")


def parse(text: str, dialect: Dialect) -> CodeOwners:
    """Read a file. Never raises: a line that cannot be understood is skipped with the reason, as the forges do."""
    read = _github if dialect is Dialect.GITHUB else _gitlab
    entries, skipped = read(_lines(text))
    if len(entries) > MAX_ENTRIES:
        skipped.append(Skipped(entries[MAX_ENTRIES].line, f"more than {MAX_ENTRIES:,} lines; the rest is left out"))
        del entries[MAX_ENTRIES:]
    return CodeOwners(dialect=dialect, entries=tuple(entries), skipped=tuple(skipped))


def _lines(text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _github(lines: Iterable[tuple[int, str]]) -> tuple[list[Entry], list[Skipped]]:
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for number, line in lines:
        if len(line) > MAX_LINE:
            skipped.append(Skipped(number, "the line is too long"))
            continue
        pattern, rest = _split(line)
        owners = tuple(rest[: next((at for at, word in enumerate(rest) if word.startswith("#")), len(rest))])
        if reason := _github_refuses(pattern, owners):
            skipped.append(Skipped(number, reason))
        else:
            entries.append(Entry(line=number, pattern=pattern, owners=owners))
    return entries, skipped


def _github_refuses(pattern: str, owners: tuple[str, ...]) -> str | None:
    if pattern.startswith("!"):
        return "GitHub does not know patterns that begin with !"
    if pattern.startswith("\\#"):
        return "GitHub does not know patterns that begin with \\#"
    if re.search(r"(?<!\\)[\[\]]", pattern):
        return "GitHub does not know character ranges in brackets"
    strange = next((owner for owner in owners if not _is_owner(owner)), None)
    return f"{strange!r} is no user, team or e-mail address" if strange else None


def _gitlab(lines: Iterable[tuple[int, str]]) -> tuple[list[Entry], list[Skipped]]:
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    names: dict[str, str] = {}
    required: set[str] = set()
    section = ""
    usual: tuple[str, ...] = ()
    for number, line in lines:
        if len(line) > MAX_LINE:
            skipped.append(Skipped(number, "the line is too long"))
        elif heading := _HEADING.fullmatch(line):
            name = heading[2].strip()
            if not name:
                skipped.append(Skipped(number, "the section has no name"))
                continue
            # Names are compared without letter case, and sections of one name are one section.
            section = names.setdefault(name.casefold(), name)
            usual = _owners(heading[4].split())
            if not heading[1]:
                required.add(section)
        else:
            pattern, words = _split(line)
            excludes = pattern.startswith("!")
            found = () if excludes else _owners(words) or usual
            entries.append(
                Entry(line=number, pattern=pattern.removeprefix("!"), owners=found, section=section, excludes=excludes)
            )
    optional = set(names.values()) - required
    return [
        msgspec.structs.replace(entry, optional=True) if entry.section in optional else entry for entry in entries
    ], skipped


def _owners(words: Iterable[str]) -> tuple[str, ...]:
    """The owners among some words: GitLab passes over the others, and reads owners in a comment at the end of a line."""
    return tuple(dict.fromkeys(word for word in words if _is_owner(word) or _ROLE.fullmatch(word)))


def _is_owner(word: str) -> bool:
    return any(shape.fullmatch(word) for shape in (_USER, _TEAM, _MAIL))


def _split(line: str) -> tuple[str, list[str]]:
    """The pattern, in which a backslash keeps a blank, and the words behind it."""
    at = 0
    while at < len(line) and not line[at].isspace():
        at += 2 if line[at] == "\\" else 1
    return line[:at], line[at:].split()


def owners_of(code_owners: CodeOwners, path: str, *, is_folder: bool = False) -> tuple[Entry, ...]:
    """The lines that decide whose a path is: one at most on GitHub, one at most of each section on GitLab.

    A deciding line without owners means nobody. For a folder: whose a new file directly in it would be.
    """
    if sum(len(entry.pattern) for entry in code_owners.entries) * len(path) > MAX_WORK:
        return ()
    segments = [segment for segment in path.split("/") if segment]
    if is_folder:
        segments.append("\0")  # a name that fits a star and nothing else
    deciding: dict[str, Entry] = {}
    excluded: set[str] = set()
    for entry in code_owners.entries:
        if path_matches(_compiled(code_owners.dialect, entry.pattern), segments):
            deciding[entry.section] = entry
            if entry.excludes:
                excluded.add(entry.section)
    return tuple(entry for section, entry in deciding.items() if section not in excluded)


@functools.lru_cache(maxsize=8_192)
def _compiled(dialect: Dialect, pattern: str) -> tuple[Segment, ...]:
    return _github_pattern(pattern) if dialect is Dialect.GITHUB else _gitlab_pattern(pattern)


def _github_pattern(pattern: str) -> tuple[Segment, ...]:
    """As in gitignore, except that a star at the end reaches only what lies directly in a folder."""
    is_anchored = "/" in pattern.rstrip("/")
    words = [word for word in pattern.split("/") if word]
    found: list[Segment] = [ANY if word == "**" else name_pattern(word, choices=False) for word in words]
    if not is_anchored:
        found.insert(0, ANY)
    something: Segment = (STAR,)
    if pattern.endswith("/"):
        return (*found, something, ANY)
    if words and words[-1] == "**":
        return (*found[:-1], something, ANY)
    if is_anchored and words and words[-1] == "*":
        return tuple(found)
    return (*found, ANY)


def _gitlab_pattern(pattern: str) -> tuple[Segment, ...]:
    """As Ruby's fnmatch with path names: everything has to fit to the end, and `**` counts only before a slash."""
    if pattern == "*":
        return (ANY, (STAR,))
    if not pattern.startswith("/"):
        pattern = f"/**/{pattern}"
    if pattern.endswith("/"):
        pattern = f"{pattern}**/*"
    *folders, last = [word for word in pattern.split("/") if word] or [""]
    found: list[Segment] = [ANY if word == "**" else name_pattern(word, choices=True) for word in folders]
    return (*found, name_pattern(last, choices=True))
