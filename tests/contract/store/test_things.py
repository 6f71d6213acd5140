"""The pages of one thing: every number equals the rows behind its link, and a reader meets nothing foreign."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
import pytest
from sqlalchemy import insert, select

from callboard.domain.access import LAPTOP, Depth, Nothing, Readers, Viewer, Visibility
from callboard.domain.board import BundleRow
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY
from callboard.domain.query import OneOf, Query
from callboard.domain.run import Mode, RunState, Scope
from callboard.domain.things import Count, Spread
from callboard.errors import NotFoundError
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.usecases import browse, first_pages, things
from tests.support.catalogs import component, group
from tests.support.stages import Stage

RED, BLUE, COMPANY, LOST = (EntityRef(f"group:default/{name}") for name in ("red", "blue", "company", "lost"))
SHOP, BANK, CART, STRAY = (EntityRef(f"component:default/{name}") for name in ("shop", "bank", "cart", "stray"))
WEB, MONEY = EntityRef("system:default/web"), EntityRef("system:default/money")
TRADE, FINANCE = EntityRef("domain:default/trade"), EntityRef("domain:default/finance")
OURS, THEIRS, EVERYWHERE = "CVE-2024-1111", "CVE-2024-2222", "CVE-2024-3333"

OF_RED = Readers(frozenset({RED}), Depth.WORK)
OF_BLUE = Readers(frozenset({BLUE}), Depth.WORK)
OF_ALL = Readers(frozenset({COMPANY}), Depth.WORK)


def within(ref: EntityRef, inside: EntityRef | None = None) -> Entity:
    """A system, or a domain."""
    return Entity(ref=ref, kind=ref.partition(":")[0], name=ref.partition("/")[2], system=inside)


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams under one roof, each with a system and a project, and something that they share."""
    stage.catalog.put(
        group("company"), group("red", parent="company", members=["ana"]), group("blue", parent="company")
    )
    stage.catalog.put(within(WEB, TRADE), within(MONEY, FINANCE), within(TRADE), within(FINANCE))
    stage.catalog.put(
        component("shop", "red", projects=["p-red", "p-secret"], system="web"),
        component("cart", "red", projects=["p-both"], system="web"),
        component("till", "red", projects=["p-both"], assets=["no-such"], system="web"),
        component("bank", "blue", projects=["p-blue"], system="money"),
        component("stray", "lost", projects=["p-lost"]),
    )
    world = stage.world
    for id_, parent in (("p-red", "top"), ("p-blue", "top"), ("p-both", None), ("p-lost", None), ("empty", None)):
        world.projects[id_] = ProjectRecord(external_id=id_, name=f"Project {id_}", parent_id=parent)
    world.projects["top"] = ProjectRecord(external_id="top", name="Top", is_folder=True)
    now = stage.clock.now()
    for number, project in enumerate(["p-red"] * 4 + ["p-blue"] * 4 + ["p-both"] * 3 + ["p-lost"] * 2 + ["nobody"]):
        for rule in ("rule-a", EVERYWHERE):
            world.add(
                f"{rule}-{number}", rule=rule, resource=f"{project}-{number}", projects=(project,),
                kind="vulnerability" if rule == EVERYWHERE else "issue", severity=("critical", "high", "low")[number % 3],
                state=("open", "open", "open", "fixed")[number % 4], due=now - 2 * DAY if number % 2 else None,
            )  # fmt: skip
    world.add("ours", rule=OURS, kind="vulnerability", resource="p-red-0", projects=("p-red",))
    world.add("theirs", rule=THEIRS, kind="vulnerability", resource="p-blue-4", projects=("p-blue",))
    world.add("blue-rule", rule="rule-blue", resource="p-blue-4", projects=("p-blue",))
    stage.sync()
    stage.read_catalog()
    return stage


def viewer(visibility: Visibility) -> Viewer:
    """Somebody who sees that much."""
    return Viewer("somebody", visibility, None)


SIGHTS = [LAPTOP, OF_RED, OF_BLUE, OF_ALL]


def holds(stage: Stage, visibility: Visibility, count: Count) -> None:
    """The number equals the rows behind its link."""
    assert len(stage.rows(count.query, visibility)) == count.n, count.query


