"""Checks of links: each way of being broken is found, nothing unasked is called sound, and reports are counted once."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from callboard.domain.access import (
    AT_THE_LAPTOP,
    LAPTOP,
    SYNC,
    Depth,
    Nothing,
    Readers,
    Right,
    Viewer,
    Visibility,
)
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Observed, Rejected
from callboard.domain.instant import DAY, Instant
from callboard.domain.link import LinkRules, Shape, Verdict
from callboard.errors import NotFoundError, SourceUnreachableError
from callboard.sources.wiz.links import NO_TEMPLATE, TEMPLATES
from callboard.store import schema
from callboard.store.board import links as link_store
from callboard.usecases import browse
from callboard.usecases.check_links import LinkReport, check_links, links_due
from callboard.usecases.report_broken_link import report_broken_link
from tests.support.catalogs import component, group
from tests.support.clocks import SettableClock
from tests.support.stages import Stage
from tests.support.worlds import World

RULES = LinkRules(hosts=frozenset({"app.wiz.io"}), templates=TEMPLATES, no_template=NO_TEMPLATE)
RED, BLUE = (
    Readers(owners=frozenset({EntityRef(f"group:default/{name}")}), depth=Depth.WORK) for name in ("red", "blue")
)


def person(visibility: Visibility) -> Viewer:
    """Somebody who sees this and may say something about it."""
    return Viewer("person", visibility, (), "user:default/ana", frozenset({Right.DECIDE}))


def issue_link(id_: str) -> str:
    """As Wiz tells it."""
    return f"https://app.wiz.io/issues#~(issue~'{id_})"


class LinkedWorld(World):
    """A source whose links can be chosen; otherwise an issue has a good one, and nothing else has any."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__(clock)
        self.links: dict[str, str | None] = {}

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """The record with its link."""
        record = super().parse(part_kind, raw)
        if isinstance(record, Rejected):
            return record
        given = issue_link(record.external_id) if record.kind is Kind.ISSUE else None
        return msgspec.structs.replace(record, url=self.links.get(record.external_id, given))


@pytest.fixture
def linked(stage: Stage) -> Stage:
    """Six issues, a vulnerability and a misconfiguration, of two teams."""
    stage.world = LinkedWorld(stage.clock)
    stage.catalog.put(group("red"), group("blue"), component("shop", "red", projects=["p1"]))
    for number in range(6):
        stage.world.add(f"i{number}", resource=f"r{number}", projects=("p1",) if number < 3 else ())
    stage.world.add("v1", kind="vulnerability", resource="rv")
    stage.world.add("m1", kind="misconfiguration", resource="rm")
    return stage


def check(stage: Stage, rules: LinkRules = RULES, **fields: Any) -> LinkReport:
    """Check the links of the world."""
    return asyncio.run(check_links(stage.store, SYNC, stage.world, rules, clock=stage.clock, **fields))


def verdicts(report: LinkReport) -> dict[str, int]:
    """How many of each, over all kinds and shapes."""
    found: dict[str, int] = {}
    for one in report.groups:
        assert sum(one.counts.values()) == one.checked
        for verdict, n in one.counts.items():
            found[verdict.value] = found.get(verdict.value, 0) + n
    return found


def world(stage: Stage) -> LinkedWorld:
    """The source whose links can be chosen."""
    assert isinstance(stage.world, LinkedWorld)
    return stage.world


def test_every_way_of_being_broken_is_found(linked: Stage) -> None:
    """One each, under the finding that has it; the rest is sound, and only ids of sound links are asked for."""
    world(linked).links = {
        "i0": issue_link("i1"),
        "i1": "https://app.wiz.io.evil/issues#~(issue~'i1)",
        "i2": "javascript:alert(1)",
        "i3": "https://app.wiz.io/issues/i3",
    }
    linked.sync()
    linked.world.remove("i4")
    linked.world.asked.clear()
    report = check(linked)
    expected = {"wrong-id": 1, "foreign-host": 1, "unsafe": 1, "unknown-shape": 1, "dead": 1, "missing": 1, "ok": 2}
    assert verdicts(report) == expected
    assert report.broken == 5
    told = {example.external_id: example.verdict for one in report.groups for example in one.examples}
    assert told == {
        "i0": Verdict.WRONG_ID, "i1": Verdict.FOREIGN_HOST, "i2": Verdict.UNSAFE, "i3": Verdict.UNKNOWN_SHAPE, "i4": Verdict.DEAD,
    }  # fmt: skip
    assert set(linked.world.asked) == {"i4", "i5", "v1"}
    shapes = {(one.kind, one.shape) for one in report.groups}
    assert (Kind.VULNERABILITY, Shape.VULNERABILITY) in shapes
    assert (Kind.MISCONFIGURATION, Shape.NONE) in shapes


def test_what_was_found_is_kept(linked: Stage) -> None:
    """By source, kind and shape, with one broken example; only for viewers who see everything."""
    world(linked).links = {"i0": issue_link("i1")}
    linked.sync()
    check(linked)
    (kept,) = browse.link_checks(linked.store, LAPTOP)
    assert kept.source == "world"
    assert kept.at == linked.clock.now()
    issues = next(tally for tally in kept.tallies if tally.kind is Kind.ISSUE)
    assert issues.counts == {Verdict.OK: 5, Verdict.WRONG_ID: 1}
    assert issues.example == linked.row("i0").id
    assert browse.link_checks(linked.store, RED) == ()
    assert browse.link_checks(linked.store, Nothing()) == ()


