"""Bad input of each kind is refused or held with a sentence that says what to do, and nobody sees more than before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Grant, Rules, reaching, viewer_of
from callboard.domain.component import CatalogProblem, Entity, EntityRef
from callboard.domain.instant import from_text
from callboard.domain.ownership import mapping_text
from callboard.errors import CatalogUnreachableError, MappingRefusedError
from callboard.store.ownership import members
from callboard.usecases.ownership import plan_mapping, watch_ownership
from callboard.usecases.people import tokens
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SHOP, BANK = "component:default/shop", "component:default/bank"
PEOPLE = {"ann": "red", "bob": "blue", "sam": "security", "nils": None}
RULES = Rules(security=frozenset({EntityRef("group:default/security")}))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each, security, and somebody in no group; findings of both teams and of nobody."""
    stage.catalog.put(*(Entity(ref=EntityRef(f"user:default/{name}"), kind="user", name=name) for name in PEOPLE))
    stage.catalog.put(*(group(name, members=[who]) for who, name in PEOPLE.items() if name is not None))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.catalog.put(*(component(f"c{n}", "red") for n in range(20)))
    stage.world.fill(6, projects=("p1",))
    stage.world.fill(4, start=10, projects=("p2",))
    stage.world.fill(4, start=20)
    stage.sync()
    stage.read_catalog()
    return stage


def sights(stage: Stage) -> set[tuple[str, str, int]]:
    """Every finding that each person sees, to each depth."""
    found: set[tuple[str, str, int]] = set()
    for name in PEOPLE:
        with stage.store.read() as conn:
            person = members.as_read(conn, EntityRef(f"user:default/{name}"))
            viewer = viewer_of(person, RULES, key="", owns=members.owns(conn, person))
        for depth in Depth:
            found |= {(name, id_, int(depth)) for id_ in stage.rows("", reaching(viewer.visibility, depth))}
    return found


@contextmanager
def nobody_sees_more(stage: Stage) -> Iterator[None]:
    """What is done inside adds nothing to anybody's sight."""
    before = sights(stage)
    assert {(who, depth) for who, _, depth in before} >= {("ann", 2), ("bob", 2), ("sam", 3)}
    yield
    assert sights(stage) - before == set()


TO_BANK = {"match": {"resource": "r20"}, "owners": [BANK]}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (({**TO_BANK, "owners": ["component:default/nowhere"]},), "not in the catalog. Correct the reference, or add"),
        (({**TO_BANK, "owners": ["group:default/blue"]},), "is a group, which owns no findings itself. Name one of"),
        (({**TO_BANK, "until": "2020-01-31"},), "It ended on 2020-01-31. Give it a later date, or take it out."),
        (
            (TO_BANK, {**TO_BANK, "owners": [SHOP]}),
            "matches exactly the same and names component:default/bank. Keep one",
        ),
        (({**TO_BANK, "reason": " "},), "It says no reason. Write why"),
    ],
    ids=["unknown component", "no component", "expired rule", "two rules in conflict", "no reason"],
)
def test_a_rule_set_that_is_wrong_is_refused(company: Stage, entries: tuple[dict[str, Any], ...], words: str) -> None:
    """Whole, whoever agrees: the good entry beside the bad one gives nothing either."""
    good = {"name": "good", "reason": "Said.", "match": {"resource": "r21"}, "owners": [BANK]}
    filled = [{"name": f"rule {n}", "reason": "Said."} | each for n, each in enumerate(entries)]
    draft = mapping_text.read({"name": "main", "rules": [good, *filled]})
    with nobody_sees_more(company), pytest.raises(MappingRefusedError) as refused:
        plan_mapping.apply_mapping(company.store, AT_THE_LAPTOP, draft, reason="", clock=company.clock, agreed=True)
    assert words in refused.value.message
    assert "Nothing was changed" in (refused.value.hint or "")


def test_a_rule_that_ends_gives_no_more_from_then_on(company: Stage) -> None:
    """At the first look after its day; and a clock that is set back by an hour does not bring it back."""
    rule = {"name": "for a while", "reason": "Said.", "until": "2026-12-01", **TO_BANK}
    company.clock.at = from_text("2026-11-30T23:30:00Z")
    plan_mapping.apply_mapping(
        company.store, AT_THE_LAPTOP, mapping_text.read({"name": "main", "rules": [rule]}), reason="",
        clock=company.clock,
    )  # fmt: skip
    assert company.row("f0020").components == (BANK,)
    company.clock.advance(25 * 3_600)
    watch_ownership.watch(company.store, clock=company.clock)
    assert company.row("f0020").components == ()
    with nobody_sees_more(company):
        company.clock.advance(-25 * 3_600)
        watch_ownership.watch(company.store, clock=company.clock)
        company.sync()
        company.read_catalog()


@pytest.mark.fault("F17")
def test_a_token_that_has_ended_stays_ended_when_the_clock_is_set_back(company: Stage) -> None:
    """Shown once after its end it is over, also an hour before that by the clock."""
    made = tokens.create(company.store, AT_THE_LAPTOP, "nightly", Grant(everything=True), days=1, clock=company.clock)
    company.clock.advance(24 * 3_600 - 60)
    assert tokens.known(company.store, made.secret, clock=company.clock) is not None
    company.clock.advance(120)
    assert tokens.known(company.store, made.secret, clock=company.clock) is None
    company.clock.advance(-3_600)
    assert tokens.known(company.store, made.secret, clock=company.clock) is None


@pytest.mark.fault("F22")
def test_half_a_catalog_is_held(company: Stage) -> None:
    """The half that came names a new component for what others had, and a weaker one for the rest: the last map stays."""
    half = list(company.catalog.entities.values())[:14]
    company.catalog.entities = {each.ref: each for each in half}
    company.catalog.put(component("newcomer", "red", projects=["p2"], assets=["r20"]))
    company.catalog.put(component("shop", "blue", projects=["p1"]))
    company.catalog.problems = (CatalogProblem(where="page 2", reason="the portal answered 502"),)
    before = dump(company.store)
    with nobody_sees_more(company):
        report = company.read_catalog()
    assert report.state == "held"
    assert report.reason == (
        "It holds 15 entities where the last one held 29, and was not read whole: page 2: the portal answered 502."
    )
    assert differences(before, dump(company.store)) == ""


@pytest.mark.fault("F22")
def test_a_catalog_that_is_down_changes_nothing(company: Stage) -> None:
    """The error says what to do; the last good map stays in force, for as long as it lasts."""
    company.catalog.error = CatalogUnreachableError("The portal does not answer.", hint="Check `url`.")
    with nobody_sees_more(company), pytest.raises(CatalogUnreachableError) as refused:
        company.read_catalog()
    assert refused.value.hint
