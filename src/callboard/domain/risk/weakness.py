"""What an advisory says of one package of the portal, as the register needs it."""

from __future__ import annotations

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Need
from callboard.domain.packages.package import Package
from callboard.domain.posture import Place
from callboard.domain.risk.side import Side


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """Components of the catalog, besides the portal, whose bills of materials hold a package."""

    components: int
    teams: int


class Weakness(msgspec.Struct, frozen=True, kw_only=True):
    """One advisory that fits one version of a package."""

    package: Package
    advisory: str
    names: tuple[str, ...] = ()
    """Its other names: CVE first."""
    summary: str = ""
    severity: Severity
    malicious: bool = False
    hint: bool = False
    """Only other versions are known to be bad: no weakness, and told all the same."""
    exploited: str | None = None
    epss: float | None = None
    safe: str | None = None
    """The smallest version above that no advisory of the same fact affects. None: none is known."""
    place: Place | None = None
    """Where the package is locked first."""
    direct: bool | None = None
    """Whether the project asks for it itself. None: cannot be known."""
    need: Need | None = None
    """The strongest way in which it is needed. None: cannot be known, or nothing reaches it."""
    bump: tuple[str, ...] = ()
    """What the project asks for and that brings it, the nearest first: name and version."""
    side: Side | None = None
    """Where the portal runs it. None: cannot be known, or neither side needs it."""
    users: Users | None = None
    """Who else has it. None: no bills of materials were looked through."""
