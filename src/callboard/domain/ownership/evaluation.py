"""How right ownership is, measured against what people say: per tier, with intervals, weighted by stratum. Pure.

People label resources without seeing the mapper's answer. No probability is made up here: what is shown as confidence is
what was counted, with the interval that its number allows.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.ownership.verdict import Verdict

Z95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""

UNCLEAR_KAPPA = 0.8
"""Two labellers who agree less than this have a guideline that is not clear (Landis and Koch call 0.81 almost perfect)."""


class Interval(msgspec.Struct, frozen=True):
    """A share with the interval that its sample allows."""

    share: float
    low: float
    high: float
    n: float
    """How many it rests on; for weighted shares as many unweighted ones as would say as much."""


def wilson(hits: float, n: float, *, z: float = Z95) -> Interval | None:
    """A share with its Wilson score interval (Wilson 1927). None of none is no share."""
    if n <= 0:
        return None
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and 1 the formula reaches the end exactly; floating point misses it by a hair.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == n else min(1.0, middle + half)
    return Interval(share, low, high, n)


def sample_size(half_width: float, *, share: float = 0.5, z: float = Z95) -> int:
    """How many labels an interval of ± `half_width` needs when about `share` are right. Worst at one half."""
    return math.ceil(z * z * share * (1 - share) / (half_width * half_width))


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960): how far two labellers agree beyond chance. None when chance alone would agree always."""
    both = list(pairs)
    if not both:
        return None
    n = len(both)
    one, other = Counter(first for first, _ in both), Counter(second for _, second in both)
    agreed = sum(first == second for first, second in both) / n
    chance = sum(count * other[word] for word, count in one.items()) / (n * n)
    return None if chance == 1 else (agreed - chance) / (1 - chance)


class Truth(msgspec.Struct, frozen=True):
    """What people say about one resource."""

    components: frozenset[EntityRef] = frozenset()
    """Empty with `is_shared`: several, and the label does not say which."""
    is_shared: bool = False
    is_known: bool = True
    """False: the people could not tell."""

    @property
    def is_nobody(self) -> bool:
        """It belongs to no component."""
        return self.is_known and not self.is_shared and not self.components


NOBODY = Truth()
CANNOT_TELL = Truth(is_known=False)
SHARED = Truth(is_shared=True)

_WORDS = {"nobody": NOBODY, "none": NOBODY, "cannot tell": CANNOT_TELL, "cannot-tell": CANNOT_TELL, "shared": SHARED}


def truth_of(label: str) -> Truth:
    """The meaning of a label: a component, several (`shared: a, b`, or a list), `shared`, `nobody` or `cannot tell`.

    Raises ValueError that says what was expected.
    """
    text = " ".join(label.split())
    if not text:
        raise ValueError("the label is empty; write a component, `shared: a, b`, `nobody` or `cannot tell`")
    word = _WORDS.get(text.casefold())
    if word is not None:
        return word
    if text.casefold().startswith("shared:"):
        text = text[len("shared:") :]
    names = [name for name in (part.strip() for part in text.split(",")) if name]
    if not names:
        raise ValueError(f"{label!r} names no component")
    refs = frozenset(entity_ref(name, kind="component") for name in names)
    return Truth(refs, is_shared=len(refs) > 1)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the mapper says about one resource."""

    routes: frozenset[EntityRef] = frozenset()
    verdict: Verdict = Verdict.UNMAPPED
    tier: int | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled resource: truth and answer side by side."""

    resource: str
    truth: Truth
    answer: Answer
    stratum: str = ""
    """Alike resources that were drawn from together."""


@enum.unique
class Outcome(enum.StrEnum):
    """How an answer stands against the truth."""

    RIGHT = "right"
    PARTLY = "partly"
    """Nobody wrong is named, and not everybody who owns it."""
    WRONG_OWNER = "wrong-owner"
    """Somebody is named who does not own it, though somebody does."""
    FALSE_CLAIM = "false-claim"
    """Somebody is named, and nobody owns it."""
    MISSED = "missed"
    """Nobody is named, though somebody owns it."""
    ABSTAINED = "abstained"
    """Nobody is named, and nobody owns it."""
    CONFLICT = "conflict"
    """The evidence contradicts itself, which is said and is no answer."""
    UNKNOWN = "cannot-tell"
    """The people could not tell, so nothing can be said about the answer."""

    @property
    def is_answer(self) -> bool:
        """True where the mapper named an owner and the people could judge it."""
        return self in _ANSWERS


_ANSWERS = (Outcome.RIGHT, Outcome.PARTLY, Outcome.WRONG_OWNER, Outcome.FALSE_CLAIM)


def outcome(case: Case) -> Outcome:
    """How one answer stands against the truth."""
    truth, answer = case.truth, case.answer
    if answer.verdict is Verdict.CONFLICT:
        return Outcome.CONFLICT
    if not truth.is_known:
        return Outcome.UNKNOWN
    if not answer.routes:
        return Outcome.ABSTAINED if truth.is_nobody else Outcome.MISSED
    if truth.is_nobody:
        return Outcome.FALSE_CLAIM
    if truth.is_shared and not truth.components:
        return Outcome.RIGHT if len(answer.routes) > 1 else Outcome.PARTLY
    if answer.routes == truth.components:
        return Outcome.RIGHT
    return Outcome.PARTLY if answer.routes < truth.components else Outcome.WRONG_OWNER


