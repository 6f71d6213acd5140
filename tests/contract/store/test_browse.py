"""Looking at the board: every number equals its rows, and nobody sees what is not theirs."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Everything, Nothing, Readers, Viewer, Visibility
from callboard.domain.board import BundleRow, FindingPage
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.due import is_overdue, today
from callboard.domain.finding import SUPPRESSED_STATES, TOLD_STATES, Kind, Severity, State
from callboard.domain.instant import DAY, HOUR, to_datetime
from callboard.domain.query import Between, Cursor, Grouping, Match, Number, Order, Query, Term, Text, parse
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.store import schema
from callboard.store.board import cells, listing
from callboard.store.kept import forget
from callboard.store.query import scope
from callboard.usecases import ask, browse, first_pages
from callboard.usecases.remediation import decide
from callboard.usecases.remediation.decide import Target
from tests.support.catalogs import component, group
from tests.support.stages import Stage

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
        state = draw.choice([*("open",) * 4, *_WORDS])
        # Those that are fixed lived for an hour, a day or a year, some of them until yesterday.
        first = stage.clock.now() - draw.choice([DAY, 3 * DAY, 40 * DAY, 400 * DAY])
        fixed = first + draw.choice([HOUR, DAY, DAY + HOUR]) if state == "fixed" else None
        stage.world.fill(1, start=number, projects=projects, state=state, due=due, first=first, fixed=fixed)
    stage.sync()
    stage.read_catalog()
    for name, draft in SAID.items():
        told = tuple(row.id for row in draw.sample(list(stage.rows("is:open").values()), 5))
        decide.decide(stage.store, AT_THE_LAPTOP, draft, Target(findings=told), clock=stage.clock)
        assert stage.rows(f"is:{name}"), name
    return stage


SAID = {
    "snoozed": Draft(kind=DecisionKind.SNOOZE),
    "dismissed": Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED),
    "taken": Draft(kind=DecisionKind.TAKE),
}
_WORDS = [state.word for state in TOLD_STATES]


def queries(draw: random.Random) -> str:
    """Some query, narrow or wide."""
    terms = []
    for key, values in _LISTS.items():
        if draw.random() < 0.12:
            sign = "-" * (draw.random() < 0.3)
            terms.append(f"{sign}{key}:{','.join(draw.sample(values, draw.choice([1, 1, 2])))}")
    terms += draw.sample(_OTHERS, draw.choice([0, 0, 1, 2]))
    return " ".join([*terms, f"sort:{draw.choice(list(Order)).value}"])


_LISTS = {
    "is": [
        "open",
        "fixed",
        "gone",
        "suppressed",
        "snoozed",
        "dismissed",
        "taken",
        "reopened",
        "overdue",
        "unmapped",
        "conflict",
        "shared",
        "co-owned",
        "transient",
    ],
    "severity": [severity.word for severity in Severity],
    "kind": [kind.word for kind in Kind],
    "status": [state.word for state in State],
    "component": ["shop", "bank", "cart", "none"],
    "owner": ["red", "blue"],
    "system": ["web", "money"],
    "rule": ["rule-1", "rule-2", "nothing"],
    "resource": ["r1", "r2", "r7"],
    "project": ["p1", "p2", "p3"],
    "source": ["world", "other"],
    "reason": ["no-project", "contradiction", "unclaimed-project"],
    "has": ["component", "due", "owner", "fix", "ticket"],
    "no": ["component", "due", "owner"],
}
_OTHERS = ["rule-3", '"machine r1"', "mach*", '"%_%"', "-rule-2", "age:>1d", "due:<+40d", "-due:<+20d", "band:<=3"]


def belongs(query: Query, stage: Stage, page: FindingPage) -> bool:
    """Whether the finding is one of the query's, decided from its page alone."""
    return all(_holds(term, stage, page) != getattr(term, "is_negated", False) for term in query.terms)


