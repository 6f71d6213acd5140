"""Looking at the board: every number equals its rows, and nobody sees what is not theirs."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from callboard.domain.access import LAPTOP, Depth, Everything, Nothing, Readers, Visibility
from callboard.domain.board import FindingPage
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.query import Cursor, FindingQuery, Sort
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.store import schema
from callboard.usecases import browse
from tests.support.catalogs import component, group
from tests.support.stages import ALL, Stage

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")
SHOP, BANK, CART = (EntityRef(f"component:default/{name}") for name in ("shop", "bank", "cart"))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams, three components, findings in every state, some in conflict and some of nobody."""
    stage.catalog.put(group("company"), group("red", parent="company"), group("blue", parent="company"))
    stage.catalog.put(
        component("shop", "red", projects=["p1"], system="web"),
        component("bank", "blue", projects=["p2", "p3"], system="money"),
        component("cart", "red", projects=["p3"], assets=["r7"], system="web"),
        component("idle", None),
    )
    draw = random.Random(5)  # noqa: S311 - repeats
    for number in range(60):
        projects = draw.choice([(), ("p1",), ("p2",), ("p3",), ("p1", "p2"), ("p9",)])
        due = stage.clock.now() + draw.randrange(5) * 1_000 if draw.random() < 0.5 else None
        stage.world.fill(1, start=number, projects=projects, state=draw.choice([*("open",) * 4, *_WORDS]), due=due)
    stage.sync()
    stage.read_catalog()
    return stage


_WORDS = [state.word for state in State]


def queries(draw: random.Random) -> FindingQuery:
    """Some query, narrow or wide."""

    def some(*values: object) -> tuple[object, ...]:
        return tuple(draw.sample(values, draw.choice([0, 0, 0, 1, 2]))) if len(values) > 1 else ()

    return FindingQuery(
        states=draw.choice(
            [ALL, (), (State.OPEN,), (State.FIXED, State.GONE), (State.OPEN, State.REJECTED), FindingQuery().states]
        ),
        severities=some(*Severity),
        kinds=some(*Kind),
        components=some(SHOP, BANK, CART, EntityRef("component:default/none")),
        owners=some(RED, BLUE),
        systems=some(EntityRef("system:default/web"), EntityRef("system:default/money")),
        rules=some("rule-1", "rule-2", "nothing"),
        resources=some("r1", "r2", "r7"),
        projects=some("p1", "p2", "p3"),
        sources=some("world", "other"),
        text=draw.choice(["", "", "", "RULE-3", "machine r1", "%", "_", "ß"]),
        mapped=draw.choice([None, None, True, False]),
        reasons=some("no-project", "contradiction", "unclaimed-project"),
    )  # type: ignore[arg-type]


def belongs(query: FindingQuery, stage: Stage, page: FindingPage) -> bool:
    """Whether the finding is one of the query's, decided from its page alone."""
    row = page.row
    entities = stage.catalog.entities
    owners = {entities[ref].owner for ref in row.components}
    systems = {entities[ref].system for ref in row.components}
    names = (page.rule.external_id, page.rule.name, page.resource.external_id, page.resource.name)
    words = "\n".join(names).casefold()
    reasons = {"no-project": "it is in no", "contradiction": "components of", "unclaimed-project": "its project"}
    return all((
        not query.states or row.state in query.states,
        not query.severities or row.severity in query.severities,
        not query.kinds or row.kind in query.kinds,
        not query.components or set(query.components) & set(row.components),
        not query.owners or owners & set(query.owners),
        not query.systems or systems & set(query.systems),
        not query.rules or row.rule_id in query.rules,
        not query.resources or row.resource_id in query.resources,
        not query.projects or {project.external_id for project in page.projects} & set(query.projects),
        not query.sources or row.source in query.sources,
        query.text.casefold() in words,
        query.mapped is None or query.mapped == (row.verdict != "unmapped"),
        not query.reasons or any((row.reason or "-").startswith(reasons[word]) for word in query.reasons),
    ))  # fmt: skip


def test_every_total_equals_its_rows_and_every_row_belongs(company: Stage) -> None:
    """For many queries, walking every cursor gives each row once, as many as the total says, and the right ones."""
    draw = random.Random(11)  # noqa: S311 - repeats
    pages = {id_: company.page(id_) for id_ in company.rows()}
    for _ in range(40):
        query = queries(draw)
        sort = draw.choice(list(Sort))
        rows = company.rows(query, sort=sort, limit=draw.choice([1, 3, 10, 500]))
        assert rows.keys() == {id_ for id_, page in pages.items() if belongs(query, company, page)}, query


