"""Cargo: `Cargo.lock`, version 1 to 4 (cargo 1.90, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import CRATES, Package
from callboard.errors import MalformedManifestError
from callboard.formats.toml import list_of, read_toml, table_of, text_of

FORMAT = "cargo"

_NEED = re.compile(r"(\S+)(?: (\S+))?(?: \(([^)]*)\))?")
_SECTIONS = (
    ("dependencies", Need.PRODUCTION),
    ("build-dependencies", Need.PRODUCTION),
    ("dev-dependencies", Need.DEVELOPMENT),
)


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:
    """A lock. `beside` may hold the Cargo.toml files, which alone tell what is for development. Raises MalformedManifestError."""
    file = read_toml(path, raw)
    draft = Draft(path, FORMAT, str(file.value.get("version", 1)))
    tables = file.tables("package")
    if not tables and "package" not in file.value and "version" not in file.value:
        raise MalformedManifestError("expected [[package]] tables", path=path)
    sums = {key: value for key, value in table_of(file.value, "metadata").items() if isinstance(value, str)}
    by_name: dict[str, list[int]] = {}
    for line, table in tables:
        name = text_of(table, "name")
        if not name or not text_of(table, "version"):
            raise MalformedManifestError("expected a name and a version", path=path, line=line)
        by_name.setdefault(name, []).append(draft.add(_entry(table, name, sums, line)))
    needs = _own_needs(beside)
    for by, (_, table) in enumerate(tables):
        entry = draft.entries[by]
        for wanted in list_of(table, "dependencies"):
            match = _NEED.fullmatch(wanted) if isinstance(wanted, str) else None
            found = by_name.get(match[1], []) if match else []
            if match and match[2]:
                found = [to for to in found if draft.entries[to].package.version == match[2]]
            if match and match[3]:
                found = [to for to in found if text_of(tables[to][1], "source").partition("#")[0] == match[3]] or found
            if match is None or len(found) != 1:
                draft.problem(entry.line, f"expected one package {str(wanted)[:80]}, which is needed here")
                continue
            own = needs.get(entry.package.name)
            unknown = Need.UNKNOWN if own is None else own.get(match[1], Need.UNKNOWN)
            draft.edge(by, found[0], unknown if entry.is_own else Need.PRODUCTION)
    if any(entry.is_own and entry.package.name not in needs for entry in draft.entries):
        draft.cannot_tell(
            Fact.SCOPE, "Cargo lists what is for development with the rest; each Cargo.toml tells them apart."
        )
    draft.cannot_tell(Fact.INSTALL_SCRIPT, "Cargo does not write which crates have a build script.")
    return draft.finish()


def _entry(table: Mapping[str, Any], name: str, sums: Mapping[str, str], line: int) -> Entry:
    version, source = text_of(table, "version"), text_of(table, "source")
    kind, _, address = source.partition("+")
    origin, location, commit = Origin.REGISTRY, address or None, None
    if not source:
        # A path inside the workspace; one outside looks the same.
        origin, location = Origin.WORKSPACE, None
    elif kind == "git":
        origin = Origin.GIT
        location, _, fragment = address.partition("#")
        commit = fragment or None
    digest = text_of(table, "checksum") or sums.get(f"checksum {name} {version} ({source})", "")
    return Entry(
        package=Package(ecosystem=CRATES, name=name, version=version),
        line=line,
        origin=origin,
        location=location,
        commit=commit,
        integrity=(f"sha256:{digest}",) if digest else (),
    )


def _own_needs(beside: Mapping[str, bytes]) -> dict[str, dict[str, Need]]:
    """For each crate of the project's own, by what its Cargo.toml says."""
    found: dict[str, dict[str, Need]] = {}
    for path, raw in beside.items():
        if path.rpartition("/")[2] != "Cargo.toml":
            continue
        value = read_toml(path, raw).value
        name = text_of(table_of(value, "package"), "name")
        if not name:
            continue
        needs = found.setdefault(name, {})
        for holder in (value, *table_of(value, "target").values()):
            for section, need in _SECTIONS:
                for key, wanted in table_of(holder, section).items():
                    real = text_of(wanted, "package") or key
                    is_optional = isinstance(wanted, dict) and wanted.get("optional") is True
                    asked = Need.OPTIONAL if is_optional else need
                    needs[real] = min(asked, needs.get(real, asked))
    return found
