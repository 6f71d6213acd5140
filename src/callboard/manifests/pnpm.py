"""pnpm: `pnpm-lock.yaml`, lockfileVersion 5 to 9 (pnpm 3 to 10; spec at pnpm/spec lockfile/9.0.md, read 2026-11).

From 9 on `packages` says what there is and `snapshots` what needs what, once for each choice of peers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import NPM, Package
from callboard.errors import MalformedManifestError
from callboard.formats.npm_place import place_of
from callboard.formats.package_json import read_package_json
from callboard.formats.plain_yaml import Map, read_plain_yaml
from callboard.formats.text import read_text

FORMAT = "pnpm-lock"

_VERSION = re.compile(r"([5-9])(?:\.[0-9]+)?")
_SECTIONS: Mapping[str, Need] = {
    "dependencies": Need.PRODUCTION,
    "optionalDependencies": Need.OPTIONAL,
    "devDependencies": Need.DEVELOPMENT,
}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. `beside` may hold package.json files, which give the workspaces their names. Raises MalformedManifestError."""
    file = read_plain_yaml(path, read_text(path, raw))
    version = file.text("lockfileVersion")
    match = _VERSION.fullmatch(version)
    if match is None:
        line = file.lines.get("lockfileVersion", 1)
        raise MalformedManifestError(f"expected a lockfileVersion from 5 to 9, not {version!a}", path=path, line=line)
    reader = _Reader(Draft(path, FORMAT, version), file, int(match[1]))
    reader.packages()
    reader.importers(beside)
    return reader.finish()


class _Reader:
    def __init__(self, draft: Draft, file: Map, version: int) -> None:
        self.draft = draft
        self.file = file
        self.version = version
        self.positions: dict[str, int] = {}
        """By the key in `snapshots`, or in `packages` before 9."""
        self.patched = set(file.map("patchedDependencies"))
        self.aliases: dict[int, set[str]] = {}

    def packages(self) -> None:
        """An entry for each snapshot, and the edges between them."""
        packages = self.file.map("packages")
        snapshots = self.file.map("snapshots") if self.version >= 9 else packages
        for key in snapshots:
            about = packages.map(_base(key)) if self.version >= 9 else packages.map(key)
            base = _base(key)
            line = packages.lines.get(base) or packages.lines.get(key) or snapshots.lines[key]
            self.positions[key] = self.draft.add(self._entry(key, about, line))
        if self.version >= 9:
            # A package without a snapshot is listed all the same.
            known = {_base(key) for key in snapshots}
            for key in sorted(packages.keys() - known):
                self.positions[key] = self.draft.add(self._entry(key, packages.map(key), packages.lines[key]))
        for key in snapshots:
            snapshot = snapshots.map(key)
            for section, need in (("dependencies", Need.PRODUCTION), ("optionalDependencies", Need.OPTIONAL)):
                self._edges(self.positions[key], snapshot.map(section), need)

    def _entry(self, key: str, about: Map, line: int) -> Entry:
        name, version = _split(_base(key), self.version)
        name = about.text("name") or name
        resolution = about.map("resolution")
        place = place_of(resolution.text("tarball") or "")
        commit = place.commit
        origin, location = place.origin, place.location
        if resolution.text("type") == "git" or resolution.text("repo"):
            origin, location, commit = Origin.GIT, resolution.text("repo"), resolution.text("commit") or None
        elif resolution.text("type") == "directory" or resolution.text("directory"):
            origin, location = Origin.FILE, resolution.text("directory")
        if "://" in version or version.startswith(("file:", "link:")):
            version = about.text("version")
        is_patched = f"{name}@{version}" in self.patched or name in self.patched
        return Entry(
            package=Package(ecosystem=NPM, name=name, version=version),
            line=line,
            origin=Origin.PATCH if is_patched else origin,
            location=location,
            commit=commit,
            integrity=tuple(resolution.text("integrity").split()),
            install_script=about.text("requiresBuild") == "true" if self.version < 9 else None,
            deprecated=about.text("deprecated") or None,
            conditional=any(about.get(each) for each in ("os", "cpu", "libc")),
        )

    def _edges(self, by: int, wanted: Map, need: Need, workspaces: Mapping[str, int] | None = None) -> None:
        for name, value in wanted.items():
            asked = value.text("version") if isinstance(value, Map) else value
            if not isinstance(asked, str):
                continue
            to = self._find(name, asked)
            if to is None and asked.startswith("link:"):
                to = (workspaces or {}).get(asked)
                if to is None:
                    continue  # a folder that is used in place, of which the lock says no more
            if to is None:
                line = self.draft.entries[by].line
                self.draft.problem(line, f"expected an entry for {name}@{asked}, which is needed here")
                continue
            self.draft.edge(by, to, need)
            if self.draft.entries[to].package.name != name and not self.draft.entries[to].is_own:
                self.aliases.setdefault(to, set()).add(name)

    def _find(self, name: str, asked: str) -> int | None:
        keys = (
            (f"{name}@{asked}", asked)
            if self.version >= 9
            else (f"/{name}@{asked}", asked, f"/{name}/{asked}", f"/{asked}", f"{name}@{asked}")
        )
        return next((self.positions[key] for key in keys if key in self.positions), None)

    def importers(self, beside: Mapping[str, bytes]) -> None:
        """The project's own folders, with what they ask for."""
        importers = self.file.map("importers")
        if not importers:
            importers = Map()
            importers["."] = self.file
            importers.lines["."] = 1
        own: dict[str, int] = {}
        for folder in importers:
            name = "package.json" if folder == "." else f"{folder}/package.json"
            manifest = read_package_json(name, beside[name]) if name in beside else None
            own[folder] = self.draft.add(
                Entry(
                    package=Package(
                        ecosystem=NPM,
                        name=(manifest.name if manifest else "") or folder,
                        version=manifest.version if manifest else "",
                    ),
                    line=importers.lines[folder],
                    origin=Origin.WORKSPACE,
                    location=folder,
                )
            )
        for folder, by in own.items():
            links = {f"link:{_relative(folder, other)}": at for other, at in own.items()}
            for section, need in _SECTIONS.items():
                self._edges(by, importers.map(folder).map(section), need, links)

    def finish(self) -> Lock:
        """The lock, with the aliases that its edges told."""
        for at, names in self.aliases.items():
            entry = self.draft.entries[at]
            self.draft.entries[at] = msgspec.structs.replace(entry, aliases=tuple(sorted(names)))
        if self.version >= 9:
            self.draft.cannot_tell(
                Fact.INSTALL_SCRIPT, "pnpm does not write any more which packages run code while installing."
            )
        self.draft.cannot_tell(Fact.HOST, "pnpm does not write the address of packages of the usual registry.")
        return self.draft.finish()


def _base(key: str) -> str:
    """The key without its choice of peers: `a@1.0.0(b@2.0.0)`."""
    return key.partition("(")[0]


def _split(base: str, version: int) -> tuple[str, str]:
    """Name and version of `a@1.0.0`, `/a@1.0.0` or, before 6, `/a/1.0.0_peers`."""
    base = base.removeprefix("/")
    at = base.find("@", 1)
    if version == 5:
        name, _, rest = base.rpartition("/")
        return (name, rest.partition("_")[0]) if name else (base, "")
    return (base[:at], base[at + 1 :]) if at > 0 else (base, "")


def _relative(start: str, target: str) -> str:
    """The path from one folder to another, as pnpm writes it after `link:`."""
    here = [] if start == "." else start.split("/")
    there = [] if target == "." else target.split("/")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])
