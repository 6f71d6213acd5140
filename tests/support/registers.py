"""A risk register of a made-up portal."""

from __future__ import annotations

from callboard.domain.instant import Instant
from callboard.domain.posture import Place
from callboard.domain.risk.register import Estate, Evidence, Register, Risk
from callboard.domain.risk.scale import between, known

RISKS = (
    Risk(
        key="malware:npm:evil",
        area="packages",
        title="evil 1.0.0 was made to harm",
        likelihood=known(5, "made to harm"),
        exposure=known(5, "it acts by itself"),
        blast=known(5, "the whole portal"),
        action="Take evil out.",
        evidence=(Evidence(said="evil 1.0.0: MAL-1: <b>Steals</b>.", place=Place("yarn.lock", 21), reference="MAL-1"),),
        malicious=True,
    ),
    Risk(
        key="check:brakes",
        area="settings",
        title="Nothing slows attackers down",
        likelihood=known(1, "low severity"),
        exposure=between(2, 5, "nobody told"),
        blast=known(3, "one plugin"),
        action="Set backend.rateLimit.",
        evidence=(Evidence(said="backend.rateLimit: not set"),),
    ),
)
"""What was made to harm, and something small of which not all is known."""


def made_up_register(at: Instant, portal: str = "stage", risks: tuple[Risk, ...] = RISKS) -> Register:
    """A register of a moment."""
    return Register(
        portal=portal, at=at, files=("app-config.yaml",), production=True,
        estate=Estate(components=2, teams=2), risks=risks, not_evaluated=("A thing: it is elsewhere",),
    )  # fmt: skip