def _holds(term: Term, stage: Stage, page: FindingPage) -> bool:
    row, now = page.row, stage.clock.now()
    if isinstance(term, Text):
        words = f" {page.rule.external_id} \n {page.rule.name} \n {page.resource.name} ".casefold()
        return {Match.PART: "{}", Match.PREFIX: " {}", Match.WORD: " {} "}[term.match].format(term.text) in words
    if isinstance(term, Between):
        if term.key == "band":
            assert isinstance(term.high, Number)
            return row.band <= term.high.value
        at = row.due_at if term.key == "due" else row.first_detected_at
        span = term.span(now)
        return at is not None and (span.start is None or at >= span.start) and (span.end is None or at < span.end)
    entities = stage.catalog.entities
    owners = {entities[ref].owner for ref in row.components} - {None}
    systems = {entities[ref].system for ref in row.components}
    reasons = {"no-project": "it is in no", "contradiction": "components of", "unclaimed-project": "its project"}
    facts = {
        "severity": {row.severity.word}, "kind": {row.kind.word}, "status": {row.state.word},
        "component": set(row.components), "owner": owners, "system": systems, "rule": {row.rule_id},
        "resource": {row.resource_id}, "project": {project.external_id for project in page.projects},
        "source": {row.source}, "reason": {word for word, said in reasons.items() if (row.reason or "-").startswith(said)},
    }  # fmt: skip
    if term.key in facts:
        return bool(set(term.values) & facts[term.key])
    is_ = {
        "open": row.state.is_open, "fixed": row.state is State.FIXED, "gone": row.state is State.GONE,
        "suppressed": row.state in SUPPRESSED_STATES, "snoozed": row.state is State.SNOOZED,
        "dismissed": row.state is State.DISMISSED, "taken": row.taken_by is not None, "reopened": row.reopened > 0,
        "overdue": row.state.is_open and is_overdue(row.due_at, now), "unmapped": row.verdict == "unmapped",
        "conflict": row.verdict == "conflict", "shared": len(row.components) > 1, "co-owned": len(owners) > 1,
        "transient": row.fixed_at is not None and row.fixed_at - row.first_detected_at < DAY,
    }  # fmt: skip
    has = {
        "component": row.verdict != "unmapped", "due": row.due_at is not None, "owner": bool(owners),
        "fix": row.bundle.startswith("package:"), "ticket": row.tickets > 0,
    }  # fmt: skip
    if term.key == "is":
        return any(is_[word] for word in term.values)
    return any(has[word] == (term.key == "has") for word in term.values)


def test_every_total_equals_its_rows_and_every_row_belongs(company: Stage) -> None:
    """For many queries, walking every cursor gives each row once, as many as the total says, and the right ones."""
    draw = random.Random(11)  # noqa: S311 - repeats
    pages = {id_: company.page(id_) for id_ in company.rows()}
    for _ in range(200):
        query = queries(draw)
        rows = company.rows(query, limit=draw.choice([3, 10, 500]))
        assert rows.keys() == {id_ for id_, page in pages.items() if belongs(parse(query), company, page)}, query


