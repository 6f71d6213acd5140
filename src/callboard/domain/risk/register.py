"""The risk register: lines with their evidence and the next action, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.posture import Place
from callboard.domain.risk.scale import FORMULA, Band, Factor, Score, score
from callboard.domain.risk.weakness import Weakness

OLD_DAYS = 7
"""A register of longer ago may not tell what is now."""


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind the portal, by the catalog."""

    components: int | None = None
    """None: no catalog was read."""
    teams: int | None = None
    """Groups and users that own any of them."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a line rests on."""

    said: str
    place: Place | None = None
    """None: it is missing everywhere."""
    reference: str | None = None
    """An advisory's id, where it is one."""
    package: str | None = None
    """The package URL that the advisory speaks of."""


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    key: str
    """Stable from one register to the next: `check:guests`, `package:npm:lodash`."""
    area: str
    """packages, settings, code, lockfile or pipeline."""
    title: str
    likelihood: Factor
    exposure: Factor
    blast: Factor
    action: str
    """What to do next, in a sentence."""
    evidence: tuple[Evidence, ...]
    malicious: bool = False
    """Something in it was made to harm: first, whatever its number."""
    direct: bool = True
    """Whether the project can act on it by itself, with no package in between."""

    @property
    def score(self) -> Score:
        """The product of its factors."""
        return score(self.likelihood, self.exposure, self.blast)

    @property
    def band(self) -> Band:
        """By its number; what was made to harm is critical whatever its number."""
        return Band.CRITICAL if self.malicious else self.score.band

    @property
    def rank(self) -> tuple[bool, int, int, int, bool, str]:
        """The smallest comes first: malware, band, number, what it may be at most, what can be acted on at once, key."""
        found = self.score
        return (not self.malicious, -self.band, -found.low * found.high, -found.high, not self.direct, self.key)


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """A portal's risks at one time."""

    portal: str
    """Its name, as its package.json or the caller has it."""
    at: Instant
    files: tuple[str, ...]
    """The settings that were judged."""
    production: bool
    estate: Estate
    risks: tuple[Risk, ...]
    """The gravest first."""
    weaknesses: tuple[Weakness, ...] = ()
    """Everything that advisories say of its packages, one by one."""
    not_evaluated: tuple[str, ...] = ()
    """What could not be judged, in words. It is not free of risk."""
    formula: int = FORMULA
    component: EntityRef | None = None
    """The portal's own component in the catalog. None: nobody said."""

    def is_old(self, now: Instant) -> bool:
        """Whether so much time has passed that the portal, its packages or what is known of them may have changed."""
        return now - self.at > OLD_DAYS * DAY

    @property
    def bands(self) -> tuple[tuple[Band, int], ...]:
        """How many lines each band has, the gravest first."""
        found = [risk.band for risk in self.risks]
        return tuple((band, found.count(band)) for band in reversed(Band))

    @property
    def worst(self) -> Band | None:
        """The gravest band; None: no risk was found."""
        return max((risk.band for risk in self.risks), default=None)


def ranked(risks: Iterable[Risk]) -> tuple[Risk, ...]:
    """The gravest first; the order that they come in does not matter."""
    return tuple(sorted(risks, key=lambda risk: risk.rank))