def is_team_right(case: Case, owners: Mapping[EntityRef, EntityRef | None]) -> bool:
    """True when the answer reaches exactly the teams that own it, if perhaps by another component of theirs."""
    if outcome(case) is Outcome.RIGHT:
        return True
    named = {owners.get(ref) for ref in case.answer.routes}
    meant = {owners.get(ref) for ref in case.truth.components}
    return bool(named) and None not in named and named == meant


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted over some cases."""

    cases: int
    """Labelled ones that people could judge; conflicts among them."""
    cannot_tell: int
    answered: int
    right: int
    partly: int
    wrong_owner: int
    false_claims: int
    missed: int
    abstained: int
    """Nobody named, rightly."""
    conflicts: int
    team_right: int
    precision: Interval | None
    """Right of those answered. None: nothing was answered."""
    team_precision: Interval | None
    recall: Interval | None
    """Right of those that truly have an owner."""
    coverage: Interval | None
    """Answered of all."""
    abstain_rate: Interval | None
    wrong_owner_rate: Interval | None
    """Wrong owners of those answered; false claims stand apart."""
    false_claim_rate: Interval | None


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How right the mapper is."""

    overall: Measures
    by_tier: dict[int, Measures]
    """Answers by the tier that decided. What nobody answered is in no tier."""
    weighted: Measures
    """The same shares with every stratum as large as it truly is; the counts are those of the sample."""
    strata: dict[str, tuple[int, int]]
    """Of each stratum how many were labelled, and how many there are."""
    conflict_precision: Interval | None
    """Share of conflicts that were real: people could not give the resource to one component alone either."""
    kappa: float | None
    """Agreement of two labellers. None: there was one only, or nothing to disagree about."""


def evaluate(
    cases: Sequence[Case],
    owners: Mapping[EntityRef, EntityRef | None],
    *,
    sizes: Mapping[str, int] | None = None,
    labelled_twice: Iterable[tuple[str, str]] = (),
) -> Evaluation:
    """Measure `cases`. `owners` says who owns each component, `sizes` how many resources each stratum truly holds.

    A stratum whose size is not told counts as large as its sample, and is never taken to be smaller than it.
    """
    drawn = Counter(case.stratum for case in cases)
    strata = {name: (n, max(n, (sizes or {}).get(name, n))) for name, n in sorted(drawn.items())}
    weights = {name: size / n for name, (n, size) in strata.items()}
    tiers = sorted({case.answer.tier for case in cases if case.answer.tier is not None and _counts(case)})
    conflicts = [case for case in cases if outcome(case) is Outcome.CONFLICT]
    real = sum(case.truth.is_shared or not case.truth.is_known for case in conflicts)
    return Evaluation(
        overall=measure(cases, owners),
        by_tier={tier: measure([case for case in cases if case.answer.tier == tier], owners) for tier in tiers},
        weighted=measure(cases, owners, weights=weights),
        strata=strata,
        conflict_precision=wilson(real, len(conflicts)),
        kappa=kappa(labelled_twice),
    )


def _counts(case: Case) -> bool:
    return outcome(case) not in (Outcome.CONFLICT, Outcome.UNKNOWN)


def measure(
    cases: Sequence[Case],
    owners: Mapping[EntityRef, EntityRef | None],
    *,
    weights: Mapping[str, float] | None = None,
) -> Measures:
    """Counts and shares of `cases`. With `weights` by stratum the shares are those of the whole, not of the sample."""
    outcomes = [(case, outcome(case)) for case in cases]
    judged = [pair for pair in outcomes if pair[1] is not Outcome.UNKNOWN and pair[0].truth.is_known]
    counts = Counter(found for _, found in judged)
    unknown = len(outcomes) - len(judged)
    answered = [pair for pair in judged if pair[1].is_answer]
    team = [is_team_right(case, owners) for case, _ in answered]

    def share(of: Sequence[tuple[Case, Outcome]], hits: Sequence[bool]) -> Interval | None:
        if weights is None:
            return wilson(sum(hits), len(of))
        return _weighted([weights.get(case.stratum, 1.0) for case, _ in of], hits)

    owned = [pair for pair in judged if not pair[0].truth.is_nobody]
    return Measures(
        cases=len(judged),
        cannot_tell=unknown,
        answered=len(answered),
        right=counts[Outcome.RIGHT],
        partly=counts[Outcome.PARTLY],
        wrong_owner=counts[Outcome.WRONG_OWNER],
        false_claims=counts[Outcome.FALSE_CLAIM],
        missed=counts[Outcome.MISSED],
        abstained=counts[Outcome.ABSTAINED],
        conflicts=counts[Outcome.CONFLICT],
        team_right=sum(team),
        precision=share(answered, [found is Outcome.RIGHT for _, found in answered]),
        team_precision=share(answered, team),
        recall=share(owned, [found is Outcome.RIGHT for _, found in owned]),
        coverage=share(judged, [found.is_answer for _, found in judged]),
        abstain_rate=share(judged, [not found.is_answer for _, found in judged]),
        wrong_owner_rate=share(answered, [found is Outcome.WRONG_OWNER for _, found in answered]),
        false_claim_rate=share(answered, [found is Outcome.FALSE_CLAIM for _, found in answered]),
    )


def _weighted(weights: Sequence[float], hits: Sequence[bool]) -> Interval | None:
    """A weighted share, with the interval of the effective sample size (Kish 1965): (Σw)² / Σw²."""
    total = sum(weights)
    if not total:
        return None
    effective = total * total / sum(weight * weight for weight in weights)
    share = sum(weight for weight, hit in zip(weights, hits, strict=True) if hit) / total
    # A share of all or none has to stay exactly that for the interval to reach the end.
    hit_count = effective if all(hits) else 0.0 if not any(hits) else share * effective
    return wilson(hit_count, effective)
