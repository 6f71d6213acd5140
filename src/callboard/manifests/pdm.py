"""PDM: `pdm.lock`, lock_version 4 (pdm 2, read 2026-11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.errors import MalformedManifestError
from callboard.formats.pyproject import add_project, normal, read_pyproject, wanted
from callboard.formats.toml import list_of, read_toml, table_of, text_of

FORMAT = "pdm"


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. Without the pyproject.toml in `beside` nothing is known to be direct. Raises MalformedManifestError."""
    file = read_toml(path, raw)
    metadata = table_of(file.value, "metadata")
    if not metadata:
        raise MalformedManifestError("expected a table [metadata]", path=path)
    draft = Draft(path, FORMAT, text_of(metadata, "lock_version"))
    tables = file.tables("package")
    by_name: dict[str, list[int]] = {}
    for line, table in tables:
        if not text_of(table, "name"):
            raise MalformedManifestError("expected a name", path=path, line=line)
        at = draft.add(_entry(table, line))
        by_name.setdefault(normal(text_of(table, "name")), []).append(at)
    for by, (_, table) in enumerate(tables):
        for each in list_of(table, "dependencies"):
            found = wanted(each)
            for to in by_name.get(found.name, ()) if found else ():
                # With an extra a package is listed twice, and the second needs the first.
                if to != by:
                    draft.edge(by, to)
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    if "pyproject.toml" in beside:
        add_project(draft, read_pyproject("pyproject.toml", beside["pyproject.toml"]), by_name)
        return draft.finish()
    draft.cannot_tell(Fact.DIRECT, "PDM does not write what the project itself asks for; pyproject.toml does.")
    if any(entry.need is not Need.PRODUCTION for entry in draft.entries):
        draft.cannot_tell(
            Fact.SCOPE, "PDM does not tell groups for development from optional ones; pyproject.toml does."
        )
    return draft.finish(reach=False)


def _entry(table: Mapping[str, Any], line: int) -> Entry:
    groups = tuple(each for each in list_of(table, "groups") if isinstance(each, str))
    origin, location = Origin.REGISTRY, None
    for key, kind in (("git", Origin.GIT), ("url", Origin.URL), ("path", Origin.FILE)):
        if text_of(table, key):
            origin, location = kind, text_of(table, key)
    return Entry(
        package=Package(ecosystem=PYPI, name=text_of(table, "name"), version=text_of(table, "version")),
        line=line,
        origin=origin,
        location=location,
        commit=text_of(table, "revision") or None,
        integrity=tuple(found for file in list_of(table, "files") if (found := text_of(file, "hash"))),
        conditional=bool(text_of(table, "marker")),
        need=Need.PRODUCTION if "default" in groups else None,
        groups=groups,
    )