def spread_holds(stage: Stage, visibility: Visibility, found: Spread) -> None:
    """All of its numbers, and the dates."""
    for count in (
        found.open,
        found.overdue,
        found.flapping,
        found.transient,
        found.fixed,
        found.gone,
        found.suppressed,
    ):
        holds(stage, visibility, count)
    rows = stage.rows(found.about, visibility).values()
    assert found.total == len(rows)
    assert found.by_severity.total == found.open.n
    for severity in Severity:
        same = [row for row in rows if row.severity is severity and row.state.is_open]
        assert getattr(found.by_severity, severity.word) == len(same)
    assert found.first_at == min((row.first_detected_at for row in rows), default=None)
    assert found.latest_at == max((row.first_detected_at for row in rows), default=None)
    oldest = min((row.first_detected_at for row in rows if row.state.is_open), default=None)
    assert found.oldest_open_at == oldest


def bundles_hold(stage: Stage, visibility: Visibility, rows: Iterable[BundleRow]) -> int:
    """Every group has as many as its list; how many in all."""
    total = 0
    for row in rows:
        assert len(stage.rows(row.query, visibility)) == row.findings
        total += row.findings
    return total


# Numbers


@pytest.mark.parametrize("visibility", SIGHTS)
def test_a_rule_counts_what_its_links_list(company: Stage, visibility: Visibility) -> None:
    """By state, by severity, by component."""
    page = things.rule(company.store, viewer(visibility), "rule-a", now=company.clock.now())
    spread_holds(company, visibility, page.spread)
    assert page.components is not None
    assert bundles_hold(company, visibility, page.components.rows) == page.spread.open.n
    assert page.spread.overdue.n > 0
    assert page.spread.fixed.n > 0


@pytest.mark.parametrize("visibility", SIGHTS)
def test_an_advisory_counts_what_its_links_list(company: Stage, visibility: Visibility) -> None:
    """By source, by component and package, by resource."""
    page = things.cve(company.store, viewer(visibility), EVERYWHERE.lower(), now=company.clock.now())
    assert page.cve == EVERYWHERE
    spread_holds(company, visibility, page.spread)
    for count in (row.open for row in (*page.tellings, *page.affected, *page.resources)):
        holds(company, visibility, count)
    assert sum(row.open.n for row in page.tellings) == page.spread.open.n
    listed = company.rows(page.spread.open.query, visibility).values()
    assert page.resource_count == len({row.resource_id for row in listed}) == len(page.resources)
    assert page.component_count == len({ref for row in listed for ref in row.components})
    assert page.is_shared == any(len(row.components) > 1 for row in listed)
    for row in page.affected:
        rows = company.rows(row.open.query, visibility).values()
        assert row.resources == len({each.resource_id for each in rows})


def test_what_a_source_does_not_tell_is_not_told(company: Stage) -> None:
    """Unknown is not "no" and not nought."""
    (told,) = things.cve(company.store, viewer(LAPTOP), OURS, now=company.clock.now()).tellings
    assert (told.known_exploited, told.has_exploit, told.score, told.epss) == (None, None, None, None)


@pytest.mark.parametrize("visibility", SIGHTS)
def test_a_resource_and_a_project_count_what_their_links_list(company: Stage, visibility: Visibility) -> None:
    """What both teams share is seen by both from where they are allowed to."""
    now = company.clock.now()
    resource = "p-blue-4" if visibility == OF_BLUE else "p-red-0"
    found = things.resource(company.store, viewer(visibility), resource, now=now)
    spread_holds(company, visibility, found.spread)
    assert bundles_hold(company, visibility, found.bundles.rows) == found.spread.open.n
    project = "p-blue" if visibility == OF_BLUE else "p-red"
    page = things.project(company.store, viewer(visibility), project, now=now)
    spread_holds(company, visibility, page.spread)
    assert page.components is not None
    assert bundles_hold(company, visibility, page.components.rows) == page.spread.open.n
    assert [folder.name for folder in page.path] == ["Top"]


def test_sources_count_what_their_links_list(company: Stage) -> None:
    """Open ones, and of these what the present scope does not ask about; and how the last run ended."""
    company.world.scope = Scope(severities=(Severity.CRITICAL,))
    company.sync()
    (line,) = things.source_list(company.store, viewer(LAPTOP), now=company.clock.now())
    holds(company, LAPTOP, line.open)
    holds(company, LAPTOP, line.outside)
    assert line.open.n > line.outside.n > 0
    assert line.last_run is not None
    assert (line.last_run.mode, line.last_run.state) == (Mode.FULL, RunState.APPLIED)
    company.sync(Mode.DELTA)
    (line,) = things.source_list(company.store, viewer(LAPTOP), now=company.clock.now())
    assert line.last_run is not None
    assert line.last_run.mode is Mode.DELTA
    (line,) = things.source_list(company.store, viewer(OF_RED), now=company.clock.now())
    holds(company, OF_RED, line.open)
    holds(company, OF_RED, line.outside)


