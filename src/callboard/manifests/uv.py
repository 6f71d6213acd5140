"""uv: `uv.lock`, version 1 (docs.astral.sh/uv, read 2026-11). Edges are resolved, and packages carry when they were uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.errors import MalformedManifestError
from callboard.formats.pyproject import normal
from callboard.formats.toml import list_of, read_toml, table_of, text_of

FORMAT = "uv"


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the lock holds it all
    """A lock. Raises MalformedManifestError."""
    file = read_toml(path, raw)
    version = file.value.get("version")
    if version != 1:
        raise MalformedManifestError(f"expected version = 1, not {str(version)[:20]}", path=path, line=1)
    draft = Draft(path, FORMAT, "1")
    tables = file.tables("package")
    by_name: dict[str, list[int]] = {}
    for line, table in tables:
        name = text_of(table, "name")
        if not name:
            raise MalformedManifestError("expected a name", path=path, line=line)
        by_name.setdefault(normal(name), []).append(draft.add(_entry(table, name, line)))
    extras: dict[int, set[str]] = {}
    for position, (_, table) in enumerate(tables):
        for need, wanted in _needs(table):
            for to in _found(draft, position, wanted, by_name):
                draft.edge(position, to, need)
                extras.setdefault(to, set()).update(e for e in list_of(wanted, "extra") if isinstance(e, str))
    for position, names in extras.items():
        # An extra that somebody asks for makes its packages needed by the package that has it.
        optional = table_of(tables[position][1], "optional-dependencies")
        for name in sorted(names):
            for wanted in list_of(optional, name):
                for to in _found(draft, position, wanted, by_name):
                    draft.edge(position, to, Need.PRODUCTION)
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    return draft.finish()


def _entry(table: Mapping[str, Any], name: str, line: int) -> Entry:
    source = table_of(table, "source")
    origin, location, commit = _place(source)
    files = [table_of(table, "sdist"), *(each for each in list_of(table, "wheels") if isinstance(each, dict))]
    return Entry(
        package=Package(ecosystem=PYPI, name=name, version=text_of(table, "version")),
        line=line,
        origin=origin,
        location=location,
        commit=commit,
        integrity=tuple(found for file in files if (found := text_of(file, "hash"))),
        conditional=bool(list_of(table, "resolution-markers")),
    )


def _place(source: Mapping[str, Any]) -> tuple[Origin, str | None, str | None]:
    for key, origin in (
        ("registry", Origin.REGISTRY),
        ("url", Origin.URL),
        ("path", Origin.FILE),
        ("directory", Origin.LINK),
        ("editable", Origin.WORKSPACE),
        ("virtual", Origin.WORKSPACE),
    ):
        if found := text_of(source, key):
            return origin, found, None
    if git := text_of(source, "git"):
        address, _, commit = git.partition("#")
        return Origin.GIT, address, commit or None
    return Origin.REGISTRY, None, None


def _needs(table: Mapping[str, Any]) -> Iterator[tuple[Need, object]]:
    for wanted in list_of(table, "dependencies"):
        yield Need.PRODUCTION, wanted
    if _place(table_of(table, "source"))[0] is not Origin.WORKSPACE:
        return
    # Of the project's own, everything that was locked is needed: extras by those who choose them, groups for development.
    for need, key in ((Need.OPTIONAL, "optional-dependencies"), (Need.DEVELOPMENT, "dev-dependencies")):
        for group in table_of(table, key).values():
            for wanted in group if isinstance(group, list) else ():
                yield need, wanted


def _found(draft: Draft, by: int, wanted: object, by_name: Mapping[str, list[int]]) -> list[int]:
    """The entries that a resolved dependency means: one, unless several versions are possible by platform."""
    name = text_of(wanted, "name")
    found = by_name.get(normal(name), [])
    if version := text_of(wanted, "version"):
        found = [at for at in found if draft.entries[at].package.version == version]
    if len(found) > 1 and (source := table_of(wanted, "source")):
        place = _place(source)[:2]
        found = [at for at in found if (draft.entries[at].origin, draft.entries[at].location) == place] or found
    if not found:
        draft.problem(draft.entries[by].line, f"expected a package {name or '?'}, which is needed here")
    return found
