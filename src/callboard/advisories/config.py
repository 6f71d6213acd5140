"""`[advisories]` of callboard.toml: where the index is, and where its content comes from."""

from __future__ import annotations

from typing import Annotated

import msgspec

ECOSYSTEMS = ("npm", "PyPI", "Go", "crates.io", "RubyGems", "Packagist", "Maven", "NuGet", "Hex", "Pub")


class AdvisoriesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about packages."""

    index: str = ""
    """The index file. Left out: `callboard-advisories.idx` beside the configuration. `CALLBOARD_ADVISORIES_INDEX` goes before."""
    url: str = "https://osv-vulnerabilities.storage.googleapis.com"
    """Where the public dumps are, or a mirror of them: `<url>/npm/all.zip` and so on."""
    ecosystems: tuple[str, ...] = ECOSYSTEMS
    """Which dumps are read, by OSV's names."""
    kev_url: str = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
    """The catalog of known exploited vulnerabilities. Empty: it is not read."""
    epss_url: str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
    """EPSS scores. Empty: they are not read."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts of mirrors that may be at private addresses, or answer over plain http."""
    max_megabytes: Annotated[int, msgspec.Meta(ge=1, le=8_192)] = 1_024
    """The largest dump that is read, packed, in megabytes."""

    def __post_init__(self) -> None:
        for ecosystem in self.ecosystems:
            if not ecosystem or not ecosystem.replace(" ", "").replace(".", "").replace("-", "").isalnum():
                raise ValueError(f"ecosystems should hold names like npm or crates.io, which {ecosystem!r} is not")
