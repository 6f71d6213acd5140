"""What components consist of, on both databases: in order and late, broken and good, now and then, for whom."""

from __future__ import annotations

import importlib
from itertools import pairwise
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Everything, Grant, Readers, Right, viewer_of_token
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.packages.composition import Missing
from callboard.domain.packages.manifest_series import Taken
from callboard.domain.packages.package import Package
from callboard.domain.packages.who_uses import Dated, Period, WhoUses, read_period, read_wanted
from callboard.errors import InvalidQueryError, MalformedManifestError, NotAllowedError, NotFoundError
from callboard.store import Store, schema
from callboard.store.packages.use_ways import LONGEST_WAY
from callboard.usecases.packages import manifests
from tests.support.bills import bill, reading
from tests.support.catalogs import component, group
from tests.support.clocks import MORNING
from tests.support.stages import Stage
from tests.support.stores import clear

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")
NOW = Period()


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two components of two teams."""
    stage.catalog.put(group("red"), group("blue"), component("cart", "red"), component("bank", "blue"))
    stage.read_catalog()
    return stage


def deliver(stage: Stage, ref: EntityRef, *ways: str, name: str = "sbom", **fields: Any) -> Taken:
    """Hand in a bill an hour later."""
    now = stage.clock.advance(3_600)
    raw = bill(*ways, **{"at": now} | fields)
    return manifests.deliver(stage.store, AT_THE_LAPTOP, ref, name, reading(raw, now), clock=stage.clock)


def ask(stage: Stage, text: str, period: Period = NOW, visibility: Any = LAPTOP, **fields: Any) -> WhoUses:  # noqa: ANN401
    """Who uses it."""
    return manifests.who_uses(
        stage.store, visibility, read_wanted(text), period, **{"limit": 100, "cursor": None} | fields
    )


def told(found: WhoUses) -> list[tuple[str, str]]:
    """Component and way of each row."""
    return [
        (row.component.partition("/")[2], " -> ".join(f"{step.name}@{step.version}" for step in row.path))
        for row in found.rows
    ]


def test_who_uses_what_by_which_way(company: Stage) -> None:
    """Components, teams, the way from the project, direct or deep, since when."""
    taken = deliver(company, CART, "express@4.0.0 -> qs@6.5.2 -> side@1.0.0", "lodash@4.17.20")
    assert (taken.standing, taken.packages, taken.came, taken.went) == ("current", 4, 4, 0)
    deliver(company, BANK, "lodash@4.17.21", "qs@6.5.2")
    found = ask(company, "qs")
    assert told(found) == [("bank", "qs@6.5.2"), ("cart", "express@4.0.0 -> qs@6.5.2")]
    assert [(row.owner, row.direct, row.until, row.origin, row.manifest) for row in found.rows] == [
        (BLUE, True, None, "upload", "sbom"),
        (RED, False, None, "upload", "sbom"),
    ]
    assert found.rows[1].since == taken.at
    assert (found.total, found.components, found.owners, found.manifests, found.versions) == (2, 2, 2, 2, ("6.5.2",))
    assert told(ask(company, "side@*")) == [("cart", "express@4.0.0 -> qs@6.5.2 -> side@1.0.0")]
    assert told(ask(company, "lodash@<4.17.21")) == [("cart", "lodash@4.17.20")]
    assert told(ask(company, "pkg:npm/lodash@4.17.21")) == [("bank", "lodash@4.17.21")]
    assert ask(company, "pkg:pypi/lodash").total == ask(company, "left-pad").total == 0


def test_what_is_new_replaces_what_was_and_the_past_stays(company: Stage) -> None:
    """Until when it was used, and who had it on a day or between two."""
    first = deliver(company, CART, "lodash@4.17.20")
    second = deliver(company, CART, "lodash@4.17.21")
    assert (second.standing, second.came, second.went) == ("current", 1, 1)
    assert ask(company, "lodash@4.17.20").total == 0
    (row,) = ask(company, "lodash@4.17.20", Period(first.at, Instant(first.at + 1))).rows
    assert (row.since, row.until) == (first.at, second.at)
    assert ask(company, "lodash@4.17.20", Period(second.at, Instant(second.at + DAY))).total == 0
    assert ask(company, "lodash", Period(Instant(second.at - 1), Instant(second.at + 1))).total == 2
    assert ask(company, "lodash", Period(Instant(first.at - 2), Instant(first.at - 1))).total == 0
    assert ask(company, "lodash", read_period("2026-03-02", None)).total == 2
    assert ask(company, "lodash", read_period(None, ("2026-02-01", "2026-03-01"))).total == 0


@pytest.mark.fault("F28")
def test_an_older_bill_counts_for_the_past_alone(company: Stage) -> None:
    """Handed in late, it never replaces a newer one, and both are known."""
    newest = deliver(company, CART, "lodash@4.17.21", "late@1.0.0")
    before = Instant(newest.at - DAY)
    late = deliver(company, CART, "lodash@4.17.20", "late@1.0.0", at=before)
    assert (late.standing, late.at, late.current_at) == ("older", before, newest.at)
    assert told(ask(company, "lodash")) == [("cart", "lodash@4.17.21")]
    (row,) = ask(company, "lodash@4.17.20", Period(before, Instant(before + 1))).rows
    assert (row.since, row.until) == (before, newest.at)
    (row,) = ask(company, "late").rows
    assert (row.since, row.until, row.since_by) == (before, None, Dated.BILL)
    # This one speaks of the moment in which it was taken in.
    assert [row.since_by for row in ask(company, "lodash").rows] == [Dated.KNOWN]
    assert manifests.composition(company.store, LAPTOP, CART).manifests[0].versions == 2
    (lock,) = manifests.locks(company.store, LAPTOP, CART)
    assert {each.version for each in lock[0].packages()} == {"4.17.21", "1.0.0"}


@pytest.mark.fault("F28")
def test_the_same_bill_twice_changes_nothing(company: Stage) -> None:
    """Nor does a bill of a moment to come speak of more than now; of one moment the higher revision counts."""
    first = deliver(company, CART, "lodash@4.17.20", at=MORNING)
    revision = company.revision()
    assert deliver(company, CART, "lodash@4.17.20", at=MORNING).standing == "same"
    assert company.revision() == revision
    assert deliver(company, CART, "lodash@4.17.21", at=MORNING, version=3).standing == "current"
    assert deliver(company, CART, "lodash@4.17.19", at=MORNING, version=2).standing == "older"
    assert told(ask(company, "lodash")) == [("cart", "lodash@4.17.21")]
    ahead = deliver(company, CART, "lodash@5.0.0", at=Instant(first.at + 400 * DAY))
    assert ahead.at == company.clock.now()


def test_a_broken_bill_leaves_the_good_one(company: Stage) -> None:
    """And is noted until the next good one."""
    deliver(company, CART, "lodash@4.17.20")
    now = company.clock.advance(3_600)
    broken = reading(bill("lodash@1.0.0")[:-40], now)
    with pytest.raises(MalformedManifestError):
        manifests.deliver(company.store, AT_THE_LAPTOP, CART, "sbom", broken, clock=company.clock)
    assert told(ask(company, "lodash")) == [("cart", "lodash@4.17.20")]
    (row,) = manifests.composition(company.store, LAPTOP, CART).manifests
    assert row.problem is not None
    assert (row.problem_at, row.packages) == (now, 1)
    (line, other) = sorted(
        manifests.coverage(company.store, LAPTOP).rows, key=lambda each: each.manifests, reverse=True
    )
    assert (line.component, line.problems, line.missing) == (CART, 1, None)
    assert (other.component, other.missing) == (BANK, Missing.NO_REPOSITORY)
    deliver(company, CART, "lodash@4.17.20", "more@1.0.0")
    assert manifests.composition(company.store, LAPTOP, CART).manifests[0].problem is None
    with pytest.raises(MalformedManifestError):
        manifests.deliver(company.store, AT_THE_LAPTOP, BANK, "sbom", broken, clock=company.clock)
    assert manifests.composition(company.store, LAPTOP, BANK).missing is Missing.UNREADABLE


def test_names_keep_bills_apart(company: Stage) -> None:
    """An image's bill beside that of the source; so many names and no more."""
    deliver(company, CART, "lodash@4.17.20")
    deliver(company, CART, "lodash@4.17.20", "musl@1.2.0", name="image")
    page = manifests.composition(company.store, LAPTOP, CART)
    assert ([each.path for each in page.manifests], page.packages) == (["image", "sbom"], 2)
    assert ask(company, "lodash").total == 2
    for number in range(manifests.MOST_NAMES - 2):
        deliver(company, CART, "lodash@4.17.20", name=f"n{number}")
    with pytest.raises(InvalidQueryError, match="names"):
        deliver(company, CART, "lodash@4.17.20", name="one-more")
    deliver(company, CART, "lodash@4.17.21", name="image")


