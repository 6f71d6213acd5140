"""Composer: `composer.lock` (composer 2, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import PACKAGIST, Package
from callboard.errors import MalformedManifestError
from callboard.formats.json import read_json
from callboard.formats.text import Lines

FORMAT = "composer"

_NAME = re.compile(r'"name"\s*:\s*"([^"\\\n]*)"')
_PLATFORM = re.compile(r"(php|hhvm|composer)(-.*)?|(ext|lib)-.*")


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. Without the composer.json in `beside` nothing is known to be direct. Raises MalformedManifestError."""
    file = read_json(path, raw)
    if not isinstance(file, dict) or not isinstance(file.get("packages"), list):
        raise MalformedManifestError("expected an object with a list of packages", path=path, line=1)
    draft = Draft(path, FORMAT, _text(file, "plugin-api-version"))
    text = raw.decode("utf-8-sig", errors="replace")
    lines = Lines(text)
    names = _NAME.finditer(text)
    line = 1
    locked: list[tuple[int, Mapping[str, Any]]] = []
    by_name: dict[str, list[int]] = {}
    for section, need in (("packages", Need.PRODUCTION), ("packages-dev", Need.DEVELOPMENT)):
        found = file.get(section)
        for each in found if isinstance(found, list) else ():
            if not isinstance(each, dict) or not _text(each, "name"):
                raise MalformedManifestError(f"expected objects with a name in {section}", path=path, line=line)
            name = _text(each, "name")
            line = next((lines.at(match.start()) for match in names if match[1] == name), line)
            at = draft.add(_entry(each, name, line, need))
            locked.append((at, each))
            by_name.setdefault(name.lower(), []).append(at)
            for stands_for in (*_keys(each, "provide"), *_keys(each, "replace")):
                by_name.setdefault(stands_for.lower(), []).append(at)
    _edges(draft, locked, by_name)
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Composer runs the scripts of the project and its plugins, not those of packages."
    )
    if "composer.json" not in beside:
        draft.cannot_tell(Fact.DIRECT, "Composer does not write what the project itself asks for; composer.json does.")
        return draft.finish(reach=False)
    _own(draft, beside["composer.json"], by_name)
    return draft.finish()


def _edges(draft: Draft, locked: list[tuple[int, Mapping[str, Any]]], by_name: Mapping[str, list[int]]) -> None:
    for by, each in locked:
        for wanted in _keys(each, "require"):
            if _PLATFORM.fullmatch(wanted):
                continue
            for to in by_name.get(wanted.lower(), ()):
                if to != by:
                    draft.edge(by, to)
            if wanted.lower() not in by_name:
                draft.problem(draft.entries[by].line, f"expected an entry for {wanted}, which is needed here")


def _own(draft: Draft, raw: bytes, by_name: Mapping[str, list[int]]) -> None:
    manifest = read_json("composer.json", raw)
    if not isinstance(manifest, dict):
        raise MalformedManifestError("expected a JSON object", path="composer.json", line=1)
    package = Package(ecosystem=PACKAGIST, name=_text(manifest, "name") or ".", version=_text(manifest, "version"))
    own = draft.add(Entry(package=package, line=1, origin=Origin.WORKSPACE, location="."))
    for section, need in (("require", Need.PRODUCTION), ("require-dev", Need.DEVELOPMENT)):
        for wanted in _keys(manifest, section):
            for to in by_name.get(wanted.lower(), ()):
                draft.edge(own, to, need)


def _entry(each: Mapping[str, Any], name: str, line: int, need: Need) -> Entry:
    source, dist = each.get("source"), each.get("dist")
    source = source if isinstance(source, dict) else {}
    dist = dist if isinstance(dist, dict) else {}
    origin, location = Origin.REGISTRY, _text(dist, "url") or _text(source, "url") or None
    if _text(dist, "type") == "path":
        origin = Origin.LINK
    digest = _text(dist, "shasum")
    return Entry(
        package=Package(ecosystem=PACKAGIST, name=name, version=_text(each, "version")),
        line=line,
        origin=origin,
        location=location,
        commit=_text(source, "reference") or None,
        integrity=(f"sha1:{digest}",) if digest else (),
        deprecated=_abandoned(each.get("abandoned")),
        need=need,
    )


def _abandoned(value: object) -> str | None:
    if isinstance(value, str) and value:
        return f"Abandoned; {value} is suggested instead."
    return "Abandoned." if value is True else None


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _keys(value: Mapping[str, Any], key: str) -> list[str]:
    found = value.get(key)
    return list(found) if isinstance(found, dict) else []
