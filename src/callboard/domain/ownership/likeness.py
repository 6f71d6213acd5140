"""Likeness: how strongly what is known of a resource and of a component speak for one another. Pure.

A record-linkage weight after Fellegi and Sunter (1969): each field of a pair is compared to a level, and a level counts
log2(m / u) bits, where m is how often pairs that belong together come out at that level and u how often the others do.
What is not known counts nothing, neither for nor against. A likeness is a suggestion: it never routes and never shows.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.component import EntityRef


@enum.unique
class Name(enum.StrEnum):
    """How the words of two names meet. The rarer the words they share, the more that says."""

    SAME_ALONE = "same-alone"
    """The same words, and only one component has them all."""
    SAME_SHARED = "same-shared"
    """The same words, which several components have among theirs."""
    WITHIN_ALONE = "within-alone"
    """All the component's words are in the resource's name, and no other component has them all."""
    WITHIN_SHARED = "within-shared"
    PARTLY_ALONE = "partly-alone"
    """Some of the component's words, which no other component has together."""
    NEAR = "near"
    """All or some of its words, one of them spelled a little differently."""
    PARTLY_FEW = "partly-few"
    """Some of its words, which two to five components have together."""
    PARTLY_MANY = "partly-many"
    APART = "apart"
    """No word in common."""


@enum.unique
class Nearby(enum.StrEnum):
    """Whose the mapped resources around it are: of the same namespace, project or account, the closest that tells."""

    MOST = "most"
    """At least two thirds of them are this component's."""
    MANY = "many"
    """At least a fifth."""
    FEW = "few"
    NONE = "none"
    """There are mapped ones, and none is this component's."""
    UNKNOWN = "unknown"
    """Nothing around it is mapped."""


@enum.unique
class Committed(enum.StrEnum):
    """Who has worked on it."""

    OWNER = "owner"
    """Somebody of the team that owns the component."""
    OTHERS = "others"
    UNKNOWN = "unknown"


@enum.unique
class Team(enum.StrEnum):
    """Whether the resource carries the name of a team."""

    NAMED = "named"
    """Of the one that owns the component."""
    OTHER = "other"
    UNKNOWN = "unknown"


_DIGITS = 6
"""Digits of a weight that count, so that equal evidence weighs equal."""

Level = Name | Nearby | Committed | Team
Levels = tuple[Name, Nearby, Committed, Team]

UNKNOWN = frozenset({Nearby.UNKNOWN, Committed.UNKNOWN, Team.UNKNOWN})
"""Levels that say nothing."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One resource and one component, field by field."""

    name: Name
    nearby: Nearby = Nearby.UNKNOWN
    committed: Committed = Committed.UNKNOWN
    team: Team = Team.UNKNOWN

    @classmethod
    def of(cls, levels: Levels) -> Comparison:
        """From one level for each field."""
        name, nearby, committed, team = levels
        return cls(name=name, nearby=nearby, committed=committed, team=team)

    @property
    def levels(self) -> Levels:
        """One for each field."""
        return self.name, self.nearby, self.committed, self.team


class Chances(msgspec.Struct, frozen=True):
    """How often a level comes out."""

    m: float
    """Among pairs that belong together."""
    u: float
    """Among pairs that do not, of those that are looked at."""

    @property
    def bits(self) -> float:
        """What the level says, for (above zero) or against."""
        return math.log2(self.m / self.u)


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What each level is worth, and from where on a pair is suggested."""

    chances: Mapping[str, Chances]
    """By `key` of the level."""
    upper: float
    """Bits from which on a component is suggested."""
    lower: float
    """Bits from which on it is listed for a person to look at; below, it is not mentioned."""

    def weight(self, comparison: Comparison) -> float:
        """The sum of what the fields say, in bits."""
        bits = sum(self.chances[key(level)].bits for level in comparison.levels if level not in UNKNOWN)
        return round(bits, _DIGITS)


def key(level: Level) -> str:
    """A level's name among those of all fields."""
    return f"{type(level).__name__.lower()}:{level.value}"


FIELDS: tuple[type[Name | Nearby | Committed | Team], ...] = (Name, Nearby, Committed, Team)


def estimate(
    pairs: Iterable[tuple[Comparison, bool]], *, upper_precision: float = 0.9, lower_precision: float = 0.2
) -> Model:
    """The model that labelled pairs speak for; the flag says whether a pair belongs together.

    Every level is taken to have come out half a time more than it did, so that none is impossible. Above the upper
    threshold, and between the two, at least these shares of the pairs belong together; where no weight reaches a share,
    nothing is there.
    """
    known = list(pairs)
    counts = {True: Counter[str](), False: Counter[str]()}
    for comparison, together in known:
        counts[together].update(key(level) for level in comparison.levels if level not in UNKNOWN)
    chances: dict[str, Chances] = {}
    for field in FIELDS:
        levels = [key(level) for level in field if level not in UNKNOWN]
        totals = {side: sum(counts[side][level] for level in levels) + len(levels) / 2 for side in counts}
        for level in levels:
            m, u = ((counts[side][level] + 0.5) / totals[side] for side in (True, False))
            chances[level] = Chances(m, u)
    model = Model(chances=chances, upper=0, lower=0)
    weighed = [(model.weight(comparison), together) for comparison, together in known]
    upper = threshold(weighed, upper_precision)
    below = threshold([each for each in weighed if each[0] < upper], lower_precision)
    return msgspec.structs.replace(model, upper=upper, lower=min(upper, below))


def threshold(weighed: Iterable[tuple[float, bool]], precision: float) -> float:
    """The lowest weight at and above which at least this share of the pairs belongs together."""
    by_weight: dict[float, list[int]] = {}
    for weight, together in weighed:
        cell = by_weight.setdefault(weight, [0, 0])
        cell[0] += together
        cell[1] += 1
    best = math.inf
    right = n = 0
    for weight in sorted(by_weight, reverse=True):
        right, n = right + by_weight[weight][0], n + by_weight[weight][1]
        if right / n >= precision:
            best = weight
    return best


DEFAULT = Model(
    chances={
        "name:same-alone": Chances(0.271, 1.72e-05),
        "name:same-shared": Chances(0.00022, 1.72e-05),
        "name:within-alone": Chances(0.466, 0.0119),
        "name:within-shared": Chances(0.00022, 1.72e-05),
        "name:partly-alone": Chances(0.00375, 1.72e-05),
        "name:near": Chances(0.0416, 0.0171),
        "name:partly-few": Chances(0.039, 0.101),
        "name:partly-many": Chances(0.102, 0.613),
        "name:apart": Chances(0.0769, 0.257),
        "nearby:most": Chances(0.26, 0.00119),
        "nearby:many": Chances(0.013, 0.00291),
        "nearby:few": Chances(0.586, 0.532),
        "nearby:none": Chances(0.141, 0.464),
        "committed:owner": Chances(0.974, 0.331),
        "committed:others": Chances(0.0263, 0.669),
        "team:named": Chances(0.983, 0.538),
        "team:other": Chances(0.0173, 0.462),
    },
    upper=4.3,
    lower=-0.2,
)
"""Estimated by `python -m benchmarks.ownership --estimate` from three invented companies (seeds 101 to 103, 2026-11), with
thresholds at nine in ten and one in five. A company's own labels make a better one: `estimate`."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One component that may own a resource. Nothing applies it by itself."""

    component: EntityRef
    owner: EntityRef | None
    weight: float
    """In bits: each one more makes it twice as likely."""
    is_clerical: bool
    """True: between the thresholds, for a person to look at; False: suggested."""
    sentence: str
    """Why, in one sentence."""
    comparison: Comparison