def test_who_may_hand_in_and_who_may_ask(company: Stage) -> None:
    """By the right and for one's own; of what others use nothing is told or counted unless work is open to everybody."""
    deliver(company, CART, "lodash@4.17.20")
    deliver(company, BANK, "lodash@4.17.20")
    now = company.clock.now()
    read = reading(bill("lodash@4.17.21", at=now), now)
    reader = viewer_of_token("r", Grant(component=CART))
    with pytest.raises(NotAllowedError):
        manifests.deliver(company.store, reader, CART, "sbom", read, clock=company.clock)
    pipeline = viewer_of_token("p", Grant(component=CART, rights=(Right.DELIVER,)))
    for wrong in (BANK, EntityRef("component:default/none")):
        with pytest.raises(NotFoundError):
            manifests.deliver(company.store, pipeline, wrong, "sbom", read, clock=company.clock)
    assert manifests.deliver(company.store, pipeline, CART, "sbom", read, clock=company.clock).standing == "current"
    mine = ask(company, "lodash", visibility=pipeline.visibility)
    assert (told(mine), mine.manifests) == ([("cart", "lodash@4.17.21")], 1)
    blue = Readers(owners=frozenset({BLUE}), depth=Depth.WORK)
    found = ask(company, "lodash", visibility=blue)
    assert (told(found), found.total, found.components, found.versions) == (
        [("bank", "lodash@4.17.20")], 1, 1, ("4.17.20",),
    )  # fmt: skip
    assert manifests.coverage(company.store, blue).components == 1
    with pytest.raises(NotFoundError):
        manifests.composition(company.store, blue, CART)
    open_to_all = Readers(owners=frozenset({BLUE}), depth=Depth.WORK, others=Depth.WORK)
    assert ask(company, "lodash", visibility=open_to_all).total == 2
    numbers = Readers(owners=frozenset({BLUE}), depth=Depth.WORK, others=Depth.COUNTS)
    assert ask(company, "lodash", visibility=numbers).total == 1
    assert ask(company, "lodash", visibility=Everything("token", deepest=Depth.COUNTS)).total == 0
    hidden = Readers(owners=frozenset({BLUE}), depth=Depth.WORK, others=Depth.WORK, by_portal=True)
    assert ask(company, "lodash", visibility=hidden).total == 1


