"""JSON shapes of a portal's risk register."""

from __future__ import annotations

import msgspec


class RiskFactor(msgspec.Struct, frozen=True, kw_only=True):
    """One factor, 1 to 5. Both ends are the same where it is known."""

    low: int
    high: int
    because: str


class RiskEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a line rests on."""

    said: str
    file: str | None
    line: int | None
    reference: str | None


class RiskLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    key: str
    area: str
    title: str
    band: str
    """critical, high, medium or low."""
    number: int
    """1 to 125: the geometric middle of `low` and `high`."""
    low: int
    high: int
    malicious: bool
    likelihood: RiskFactor
    exposure: RiskFactor
    blast_radius: RiskFactor
    action: str
    evidence: tuple[RiskEvidence, ...]


class RiskRegister(msgspec.Struct, frozen=True, kw_only=True):
    """A register."""

    portal: str
    at: str
    formula: int
    files: tuple[str, ...]
    production: bool
    components: int | None
    teams: int | None
    worst: str | None
    bands: dict[str, int]
    """How many lines each band has."""
    risks: tuple[RiskLine, ...]
    not_evaluated: tuple[str, ...]
    old: bool
    """It was made so long ago that it may not tell what is now."""
    portals: tuple[str, ...]
    """Every portal of which a register was kept, this one among them."""


class DeliveredJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what a pipeline found in a portal."""

    component: str
    portal: str
    at: str
    risks: int
    """Lines that were made of it. How grave they are is for who may see the register."""
