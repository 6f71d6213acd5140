"""A27: whether the clock tells what belongs to others from what is not there.

No test here says how long anything takes. Both are asked in turn, in random order, and the question is whether the order of
the times knows which was which: the chance that one of others' took longer than one that is not there (Mann and Whitney's U
over the number of pairs) is a half where nobody can tell. What the machine does besides falls on both alike.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, insert, select

from callboard.domain.access import Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.query import parse
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.usecases import ask, browse, first_pages, things
from callboard.usecases.ownership import speak_for
from tests.support.named import NamedDoor, named_door, team, user

TRIES = 1_000
LONG = 300
"""Tries of what takes long by itself; one standard error is 0.024."""
HOLDINGS = 3_000
"""Holdings that the reader's team reads: the more there are, the longer a look for one of them takes."""
TELLING = 0.12
"""How far from a half the chance may be. Of 1,000 tries it strays by 0.013 (one standard error) where nobody can tell."""

RED = Viewer("bo", Readers(frozenset({EntityRef(user("bo")), EntityRef(team("red"))}), Depth.WORK), (), user("bo"))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """The two teams, of which red reads very much."""
    with named_door(tmp_path_factory.mktemp("timing") / "callboard.db") as found:
        entity = schema.entity.c
        with found.store.write() as conn:
            cart = conn.execute(select(entity.id).where(entity.ref == "component:default/cart")).scalar_one()
            ids = range(10_000, 10_000 + HOLDINGS)
            conn.execute(insert(schema.holding), [{"id": n, "key": f"made-{n}", "verdict": "mapped"} for n in ids])
            conn.execute(insert(schema.holding_reader), [{"holding_id": n, "entity_id": cart, "depth": 2} for n in ids])
            conn.execute(insert(schema.holding_route), [{"holding_id": n, "entity_id": cart} for n in ids])
            _many_of_blue(conn)
        yield found


OTHERS = 3_000
"""Findings that the other team has of one rule, on as many resources of one project."""


def _many_of_blue(conn: Connection) -> None:
    """The other team's first finding, over and over, each on a resource of its own; and a rule that is an advisory."""
    finding, resource, rule = schema.finding, schema.resource, schema.rule
    one = dict(conn.execute(select(finding).where(finding.c.external_id == "blue-0")).one()._mapping)
    on = dict(conn.execute(select(resource).where(resource.c.id == one["resource_id"])).one()._mapping)
    of = dict(conn.execute(select(rule).where(rule.c.id == one["rule_id"])).one()._mapping)
    conn.execute(insert(rule).values({**of, "id": 9_999, "external_id": "CVE-2026-1111"}))
    ids = range(100_000, 100_000 + OTHERS)
    conn.execute(insert(resource), [{**on, "id": n, "external_id": f"made-{n}", "name": f"made-{n}"} for n in ids])
    conn.execute(
        insert(finding),
        [
            {
                **one,
                "id": n,
                "external_id": f"made-{n}",
                "resource_id": n,
                "rule_id": 9_999 if n % 2 else one["rule_id"],
            }
            for n in ids
        ],
    )


def chance(one: list[float], other: list[float]) -> float:
    """The chance that a value of the first is greater than one of the second, ties halved."""
    sorted_other = sorted(other)
    below = sum(bisect_left(sorted_other, value) + bisect_right(sorted_other, value) for value in one)
    return below / 2 / (len(one) * len(other))


def told_apart(ask_for: Callable[[str], object], foreign: str, unknown: str, *, tries: int = TRIES) -> float:
    """The chance for two names, of which neither is to be found: the nearest to a half of up to three rounds.

    What takes longer takes longer in each; what other programs on the machine did does not come back.
    """

    def refused(name: str) -> None:
        with pytest.raises(NotFoundError):
            ask_for(name)

    rounds: list[float] = []
    while len(rounds) < 3 and not any(abs(each - 0.5) < TELLING for each in rounds):
        rounds.append(compared(refused, foreign, unknown, tries=tries))
    return min(rounds, key=lambda each: abs(each - 0.5))


def compared(do: Callable[[str], object], foreign: str, unknown: str, *, tries: int = TRIES) -> float:
    """The chance for two names that are asked about in turn."""
    times: dict[str, list[float]] = {foreign: [], unknown: []}
    draw = random.Random(27)  # noqa: S311 - the same order each time
    for _ in range(tries):
        for name in draw.sample([foreign, unknown], 2):
            started = time.perf_counter()
            do(name)
            times[name].append(time.perf_counter() - started)
    return chance(times[foreign], times[unknown])