def test_pages_of_an_answer(company: Stage) -> None:
    """Every row once, and a damaged place is refused."""
    for number in range(5):
        company.catalog.put(component(f"c{number}", "red"))
    company.read_catalog()
    for number in range(5):
        deliver(company, EntityRef(f"component:default/c{number}"), "lodash@4.17.20", "lodash@3.0.0")
    rows: list[tuple[str, str]] = []
    cursor = None
    while True:
        page = ask(company, "lodash", limit=3, cursor=cursor)
        assert page.total == 10
        rows += told(page)
        cursor = page.next
        if cursor is None:
            break
    assert rows == told(ask(company, "lodash"))
    with pytest.raises(InvalidQueryError):
        ask(company, "lodash", cursor="x")


arrivals = st.lists(
    st.tuples(st.integers(0, 5), st.sets(st.sampled_from(["a@1.0.0", "b@1.0.0", "c@1.0.0", "a@1.0.0 -> b@1.0.0"]))),
    min_size=1,
    max_size=6,
)


@pytest.mark.fault("F28")
@pytest.mark.parametrize("engine", ["sqlite_board", "postgres_board"])
def test_any_order_of_arrival_tells_the_same_past(engine: str, request: pytest.FixtureRequest) -> None:
    """At every moment a component uses what the newest bill of before said, whatever came when."""
    store: Store = request.getfixturevalue(engine)

    @settings(max_examples=25)
    @given(arrivals)
    def holds(given_bills: list[tuple[int, set[str]]]) -> None:
        stage = Stage(clear(store))
        stage.catalog.put(group("red"), component("cart", "red"))
        stage.read_catalog()
        start = stage.clock.now()
        stage.clock.advance(86_400)
        model: list[tuple[int, int, set[str]]] = []
        for number, (hour, ways) in enumerate(given_bills):
            at = Instant(start + hour * HOUR)
            raw = bill(*sorted(ways), at=at, serial=number)
            manifests.deliver(
                stage.store, AT_THE_LAPTOP, CART, "sbom", reading(raw, stage.clock.now()), clock=stage.clock
            )
            model.append((hour, number, {step for way in ways for step in way.split(" -> ")}))
        for hour in range(7):
            known = max((each for each in model if each[0] <= hour), default=(0, 0, set[str]()))[2]
            at = Instant(start + hour * HOUR + 1)
            used = {
                f"{row.package.name}@{row.package.version}"
                for name in "abc"
                for row in ask(stage, name, Period(at, Instant(at + 1))).rows
            }
            assert used == known, hour
        with stage.store.read() as conn:
            u = schema.package_use.c
            spells = conn.execute(schema.package_use.select().order_by(u.package_id, u.from_at)).all()
        for one, two in pairwise(spells):
            assert one.package_id != two.package_id or one.until_at < two.from_at

    holds()


