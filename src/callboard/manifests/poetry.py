"""Poetry: `poetry.lock`, lock-version 1.0 to 2.1 (poetry-core and poetry 2, read 2026-11).

What a package needs is written as constraints, so an edge leads to every locked version of that name. What the project
asks for stands in pyproject.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.errors import MalformedManifestError
from callboard.formats.pyproject import add_project, normal, read_pyproject, wanted
from callboard.formats.toml import list_of, read_toml, table_of, text_of

FORMAT = "poetry"

_ORIGINS: Mapping[str, Origin] = {
    "git": Origin.GIT,
    "url": Origin.URL,
    "file": Origin.FILE,
    "directory": Origin.LINK,
    "legacy": Origin.REGISTRY,
}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. Without the pyproject.toml in `beside` nothing is known to be direct. Raises MalformedManifestError."""
    file = read_toml(path, raw)
    metadata = table_of(file.value, "metadata")
    if not metadata:
        raise MalformedManifestError("expected a table [metadata]", path=path)
    draft = Draft(path, FORMAT, text_of(metadata, "lock-version"))
    hashes = table_of(metadata, "files") or table_of(metadata, "hashes")
    tables = file.tables("package")
    by_name: dict[str, list[int]] = {}
    for line, table in tables:
        if not text_of(table, "name"):
            raise MalformedManifestError("expected a name", path=path, line=line)
        at = draft.add(_entry(table, hashes, line))
        by_name.setdefault(normal(text_of(table, "name")), []).append(at)
    _edges(draft, tables, by_name)
    several = sum(len(found) > 1 for found in by_name.values())
    if several:
        draft.cannot_tell(
            Fact.EDGES,
            f"Poetry writes constraints, not versions; where a name is locked in several versions ({several} here), "
            "each of them counts as needed.",
        )
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    if "pyproject.toml" in beside:
        add_project(draft, read_pyproject("pyproject.toml", beside["pyproject.toml"]), by_name)
        return draft.finish()
    draft.cannot_tell(Fact.DIRECT, "Poetry does not write what the project itself asks for; pyproject.toml does.")
    if any(entry.need is None for entry in draft.entries):
        draft.cannot_tell(Fact.SCOPE, "This version of the format does not tell which group a package belongs to.")
    return draft.finish(reach=False)


def _entry(table: Mapping[str, Any], hashes: Mapping[str, Any], line: int) -> Entry:
    source = table_of(table, "source")
    name = text_of(table, "name")
    files = list_of(table, "files") or list_of(hashes, name)
    groups = tuple(each for each in list_of(table, "groups") if isinstance(each, str))
    origin = _ORIGINS.get(text_of(source, "type"), Origin.REGISTRY)
    return Entry(
        package=Package(ecosystem=PYPI, name=name, version=text_of(table, "version")),
        line=line,
        origin=origin,
        location=text_of(source, "url") or None,
        commit=text_of(source, "resolved_reference") or None if origin is Origin.GIT else None,
        integrity=tuple(found for file in files if (found := file if isinstance(file, str) else text_of(file, "hash"))),
        conditional=bool(text_of(table, "markers")),
        need=_need(groups, text_of(table, "category"), is_optional=table.get("optional") is True),
        groups=groups,
    )


def _need(groups: tuple[str, ...], category: str, *, is_optional: bool) -> Need | None:
    if not groups and not category:
        return None
    if "main" in groups or category == "main":
        return Need.OPTIONAL if is_optional else Need.PRODUCTION
    return Need.DEVELOPMENT


def _edges(draft: Draft, tables: list[tuple[int, dict[str, Any]]], by_name: Mapping[str, list[int]]) -> None:
    asked: dict[str, set[str]] = {}
    for _, table in tables:
        for name, value in table_of(table, "dependencies").items():
            for each in value if isinstance(value, list) else (value,):
                asked.setdefault(normal(name), set()).update(
                    extra for extra in list_of(each, "extras") if isinstance(extra, str)
                )
    for by, (_, table) in enumerate(tables):
        extras = table_of(table, "extras")
        chosen = asked.get(normal(text_of(table, "name")), set())
        by_extra = {
            found.name for extra in chosen for each in list_of(extras, extra) if (found := wanted(each)) is not None
        }
        for name, value in table_of(table, "dependencies").items():
            each = value[0] if isinstance(value, list) and value else value
            is_optional = isinstance(each, dict) and each.get("optional") is True and normal(name) not in by_extra
            # Not locked: its marker holds nowhere in the project's range.
            for to in by_name.get(normal(name), ()):
                draft.edge(by, to, Need.OPTIONAL if is_optional else Need.PRODUCTION)
