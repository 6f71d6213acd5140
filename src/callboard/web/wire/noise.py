"""JSON shapes of the report on noise. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class NoiseProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What would make a rule less noisy."""

    words: str
    query: str
    """The open findings that it is about."""
    findings: int


class NoiseRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that somebody called not useful."""

    source: str
    rule: str
    name: str
    useless: int | None
    """Findings called not useful in the period, and not taken back. null: under five were acted on."""
    acted: int | None
    """Findings about which anybody said anything in it. null: under five, and at least one; 0: none."""
    share: float | None
    """null: under five were acted on."""
    low: float | None
    """The interval of 95 %."""
    high: float | None
    people: int | None
    """Who acted; null: under five."""
    people_useless: int | None
    """Of those who called one not useful; null: under five acted."""
    former_useless: int | None
    """The same in the period before, which is as long."""
    former_acted: int | None
    former_share: float | None
    open: int
    """Open findings of the rule in the caller's sight."""
    proposal: NoiseProposal | None


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules are noise."""

    first: str
    last: str
    """Days in UTC, both part of the period."""
    noisiest: NoiseRule | None
    """The one to do something about first; null: none is noisy enough."""
    rules: tuple[NoiseRule, ...]
