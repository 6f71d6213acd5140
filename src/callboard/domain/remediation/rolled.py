"""What being given the portal does, told from a rollout: by lot, or as differences of teams. Pure.

**By lot** (stepped rollout, intention to treat): on the same days, teams that had been given the portal against teams that had not,
whoever used it. Within severity, source and step of the rollout; how far chance goes is told by the lot itself, which is drawn anew
two thousand times: the chance that another order had looked as different. That holds whatever findings of one team have in common.
**Differences**: how teams changed that began first, against how teams changed that waited, over the same days. Each team counts once,
weighted by what it had to do; chance is told by giving the word "first" to other teams.
Both count fixes against those that the same age, severity, source and days let expect, and so never ask who looked at what.
"""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, combinations
from operator import getitem

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.remediation.channels import FEWEST, FEWEST_TEAMS
from callboard.domain.remediation.cohorts import Exposed
from callboard.domain.remediation.question import Period
from callboard.domain.remediation.rollout import Rollout
from callboard.domain.remediation.rollout_days import FEWEST_EACH, SHORTEST, Windows
from callboard.domain.remediation.rollout_sums import RolledArm, Sum, arm_of, pulls_of, split, sums_of, together
from callboard.domain.survival import Ages, hazard, table_of

DRAWS = 1_999
"""Other lots that are drawn. With the real one they make two thousand, so that p has no more digits than are true."""
FEWEST_LOTS = 40
"""Different orders under which no difference is rarer than one in twenty, both sides counted."""
NEVER = Instant(2**62)
"""Later than any day: of teams of which nobody has said when."""
SEEN_AT = 2.8
"""How many errors away a difference has to be to be seen four times in five."""


@enum.unique
class RollDesign(enum.StrEnum):
    """How the two are compared."""

    ROLLOUT = "rollout"
    DIFFERENCES = "did"


