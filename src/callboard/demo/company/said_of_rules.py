"""What people said of the two noisy rules: of the one before it was tuned and since, of the other in these months.

Each thing is said by somebody of the team whose finding it is, on a day on which it was open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final, NamedTuple

from callboard.demo.company.decisions import viewers_of
from callboard.demo.company.noisy_rules import PLACE, TUNED_DAYS, Noisy
from callboard.demo.company.values import Organisation, Rule
from callboard.domain.access import AT_THE_LAPTOP, Viewer
from callboard.domain.board import FindingRow
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft
from callboard.domain.instant import HOUR, Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.query.terms import Term
from callboard.domain.remediation.engagement import Door
from callboard.store import Store
from callboard.usecases import ask
from callboard.usecases.remediation.make_past import have_said
from callboard.usecases.remediation.note_engagement import note_acts

BEFORE: Final = (TUNED_DAYS + 60, TUNED_DAYS + 4)
"""Days before now between which the one was called not useful, until it was tuned."""
SINCE: Final = (85, 14)
"""The same for what was said since, and of the other."""
ELSEWHERE: Final = 4
"""Findings elsewhere about which somebody says what is to be done, while a rule is noise where the company develops."""
TUNED: Final = 9
"""The same since the one was tuned; of which one is called not useful all the same."""

_USELESS: Final = Draft(kind=DecisionKind.NOT_USEFUL)
_NOTES: Final = ("Set it now, see the branch.", "Goes with the next release.", "Ours, we do it this week.")


class Place(NamedTuple):
    """A finding, and who could say something about it."""

    row: FindingRow
    people: Sequence[EntityRef]


class _Word(NamedTuple):
    at: Instant
    finding: int
    by: EntityRef
    is_useless: bool
    note: str


def say_of_rules(store: Store, organisation: Organisation, rules: Noisy, *, now: Instant) -> None:
    """Let everybody say it, in the order in which they said it."""
    viewers = viewers_of(organisation)
    random = Random(f"{organisation.seed}:noise")
    said: list[_Word] = []
    for rule in (rules.tuned, rules.other):
        here, elsewhere = places(store, rule, viewers, now=now)
        days = BEFORE if rule is rules.tuned else SINCE
        said += _words(here, days, random, now=now, useless=len(here))
        said += _words(elsewhere, days, random, now=now, most=ELSEWHERE)
        if rule is rules.tuned:
            said += _words(elsewhere, SINCE, random, now=now, most=TUNED, useless=1)
    for each in sorted(said):
        viewer = viewers[each.by]
        draft = _USELESS if each.is_useless else Draft(kind=DecisionKind.COMMENT, note=each.note)
        have_said(store, viewer, draft, each.finding, at=each.at)
        note_acts(store, viewer.visibility, (each.finding,), Door.PAGE, now=each.at)


def places(
    store: Store, rule: Rule, viewers: Mapping[EntityRef, Viewer], *, now: Instant
) -> tuple[list[Place], list[Place]]:
    """Where the company develops, and elsewhere; without what several teams claim, of which nobody may say anything."""

    def listed(*terms: Term) -> Sequence[FindingRow]:
        query = Query((OneOf("rule", (rule.id,)), *terms))
        return ask.list_findings(store, AT_THE_LAPTOP, query, now=now, limit=200).rows

    developed = {row.id for row in listed(OneOf("env", (PLACE.lower(),)))}
    people: dict[EntityRef, list[EntityRef]] = defaultdict(list)
    for ref, viewer in sorted(viewers.items()):
        for owner in viewer.owners or ():
            if owner != ref:
                people[owner].append(ref)
    places = {
        row.id: Place(row, some)
        for team, some in people.items()
        for row in listed(OneOf("owner", (team,)))
        if row.verdict == "mapped"
    }
    found = sorted(places.values(), key=lambda each: each.row.external_id)
    here = [each for each in found if each.row.id in developed]
    return here, [each for each in found if each.row.id not in developed]


def _words(
    asked: Sequence[Place], days: tuple[int, int], random: Random, *, now: Instant, most: int | None = None, useless: int = 0
) -> Iterator[_Word]:  # fmt: skip
    """What was said of so many of these; of the first so many, by two people, that they are not useful."""
    found = 0
    for row, people in asked:
        at = Instant(now - random.randrange(days[1] * 24, days[0] * 24) * HOUR)
        if found == most or not row.first_detected_at <= at < (row.fixed_at or now):
            continue
        is_useless = found < useless
        for by in random.sample(people, min(len(people), 2 if is_useless else 1)):
            yield _Word(at, row.id, by, is_useless, random.choice(_NOTES))
        found += 1
