"""Noise before and after a tuned rule, on both databases: what people called not useful, and what was done about it."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.access import Depth, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft
from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import DAY, SECOND
from callboard.domain.query import parse
from callboard.domain.remediation.question import read_period
from callboard.usecases import ask
from callboard.usecases.remediation import decide, find_noise
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.find_noise import Report
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import World

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


class Tagged(World):
    """A source whose resources tell their environment, in what is otherwise the note."""

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record."""
        found = super().parse(part_kind, raw)
        if isinstance(found, Rejected) or not found.detail.description:
            return found
        tags = (("env", str(found.detail.description)),)
        return msgspec.structs.replace(found, resource=msgspec.structs.replace(found.resource, tags=tags))


def person(name: str, owner: EntityRef = RED) -> Viewer:
    """Somebody who may decide about what a team owns."""
    ref = EntityRef(f"user:default/{name}")
    return Viewer(ref, Readers(frozenset({owner}), Depth.WORK), (ref, owner), ref, frozenset({Right.DECIDE}))


PEOPLE = [person(name) for name in ("ana", "ben", "cem", "dan", "eva", "fay")]


@pytest.fixture
def company(stage: Stage) -> Stage:
    """A rule that says much about a test environment, and one that is worth its work."""
    stage.world = Tagged(stage.clock)
    stage.catalog.put(group("red", members=["ana"]), group("blue"), component("shop", "red", projects=["p1"]))
    for number in range(12):
        stage.world.add(
            f"t{number}",
            rule="loud",
            rule_name="Bucket is public",
            resource=f"rt{number}",
            note="test",
            projects=("p1",),
        )
    for number in range(4):
        stage.world.add(
            f"p{number}",
            rule="loud",
            rule_name="Bucket is public",
            resource=f"rp{number}",
            note="production",
            projects=("p1",),
        )
    for number in range(6):
        stage.world.add(f"q{number}", rule="quiet", resource=f"rq{number}", projects=("p1",))
    stage.sync()
    stage.read_catalog()
    return stage


def say(stage: Stage, who: Viewer, kind: DecisionKind, *ids: str) -> int:
    """Somebody says it about each of these."""
    rows = stage.rows()
    target = Target(findings=tuple(rows[id_].id for id_ in ids))
    stage.clock.advance(60)
    note = "looked at" if kind is DecisionKind.COMMENT else ""
    done = decide.decide(stage.store, who, Draft(kind=kind, note=note), target, clock=stage.clock)
    assert done.decision is not None
    return done.decision


def report(stage: Stage, viewer: Viewer = PEOPLE[0], days: int = 30) -> Report:
    """Noise of the last days, yesterday included."""
    now = stage.clock.now()
    return find_noise.find_noise(stage.store, viewer, read_period(None, None, now=now, usual=days), now=now)


def complain(stage: Stage) -> None:
    """Five people call ten findings in test not useful; one of them, and a sixth, look after what is in production."""
    for number in range(10):
        say(stage, PEOPLE[number % 5], DecisionKind.NOT_USEFUL, f"t{number}")
    say(stage, PEOPLE[0], DecisionKind.TAKE, "p0", "p1")
    say(stage, PEOPLE[5], DecisionKind.COMMENT, "p2", "p3", "q0", "q1", "q2", "q3", "q4")


def test_noise_before_and_after_a_tuned_rule(company: Stage) -> None:
    """Named with its share and what to leave out; tuned at the source it is quiet, and the period before tells how it was."""
    complain(company)
    company.clock.advance(DAY / SECOND)
    before = report(company)
    (loud,) = before.rules
    assert before.noisiest == loud
    assert (loud.rule.id, loud.useless, loud.acted, loud.people, loud.people_useless) == ("loud", 10, 14, 6, 5)
    assert loud.interval is not None
    assert round(loud.interval.share, 2) == 0.71
    assert loud.proposal is not None
    assert "10 of 10" in loud.proposal.words
    assert "`env:test`" in loud.proposal.words
    assert loud.proposal.findings == 12
    listed = ask.list_findings(company.store, PEOPLE[0], parse(loud.proposal.query), now=company.clock.now()).rows
    assert {row.external_id for row in listed} == {f"t{number}" for number in range(12)}
    # The rule is tuned: the source tells the test environment no more.
    for number in range(12):
        company.world.resolve(f"t{number}", "rejected")
    company.sync()
    assert report(company).noisiest is None
    company.clock.advance(30 * DAY / SECOND)
    say(company, PEOPLE[1], DecisionKind.COMMENT, "p0", "p1", "p2", "p3", "q0")
    company.clock.advance(DAY / SECOND)
    (after,) = report(company).rules
    assert (after.useless, after.acted) == (0, 4)
    assert (after.former_useless, after.former_acted) == (10, 14)
    assert after.rule.open == 4
    assert after.proposal is None
    assert report(company).noisiest is None


def test_what_is_noise_everywhere_is_to_be_switched_off(company: Stage) -> None:
    """Where useful findings have the same, or there are none, nothing tells what to leave out."""
    for number in range(6):
        say(company, PEOPLE[number % 6], DecisionKind.NOT_USEFUL, f"q{number}")
    company.clock.advance(DAY / SECOND)
    noisiest = report(company).noisiest
    assert noisiest is not None
    assert noisiest.proposal is not None
    assert "switch it off in world" in noisiest.proposal.words
    assert "`-rule:quiet`" in noisiest.proposal.words
    assert noisiest.proposal.findings == 6


def test_few_people_and_few_findings_are_few(company: Stage) -> None:
    """A share of four findings is none, and who acted is not told; what was taken back does not count."""
    said = say(company, PEOPLE[0], DecisionKind.NOT_USEFUL, "q0", "q1", "q2", "q3")
    company.clock.advance(DAY / SECOND)
    found = report(company)
    (few,) = found.rules
    assert (few.useless, few.acted, few.interval, few.people, few.people_useless) == (4, 4, None, None, None)
    assert found.noisiest is None
    decide.undo(company.store, PEOPLE[0], said, clock=company.clock)
    company.clock.advance(DAY / SECOND)
    assert report(company).rules == ()


def test_of_others_nothing_is_counted(company: Stage) -> None:
    """Neither that something was said, nor about which rule."""
    complain(company)
    company.clock.advance(DAY / SECOND)
    assert report(company, person("ida", BLUE)).rules == ()
