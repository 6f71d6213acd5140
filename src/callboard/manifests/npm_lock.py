"""npm: `package-lock.json` and `npm-shrinkwrap.json`, lockfileVersion 1, 2 and 3 (docs of npm 11, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from callboard.domain.packages.lock import MAX_ENTRIES, Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import NPM, Package
from callboard.errors import MalformedManifestError
from callboard.formats.json import read_json_as
from callboard.formats.npm_place import place_of
from callboard.formats.package_json import read_package_json
from callboard.formats.text import Lines

FORMAT = "package-lock"
PER_BYTE = 6
"""Bytes that each byte of a lock weighs as values: npm writes a line for each key, and real ones weigh 4."""

_LEAST_OBJECTS, _BYTES_PER_OBJECT = 20_000, 60
"""So many objects a lock may always hold, and one more for so many bytes: real ones have one for 110 bytes and more."""

_KEY = re.compile(r'"([^"\\\n]*)"\s*:\s*\{')


class _Listed(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An entry of `packages` (versions 2 and 3)."""

    version: str = ""
    name: str = ""
    resolved: str | bool = ""
    integrity: str = ""
    link: bool = False
    has_install_script: bool = False
    in_bundle: bool = False
    deprecated: str | bool = ""
    optional: bool = False
    dependencies: dict[str, str] | None = None
    optional_dependencies: dict[str, str] | None = None
    dev_dependencies: dict[str, str] | None = None
    peer_dependencies: dict[str, str] | None = None
    os: list[str] | str | None = None
    cpu: list[str] | str | None = None


class _Nested(msgspec.Struct, frozen=True, gc=False):
    """An entry of `dependencies` (version 1)."""

    version: str = ""
    resolved: str | bool = ""
    integrity: str = ""
    bundled: bool = False
    dev: bool = False
    optional: bool = False
    requires: dict[str, str] | bool = False
    dependencies: dict[str, _Nested] | None = None