def test_a_count_is_the_length_of_its_list(company: Stage) -> None:
    """Of any query."""
    query = Query((OneOf("owner", (RED,)), OneOf("is", ("open",)), OneOf("is", ("shared",))))
    count = things.count(company.store, viewer(LAPTOP), query, now=company.clock.now())
    assert count.n > 0
    holds(company, LAPTOP, count)


# Sight


def refused(look: Callable[[], object]) -> str:
    """What a refusal says."""
    with pytest.raises(NotFoundError) as caught:
        look()
    return repr((caught.value.message, caught.value.hint, caught.value.args))


def test_a_reader_meets_the_same_refusal_for_the_unseen_and_the_unknown(company: Stage) -> None:
    """Components, roll-ups, rules, resources, projects; and who sees nothing meets it everywhere."""
    store, now = company.store, company.clock.now()
    for who, unseen in ((OF_RED, True), (Nothing(), True), (LAPTOP, False)):
        sight = viewer(who)
        pairs: list[tuple[Callable[[str], object], str]] = [
            (lambda ref, sight=sight: browse.component(store, sight.visibility, EntityRef(ref), now=now), BANK),
            (lambda ref, sight=sight: first_pages.rollup(store, sight, EntityRef(ref), now=now), BLUE),
            (lambda ref, sight=sight: first_pages.rollup(store, sight, EntityRef(ref), now=now), MONEY),
            (lambda ref, sight=sight: first_pages.rollup(store, sight, EntityRef(ref), now=now), FINANCE),
            (lambda ref, sight=sight: first_pages.rollup(store, sight, EntityRef(ref), now=now), LOST),
            (lambda id_, sight=sight: things.rule(store, sight, id_, now=now), "rule-blue"),
            (lambda id_, sight=sight: things.resource(store, sight, id_, now=now), "p-blue-4"),
            (lambda id_, sight=sight: things.project(store, sight, id_, now=now), "p-blue"),
            (lambda id_, sight=sight: things.project(store, sight, id_, now=now), "empty"),
        ]
        for look, id_ in pairs:
            unknown = refused(lambda look=look, id_=id_: look(f"{id_}-not"))
            if unseen:
                assert refused(lambda look=look, id_=id_: look(id_)) == unknown
            else:
                look(id_)


def test_a_reader_knows_what_is_near(company: Stage) -> None:
    """Own components, their systems and domains, the own group and those around it."""
    store, now = company.store, company.clock.now()
    for ref in (RED, COMPANY, WEB, TRADE):
        assert first_pages.rollup(store, viewer(OF_RED), ref, now=now).ref == ref
    for ref in (RED, BLUE, COMPANY, WEB, MONEY, TRADE, FINANCE):
        assert first_pages.rollup(store, viewer(OF_ALL), ref, now=now).ref == ref
    above = first_pages.rollup(store, viewer(OF_RED), COMPANY, now=now)
    assert above.below == (RED,)
    assert first_pages.rollup(store, viewer(LAPTOP), COMPANY, now=now).below == (BLUE, RED)
    assert first_pages.rollup(store, viewer(OF_RED), WEB, now=now).above == TRADE


@pytest.mark.parametrize("visibility", [OF_RED, OF_BLUE, OF_ALL, Nothing()])
def test_the_board_lists_no_component_that_has_no_page(company: Stage, visibility: Visibility) -> None:
    """And every one that has."""
    now = company.clock.now()
    listed = {row.ref for row in first_pages.board(company.store, viewer(visibility), now=now).components}
    for ref in company.catalog.entities:
        if not ref.startswith("component:"):
            continue
        if ref in listed:
            assert browse.component(company.store, visibility, ref, now=now).row.ref == ref
        else:
            refused(lambda ref=ref: browse.component(company.store, visibility, ref, now=now))
    assert (SHOP in listed) == (visibility in (OF_RED, OF_ALL))
    assert STRAY not in listed