def test_lists_are_in_the_order_they_promise(company: Stage) -> None:
    """By severity: open first, worst first, earliest due first. By date: newest first."""
    rows = list(company.rows(limit=7).values())
    keys = [(not row.state.is_open, -row.severity, row.due_at or schema.NEVER, row.id) for row in rows]
    assert keys == sorted(keys)
    dates = [(row.first_detected_at, row.id) for row in company.rows(sort=Sort.FIRST_DETECTED, limit=7).values()]
    assert dates == sorted(dates, reverse=True)


def test_the_board_counts_what_its_links_show(company: Stage) -> None:
    """The totals, every component's figures and the reasons of unmapped findings equal their lists."""
    board = browse.board(company.store, LAPTOP, now=company.clock.now())
    totals = board.totals
    assert totals.findings == len(company.rows())
    for state in State:
        assert totals.by_state[state.word] == len(company.rows(FindingQuery(states=(state,))))
    assert totals.open.total == len(company.rows(FindingQuery()))
    assert totals.mapped.total == len(company.rows(FindingQuery(mapped=True)))
    unmapped = company.rows(FindingQuery(mapped=False)).values()
    assert sum(totals.unmapped.values()) == len(unmapped)
    assert totals.oldest_unmapped_at == min(row.first_detected_at for row in unmapped)
    assert totals.conflicts == len(company.rows(FindingQuery(reasons=("contradiction",))))
    assert (totals.components, totals.components_without_claims) == (4, 1)
    for row in board.components:
        found = company.rows(FindingQuery(components=(row.ref,))).values()
        assert row.open.total == len(found)
        assert row.open.critical == sum(each.severity is Severity.CRITICAL for each in found)
        assert row.oldest_open_at == min((each.first_detected_at for each in found), default=None)


def test_a_components_page_counts_what_its_links_show(company: Stage) -> None:
    """Groups by rule, kinds and what is shared with others equal their lists."""
    for ref in (SHOP, BANK, CART):
        page = browse.component(company.store, LAPTOP, ref, now=company.clock.now())
        found = company.rows(FindingQuery(components=(ref,))).values()
        assert sum(group.count for group in page.groups) == sum(page.by_kind.values()) == len(found)
        for each in page.groups:
            assert each.count == sum(row.rule_id == each.rule_id for row in found)
        assert page.shared == sum(len(row.components) > 1 for row in found)
    assert dict(browse.component(company.store, LAPTOP, CART, now=company.clock.now()).dangling) == {}


def readers(*owners: EntityRef) -> Readers:
    """Members of these groups."""
    return Readers(owners=frozenset(owners), depth=Depth.WORK)


def own(stage: Stage, *refs: EntityRef) -> set[str]:
    """Findings that are routed to these components and to no others, without contradiction."""
    return {id_ for id_, row in stage.rows().items() if row.verdict == "mapped" and set(row.components) <= set(refs)}


@pytest.mark.parametrize(
    ("visibility", "refs"),
    [
        (Nothing(), ()),
        (readers(), ()),
        (readers(EntityRef("group:default/nobody")), ()),
        (readers(RED), (SHOP, CART)),
        (readers(BLUE), (BANK,)),
        (readers(EntityRef("group:default/company")), (SHOP, CART, BANK)),
        (Readers(owners=frozenset([RED]), depth=Depth.SENSITIVE), ()),
    ],
)
def test_readers_see_what_their_groups_own_and_nothing_else(
    company: Stage, visibility: Visibility, refs: tuple[EntityRef, ...]
) -> None:
    """Lists, totals, the board and single pages agree; what is contradicted or unmapped is seen by no reader."""
    wanted = own(company, *refs)
    rows = company.rows(visibility=visibility, limit=3)
    assert rows.keys() == wanted
    board = browse.board(company.store, visibility, now=company.clock.now())
    assert board.totals.findings == len(wanted)
    assert (board.totals.unmapped, board.totals.conflicts) == ({}, 0)
    assert sum(row.open.total for row in board.components) == sum(row.state.is_open for row in rows.values())
    assert sum(source.findings for source in board.sources) == len(wanted)
    with company.store.read() as conn:
        ids = dict(conn.execute(select(schema.finding.c.external_id, schema.finding.c.id)).all())
    for external_id, id_ in ids.items():
        if external_id in wanted:
            assert browse.finding(company.store, visibility, id_, now=company.clock.now()).row.id == id_
            continue
        with pytest.raises(NotFoundError):
            browse.finding(company.store, visibility, id_, now=company.clock.now())
        with pytest.raises(NotFoundError):
            browse.finding_by_external_id(company.store, visibility, external_id)


