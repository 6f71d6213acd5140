"""JSON shapes of compliance evidence. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class EvidenceFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One number."""

    key: str
    words: str
    proves: str
    """What it says, and what it does not."""
    counts: str
    """What its rows are: findings, sources, runs, decisions, components, resources, entries, policies."""
    value: int | None
    """null: nothing to tell; `remark` says why."""
    of: int | None
    """Out of so many; null: it is no share."""
    percent: int | None
    unit: str
    """What the value is in: what it counts, "days", or "% in N days"."""
    remark: str
    rows: int
    """As many as `/api/v1/evidence/rows` lists to who sees every finding."""
    complete: bool
    why_not: tuple[str, ...]


class EvidenceControl(msgspec.Struct, frozen=True, kw_only=True):
    """One control."""

    id: str
    title: str
    evidence: tuple[str, ...]
    """What its evidence is made of, by code: E1 asset inventory, …"""
    figures: tuple[str, ...]
    """Keys of its numbers."""
    complete: bool
    """Whether all that it asks for was known. false: cannot tell."""
    why_not: tuple[str, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A framework's controls over a period. Equal for an ended and settled period, whenever it is asked for, but for `generated_at`."""

    framework: str
    name: str
    version: str
    source: str
    first_day: str
    last_day: str
    """In UTC; part of the period."""
    until: str
    """The last moment that it tells of."""
    is_over: bool
    """false: the period goes on, and the same question will have another answer."""
    rules: int
    """Grows when a number comes to mean something else."""
    complete: bool
    """Whether every control is."""
    complete_controls: int
    doubts: tuple[str, ...]
    """Everything that was not known, each once."""
    controls: tuple[EvidenceControl, ...]
    figures: tuple[EvidenceFigure, ...]
    sha256: str
    """Of this document as compact JSON in the order given here, without `sha256`, `generated_at` and `generator`."""
    generated_at: str
    generator: str


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a number counts."""

    id: str
    name: str
    at: str | None
    """When it began."""
    facts: dict[str, str]


class EvidenceRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows behind one number."""

    figure: EvidenceFigure
    first_day: str
    last_day: str
    rows: tuple[EvidenceRow, ...]
    withheld: int
    """Rows that are counted, and are not in the caller's sight."""
    start: int
    next_start: int | None
