"""Yarn 2 and later: `yarn.lock` with `__metadata:`, versions 4 to 8 of the format.

It is YAML, but of the narrowest sort, and a YAML reader takes fifty times as long for the megabyte that a portal has.
Yarn's own source (packages/yarnpkg-core, Project.ts and structUtils.ts, read 2026-11) says what stands where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import NPM, Package
from callboard.errors import MalformedManifestError
from callboard.formats.package_json import PackageJson, read_package_json
from callboard.formats.text import line_at, read_text

FORMAT = "yarn-berry"

_BLOCK = re.compile(r'^(?:"([^"\n]+)"|([^\s#"\n][^\n]*)):[ \t]*\n((?:[ \t]+[^\n]*(?:\n|\Z))+)', re.MULTILINE)
"""A key without indent, and the indented lines below it."""
_BETWEEN = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\n|\Z))*")
_FIELD = re.compile(
    r'^  (version|resolution|checksum|conditions|dependencies|dependenciesMeta):(?: "?([^"\n]*)"?)?[ \t]*\n?'
    r"((?:    [^\n]*(?:\n|\Z))*)",
    re.MULTILINE,
)
"""What is read of an entry; the rest of it is passed over."""
_PAIR = re.compile(r'^    (?:"([^"\n]+)"|([^\s":\n][^:\n]*)): *(?:"([^"\n]*)"|([^\n]*))$', re.MULTILINE)
_OPTIONAL = re.compile(r'^    "?([^"\n]+?)"?:\n      optional: true$', re.MULTILINE)
_VERSION = re.compile(r"[0-9]+")

_ORIGINS: Mapping[str, Origin] = {
    "workspace": Origin.WORKSPACE,
    "patch": Origin.PATCH,
    "portal": Origin.LINK,
    "link": Origin.LINK,
    "file": Origin.FILE,
    "exec": Origin.EXEC,
}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. `beside` may hold the package.json files of the root and the workspaces, by path from this file.

    Without them it cannot be told what is needed for development only, since Yarn writes all of a workspace's
    dependencies in one list. Raises MalformedManifestError.
    """
    text = read_text(path, raw)
    reader = _Reader(path, text, beside)
    reader.read_blocks()
    reader.resolve()
    return reader.finish()