class _File(msgspec.Struct, frozen=True, rename="camel", gc=False):
    lockfile_version: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    name: str = ""
    version: str = ""
    packages: dict[str, _Listed] | None = None
    dependencies: dict[str, _Nested] = {}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. For version 1 `beside` may hold the package.json, which alone says what is direct.

    Raises MalformedManifestError.
    """
    if raw.count(b"{") > _LEAST_OBJECTS + len(raw) // _BYTES_PER_OBJECT:
        raise MalformedManifestError("expected fewer entries for so many bytes", path=path)
    file = read_json_as(path, raw, _File, per_byte=PER_BYTE)
    if len(file.packages or file.dependencies) > MAX_ENTRIES:
        raise MalformedManifestError(f"more than {MAX_ENTRIES:,} entries in one file", path=path)
    text = raw.decode("utf-8-sig", errors="replace")
    draft = Draft(path, FORMAT, str(file.lockfile_version))
    if file.packages is not None:
        return _listed(draft, file.packages, text)
    return _nested(draft, file, text, beside.get("package.json"))


def _listed(draft: Draft, packages: dict[str, _Listed], text: str) -> Lock:
    lines = _key_lines(text)
    positions: dict[str, int] = {}
    links: dict[str, str] = {}
    for key, listed in packages.items():
        if listed.link:
            links[key] = str(listed.resolved)
            continue
        positions[key] = draft.add(_listed_entry(key, listed, lines.get(key, 1)))
    for key, target in links.items():
        if target in positions:
            positions[key] = positions[target]
        else:
            entry = Entry(
                package=Package(ecosystem=NPM, name=_name_of(key), version=""),
                line=lines.get(key, 1),
                origin=Origin.LINK,
                location=target,
            )
            positions[key] = draft.add(entry)
    for key, listed in packages.items():
        if not listed.link:
            _edges(draft, key, listed, positions)
    return draft.finish()


def _listed_entry(key: str, listed: _Listed, line: int) -> Entry:
    installed = _name_of(key)
    name = listed.name or installed
    resolved = listed.resolved if isinstance(listed.resolved, str) else ""
    is_own = "node_modules/" not in f"{key}/"
    place = place_of(resolved)
    return Entry(
        package=Package(ecosystem=NPM, name=name, version=listed.version),
        line=line,
        origin=Origin.WORKSPACE if is_own else place.origin,
        location=(key or ".") if is_own else place.location,
        commit=place.commit,
        aliases=() if is_own or installed == name else (installed,),
        integrity=tuple(listed.integrity.split()),
        install_script=listed.has_install_script,
        deprecated=listed.deprecated if isinstance(listed.deprecated, str) and listed.deprecated else None,
        conditional=bool(listed.os or listed.cpu),
        bundled=listed.in_bundle,
    )


def _edges(draft: Draft, key: str, listed: _Listed, positions: Mapping[str, int]) -> None:
    by = positions[key]
    optional = listed.optional_dependencies or {}
    sections = [
        (listed.dependencies, Need.PRODUCTION),
        (listed.peer_dependencies, Need.PEER),
        (optional, Need.OPTIONAL),
    ]
    if draft.entries[by].is_own:
        sections.append((listed.dev_dependencies, Need.DEVELOPMENT))
    for wanted, need in sections:
        for name, asked in (wanted or {}).items():
            to = next((positions[each] for each in _ways_up(key, name) if each in positions), None)
            # What is optional too is listed in both sections and need not be there.
            if to is not None:
                draft.edge(by, to, Need.OPTIONAL if name in optional else need)
            elif need in {Need.PRODUCTION, Need.DEVELOPMENT} and name not in optional:
                line = draft.entries[by].line
                draft.problem(line, f"expected an entry for {name}@{asked}, which is needed here")


def _ways_up(key: str, name: str) -> Iterator[str]:
    """Where Node looks for a package from a folder: in its own node_modules, then in those of the folders above."""
    folder = key
    while folder:
        if not folder.endswith("node_modules"):
            yield f"{folder}/node_modules/{name}"
        folder = folder.rpartition("/")[0]
    yield f"node_modules/{name}"


def _name_of(key: str) -> str:
    return key.rpartition("node_modules/")[2]


def _key_lines(text: str) -> dict[str, int]:
    lines = Lines(text)
    found: dict[str, int] = {}
    for match in _KEY.finditer(text):
        found.setdefault(match[1], lines.at(match.start()))
    return found


def _nested(draft: Draft, file: _File, text: str, manifest: bytes | None) -> Lock:
    lines = Lines(text)
    keys = _KEY.finditer(text)
    at_line = 1
    # Each level of node_modules: the names in it, and the level above.
    queue: list[tuple[str, _Nested, _Level]] = []
    top = _Level({}, None)
    stack = [(name, node, top) for name, node in reversed(file.dependencies.items())]
    while stack:
        name, node, level = stack.pop()
        for match in keys:
            if match[1] == name:
                at_line = lines.at(match.start())
                break
        level.names[name] = draft.add(_nested_entry(name, node, at_line))
        inner = _Level({}, level)
        queue.append((name, node, inner))
        stack += [(each, child, inner) for each, child in reversed((node.dependencies or {}).items())]
    for name, node, inner in queue:
        by = inner.above.names[name] if inner.above else 0
        for wanted, asked in node.requires.items() if isinstance(node.requires, dict) else ():
            to = inner.find(wanted)
            if to is not None:
                draft.edge(by, to)
            elif not node.optional:
                # Version 1 lists optional dependencies among the others, installed or not.
                draft.problem(draft.entries[by].line, f"expected an entry for {wanted}@{asked}, which is needed here")
    draft.cannot_tell(Fact.INSTALL_SCRIPT, "Version 1 does not write which packages run code while installing.")
    if manifest is None:
        draft.cannot_tell(Fact.DIRECT, "Version 1 does not write what the project itself asks for; package.json does.")
        return draft.finish(reach=False)
    asked_for = read_package_json("package.json", manifest)
    own = draft.add(
        Entry(
            package=Package(ecosystem=NPM, name=file.name, version=file.version),
            line=1,
            origin=Origin.WORKSPACE,
            location=".",
        )
    )
    for name, (_, need) in asked_for.asked.items():
        if name in top.names:
            draft.edge(own, top.names[name], need)
    return draft.finish()


class _Level(msgspec.Struct):
    names: dict[str, int]
    above: _Level | None

    def find(self, name: str) -> int | None:
        """The entry that a name means on this level."""
        level: _Level | None = self
        while level is not None:
            if name in level.names:
                return level.names[name]
            level = level.above
        return None


def _nested_entry(name: str, node: _Nested, line: int) -> Entry:
    version = node.version
    real = name
    place = place_of(node.resolved if isinstance(node.resolved, str) and node.resolved else version)
    if version.startswith("npm:"):
        at = version.find("@", 5)
        real, version = (version[4:at], version[at + 1 :]) if at > 0 else (version[4:], "")
    elif ":" in version:
        # Git, address or folder: the version is not told.
        place, version = place_of(version), ""
    return Entry(
        package=Package(ecosystem=NPM, name=real, version=version),
        line=line,
        origin=place.origin,
        location=place.location,
        commit=place.commit,
        aliases=() if real == name else (name,),
        integrity=tuple(node.integrity.split()),
        bundled=node.bundled,
        need=Need.DEVELOPMENT if node.dev else Need.OPTIONAL if node.optional else Need.PRODUCTION,
    )