def test_a_source_that_cannot_be_asked_proves_nothing(linked: Stage) -> None:
    """Sound by their text is not sound: they are not checked, and the report says why."""
    linked.sync()
    linked.world.asking_fails = SourceUnreachableError("no route")
    report = check(linked)
    assert report.not_asked == "no route"
    assert verdicts(report) == {"unchecked": 7, "missing": 1}
    assert report.unchecked == 7
    (kept,) = browse.link_checks(linked.store, LAPTOP)
    assert sum(tally.counts.get(Verdict.UNCHECKED, 0) for tally in kept.tallies) == 7


def test_records_without_an_id_prove_nothing(linked: Stage) -> None:
    """An answer that cannot be read is no word that an id is gone."""
    linked.sync()
    linked.world.broken = {"i0": "id"}
    report = check(linked, kinds=[Kind.ISSUE])
    assert verdicts(report) == {"unchecked": 6}


def test_a_sample_is_the_same_all_day(linked: Stage) -> None:
    """Open findings first, and those that somebody reported before all; part of the kinds is not kept as a check."""
    linked.world.add("done", resource="rd", state="fixed", fixed=linked.clock.now() - DAY)
    linked.sync()

    def some(sample: int) -> list[str]:
        linked.world.asked.clear()
        check(linked, kinds=[Kind.ISSUE], sample=sample)
        return list(linked.world.asked)

    assert some(3) == some(3)
    assert len(set(some(3))) == 3
    assert "done" not in some(6)
    assert "done" in some(7)
    report_broken_link(linked.store, AT_THE_LAPTOP, linked.row("done").id, now=linked.clock.now())
    assert some(1) == ["done"]
    assert browse.link_checks(linked.store, LAPTOP) == ()
    days = set()
    for _ in range(12):
        linked.clock.advance(86_400)
        days.update(some(3))
    assert len(days) == 7


def test_it_is_due_once_a_day(linked: Stage) -> None:
    """And only where there is something to check."""
    assert not links_due(linked.store, SYNC, "world", now=linked.clock.now())
    linked.sync()
    assert links_due(linked.store, SYNC, "world", now=linked.clock.now())
    check(linked)
    assert not links_due(linked.store, SYNC, "world", now=linked.clock.now())
    assert links_due(linked.store, SYNC, "world", now=Instant(linked.clock.now() + DAY))


def test_old_checks_are_forgotten(linked: Stage) -> None:
    """So many are kept of each source."""
    linked.sync()
    for _ in range(link_store.KEPT + 3):
        linked.clock.advance(86_400)
        check(linked)
    with linked.store.read() as conn:
        times = select(func.count(schema.link_check.c.at.distinct()), func.min(schema.link_check.c.at))
        n, first = conn.execute(times).one()
    assert n == link_store.KEPT
    assert first == linked.clock.now() - (link_store.KEPT - 1) * DAY


def test_a_report_is_counted_once_a_day(linked: Stage) -> None:
    """For each class of people; nobody is named; it counts for a month."""
    linked.sync()
    linked.read_catalog()
    id_, now = linked.row("i0").id, linked.clock.now()
    before = linked.revision()
    assert report_broken_link(linked.store, AT_THE_LAPTOP, id_, now=now)
    assert linked.revision() > before
    assert not report_broken_link(linked.store, AT_THE_LAPTOP, id_, now=Instant(now + DAY - 1))
    assert report_broken_link(linked.store, person(RED), id_, now=now)
    assert report_broken_link(linked.store, AT_THE_LAPTOP, linked.row("i5").id, now=now)
    with linked.store.read() as conn:
        assert set(conn.execute(select(schema.link_report.c.who)).scalars()) == {"laptop", "reader"}
    assert browse.broken_links(linked.store, LAPTOP, now=now) == {"world": 2}
    assert browse.broken_links(linked.store, LAPTOP, now=Instant(now + 31 * DAY)) == {}


def test_nobody_reports_or_counts_what_is_not_theirs(linked: Stage) -> None:
    """An unknown finding and one of another team are the same."""
    linked.sync()
    linked.read_catalog()
    id_, now = linked.row("i0").id, linked.clock.now()
    report_broken_link(linked.store, person(RED), id_, now=now)
    for viewer, number in ((BLUE, id_), (Nothing(), id_), (LAPTOP, 999_999), (LAPTOP, -1), (LAPTOP, 2**70)):
        with pytest.raises(NotFoundError):
            report_broken_link(linked.store, person(viewer), number, now=now)
    assert browse.broken_links(linked.store, RED, now=now) == {"world": 1}
    assert browse.broken_links(linked.store, BLUE, now=now) == {}


def test_a_page_builds_the_link_that_the_source_did_not_give(linked: Stage) -> None:
    """Where the source's own links lead; without a template it says why there is none."""
    world(linked).links = {"i0": None, "i1": "https://elsewhere.example/x"}
    linked.sync()

    def page(external_id: str, rules: LinkRules = RULES) -> tuple[str | None, str | None]:
        found = browse.finding(
            linked.store, LAPTOP, linked.row(external_id).id, now=linked.clock.now(),
            link_hosts=rules.hosts, link_rules={"world": rules},
        )  # fmt: skip
        return found.link, found.no_link

    assert page("i0") == ("https://app.wiz.io/issues#~(filters~(status~())~issue~'i0)", None)
    explorer = "https://app.wiz.io/explorer/vulnerability-findings"
    assert page("v1") == (f"{explorer}#~(entity~(~'v1*2cSECURITY_TOOL_FINDING))", None)
    assert page("i2") == (issue_link("i2"), None)
    assert page("i1") == (None, "The source gave no link that is safe to follow.")
    link, why = page("m1")
    assert link is None
    assert "no public form" in (why or "")
    own = msgspec.structs.replace(RULES, portal="https://app.eu1.app.wiz.io")
    assert page("i0", own)[0] is None, "a host that is not listed, even the operator's own"
