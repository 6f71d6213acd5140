"""Posture: what is said of a setting, a pipeline or a piece of code that can be abused. Pure."""

from __future__ import annotations

import enum

import msgspec

from callboard.domain.finding import Severity


class Place(msgspec.Struct, frozen=True):
    """Where something stands."""

    file: str
    """Its path below the folder that is looked at, with forward slashes; or its name, where it was given alone."""
    line: int | None = None
    """Counted from 1. None: the file as a whole."""

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@enum.unique
class Reach(enum.IntEnum):
    """Who can get at it. The larger, the more people."""

    BUILDERS = 2
    """Who reads or changes the repository and what builds it."""
    SUPPLIERS = 3
    """Whoever publishes, or serves, what the build takes from outside."""
    SIGNED_IN = 4
    """Everybody who may sign in."""
    ANYBODY = 5
    """Whoever reaches the portal, or stands between it and others."""


@enum.unique
class Hits(enum.IntEnum):
    """What falls with it. The larger, the more."""

    PART = 3
    """One plugin, or one service behind it, with what that holds."""
    PEOPLE = 4
    """Everybody who has the portal open, with what they may do."""
    PORTAL = 5
    """The backend's process: every plugin, every secret, everything that the portal may do for all teams."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What a check is about, the same wherever it fails."""

    key: str
    """Its stable name, such as `default-auth-policy`."""
    number: int
    """Its row in the checklist of its area."""
    area: str = "settings"
    """settings, code, lockfile, pipeline or packages."""
    title: str
    """What is wrong where it fails."""
    severity: Severity
    reach: Reach
    hits: Hits
    why: str
    """What somebody could do with it."""
    remedy: str
    """What to do about it."""
    before: str
    """An example that fails: YAML of the setting."""
    after: str
    """The same, mended."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a check fails."""

    path: str
    """Of the setting, such as `proxy.endpoints./wiz.credentials`."""
    said: str
    """What stands there and what follows, in a sentence. Never a secret."""
    place: Place | None
    """None: it is missing everywhere."""
    severity: Severity | None = None
    """Where this place is less or more severe than the check says."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found."""

    advice: Advice
    faults: tuple[Fault, ...] = ()
    not_evaluated: str | None = None
    """Why it, or a part of it, could not be judged. Never taken for "nothing wrong"."""

    @property
    def word(self) -> str:
        """failed, not-evaluated or passed."""
        if self.faults:
            return "failed"
        return "passed" if self.not_evaluated is None else "not-evaluated"
