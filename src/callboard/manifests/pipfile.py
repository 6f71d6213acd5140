"""Pipenv: `Pipfile.lock`, pipfile-spec 6."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import PYPI, Package
from callboard.errors import MalformedManifestError
from callboard.formats.json import read_json
from callboard.formats.pyproject import normal, read_pipfile
from callboard.formats.text import Lines

FORMAT = "pipfile"

_KEY = re.compile(r'"([^"\\\n]*)"\s*:\s*\{')
_SECTIONS: Mapping[str, Need] = {"default": Need.PRODUCTION, "develop": Need.DEVELOPMENT}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. Without the Pipfile in `beside` nothing is known to be direct. Raises MalformedManifestError."""
    file = read_json(path, raw)
    meta = file.get("_meta") if isinstance(file, dict) else None
    if not isinstance(file, dict) or not isinstance(meta, dict):
        raise MalformedManifestError("expected an object with _meta", path=path, line=1)
    draft = Draft(path, FORMAT, str(meta.get("pipfile-spec", "")))
    listed = meta.get("sources")
    sources = {
        source["name"]: source["url"]
        for source in (listed if isinstance(listed, list) else ())
        if isinstance(source, dict) and isinstance(source.get("name"), str) and isinstance(source.get("url"), str)
    }
    asked = read_pipfile("Pipfile", beside["Pipfile"]).asked if "Pipfile" in beside else None
    text = raw.decode("utf-8-sig", errors="replace")
    lines = Lines(text)
    keys = _KEY.finditer(text)
    line = 1
    for section, packages in file.items():
        if section == "_meta" or not isinstance(packages, dict):
            continue
        for name, locked in packages.items():
            line = next((lines.at(key.start()) for key in keys if key[1] == name), line)
            if not isinstance(locked, dict):
                draft.problem(line, f"expected an object for {name[:80]!a}")
                continue
            entry = _entry(name, locked, sources, line)
            # A section of another name is a group of the project's own, which Pipenv installs when asked.
            entry = msgspec.structs.replace(
                entry,
                need=_SECTIONS.get(section, Need.OPTIONAL),
                direct=None if asked is None else normal(name) in asked,
                groups=(section,),
            )
            draft.add(entry)
    if asked is None:
        draft.cannot_tell(Fact.DIRECT, "Pipenv does not write what the project itself asks for; the Pipfile does.")
    draft.cannot_tell(Fact.EDGES, "Pipenv does not write what needs what.")
    draft.cannot_tell(
        Fact.INSTALL_SCRIPT, "Whether a package is built, which runs its code, is decided by the platform."
    )
    return draft.finish(reach=False)


def _entry(name: str, locked: Mapping[str, Any], sources: Mapping[str, str], line: int) -> Entry:
    def text(key: str) -> str:
        value = locked.get(key)
        return value if isinstance(value, str) else ""

    origin, location, commit = Origin.REGISTRY, sources.get(text("index")), None
    if text("git"):
        reference = text("ref")
        origin, location = Origin.GIT, text("git")
        commit = reference if re.fullmatch("[0-9a-f]{40}", reference) else None
    elif text("file") or text("url"):
        origin, location = Origin.URL, text("file") or text("url")
    elif text("path"):
        origin, location = Origin.FILE, text("path")
    hashes = locked.get("hashes")
    return Entry(
        package=Package(ecosystem=PYPI, name=name, version=text("version").removeprefix("===").removeprefix("==")),
        line=line,
        origin=origin,
        location=location,
        commit=commit,
        integrity=tuple(each for each in hashes if isinstance(each, str)) if isinstance(hashes, list) else (),
        conditional=bool(text("markers")),
    )