class _Reader:
    def __init__(self, path: str, text: str, beside: Mapping[str, bytes]) -> None:
        self.path = path
        self.text = text
        self.draft = Draft(path, FORMAT)
        self.beside = beside
        self.by_descriptor: dict[str, int] = {}
        self.by_name: dict[str, list[int]] = {}
        self.needs: list[tuple[int, str, frozenset[str]]] = []
        """Positions with the text of their dependencies and the names of those that are optional."""
        self.folders: dict[int, str] = {}
        """Workspaces and the folders they lie in."""
        self.overrides: dict[str, str] = {}

    def read_blocks(self) -> None:
        """Every entry of the file, in its order. Raises MalformedManifestError for a line that belongs nowhere."""
        end = 0
        line = 1
        for block in _BLOCK.finditer(self.text):
            self._check_between(end, block.start())
            line += self.text.count("\n", end, block.start())
            key = block[1] or block[2]
            if key == "__metadata":
                self._metadata(block[3], line)
            else:
                self._entry(key, block[3], line)
            line += self.text.count("\n", block.start(), block.end())
            end = block.end()
        self._check_between(end, len(self.text))
        if not self.draft.version:
            raise MalformedManifestError("expected __metadata: with the version of the format", path=self.path)

    def _check_between(self, start: int, end: int) -> None:
        match = _BETWEEN.match(self.text, start, end)
        at = match.end() if match else start
        if at < end:
            shown = self.text[at : at + 40].partition("\n")[0]
            reason = "a merge conflict that nobody has solved" if shown[:7] in {"<<<<<<<", "=======", ">>>>>>>"} else ""
            raise MalformedManifestError(
                f"expected an entry, not {shown!a}" + (f": {reason}" if reason else ""),
                path=self.path,
                line=line_at(self.text, at),
                hint=f"The file holds {reason}." if reason else None,
            )

    def _metadata(self, body: str, line: int) -> None:
        version = next((value for field, value, _ in _FIELD.findall(body) if field == "version"), "")
        if not _VERSION.fullmatch(version):
            raise MalformedManifestError("expected a whole number as the version", path=self.path, line=line)
        self.draft.version = version

    def _entry(self, key: str, body: str, line: int) -> None:
        fields: dict[str, str] = {}
        blocks: dict[str, str] = {}
        for field, value, block in _FIELD.findall(body):
            fields[field] = value
            if block:
                blocks[field] = block
        resolution = fields.get("resolution", "")
        at = resolution.find("@", 1)
        if at < 0:
            raise MalformedManifestError(f"expected a resolution for {key[:80]!a}", path=self.path, line=line)
        name, reference = resolution[:at], resolution[at + 1 :]
        descriptors = key.split(", ")
        names = {descriptor[: descriptor.find("@", 1)] for descriptor in descriptors}
        names.discard(name)
        place = _place(reference, fields.get("version", ""))
        package = Package(ecosystem=NPM, name=name, version=place.version)
        checksum = fields.get("checksum") or None
        if place.origin is Origin.REGISTRY and place.location is None and not names and "conditions" not in fields:
            entry = Entry(package=package, line=line, checksum=checksum)  # nearly all of them, and worth the haste
        else:
            entry = Entry(
                package=package,
                line=line,
                origin=place.origin,
                location=place.location,
                commit=place.commit,
                aliases=tuple(sorted(names)),
                checksum=checksum,
                conditional="conditions" in fields,
            )
        position = self.draft.add(entry)
        for descriptor in descriptors:
            self.by_descriptor[descriptor] = position
            if "::" in descriptor:
                self.by_descriptor.setdefault(descriptor.partition("::")[0], position)
        self.by_name.setdefault(name, []).append(position)
        for other in names:
            self.by_name.setdefault(other, []).append(position)
        if place.origin is Origin.WORKSPACE:
            self.folders[position] = place.location or "."
        if wanted := blocks.get("dependencies"):
            optional = frozenset(_OPTIONAL.findall(blocks.get("dependenciesMeta", "")))
            self.needs.append((position, wanted, optional))

    def resolve(self) -> None:
        """Turns what entries ask for into edges."""
        manifests = dict(self._manifests())
        root = next((manifests[at] for at, folder in self.folders.items() if folder == "." and at in manifests), None)
        self.overrides = root.resolutions if root else {}
        for position, wanted, optional in self.needs:
            manifest = manifests.get(position)
            own = position in self.folders
            for quoted, plain, quoted_range, plain_range in _PAIR.findall(wanted):
                name = quoted or plain
                asked = quoted_range or plain_range
                to = self.by_descriptor.get(f"{name}@{asked}")
                if to is None:
                    to = self._find(name, asked)
                if to is None:
                    line = self.draft.entries[position].line
                    self.draft.problem(line, f"expected an entry for {name}@{asked}, which is needed here")
                elif own:
                    self.draft.edge(position, to, Need.UNKNOWN if manifest is None else manifest.need(name))
                else:
                    self.draft.edge(position, to, Need.OPTIONAL if name in optional else Need.PRODUCTION)

    def _find(self, name: str, asked: str) -> int | None:
        """The entry that a dependency leads to which no descriptor names as it is asked for."""
        found = self.by_descriptor.get(f"{name}@npm:{asked}")
        if found is not None:
            return found
        override = self.overrides.get(name)
        if override is not None:
            for spelled in (override, f"npm:{override}"):
                found = self.by_descriptor.get(f"{name}@{spelled}")
                if found is not None:
                    return found
        # An override of the project's own replaces what is asked for. Yarn locks everything that is needed, so the one
        # entry of that name is it, and of several nobody can tell.
        others = self.by_name.get(name, ())
        if len(others) > 1:
            entries = self.draft.entries
            patched = {entries[at].package for at in others if entries[at].origin is Origin.PATCH}
            # What a patch changes is listed for the patch alone.
            others = [at for at in others if entries[at].origin is Origin.PATCH or entries[at].package not in patched]
        return others[0] if len(others) == 1 else None

    def _manifests(self) -> Iterator[tuple[int, PackageJson]]:
        for position, folder in self.folders.items():
            name = "package.json" if folder == "." else f"{folder}/package.json"
            if name in self.beside:
                yield position, read_package_json(name, self.beside[name])

    def finish(self) -> Lock:
        """The lock, with what Yarn does not write said."""
        missing = [folder for folder in self.folders.values() if _manifest_name(folder) not in self.beside]
        if missing or not self.folders:
            self.draft.cannot_tell(
                Fact.SCOPE,
                "Yarn lists a workspace's dependencies for production and for development together; "
                "the package.json of each workspace tells them apart.",
            )
        self.draft.cannot_tell(Fact.PEERS, "Yarn does not write which package fills a peer dependency.")
        self.draft.cannot_tell(Fact.HOST, "The registry stands in .yarnrc.yml, not in the lockfile.")
        self.draft.cannot_tell(
            Fact.INTEGRITY, "Yarn's checksum is of its own archive, not of what the registry hands out."
        )
        self.draft.cannot_tell(Fact.INSTALL_SCRIPT, "Yarn does not write which packages run code while installing.")
        return self.draft.finish()


def _manifest_name(folder: str) -> str:
    return "package.json" if folder == "." else f"{folder}/package.json"


class _Place(NamedTuple):
    origin: Origin
    version: str
    location: str | None = None
    commit: str | None = None


def _place(reference: str, version: str) -> _Place:
    """Where a resolution leads, and the version there. `version` is what the entry says of itself."""
    if reference.startswith("npm:"):
        if "::" not in reference:
            return _Place(Origin.REGISTRY, reference[4:])
        rest, bound, parameters = reference[4:].partition("::")
        archive = next((each[13:] for each in parameters.split("&") if each.startswith("__archiveUrl=")), "")
        return _Place(Origin.REGISTRY, rest, unquote(archive) or None if bound else None)
    protocol, _, rest = reference.partition(":")
    rest = rest.partition("::")[0]
    match _ORIGINS.get(protocol):
        case Origin.PATCH as origin:
            # The version of what is patched: `name@npm%3A1.2.3#…`.
            base = unquote(rest.partition("#")[0])
            return _Place(origin, base[base.find("@", 1) + 1 :].removeprefix("npm:") or version, rest)
        case Origin.WORKSPACE as origin:
            return _Place(origin, "", rest)
        case Origin() as origin:
            return _Place(origin, version, rest)
        case None:
            address, _, fragment = reference.partition("#")
            commit = next((each[7:] for each in fragment.split("&") if each.startswith("commit=")), None)
            is_git = commit is not None or address.startswith("git") or address.endswith(".git")
            return _Place(Origin.GIT if is_git else Origin.URL, version, address, commit)
