"""PEP 751: `pylock.toml` and `pylock.<name>.toml`, lock-version 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.errors import MalformedManifestError
from callboard.formats.pyproject import add_project, normal, read_pyproject
from callboard.formats.toml import list_of, read_toml, table_of, text_of

FORMAT = "pylock"


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. Without the pyproject.toml in `beside` nothing is known to be direct. Raises MalformedManifestError."""
    file = read_toml(path, raw)
    version = text_of(file.value, "lock-version")
    if version.partition(".")[0] != "1":
        raise MalformedManifestError(f'expected lock-version = "1.0", not {version[:20]!a}', path=path)
    draft = Draft(path, FORMAT, version)
    tables = file.tables("packages")
    by_name: dict[str, list[int]] = {}
    for line, table in tables:
        if not text_of(table, "name"):
            raise MalformedManifestError("expected a name", path=path, line=line)
        at = draft.add(_entry(table, line))
        by_name.setdefault(normal(text_of(table, "name")), []).append(at)
    told = False
    for by, (_, table) in enumerate(tables):
        for each in list_of(table, "dependencies"):
            told = True
            version = text_of(each, "version")
            for to in by_name.get(normal(text_of(each, "name")), ()):
                if not version or draft.entries[to].package.version == version:
                    draft.edge(by, to)
    if not told:
        draft.cannot_tell(Fact.EDGES, "This file does not write what needs what, which PEP 751 leaves open.")
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    if "pyproject.toml" in beside:
        add_project(draft, read_pyproject("pyproject.toml", beside["pyproject.toml"]), by_name)
        if not told:
            draft.cannot_tell(Fact.SCOPE, "Without edges only direct packages are known to be for production or not.")
        return draft.finish()
    draft.cannot_tell(Fact.DIRECT, "PEP 751 does not write what the project itself asks for; pyproject.toml does.")
    draft.cannot_tell(Fact.SCOPE, "PEP 751 writes groups only as markers.")
    return draft.finish(reach=False)


def _entry(table: Mapping[str, Any], line: int) -> Entry:
    origin, location, commit = Origin.REGISTRY, text_of(table, "index") or None, None
    vcs, archive, directory = table_of(table, "vcs"), table_of(table, "archive"), table_of(table, "directory")
    files = [archive, table_of(table, "sdist"), *list_of(table, "wheels")]
    if vcs:
        origin, location = Origin.GIT, text_of(vcs, "url") or text_of(vcs, "path")
        commit = text_of(vcs, "commit-id") or None
    elif archive:
        is_url = bool(text_of(archive, "url"))
        origin, location = (Origin.URL, text_of(archive, "url")) if is_url else (Origin.FILE, text_of(archive, "path"))
    elif directory:
        location = text_of(directory, "path")
        origin = Origin.WORKSPACE if location in {".", ""} else Origin.LINK
    return Entry(
        package=Package(ecosystem=PYPI, name=text_of(table, "name"), version=text_of(table, "version")),
        line=line,
        origin=origin,
        location=location,
        commit=commit,
        integrity=tuple(
            f"{algorithm}:{digest}"
            for file in files
            for algorithm, digest in sorted(table_of(file, "hashes").items())
            if isinstance(digest, str)
        ),
        conditional=bool(text_of(table, "marker")),
    )
