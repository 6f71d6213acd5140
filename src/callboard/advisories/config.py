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
    well_known_npm: str = ""
    """A file with the names that are used most, the most used first. Left out: nobody looks for names that imitate them."""
    well_known_pypi: str = ""
    """The same for Python packages."""
    max_megabytes: Annotated[int, msgspec.Meta(ge=1, le=8_192)] = 1_024
    """The largest dump that is read, packed, in megabytes."""

    def __post_init__(self) -> None:
        for ecosystem in self.ecosystems:
            if not ecosystem or not ecosystem.replace(" ", "").replace(".", "").replace("-", "").isalnum():
                raise ValueError(f"ecosystems should hold names like npm or crates.io, which {ecosystem!r} is not")

    @property
    def well_known(self) -> tuple[tuple[str, str], ...]:
        """Ecosystems with the file of their well-known names, for those that have one."""
        named = (("npm", self.well_known_npm), ("PyPI", self.well_known_pypi))
        return tuple((ecosystem, file) for ecosystem, file in named if file)