class Rolled(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison, or why there is none."""

    design: RollDesign
    refusal: str | None
    arms: tuple[RolledArm, ...] = ()
    period: Period | None = None
    """The days on which both sides were watched."""
    before: Period | None = None
    ratio: float | None = None
    """How many times as fast findings are fixed by teams that were given the portal. Above 1: faster."""
    low: float | None = None
    high: float | None = None
    p: float | None = None
    lots: int = 0
    """How many orders or choices p was told from, the real one among them."""
    smallest: float | None = None
    """The smallest ratio above 1 that is seen four times in five."""


def by_lot(rollout: Rollout, found: Exposed, asked: Windows) -> Rolled:
    """The comparison by lot."""
    told = Rolled(design=RollDesign.ROLLOUT, refusal=None, period=asked.steps)
    if not rollout.is_by_lot:
        return _refused(told, "Somebody chose the teams that begin, so that no lot tells what chance does.")
    if not rollout.is_in_time or not rollout.is_as_drawn:
        return _refused(told, "The order of the teams is not the one that the seed gives, or was planned too late.")
    if asked.steps is None:
        return _refused(told, "In these days all teams had been given the portal, or none had.")
    blocks = asked.blocks(asked.steps)
    starts = rollout.starts

    def has(team: EntityRef, block: int) -> bool:
        at = starts[team]
        return at is not None and at <= asked.bounds[block]

    # Teams that begin on one day are on one side at all times: tables are made of days, and only chance is told of teams.
    cells = found.cells(blocks, lambda team: starts.get(team) or NEVER)
    pulls = pulls_of(found, blocks, {key: together(each.values()) for key, each in cells.items()})
    tallies = found.tallies()
    arms = (
        arm_of("given", sums_of(tallies, pulls, blocks, has)),
        arm_of("not-yet", sums_of(tallies, pulls, blocks, lambda team, block: not has(team, block))),
    )
    told = msgspec.structs.replace(told, arms=arms)
    teams = sorted(team for team, watched in tallies.items() if any(block in blocks for block in watched))
    if len(teams) < FEWEST_TEAMS or _orders([starts[team] for team in teams]) < FEWEST_LOTS:
        return _refused(told, _few_teams(len(teams), FEWEST_TEAMS))
    pairs = {key: split(each, lambda start, key=key: start <= asked.bounds[key[0]]) for key, each in cells.items()}  # type: ignore[misc]
    refusal = _few_fixes(pairs.values())
    ratio = None if refusal else hazard([table_of(*pair) for pair in pairs.values()])
    if ratio is None:
        return _refused(told, refusal or "No step has both at risk when something was fixed.")
    sums = [
        list(accumulate((pulls.get((team, block), 0.0) for block in reversed(blocks)), initial=0.0)) for team in teams
    ]
    columns = [sum(has(team, block) for block in blocks) for team in teams]
    pull = sum(each[column] for each, column in zip(sums, columns, strict=True))
    dice = random.Random(rollout.seed)  # noqa: S311 - the same report for the same plan
    others: list[float] = []
    for _ in range(DRAWS):
        # Teams in the order of numbers that are drawn for each: a third of the work of shuffling them.
        drawn = [dice.random() for _ in sums]
        order = sorted(range(len(sums)), key=drawn.__getitem__)
        others.append(sum(map(getitem, map(sums.__getitem__, order), columns)))
    p = (1 + sum(abs(other) >= abs(pull) - 1e-9 for other in others)) / (1 + DRAWS)
    if not math.isfinite(ratio.log) or not math.isfinite(ratio.error):
        return _refused(told, "One side fixed nothing, so that no ratio is bounded.")
    # What other lots pull, over the information, is how far the logarithm of the ratio strays by chance.
    error = max(_spread(others) * ratio.error**2, ratio.error)
    return _ratio(
        told, ratio.log, (ratio.log - 1.96 * error, ratio.log + 1.96 * error), p=p, lots=1 + DRAWS, error=error
    )


def _spread(numbers: Sequence[float]) -> float:
    """The standard deviation. The library's own is exact in fractions, and a hundred times as slow."""
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def by_differences(rollout: Rollout, found: Exposed, asked: Windows) -> Rolled:
    """How teams changed that began first, against how those did that waited."""
    told = Rolled(design=RollDesign.DIFFERENCES, refusal=None, period=asked.after, before=asked.before)
    if asked.before is None or asked.after is None:
        return _refused(
            told, f"There is no stretch of {SHORTEST} days after the beginning in which {FEWEST_EACH} teams had still to wait."
        )  # fmt: skip
    starts = rollout.starts
    first = {team for team, at in starts.items() if at is not None and at <= asked.after.start}
    waiting = {team for team, at in starts.items() if at is None or at >= asked.after.end}
    compared = msgspec.structs.replace(
        found, cohorts={key: each for key, each in found.cohorts.items() if key[1] in first or key[1] in waiting}
    )
    whole = {key: each[""] for key, each in compared.cells(range(len(found.at) - 1), lambda _: "").items()}
    tallies = compared.tallies()
    spans = {word: asked.blocks(span) for word, span in (("", asked.after), ("-before", asked.before))}
    sums = {
        word: sums_of(tallies, pulls_of(compared, blocks, whole), blocks, lambda _team, _block: True)
        for word, blocks in spans.items()
    }
    there = sorted(team for team in sums[""] if team in sums["-before"])
    arms = tuple(
        arm_of(f"{arm}{word}", {team: sums[word][team] for team in there if team in side})
        for arm, side in (("given", first), ("not-yet", waiting))
        for word in spans
    )
    told = msgspec.structs.replace(told, arms=arms)
    sides = [sum(team in side for team in there) for side in (first, waiting)]
    if min(sides) < FEWEST_EACH:
        return _refused(told, _few_teams(min(sides), FEWEST_EACH, " on each side"))
    if min(arm.fixed for arm in arms if arm.arm in ("given", "not-yet")) < FEWEST:
        fixes = " and ".join(f"{arm.fixed:,}" for arm in arms if arm.arm in ("given", "not-yet"))
        return _refused(told, f"Too few to compare: {fixes} fixes; {FEWEST} of each side are needed.")
    changes = [_change(sums["-before"][team], sums[""][team]) for team in there]
    begun = tuple(number for number, team in enumerate(there) if team in first)
    return _by_choice(told, changes, begun, seed=f"{rollout.entry} {len(there)}")


def _by_choice(told: Rolled, changes: Sequence[tuple[float, float]], begun: Sequence[int], *, seed: str) -> Rolled:
    """The difference of weighted means, and what other choices of the same number of teams would have made of it.

    The interval holds every ratio that is not taken back by that test, once it is taken off the teams that began.
    """
    n, k = len(changes), len(begun)
    really = set(begun)
    # Of each team: its weight, its weighted change, and its weight where it began. In each choice the difference is one number,
    # and what a true ratio adds to it another.
    each = [(weight, weight * change, weight * (number in really)) for number, (change, weight) in enumerate(changes)]
    whole = [sum(column) for column in zip(*each, strict=True)]

    def difference(choice: Sequence[int]) -> tuple[float, float]:
        weight, change, true = (sum(column) for column in zip(*(each[number] for number in choice), strict=True))
        other = whole[0] - weight
        return change / weight - (whole[1] - change) / other, true / weight - (whole[2] - true) / other

    if math.comb(n, k) <= 1 + DRAWS:
        others = [difference(choice) for choice in combinations(range(n), k)]
    else:
        dice = random.Random(seed)  # noqa: S311 - the same report for the same plan
        others = [difference(begun), *(difference(dice.sample(range(n), k)) for _ in range(DRAWS))]
    mine = difference(begun)[0]

    def chance(true: float) -> float:
        away = abs(mine - true) - 1e-9
        return sum(abs(told - true * added) >= away for told, added in others) / len(others)

    low, high = (_edge(lambda reach, way=way: chance(mine + way * reach) >= 0.05) for way in (-1, 1))  # type: ignore[misc]
    error = (low + high) / 2 / 1.96
    return _ratio(told, mine, (mine - low, mine + high), p=chance(0.0), lots=len(others), error=error)


def _edge(holds: Callable[[float], bool]) -> float:
    """How far from the middle an interval reaches: to where it does not hold any more."""
    near, far = 0.0, 0.5
    while holds(far) and far < 64:
        near, far = far, 2 * far
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (middle, far) if holds(middle) else (near, middle)
    return far


def _change(before: Sum, after: Sum) -> tuple[float, float]:
    """The logarithm of how many times as fast it became, with its weight. Half a fix keeps it from running away."""
    was, now = (math.log((each.fixed + 0.5) / (each.expected + 0.5)) for each in (before, after))
    return now - was, 1 / (1 / (before.expected + 0.5) + 1 / (after.expected + 0.5))


def _orders(starts: Sequence[Instant | None]) -> int:
    """How many different lots there are."""
    sizes = [starts.count(each) for each in set(starts)]
    found, left = 1, len(starts)
    for size in sizes:
        found *= math.comb(left, size)
        left -= size
    return found


def _few_teams(n: int, least: int, where: str = "") -> str:
    return f"Too few teams to compare: {n:,} of the plan have findings in sight{where}; {least} are needed."


def _few_fixes(pairs: Iterable[tuple[Ages, Ages]]) -> str | None:
    waiting = given = 0
    for not_yet, has in pairs:
        if not_yet.n and has.n:
            waiting += sum(not_yet.fixed.values())
            given += sum(has.fixed.values())
    if min(waiting, given) >= FEWEST:
        return None
    return (
        f"Too few to compare: {given:,} fixes of teams that had been given the portal and {waiting:,} of those that had not, "
        f"in strata that have both; {FEWEST} of each are needed."
    )


def _refused(told: Rolled, why: str) -> Rolled:
    return msgspec.structs.replace(told, refusal=why)


def _ratio(told: Rolled, log: float, band: tuple[float, float], *, p: float, lots: int, error: float) -> Rolled:
    low, high = band
    return msgspec.structs.replace(
        told, ratio=math.exp(log), low=math.exp(low), high=math.exp(high) if high < 50 else math.inf, p=p, lots=lots,
        smallest=math.exp(min(50.0, SEEN_AT * error)),
    )  # fmt: skip