def test_packages_are_stored_once(company: Stage) -> None:
    """Whoever uses them; and what has no package URL of its own still has a place."""
    deliver(company, CART, "lodash@4.17.20", "qs@6.5.2")
    deliver(company, BANK, "lodash@4.17.20")
    with company.store.read() as conn:
        rows = conn.execute(schema.package.select().order_by(schema.package.c.id)).all()
    assert [row.purl for row in rows] == ["pkg:npm/lodash@4.17.20", "pkg:npm/qs@6.5.2"]
    odd = Package(ecosystem="unidentified", name="", version="1")
    assert odd.named == "unidentified:@1"


def test_a_long_way_is_told_by_its_end(company: Stage) -> None:
    """Step by step, and of a way that is longer than is told the last steps; both in one question."""
    chain = [f"p{n}@1.0.0" for n in range(50)]
    deliver(company, CART, " -> ".join(chain))
    deliver(company, BANK, "p7@1.0.0 -> p49@1.0.0")
    bank, cart = told(ask(company, "p49"))
    assert bank == ("bank", "p7@1.0.0 -> p49@1.0.0")
    assert cart == ("cart", " -> ".join(chain[-LONGEST_WAY - 1 :]))
    assert told(ask(company, "p6"))[0][1] == " -> ".join(chain[:7])


def test_numbers_are_the_same_on_one_page_and_on_many(company: Stage) -> None:
    """They are counted from the rows where all of them are there, and by the database where not."""
    deliver(company, CART, "lodash@4.17.20", "lodash@4.17.21")
    deliver(company, BANK, "lodash@4.17.21")
    whole, part = ask(company, "lodash"), ask(company, "lodash", limit=1)
    assert (whole.total, whole.components, whole.owners, whole.versions) == (3, 2, 2, ("4.17.20", "4.17.21"))
    assert (part.total, part.components, part.owners, part.versions) == (3, 2, 2, ("4.17.20", "4.17.21"))
    one = ask(company, "lodash@4.17.21", limit=1)
    assert (one.total, one.components, one.owners, one.versions) == (2, 2, 2, ("4.17.21",))
    assert part.next is not None
    rest = ask(company, "lodash", limit=2, cursor=part.next)
    assert (rest.total, len(rest.rows), rest.next) == (3, 2, None)
    assert ask(company, "lodash", visibility=Everything(reason="a test", deepest=Depth.COUNTS)).total == 0


def test_the_step_that_lays_uses_together_keeps_them(company: Stage) -> None:
    """There and back again nothing is another."""
    step = importlib.import_module("callboard.store.migrations.versions.0025_uses_lie_together")
    deliver(company, CART, "express@4.0.0 -> qs@6.5.2", "lodash@4.17.20")
    deliver(company, CART, "lodash@4.17.21")
    everything = select(schema.package_use).order_by(*schema.package_use.primary_key.columns)
    with company.store.write() as conn, Operations.context(MigrationContext.configure(conn)):
        before = conn.execute(everything).all()
        step.downgrade()
        assert conn.execute(everything).all() == before
        step.upgrade()
        assert conn.execute(everything).all() == before
    assert len(before) == 4