def test_long_lists_are_walked_like_short_ones_are_sorted(company: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to a page give the same rows in the same order."""
    draw = random.Random(13)  # noqa: S311 - repeats
    for _ in range(60):
        query = queries(draw)
        short = list(company.rows(query, limit=4))
        with monkeypatch.context() as patch:
            patch.setattr(listing, "SHORT", 0)
            patch.setattr(listing, "FEW", -1)
            forget(company.store.engine)
            assert list(company.rows(query, limit=4)) == short, query


def test_what_several_names_lead_to_is_counted_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that names rules, resources or both: the total is that of the rows, and stops where counting does."""
    names = [("Orion one", "disk"), ("Rule", "orion two"), ("Orion three", "orion four"), ("Rule", "disk")] * 2
    for number, (rule, resource) in enumerate(names):
        stage.world.add(
            f"f{number}", rule=f"rule-{number}", rule_name=rule, resource=f"r{number}", resource_name=resource
        )
    stage.sync()
    now = stage.clock.now()
    monkeypatch.setattr(listing, "FEW", -1)
    for text, n in (("orion", 6), ("disk", 4), ('"orion one"', 2), ("orio*", 6), ("nowhere", 0), ("rule-3", 1)):
        assert len(stage.rows(f"is:open {text}")) == n, text
        for most in (1, 2, 3, 5, 6):
            forget(stage.store.engine)
            with monkeypatch.context() as patch:
                patch.setattr(listing, "LISTED", most)
                page = ask.list_findings(stage.store, AT_THE_LAPTOP, parse(f"is:open {text}"), now=now)
            assert (page.total, page.is_more) == (min(n, most), n > most), (text, most)


def test_groups_add_up_to_the_list_and_each_lists_its_rows(company: Stage) -> None:
    """Badge = list total = sum of groups, whatever findings are put together by, for any viewer."""
    draw = random.Random(17)  # noqa: S311 - repeats
    now = company.clock.now()
    for visibility in (LAPTOP, readers(RED)):
        viewer = Viewer("test", visibility, None)
        for by in Grouping:
            for text in ("is:open -is:flapping", "is:open owner:red -is:flapping", *(queries(draw) for _ in range(4))):
                query = parse(text).grouped_by(by)
                total = ask.list_findings(company.store, viewer, query, now=now, limit=1).total
                found: list[BundleRow] = []
                cursor = None
                while True:
                    page = ask.list_bundles(company.store, viewer, query, now=now, cursor=cursor, limit=3)
                    found.extend(page.rows)
                    cursor = page.cursor
                    if cursor is None:
                        break
                assert len(found) == page.total
                assert sum(row.findings for row in found) == total, query.canonical
                for row in found:
                    inside = company.rows(row.query, visibility).values()
                    assert len(inside) == row.findings, (query.canonical, row.query)
                    assert row.severity is max(each.severity for each in inside)
                    assert row.oldest_at == min(each.first_detected_at for each in inside)
                    assert set(row.components) <= {ref for each in inside for ref in each.components}
                    assert row.finding_id in {each.id for each in inside}


def test_bundles_are_the_same_whichever_way_they_are_found(company: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put together from all cells at once, or from those of the most urgent ones only: the same rows in the same order."""
    now = company.clock.now()
    for visibility in (readers(RED), readers(BLUE), LAPTOP):
        viewer = Viewer("test", visibility, None)
        for text in ("", "owner:red", "-owner:red", "no:component", "is:shared"):
            query = parse(f"is:open -is:flapping {text} group:fix")

            def walk(query: Query = query, viewer: Viewer = viewer) -> list[BundleRow]:
                forget(company.store.engine)
                rows: list[BundleRow] = []
                cursor = None
                while True:
                    page = ask.list_bundles(company.store, viewer, query, now=now, cursor=cursor, limit=1)
                    rows.extend(page.rows)
                    cursor = page.cursor
                    if cursor is None:
                        assert len(rows) == page.total
                        return rows

            at_once = walk()
            with monkeypatch.context() as patch:
                patch.setattr(cells, "FEW", -1)
                patch.setattr(cells, "AT_ONCE", 1)
                patch.setattr(scope, "FEW", -1)
                assert walk() == at_once, (visibility, text)


def test_facets_count_what_choosing_them_lists(company: Stage) -> None:
    """Each offered value, chosen alone for its key, gives a list of just that many."""
    draw = random.Random(19)  # noqa: S311 - repeats
    for visibility in (LAPTOP, readers(BLUE)):
        viewer = Viewer("test", visibility, None)
        for text in ("is:open", "", *(queries(draw) for _ in range(8))):
            query = parse(text)
            for facet in ask.list_facets(company.store, viewer, query, now=company.clock.now()):
                for value, _, n in facet.values:
                    chosen = query.without(facet.key).toggled(facet.key, value)
                    assert len(company.rows(chosen.canonical, visibility)) == n, (text, facet.key, value)


def test_the_first_page_counts_what_its_links_list(company: Stage) -> None:
    """Its numbers, bundles and weeks, for everything and for one team."""
    now = company.clock.now()
    for visibility in (LAPTOP, readers(RED), Nothing()):
        viewer = Viewer("test", visibility, None)
        for text, extra in ((None, ""), ("owner:red", "owner:red"), ("system:money", "system:money")):
            page = first_pages.do_now(company.store, viewer, text, now=now)
            numbers = page.numbers

            def rows(query: str, extra: str = extra, visibility: Visibility = visibility) -> int:
                return len(company.rows(f"{query} {extra}", visibility))

            assert numbers.open == rows("is:open")
            assert numbers.overdue == rows("is:open is:overdue")
            assert numbers.due_soon == rows("is:open due:today..+6d -is:overdue")
            assert numbers.flapping == rows("is:open is:flapping")
            assert numbers.suppressed == rows("is:suppressed")
            assert numbers.transient == rows(f"is:transient first:>={to_datetime(numbers.transient_since):%Y-%m-%d}")
            if visibility == LAPTOP and text is None:
                assert 0 < numbers.transient < rows("is:transient")
            assert page.progress.weeks[-1].open == numbers.open
            assert len(page.bundles) == min(page.bundle_count, 10)
            assert len({row.query for row in page.bundles}) == len(page.bundles)


def test_lists_are_in_the_order_they_promise(company: Stage) -> None:
    """Do now: late first, then band, known exploited, EPSS, age. By severity, due date and detection as they say."""
    start = today(company.clock.now())

    def keys(sort: str) -> list[tuple[object, ...]]:
        rows = list(company.rows(f"sort:{sort}", limit=7).values())
        closed = [not row.state.is_open for row in rows]
        due = [schema.NEVER if row.due_at is None else row.due_at for row in rows]
        found = {
            "do-now": [(c or d >= start, r.band, not r.known_exploited, -(r.epss or 0), r.first_detected_at, r.id)
                       for c, d, r in zip(closed, due, rows, strict=True)],
            "severity": [(-r.severity, d, r.first_detected_at, r.id) for d, r in zip(due, rows, strict=True)],
            "due": [(d, r.id) for d, r in zip(due, rows, strict=True)],
            "newest": [(-r.first_detected_at, -r.id) for r in rows],
            "oldest": [(r.first_detected_at, r.id) for r in rows],
        }[sort]  # fmt: skip
        return [(c, *key) for c, key in zip(closed, found, strict=True)]

    for order in Order:
        found = keys(order.value)
        assert found == sorted(found), order  # type: ignore[type-var]


def test_the_board_counts_what_its_links_show(company: Stage) -> None:
    """The totals, every component's figures and the reasons of unmapped findings equal their lists."""
    board = browse.board(company.store, LAPTOP, now=company.clock.now())
    totals = board.totals
    assert totals.findings == len(company.rows())
    for state in State:
        assert totals.by_state[state.word] == len(company.rows(f"status:{state.word}"))
    assert totals.open.total == len(company.rows("is:open"))
    assert totals.mapped.total == len(company.rows("is:open -is:unmapped"))
    unmapped = company.rows("is:open is:unmapped").values()
    assert sum(totals.unmapped.values()) == len(unmapped)
    assert totals.oldest_unmapped_at == min(row.first_detected_at for row in unmapped)
    assert totals.conflicts == len(company.rows("is:open reason:contradiction"))
    assert (totals.components, totals.components_without_claims) == (4, 1)
    for row in board.components:
        found = company.rows(f"is:open component:{row.ref}").values()
        assert row.open.total == len(found)
        assert row.open.critical == sum(each.severity is Severity.CRITICAL for each in found)
        assert row.oldest_open_at == min((each.first_detected_at for each in found), default=None)


def test_a_components_page_counts_what_its_links_show(company: Stage) -> None:
    """Groups by rule, kinds and what is shared with others equal their lists."""
    for ref in (SHOP, BANK, CART):
        page = browse.component(company.store, LAPTOP, ref, now=company.clock.now())
        found = company.rows(f"is:open component:{ref}").values()
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


@pytest.mark.attack("A1")
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


def test_what_is_known_of_the_catalog_moves_with_it(company: Stage) -> None:
    """Pages that were asked for before: of the team that lost the shop, of the team that has it, and the board."""
    red, blue = (Viewer("test", readers(each), (each,)) for each in (RED, BLUE))

    def pages() -> list[set[EntityRef]]:
        now = company.clock.now()
        told = [
            first_pages.rollup(company.store, viewer, viewer.owners[0], now=now).components for viewer in (red, blue)
        ]  # type: ignore[index]
        told += [first_pages.board(company.store, viewer, now=now).components for viewer in (red, blue)]
        return [{row.ref for row in rows} for rows in told]

    before = pages()
    company.catalog.put(component("new", "red"), component("shop", "blue", projects=["p1"], system="web"))
    company.read_catalog(accept=True)
    after = pages()
    new = EntityRef("component:default/new")
    assert [new in each for each in (*before, *after)] == [False] * 4 + [True, False, True, False]
    assert SHOP in before[0]
    assert SHOP not in before[1]
    assert SHOP in after[1]
    with pytest.raises(NotFoundError):
        first_pages.rollup(company.store, blue, RED, now=company.clock.now())


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
        ask.list_findings(stage.store, AT_THE_LAPTOP, Query(), now=stage.clock.now(), limit=limit)


@pytest.mark.parametrize("key", [(), (1,), (0, 0, 0, 0), (0, 2**62 + 1, 0, 0, 0), ("0", 0, 0, 0, 0)])
def test_a_forged_cursor_is_refused(stage: Stage, key: tuple[int | str, ...]) -> None:
    """A cursor with a key of another length, or with numbers that no database holds, is damaged."""
    with pytest.raises(InvalidQueryError):
        ask.list_findings(
            stage.store, AT_THE_LAPTOP, Query(), now=stage.clock.now(), cursor=Cursor("do-now", key).encode()
        )


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
