"""Bundler: `Gemfile.lock` and `gems.locked` (bundler 2 and 4, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Need, Origin
from callboard.domain.packages.package import GEMS, Package
from callboard.errors import MalformedManifestError
from callboard.formats.text import read_text

FORMAT = "gemfile"

_SPEC = re.compile(r"([^\s()]+) \(([^()]+)\)")
_NEED = re.compile(r"([^\s()!]+)(!)?(?: \(([^()]*)\))?(!)?")
_CHECKSUM = re.compile(r"([^\s()]+) \(([^()]+)\)(?: ([a-z0-9]+)=([0-9a-f]+))?")
_ORIGINS: Mapping[str, Origin] = {
    "GEM": Origin.REGISTRY,
    "GIT": Origin.GIT,
    "PATH": Origin.LINK,
    "PLUGIN SOURCE": Origin.URL,
}


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the lock holds it all
    """A lock. Raises MalformedManifestError."""
    reader = _Reader(path)
    for number, line in enumerate(read_text(path, raw).split("\n"), start=1):
        if line.strip():
            reader.read(number, line)
    return reader.finish()


class _Reader:
    def __init__(self, path: str) -> None:
        self.draft = Draft(path, FORMAT)
        self.section = ""
        self.facts: dict[str, str] = {}
        self.by_name: dict[str, list[int]] = {}
        self.needs: list[tuple[int, str]] = []
        self.asked: list[str] = []
        self.sums: dict[tuple[str, str], str] = {}
        self.at: int | None = None
        self.seen = False

    def read(self, number: int, line: str) -> None:
        """Takes in one line, by the section that it stands in."""
        content = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if indent == 0:
            self.section, self.facts, self.at = content, {}, None
            self.seen = self.seen or content in _ORIGINS
        elif self.section in _ORIGINS:
            self._source(number, indent, content)
        elif self.section == "DEPENDENCIES":
            match = _NEED.fullmatch(content)
            if match is None:
                raise self._refuse("a gem", number)
            self.asked.append(match[1])
        elif self.section == "CHECKSUMS":
            match = _CHECKSUM.fullmatch(content)
            if match is None:
                raise self._refuse("a gem, its version and a checksum", number)
            if match[3]:
                self.sums[match[1], match[2]] = f"{match[3]}:{match[4]}"
        elif self.section == "BUNDLED WITH":
            self.draft.version = content
        elif self.section not in {"PLATFORMS", "RUBY VERSION"}:
            raise self._refuse("a section of Gemfile.lock", number)

    def _source(self, number: int, indent: int, content: str) -> None:
        if indent == 2:
            key, _, value = content.partition(":")
            self.facts[key] = value.strip()
        elif indent == 4 and (spec := _SPEC.fullmatch(content)):
            self._spec(number, spec[1], spec[2])
        elif indent == 6 and self.at is not None and (need := _NEED.fullmatch(content)):
            self.needs.append((self.at, need[1]))
        else:
            raise self._refuse("a gem with its version in brackets", number)

    def _spec(self, number: int, name: str, locked: str) -> None:
        # A gem's version never holds "-": what follows one is the platform that it was built for.
        version, _, platform = locked.partition("-")
        origin = _ORIGINS[self.section]
        remote = self.facts.get("remote")
        self.at = self.draft.add(
            Entry(
                package=Package(
                    ecosystem=GEMS,
                    name=name,
                    version=version,
                    qualifiers=(("platform", platform),) if platform else (),
                ),
                line=number,
                origin=Origin.WORKSPACE if origin is Origin.LINK and remote == "." else origin,
                location=remote,
                commit=self.facts.get("revision"),
                conditional=bool(platform),
            )
        )
        self.by_name.setdefault(name, []).append(self.at)

    def _refuse(self, expected: str, number: int) -> MalformedManifestError:
        return MalformedManifestError(f"expected {expected}", path=self.draft.path, line=number)

    def finish(self) -> Lock:
        """The lock, with its edges."""
        draft = self.draft
        if not self.seen:
            raise MalformedManifestError("expected a section GEM, GIT or PATH", path=draft.path)
        for by, name in self.needs:
            for to in self.by_name.get(name, ()):
                draft.edge(by, to)
            if name not in self.by_name and name != "bundler":
                draft.problem(draft.entries[by].line, f"expected an entry for {name}, which is needed here")
        for at, entry in enumerate(draft.entries):
            platform = "".join(f"-{value}" for _, value in entry.package.qualifiers)
            digest = self.sums.get((entry.package.name, f"{entry.package.version}{platform}"))
            if digest:
                draft.entries[at] = msgspec.structs.replace(entry, integrity=(digest,))
        own = draft.add(
            Entry(package=Package(ecosystem=GEMS, name=".", version=""), line=1, origin=Origin.WORKSPACE, location=".")
        )
        for name in self.asked:
            for to in self.by_name.get(name, ()):
                draft.edge(own, to, Need.UNKNOWN)
        draft.cannot_tell(Fact.SCOPE, "Bundler writes groups in the Gemfile only, which is a program.")
        draft.cannot_tell(Fact.INSTALL_SCRIPT, "Bundler does not write which gems are built while installing.")
        if not self.sums:
            draft.cannot_tell(Fact.INTEGRITY, "This lock has no section CHECKSUMS.")
        return draft.finish()