@pytest.mark.parametrize("text", ["\0", "ma\0chine", "\ud800"])
@pytest.mark.parametrize("field", ["text", "rules", "resources", "projects", "sources", "owners", "reasons"])
def test_text_that_no_database_stores_is_refused(stage: Stage, field: str, text: str) -> None:
    """By name, and alike on both databases."""
    query = FindingQuery(**{field: text if field == "text" else ("good", text)})  # type: ignore[arg-type]
    with pytest.raises(InvalidQueryError) as error:
        browse.findings(stage.store, LAPTOP, query)
    assert error.value.field == field


def test_totals_obey_visibility_for_every_query(company: Stage) -> None:
    """The counted total of a reader is that of the rows he can walk through."""
    draw = random.Random(3)  # noqa: S311 - repeats
    for _ in range(25):
        query = queries(draw)
        mine = company.rows(query, readers(RED), limit=4)
        assert mine.keys() == company.rows(query).keys() & own(company, SHOP, CART)


def test_an_owner_that_changes_moves_sight_at_once(company: Stage) -> None:
    """The shop goes to the blue team: red sees its findings no more, blue does."""
    before = company.rows(visibility=readers(RED)).keys()
    company.catalog.put(component("shop", "blue", projects=["p1"], system="web"))
    company.read_catalog(accept=True)
    shop = own(company, SHOP)
    assert shop
    assert not shop & company.rows(visibility=readers(RED)).keys()
    assert shop <= company.rows(visibility=readers(BLUE)).keys()
    assert before > company.rows(visibility=readers(RED)).keys()


def test_an_owner_that_is_gone_gives_sight_to_nobody(company: Stage) -> None:
    """A group that the catalog no longer holds reads nothing."""
    del company.catalog.entities[RED]
    company.read_catalog(accept=True)
    assert company.rows(visibility=readers(RED)) == {}


def test_a_link_is_given_only_for_a_listed_host(company: Stage) -> None:
    """The source's own page is checked against the hosts that the caller names."""
    id_ = browse.finding_by_external_id(company.store, LAPTOP, "f0001")
    now = company.clock.now()
    assert browse.finding(company.store, LAPTOP, id_, now=now).link is None
    assert browse.finding(company.store, LAPTOP, id_, now=now, link_hosts=["evil.example"]).link is None
    assert browse.finding(company.store, LAPTOP, id_, now=now, link_hosts=["app.wiz.io"]).link is not None


@pytest.mark.parametrize("limit", [0, -1, 501, 10**30])
def test_a_limit_out_of_range_is_refused(stage: Stage, limit: int) -> None:
    """A page holds one to five hundred rows."""
    with pytest.raises(InvalidQueryError):
        browse.findings(stage.store, LAPTOP, FindingQuery(), limit=limit)


@pytest.mark.parametrize("key", [(), (1,), (0, 0, 0, 0, 0), (2**63, 0, 0, 0), (0, 0, 0, -(2**63) - 1)])
def test_a_forged_cursor_is_refused(stage: Stage, key: tuple[int, ...]) -> None:
    """A cursor with a key of another length, or with numbers that no database holds, is damaged."""
    with pytest.raises(InvalidQueryError):
        browse.findings(stage.store, LAPTOP, FindingQuery(), cursor=Cursor(Sort.SEVERITY, key).encode())


def test_what_is_not_there_is_not_found(stage: Stage) -> None:
    """Unknown findings and components, with any number or name, are not found."""
    now = stage.clock.now()
    for id_ in (1, 0, -1, 2**63, 10**30):
        with pytest.raises(NotFoundError):
            browse.finding(stage.store, LAPTOP, id_, now=now)
    with pytest.raises(NotFoundError):
        browse.component(stage.store, LAPTOP, SHOP, now=now)
    with pytest.raises(NotFoundError):
        browse.component(stage.store, LAPTOP, EntityRef("component:default/a\x00b"), now=now)
    with pytest.raises(NotFoundError):
        browse.finding_by_external_id(stage.store, Everything("test"), "a\x00b")


def test_an_empty_board_counts_nothing(stage: Stage) -> None:
    """Before anything was read there are no components, no sources, and no age."""
    board = browse.board(stage.store, LAPTOP, now=stage.clock.now())
    assert (board.totals.findings, board.components, board.sources, board.catalog_read_at) == (0, (), (), None)
    assert board.totals.oldest_unmapped_at is None
