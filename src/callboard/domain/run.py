"""Runs: one sync of one source, what it was able to see, and when it may close anything."""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.finding import Kind, Severity, State


@enum.unique
class Mode(enum.StrEnum):
    """Why a run was made, which decides what it may conclude."""

    FULL = "full"
    """Everything in scope. Only this mode may take absence for anything."""
    DELTA = "delta"
    """What changed since the watermark."""
    IMPORT = "import"
    """A file. Never complete."""
    HOOK = "hook"
    """A few ids, read again because the source said they changed."""


@enum.unique
class RunState(enum.StrEnum):
    """Where a run stands."""

    FETCHING = "fetching"
    STAGED = "staged"
    HELD = "held"
    """It would have closed or moved a surprising share; a person decides."""
    APPLIED = "applied"
    PARTIAL = "partial"
    """It could not read everything; what it read is applied, nothing is closed."""
    DISCARDED = "discarded"
    REFUSED = "refused"
    """The source let us read nothing: its credentials, scopes or account. Nothing was changed."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a source's world that runs ask about. Part of a run's coverage: changing it closes nothing."""

    kinds: tuple[Kind, ...] = (Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION)
    severities: tuple[Severity, ...] = (
        Severity.CRITICAL,
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.LOW,
        Severity.INFO,
    )
    states: tuple[State, ...] = (State.OPEN, State.IN_PROGRESS, State.FIXED, State.REJECTED)
    projects: tuple[str, ...] = ()
    """The source's project ids. Empty: all."""
    asset_statuses: tuple[str, ...] = ()
    """The source's words, for example "Active". Empty: all."""
    closed_days: int = 365
    """How far back closed findings are read, in days. 0: not at all."""

    @property
    def fingerprint(self) -> str:
        """Equal for equal scopes, on any machine."""
        return msgspec.json.encode(self, order="deterministic").decode()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One walk over pages inside a run: a kind, a filter, and a name that is unique in the run."""

    name: str
    """For people and for resuming, for example "issue/open-critical-high"."""
    kind: str
    """A finding kind's word, or "project"."""
    filter: str
    """The source's own filter as JSON text."""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much one part of a first run would read."""

    part: str
    count: int
    capped: bool
    """True when the source stopped counting: at least that many."""
    calls: int