def test_only_its_owner_is_told_what_an_annotation_does_not_match(company: Stage) -> None:
    """Else anybody could learn of ids by writing them into a catalog file."""
    till, now = EntityRef("component:default/till"), company.clock.now()
    for visibility in (LAPTOP, OF_RED, OF_ALL):
        page = browse.component(company.store, visibility, till, now=now)
        assert page.dangling == (("wiz.io/asset-id", "no-such"),)
        assert page.dangling_told
    reader, route, entity = schema.holding_reader, schema.holding_route.c, schema.entity.c
    with company.store.write() as conn:  # a rule that a person approved lets blue read what till holds
        ids = dict(conn.execute(select(entity.ref, entity.id)).all())
        held = conn.execute(select(route.holding_id).where(route.entity_id == ids[till])).scalars().all()
        rows = [{"holding_id": each, "entity_id": ids[BANK], "depth": int(Depth.WORK)} for each in held]
        conn.execute(insert(reader), rows)
    page = browse.component(company.store, OF_BLUE, till, now=now)
    assert page.row.open.total > 0
    assert page.dangling == ()
    assert not page.dangling_told


def test_an_advisory_of_others_looks_like_one_of_nobody(company: Stage) -> None:
    """Nothing of the page differs but the id that was asked for."""
    now = company.clock.now()
    theirs = things.cve(company.store, viewer(OF_RED), THEIRS, now=now)
    nobodys = things.cve(company.store, viewer(OF_RED), "CVE-1999-0001", now=now)
    written = msgspec.json.encode(theirs).decode()
    assert written.replace(THEIRS, "CVE-1999-0001") == msgspec.json.encode(nobodys).decode()
    assert theirs.spread.total == 0
    assert things.cve(company.store, viewer(OF_BLUE), THEIRS, now=now).spread.open.n == 1
    refused(lambda: things.cve(company.store, viewer(LAPTOP), "no-advisory!", now=now))


def test_no_page_names_what_a_reader_may_not_know(company: Stage) -> None:
    """Neither in evidence nor among those who claim a project, nor in any group."""
    now, sight = company.clock.now(), viewer(OF_RED)
    pages = [
        things.rule(company.store, sight, "rule-a", now=now),
        things.cve(company.store, sight, EVERYWHERE, now=now),
        things.resource(company.store, sight, "p-red-0", now=now),
        things.project(company.store, sight, "p-red", now=now),
        first_pages.rollup(company.store, sight, RED, now=now),
        browse.component(company.store, OF_RED, SHOP, now=now),
    ]
    for page in pages:
        written = msgspec.json.encode(page).decode()
        for name in (BANK, STRAY, MONEY, BLUE, LOST, "p-blue"):
            assert name not in written, (type(page), name)


def test_evidence_for_others_is_withheld_and_said_to_be(company: Stage) -> None:
    """A component of another team is named by weaker evidence, and lost."""
    entity, resource, candidate = schema.entity.c, schema.resource.c, schema.candidate
    with company.store.write() as conn:
        loser = conn.execute(select(entity.id).where(entity.ref == BANK)).scalar_one()
        where = conn.execute(select(resource.id).where(resource.external_id == "p-red-0")).scalar_one()
        row = {
            "resource_id": where,
            "entity_id": loser,
            "form": "repo",
            "value": "x",
            "tier": 3,
            "evidence": "bank says",
        }
        conn.execute(insert(candidate).values(**row, won=False, seen_at=0))
    for visibility, named in ((LAPTOP, {SHOP, BANK}), (OF_ALL, {SHOP, BANK}), (OF_RED, {SHOP})):
        page = things.resource(company.store, viewer(visibility), "p-red-0", now=company.clock.now())
        assert {each.component for each in page.evidence} == named
        assert page.withheld == (visibility == OF_RED)
        assert page.components == (SHOP,)


def test_an_owner_that_the_catalog_lacks_has_a_page(company: Stage) -> None:
    """For who may see what names it: the link to an owner always leads somewhere."""
    now = company.clock.now()
    page = first_pages.rollup(company.store, viewer(LAPTOP), LOST, now=now)
    assert not page.in_catalog
    assert [row.ref for row in page.components] == [STRAY]
    assert page.numbers.open == len(stray := company.rows(f"is:open owner:{LOST}"))
    assert stray
    refused(lambda: first_pages.rollup(company.store, viewer(LAPTOP), EntityRef("group:default/none"), now=now))


def test_two_sources_are_told_apart(company: Stage) -> None:
    """An id is looked for at the source that was named, else at the first that has it."""
    now = company.clock.now()
    assert things.rule(company.store, viewer(LAPTOP), "rule-a", "world", now=now).others == ()
    refused(lambda: things.rule(company.store, viewer(LAPTOP), "rule-a", "other", now=now))
    refused(lambda: things.rule(company.store, viewer(LAPTOP), "rule-a\0", now=now))
