"""`pyproject.toml` and `Pipfile`: what a Python project asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Need, Origin
from callboard.domain.packages.package import PYPI, Package, package_key
from callboard.formats.toml import list_of, read_toml, table_of, text_of

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?")


class Wanted(msgspec.Struct, frozen=True, gc=False):
    """A requirement by name; versions and markers are the lock's business."""

    name: str
    """Normalised."""
    extras: tuple[str, ...] = ()


def wanted(requirement: object) -> Wanted | None:
    """The name and extras of `name[extra] >= 1; marker`. None: it is none."""
    match = _NAME.match(requirement) if isinstance(requirement, str) else None
    if match is None:
        return None
    extras = tuple(sorted(each.strip() for each in (match[2] or "").split(",") if each.strip()))
    return Wanted(normal(match[1]), extras)


def normal(name: str) -> str:
    """The name as PEP 503 compares it."""
    return package_key(PYPI, name)[1]


class Pyproject(msgspec.Struct, frozen=True):
    """What the project asks for."""

    name: str
    version: str
    asked: dict[str, Need]
    """Normalised name → need, the strongest of all sections."""


def read_pyproject(path: str, raw: bytes) -> Pyproject:
    """What `[project]`, `[dependency-groups]`, and the tables of Poetry and PDM ask for. Raises MalformedManifestError."""
    value = read_toml(path, raw).value
    project = table_of(value, "project")
    poetry = table_of(value, "tool", "poetry")
    asked: dict[str, Need] = {}

    def add(requirements: Iterable[object], need: Need) -> None:
        for each in requirements:
            found = wanted(each)
            if found is not None:
                asked[found.name] = min(need, asked.get(found.name, need))

    add(list_of(project, "dependencies"), Need.PRODUCTION)
    for group in _lists(table_of(project, "optional-dependencies")):
        add(group, Need.OPTIONAL)
    for group in _lists(table_of(value, "dependency-groups")):
        add(group, Need.DEVELOPMENT)
    for group in _lists(table_of(value, "tool", "pdm", "dev-dependencies")):
        add(group, Need.DEVELOPMENT)
    main = table_of(poetry, "dependencies")
    add((name for name in main if name != "python" and not _is_optional(main[name])), Need.PRODUCTION)
    add((name for name in main if _is_optional(main[name])), Need.OPTIONAL)
    add(table_of(poetry, "dev-dependencies"), Need.DEVELOPMENT)
    for group in table_of(poetry, "group").values():
        add(table_of(group, "dependencies"), Need.DEVELOPMENT)
    return Pyproject(
        name=text_of(project, "name") or text_of(poetry, "name"),
        version=text_of(project, "version") or text_of(poetry, "version"),
        asked=asked,
    )


def read_pipfile(path: str, raw: bytes) -> Pyproject:
    """What a `Pipfile` asks for. Raises MalformedManifestError."""
    value = read_toml(path, raw).value
    asked = {normal(name): Need.DEVELOPMENT for name in table_of(value, "dev-packages")}
    asked.update({normal(name): Need.PRODUCTION for name in table_of(value, "packages")})
    return Pyproject(name="", version="", asked=asked)


def add_project(draft: Draft, project: Pyproject, positions: Mapping[str, Iterable[int]]) -> None:
    """The project itself as an entry that needs what it asks for. `positions` are those of each normalised name."""
    own = draft.add(
        Entry(
            package=Package(ecosystem=PYPI, name=project.name or ".", version=project.version),
            line=1,
            origin=Origin.WORKSPACE,
            location=".",
        )
    )
    for name, need in project.asked.items():
        for to in positions.get(name, ()):
            draft.edge(own, to, need)


def _is_optional(value: object) -> bool:
    return isinstance(value, dict) and value.get("optional") is True


def _lists(table: Mapping[str, object]) -> list[list[object]]:
    return [value for value in table.values() if isinstance(value, list)]
