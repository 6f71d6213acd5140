"""Yarn 1: `yarn.lock` with "# yarn lockfile v1". Looks like YAML and is not.

It has neither roots nor workspaces: what the project asks for stands in its package.json alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import NPM, Package
from callboard.errors import MalformedManifestError
from callboard.formats.npm_place import place_of
from callboard.formats.package_json import read_package_json
from callboard.formats.text import read_text

FORMAT = "yarn-classic"

_FIELD = re.compile(r'"?([A-Za-z]+)"? (?:"((?:[^"\\]|\\.)*)"|(\S.*))')
_PAIR = re.compile(r'(?:"([^"]+)"|([^\s"]+)) (?:"((?:[^"\\]|\\.)*)"|(\S.*))')
_SECTIONS: Mapping[str, Need] = {"dependencies": Need.PRODUCTION, "optionalDependencies": Need.OPTIONAL}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. `beside` may hold package.json files of root and workspaces; without them nothing is known to be direct.

    Raises MalformedManifestError.
    """
    draft = Draft(path, FORMAT, "1")
    by_descriptor: dict[str, int] = {}
    needs: list[tuple[int, str, str, Need]] = []
    for key, line, fields, wanted in _blocks(path, read_text(path, raw)):
        position = _add(draft, key, line, fields, by_descriptor)
        needs += [(position, name, asked, need) for name, asked, need in wanted]
    for position, name, asked, need in needs:
        to = by_descriptor.get(f"{name}@{asked}")
        if to is not None:
            draft.edge(position, to, need)
        elif need is not Need.OPTIONAL:
            line = draft.entries[position].line
            draft.problem(line, f"expected an entry for {name}@{asked}, which is needed here")
    own = {name: content for name, content in beside.items() if name.rpartition("/")[2] == "package.json"}
    _add_own(draft, own, by_descriptor)
    if not own:
        draft.cannot_tell(Fact.DIRECT, "Yarn 1 does not write what the project itself asks for; its package.json does.")
        draft.cannot_tell(Fact.SCOPE, "Yarn 1 does not tell development from production; package.json does.")
    draft.cannot_tell(Fact.PEERS, "Yarn does not write which package fills a peer dependency.")
    draft.cannot_tell(Fact.INSTALL_SCRIPT, "Yarn does not write which packages run code while installing.")
    return draft.finish(reach=bool(own))


_Wanted = list[tuple[str, str, Need]]


def _blocks(path: str, text: str) -> list[tuple[str, int, dict[str, str], _Wanted]]:
    """Key, line, fields and dependencies of every entry."""
    found: list[tuple[str, int, dict[str, str], _Wanted]] = []
    section: Need | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if not content or content[0] == "#":
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent == 0 and content.endswith(":"):
            found.append((content[:-1], number, {}, []))
            section = None
        elif found and indent == 2 and content.endswith(":") and " " not in content:
            section = _SECTIONS.get(content[:-1])
        elif found and indent == 2 and (field := _FIELD.fullmatch(content)):
            found[-1][2][field[1]] = field[2] if field[2] is not None else field[3]
            section = None
        elif found and indent == 4 and (pair := _PAIR.fullmatch(content)):
            if section is not None:
                found[-1][3].append((pair[1] or pair[2], pair[3] if pair[3] is not None else pair[4], section))
        else:
            raise MalformedManifestError(f"expected an entry of Yarn 1, not {content[:40]!a}", path=path, line=number)
    return found


def _add(draft: Draft, key: str, line: int, fields: dict[str, str], by_descriptor: dict[str, int]) -> int:
    descriptors = [each.strip().strip('"') for each in key.split(", ")]
    first = descriptors[0]
    at = first.find("@", 1)
    version = fields.get("version")
    if at < 0 or version is None:
        raise MalformedManifestError(f"expected a version for {key[:80]!a}", path=draft.path, line=line)
    installed, asked = first[:at], first[at + 1 :]
    name = installed
    if asked.startswith("npm:"):
        # An alias: `installed@npm:name@range`.
        real = asked[4:]
        name = real[: real.find("@", 1)] if real.find("@", 1) > 0 else real
    place = place_of(fields.get("resolved") or asked)
    sha1 = (fields.get("resolved") or "").partition("#")[2]
    integrity = tuple(fields.get("integrity", "").split())
    if not integrity and place.origin is Origin.REGISTRY and re.fullmatch("[0-9a-f]{40}", sha1):
        integrity = (f"sha1:{sha1}",)
    position = draft.add(
        Entry(
            package=Package(ecosystem=NPM, name=name, version=version),
            line=line,
            origin=place.origin,
            location=place.location,
            commit=place.commit,
            aliases=() if installed == name else (installed,),
            integrity=integrity,
        )
    )
    for descriptor in descriptors:
        by_descriptor[descriptor] = position
    return position


def _add_own(draft: Draft, own: Mapping[str, bytes], by_descriptor: Mapping[str, int]) -> None:
    """Root and workspaces, with what they ask for."""
    manifests = {name: read_package_json(name, content) for name, content in sorted(own.items())}
    positions = {
        name: draft.add(
            Entry(
                package=Package(ecosystem=NPM, name=manifest.name or name, version=manifest.version),
                line=1,
                origin=Origin.WORKSPACE,
                location=name.rpartition("/")[0] or ".",
            )
        )
        for name, manifest in manifests.items()
    }
    workspaces = {manifest.name: positions[name] for name, manifest in manifests.items() if manifest.name}
    resolutions = {
        each.rpartition("/")[2]: range_ for m in manifests.values() for each, range_ in m.resolutions.items()
    }
    for name, manifest in manifests.items():
        for wanted, (asked, need) in manifest.asked.items():
            to = by_descriptor.get(f"{wanted}@{asked}", workspaces.get(wanted))
            if to is None and wanted in resolutions:
                to = by_descriptor.get(f"{wanted}@{resolutions[wanted]}")
            if to is not None:
                draft.edge(positions[name], to, need)
            elif need not in {Need.OPTIONAL, Need.PEER}:
                draft.problem(None, f"expected an entry for {wanted}@{asked}, which {name} asks for")