@pytest.mark.attack("A27")
def test_a27_the_measure_tells_apart_what_differs() -> None:
    """It says a half for the same, and one for what always takes longer."""
    same = [float(n % 97) for n in range(TRIES)]
    assert chance(same, same) == 0.5
    assert chance([value + 100 for value in same], same) == 1.0


@pytest.mark.attack("A27")
@pytest.mark.slow
def test_a27_the_clock_does_not_tell_a_finding_of_others_from_none(door: NamedDoor) -> None:
    """A thousand tries each, by somebody who reads thousands of holdings."""

    def finding(name: str) -> object:
        return browse.finding(door.store, RED.visibility, int(name), now=door.clock.now())

    assert abs(told_apart(finding, str(door.finding("blue-0")), "999999") - 0.5) < TELLING


@pytest.mark.attack("A27")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("foreign", "unknown"),
    [("component:default/bank", "component:default/none"), ("group:default/blue", "group:default/none")],
)
def test_a27_the_clock_does_not_tell_an_entity_of_others_from_none(door: NamedDoor, foreign: str, unknown: str) -> None:
    """The same for components and teams."""

    def entity(name: str) -> object:
        ref, now = EntityRef(name), door.clock.now()
        if name.startswith("group:"):
            return first_pages.rollup(door.store, RED, ref, now=now)
        return browse.component(door.store, RED.visibility, ref, now=now)

    assert abs(told_apart(entity, foreign, unknown) - 0.5) < TELLING


@pytest.mark.attack("A27")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("look", "foreign", "unknown"),
    [
        (things.rule, "rule-blue", "rule-none"),
        (things.resource, "blue-vm-0", "blue-vm-9"),
        (things.project, "p-blue", "p-none"),
    ],
    ids=["rule", "resource", "project"],
)
def test_a27_the_clock_does_not_tell_a_thing_of_others_from_none(
    door: NamedDoor, look: Callable[..., object], foreign: str, unknown: str
) -> None:
    """The same for rules, resources and projects, of which the others have thousands of findings."""

    def thing(name: str) -> object:
        return look(door.store, RED, name, now=door.clock.now())

    assert abs(told_apart(thing, foreign, unknown) - 0.5) < TELLING


@pytest.mark.attack("A27")
@pytest.mark.slow
def test_a27_the_clock_does_not_tell_an_advisory_of_others_from_none(door: NamedDoor) -> None:
    """Both have a page of noughts, made by the same work."""

    def advisory(name: str) -> object:
        return things.cve(door.store, RED, name, now=door.clock.now())

    pages = [advisory("CVE-2026-1111"), advisory("CVE-2026-2222")]
    assert str(pages[0]).replace("1111", "") == str(pages[1]).replace("2222", "")
    assert abs(compared(advisory, "CVE-2026-1111", "CVE-2026-2222", tries=LONG) - 0.5) < TELLING


@pytest.mark.attack("A27")
@pytest.mark.slow
@pytest.mark.parametrize("foreign", ["blue-vm-0", "made-100001"])
def test_a27_the_clock_does_not_tell_whose_something_is(door: NamedDoor, foreign: str) -> None:
    """Asked for by any name that a resource has."""

    def whose(name: str) -> object:
        return speak_for.explain(door.store, RED, name)

    assert abs(told_apart(whose, foreign, "blue-vm-9", tries=LONG) - 0.5) < TELLING


@pytest.mark.attack("A27")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("foreign", "unknown"),
    [
        ("rule:rule-blue", "rule:rule-none"),
        ("resource:blue-vm-0", "resource:blue-vm-9"),
        ("project:p-blue", "project:p-none"),
        ("cve:CVE-2026-1111", "cve:CVE-2026-2222"),
    ],
)
def test_a27_the_clock_does_not_tell_by_a_question(door: NamedDoor, foreign: str, unknown: str) -> None:
    """Both lists are empty, and kept alike."""

    def asked(query: str) -> None:
        assert ask.list_findings(door.store, RED, parse(query), now=door.clock.now()).total == 0

    assert abs(compared(asked, foreign, unknown, tries=LONG) - 0.5) < TELLING
