"""A portal's settings as they hold: its files merged as Backstage merges them, each value with the place that set it.

Later files win over earlier ones key by key; lists are replaced as a whole, and null takes a value away. What stands in an
environment variable, another file or an include is not here: such a value is known to be elsewhere, and is not guessed.
Facts: Backstage's documentation on writing configuration files and its threat model, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec

from callboard.domain.posture import Place
from callboard.errors import PortalError
from callboard.formats.documents import Document, DocumentError, read_documents

_LEVELS = 100
_ELSEWHERE = {
    "$env": "the environment variable {}",
    "$file": "the file {}",
    "$include": "another file ({})",
}
_VARIABLE = re.compile(r"(?<!\$)\$\{([^}]*)\}")


class Elsewhere(msgspec.Struct, frozen=True):
    """A value that is not in these files."""

    where: str
    """In words: `the environment variable GITHUB_TOKEN`."""


Value: TypeAlias = "str | bool | int | Elsewhere | dict[str, Setting] | list[Setting] | None"


class Setting:
    """A value in the merged settings, with its place. Maps and lists hold settings again."""

    __slots__ = ("path", "place", "value")

    def __init__(self, path: tuple[str, ...], place: Place | None, value: Value) -> None:
        self.path = path
        self.place = place
        self.value = value

    @property
    def name(self) -> str:
        """Its path as people write it."""
        return ".".join(self.path).replace(".[", "[")

    @property
    def key(self) -> str:
        """The last part of its path."""
        return self.path[-1] if self.path else ""

    @property
    def text(self) -> str | None:
        """The text that stands here; None for anything else."""
        return self.value if isinstance(self.value, str) else None

    @property
    def is_true(self) -> bool:
        """Whether it is true, or the text that Backstage takes for it."""
        return self.value is True or (isinstance(self.value, str) and self.value.lower() == "true")

    @property
    def is_false(self) -> bool:
        """Whether it is false, or the text that Backstage takes for it."""
        return self.value is False or (isinstance(self.value, str) and self.value.lower() == "false")

    @property
    def elsewhere(self) -> str | None:
        """Where its value is, when it is not in these files."""
        return self.value.where if isinstance(self.value, Elsewhere) else None

    @property
    def items(self) -> Mapping[str, Setting]:
        """What a map holds; nothing for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def parts(self) -> Sequence[Setting]:
        """What a list holds, or the values of a map; one value alone is itself."""
        if isinstance(self.value, list):
            return self.value
        if isinstance(self.value, dict):
            return list(self.value.values())
        return [] if self.value is None else [self]

    @property
    def texts(self) -> list[str]:
        """The texts of a list, or the one that stands here."""
        return [each.text for each in self.parts if each.text is not None]

    def get(self, *keys: str) -> Setting | None:
        """What stands below these keys; None where nothing does."""
        found: Setting | None = self
        for key in keys:
            found = found.items.get(key) if found is not None else None
        return found

    def below(self) -> Iterator[Setting]:
        """Everything below, itself first."""
        yield self
        if isinstance(self.value, (dict, list)):
            for part in self.parts:
                yield from part.below()


class Settings:
    """The merged settings of a portal."""

    def __init__(self, root: Setting, *, files: Sequence[str], is_production: bool) -> None:
        self.root = root
        self.files = tuple(files)
        self.is_production = is_production
        """Whether these are the settings that the portal runs with for others, and not those of a developer's machine."""

    def get(self, path: str) -> Setting | None:
        """What stands at a path of keys, such as `backend.auth.keys`; None where nothing does."""
        return self.root.get(*path.split("."))

    def parts(self, path: str) -> Sequence[Setting]:
        """What the list or map at a path holds."""
        found = self.get(path)
        return [] if found is None else found.parts

    def is_true(self, path: str) -> bool:
        """Whether true stands at a path."""
        found = self.get(path)
        return found is not None and found.is_true


def merged(files: Sequence[tuple[str, bytes]], *, is_production: bool) -> Settings:
    """The settings of these files, name and bytes, from the weakest to the strongest.

    Raises:
        PortalError: a file is not YAML, holds several documents, or is no map.
    """
    root = Setting((), None, {})
    for name, raw in files:
        root = _over(root, _read(name, raw))
    return Settings(_without_nulls(root), files=[name for name, _ in files], is_production=is_production)


def _read(name: str, raw: bytes) -> Setting:
    found: list[Document] = []
    for each in read_documents(raw, levels=_LEVELS):
        if isinstance(each, DocumentError):
            raise PortalError(f"{Place(name, each.line)}: {each.reason}")
        found.append(each)
    if len(found) > 1:
        raise PortalError(f"{name}: expected one document, found {len(found)}")
    if not found:
        return Setting((), Place(name), {})
    if not isinstance(found[0].value, dict):
        raise PortalError(f"{Place(name, found[0].line)}: expected a map of settings")
    return _made(found[0].value, (), _Source(name, found[0]))


class _Source(msgspec.Struct, frozen=True):
    name: str
    document: Document

    def at(self, path: tuple[str, ...]) -> Place:
        return Place(self.name, self.document.line_of(path))


def _made(value: object, path: tuple[str, ...], source: _Source) -> Setting:
    place = source.at(path)
    if isinstance(value, dict):
        for word, where in _ELSEWHERE.items():
            if word in value:
                return Setting(path, place, Elsewhere(where.format(value[word])))
        return Setting(path, place, {key: _made(each, (*path, key), source) for key, each in value.items()})
    if isinstance(value, list):
        parts = [_made(each, (*path, f"[{number}]"), source) for number, each in enumerate(value)]
        return Setting(path, place, parts)
    if isinstance(value, str):
        return Setting(path, place, _text(value))
    return Setting(path, place, value if isinstance(value, (bool, int)) else None)


def _text(value: str) -> str | Elsewhere:
    variable = _VARIABLE.search(value)
    if variable is None:
        return value.replace("$${", "${")
    return Elsewhere(f"the environment variable {variable[1].partition(':')[0].strip()}")


def _without_nulls(setting: Setting) -> Setting:
    if not isinstance(setting.value, dict):
        return setting
    kept = {key: _without_nulls(each) for key, each in setting.value.items() if each.value is not None}
    return Setting(setting.path, setting.place, kept)


def _over(weak: Setting, strong: Setting) -> Setting:
    if not isinstance(weak.value, dict) or not isinstance(strong.value, dict):
        return strong
    both = dict(weak.value)
    for key, value in strong.value.items():
        both[key] = _over(both[key], value) if key in both else value
    return Setting(weak.path, strong.place if strong.place is not None else weak.place, both)
