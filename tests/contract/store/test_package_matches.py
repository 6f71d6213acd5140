"""Packages of components as findings on the one road, on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Readers
from callboard.domain.compliance import period as periods
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import DAY, Instant
from callboard.domain.packages.feed import Fetched
from callboard.domain.packages.package import Package
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.who_uses import Period, read_wanted
from callboard.ports import Judged
from callboard.store import schema
from callboard.usecases import first_pages
from callboard.usecases.package_source import Matching, match_packages
from callboard.usecases.packages import manifests
from callboard.usecases.remediation import export_evidence
from tests.support.bills import bill, reading
from tests.support.catalogs import component, group
from tests.support.stages import Stage

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")
LODASH = Matched(
    advisory="GHSA-35jh", aliases=("CVE-2021-23337",), group=("CVE-2021-23337", "GHSA-35jh"), summary="Command injection",
    severity=Severity.HIGH, score=7.2, malicious=False, because="4.17.20 lies in: before 4.17.21", fixed="4.17.21",
    safe="4.17.21", exploited=False, likelihood=0.02, reference="https://advisories.example/GHSA-35jh",
)  # fmt: skip
EVIL = Matched(
    advisory="MAL-1", aliases=(), group=("MAL-1",), summary="Steals secrets", severity=Severity.CRITICAL, score=None,
    malicious=True, because="1.0.0 is listed", fixed=None, safe=None, exploited=None, likelihood=None, reference=None,
)  # fmt: skip


class Known:
    """A judge that knows what it was told, and counts what it is asked."""

    def __init__(self) -> None:
        self.matches: dict[str, tuple[Matched, ...]] = {
            "pkg:npm/lodash@4.17.20": (LODASH,),
            "pkg:npm/evil@1.0.0": (EVIL,),
        }
        self.version = 1
        self.lists: tuple[Fetched, ...] = ()
        self.asked = 0

    @property
    def mark(self) -> str:
        """Changes with what is known."""
        return str(self.version)

    @property
    def feeds(self) -> tuple[Fetched, ...]:
        """As it was told."""
        return self.lists

    def judge(self, packages: Mapping[Package, Collection[str]], /) -> Judged:
        """As it was told."""
        self.asked += len(packages)
        return Judged({each: self.matches[each.purl] for each in packages if each.purl in self.matches}, 0)


@pytest.fixture
def judge() -> Known:
    """What is known."""
    return Known()


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two components of two teams, with a weak package in both and a harmful one deep in one."""
    stage.catalog.put(group("red"), group("blue"), component("cart", "red"), component("bank", "blue"))
    stage.read_catalog()
    deliver(stage, CART, "express@4.0.0 -> evil@1.0.0", "lodash@4.17.20")
    deliver(stage, BANK, "nice@1.0.0 -> lodash@4.17.20", "lodash@4.17.21")
    return stage


def deliver(stage: Stage, ref: EntityRef, *ways: str) -> None:
    """Hand in a bill."""
    now = stage.clock.advance(3_600)
    manifests.deliver(stage.store, AT_THE_LAPTOP, ref, "sbom", reading(bill(*ways, at=now), now), clock=stage.clock)


def match(stage: Stage, judge: Known, **fields: Any) -> Matching | None:
    """Match, a minute later."""
    stage.clock.advance(60)
    try:
        return asyncio.run(match_packages(stage.store, judge, clock=stage.clock, **fields))
    finally:
        stage.check()


def by_name(stage: Stage, **fields: Any) -> dict[str, str]:
    """Component and advisory → state."""
    return {
        f"{id_.split('|')[0].partition('/')[2]} {id_.split('|')[3]}": row.state.word
        for id_, row in stage.rows(**fields).items()
    }


@pytest.mark.fault("F29")
def test_matches_are_findings_like_all_others(company: Stage, judge: Known) -> None:
    """Owned by their component, of their kind, with fix and due date; the second run changes nothing."""
    done = match(company, judge)
    assert done is not None
    assert (done.judged, done.news, done.not_evaluated) == (5, 2, 0)
    assert by_name(company) == {"cart GHSA-35jh": "open", "cart MAL-1": "open", "bank GHSA-35jh": "open"}
    rows = company.rows()
    evil = rows["component:default/cart|npm|evil|MAL-1"]
    assert (evil.kind, evil.severity, evil.components) == (Kind.MALICIOUS_PACKAGE, Severity.CRITICAL, (CART,))
    assert evil.fix == "Remove evil"
    weak = company.page("component:default/bank|npm|lodash|GHSA-35jh")
    assert (weak.row.severity, weak.row.kind, weak.detail.fixed_version) == (Severity.HIGH, Kind.DEPENDENCY, "4.17.21")
    assert "brought by nice 1.0.0" in str(weak.detail.description)
    assert "nice 1.0.0" in str(weak.detail.remediation)
    assert weak.row.due_at is not None
    red = Readers(owners=frozenset({RED}), depth=Depth.WORK)
    assert by_name(company, visibility=red) == {"cart GHSA-35jh": "open", "cart MAL-1": "open"}
    versions = company.versions()
    again = match(company, judge)
    assert again is not None
    assert (again.judged, again.run and again.run.unchanged) == (0, 3)
    assert company.versions() == versions
    assert match(company, judge, always=False) is None


def test_evidence_tells_the_lists_that_were_at_hand(company: Stage, judge: Known) -> None:
    """Those of the last matching by the end, with when each was fetched; before the first nobody can tell."""
    before = Instant(company.clock.now() - DAY)
    judge.lists = (Fetched(name="kev", read_at=before), Fetched(name="npm", read_at=Instant(before - 20 * DAY)))
    match(company, judge)
    end = company.clock.advance(60)
    assert lists(company, end) == ((2, 1, 2), {"kev", "npm"}, ())
    judge.version, judge.lists = 2, (Fetched(name="osv", read_at=end),)
    match(company, judge)
    assert lists(company, end) == ((2, 1, 2), {"kev", "npm"}, ())
    assert lists(company, company.clock.advance(60)) == ((1, 1, 1), {"osv"}, ())
    count, _, why = lists(company, Instant(before - DAY))
    assert count == (0, 0, 0)
    assert [each for each in why if each.startswith("By which lists packages were matched is kept since ")]


def lists(stage: Stage, until: Instant) -> tuple[tuple[int | None, ...], set[str], tuple[str, ...]]:
    """How many lists there were at the end of a period, how many of how many fresh ones; which; and what is not known."""
    period = periods.Period(start=Instant(until - 30 * DAY), until=until, is_over=True)
    found = export_evidence.behind(stage.store, AT_THE_LAPTOP, "feeds", period, limit=10)
    fresh = export_evidence.behind(stage.store, AT_THE_LAPTOP, "feeds-fresh", period, limit=10).figure
    assert all("matched" in dict(row.facts) and row.at is not None for row in found.rows)
    return (found.figure.value, fresh.value, fresh.of), {row.id for row in found.rows}, found.figure.why_not


def test_what_a_bill_says_of_its_parts_is_counted_when_it_comes_again(company: Stage) -> None:
    """One that was taken in before it was counted is in doubt, and the very same bill, handed in again, is not."""
    now = company.clock.advance(60)
    raw = bill("left@1.0.0", at=now, suppliers=1)

    def deliver_again() -> None:
        manifests.deliver(company.store, AT_THE_LAPTOP, CART, "sbom", reading(raw, now), clock=company.clock)

    deliver_again()
    assert said(company) == {"supplied": (1, 2, False), CART: ("1 of 1", "0 of 1"), BANK: ("0 of 3", "0 of 3")}
    with company.store.write() as conn:
        conn.execute(update(schema.manifest_version).values(parts=None, suppliers=None, licences=None))
    assert said(company) == {"supplied": (0, 2, True), CART: None, BANK: None}
    deliver_again()
    assert said(company) == {"supplied": (1, 2, True), CART: ("1 of 1", "0 of 1"), BANK: None}


def said(stage: Stage) -> dict[str, Any]:
    """The number, out of how many, and whether it is in doubt for want of counting; and the counts of each component."""
    until = stage.clock.advance(60)
    period = periods.Period(start=Instant(until - 30 * DAY), until=until, is_over=False)
    figure = export_evidence.behind(stage.store, AT_THE_LAPTOP, "components-suppliers", period, limit=10).figure
    billed = export_evidence.behind(stage.store, AT_THE_LAPTOP, "components-billed", period, limit=10).rows
    facts = {row.id: dict(row.facts) for row in billed}
    is_in_doubt = any(why.startswith("What bills say of their parts was not counted") for why in figure.why_not)
    return {
        "supplied": (figure.value, figure.of, is_in_doubt),
        **{id_: (each["suppliers"], each["licences"]) if "suppliers" in each else None for id_, each in facts.items()},
    }


def test_one_upgrade_is_one_row_and_malware_comes_first(company: Stage, judge: Known) -> None:
    """With what another source says of the same package; and before everything else."""
    company.world.add("wiz-1", severity="critical", projects=(), resource="r1", rule="CVE-2021-23337")
    company.sync()
    match(company, judge)
    board = first_pages.do_now(company.store, AT_THE_LAPTOP, None, now=company.clock.now())
    late, (upgrade,) = board.bundles[0], [row for row in board.bundles if row.fix and "lodash" in row.fix]
    assert (late.severity, late.components, "harm" in late.why) == (Severity.CRITICAL, (CART,), True)
    assert late.fix == "Remove evil"
    assert (upgrade.fix, upgrade.findings, upgrade.component_count) == ("Upgrade lodash to 4.17.21", 2, 2)
    assert next(row.kind for row in company.rows("is:open").values()) is Kind.MALICIOUS_PACKAGE


def test_what_another_source_says_of_the_same_package_is_in_the_same_row(company: Stage, judge: Known) -> None:
    """One upgrade is one piece of work, whoever found it: three findings of two sources, and the higher of their versions."""
    company.catalog.put(component("cart", "red", projects=["p1"]))
    company.read_catalog()
    company.world.add(
        "wiz-2", kind="vulnerability", severity="high", projects=("p1",), resource="cart-repository", rule="CVE-2021-23337",
        package="lodash", version="4.17.20", fixed_version="4.17.22",
    )  # fmt: skip
    company.sync()
    match(company, judge)
    board = first_pages.do_now(company.store, AT_THE_LAPTOP, None, now=company.clock.now())
    (upgrade,) = [row for row in board.bundles if row.fix and "lodash" in row.fix]
    assert (upgrade.fix, upgrade.findings, upgrade.component_count) == ("Upgrade lodash to 4.17.22", 3, 2)


def test_an_upgrade_fixes_and_a_bill_is_enough(company: Stage, judge: Known) -> None:
    """Only packages that are new are judged; what is not used any more is fixed, and back when it comes back."""
    match(company, judge)
    judge.asked = 0
    deliver(company, CART, "express@4.0.0 -> evil@1.0.0", "lodash@4.17.21", "new@1.0.0")
    done = match(company, judge, always=False)
    assert done is not None
    assert judge.asked == 1
    assert by_name(company)["cart GHSA-35jh"] == "fixed"
    assert by_name(company)["bank GHSA-35jh"] == "open"
    deliver(company, CART, "lodash@4.17.20")
    match(company, judge)
    assert by_name(company) == {"cart GHSA-35jh": "open", "cart MAL-1": "fixed", "bank GHSA-35jh": "open"}
    assert [kind for kind, *_ in company.history("component:default/cart|npm|lodash|GHSA-35jh")][-1] == "reopened"


def test_new_advisories_change_what_they_can_change(company: Stage, judge: Known) -> None:
    """One that comes is a finding at once; one that is withdrawn is gone, which is nobody's fix; one that says more says it."""
    match(company, judge)
    judge.matches["pkg:npm/nice@1.0.0"] = (
        msgspec.structs.replace(LODASH, advisory="GHSA-new", group=("GHSA-new",), aliases=()),
    )
    judge.matches["pkg:npm/lodash@4.17.20"] = ()
    judge.version = 2
    done = match(company, judge, always=False)
    assert done is not None
    assert (done.judged, done.news) == (5, 2)
    assert by_name(company) == {
        "cart GHSA-35jh": "gone", "cart MAL-1": "open", "bank GHSA-35jh": "gone", "bank GHSA-new": "open",
    }  # fmt: skip
    judge.matches["pkg:npm/lodash@4.17.20"] = (msgspec.structs.replace(LODASH, severity=Severity.CRITICAL),)
    judge.version = 3
    match(company, judge)
    row = company.row("component:default/bank|npm|lodash|GHSA-35jh")
    assert (row.state.word, row.severity) == ("open", Severity.CRITICAL)


def test_what_is_known_no_more_is_gone_and_not_fixed(company: Stage, judge: Known) -> None:
    """A component that leaves the catalog takes its findings along; another owner gets them."""
    match(company, judge)
    company.catalog.put(component("bank", "red"))
    company.read_catalog()
    red = Readers(owners=frozenset({RED}), depth=Depth.WORK)
    assert "bank GHSA-35jh" in by_name(company, visibility=red)
    company.catalog.drop("bank")
    company.read_catalog()
    company.read_catalog()
    match(company, judge)
    assert by_name(company)["bank GHSA-35jh"] == "gone"
    company.catalog.put(component("bank", "blue"))
    company.read_catalog()
    match(company, judge)
    assert by_name(company)["bank GHSA-35jh"] == "open"
    assert "bank GHSA-35jh" not in by_name(company, visibility=red)


def test_a_board_without_bills_has_no_such_source(stage: Stage, judge: Known) -> None:
    """Nothing is told, and nothing is made."""
    stage.read_catalog()
    done = match(stage, judge)
    assert done is not None
    assert (done.run, stage.run_states()) == (None, [])
    assert match(stage, judge, always=False) is None


def told_in(stage: Stage, *files: str) -> None:
    """Hand in a bill for the cart that says in which files lodash was found."""
    now = stage.clock.advance(3_600)
    document = json.loads(bill("lodash@4.17.20", at=now))
    for part in document["components"]:
        part["properties"] = [{"name": "callboard:manifest", "value": each} for each in files]
    read = reading(json.dumps(document).encode(), now)
    manifests.deliver(stage.store, AT_THE_LAPTOP, CART, "sbom", read, clock=stage.clock)


def places(stage: Stage) -> tuple[str, ...]:
    """Where the finding, the answer to who uses it, and the list of packages say that the cart's lodash stands."""
    page = stage.page("component:default/cart|npm|lodash|GHSA-35jh")
    found = manifests.who_uses(stage.store, LAPTOP, read_wanted("lodash"), Period(), limit=10)
    (use,) = [row for row in found.rows if row.component == CART]
    (package,) = manifests.used(stage.store, LAPTOP, CART, start=0, limit=10).rows
    assert str(page.detail.location) in str(page.detail.description)
    return str(page.detail.location), use.place, *package.manifests


def test_a_bill_is_told_by_the_file_that_it_names(company: Stage, judge: Known) -> None:
    """A line of a bill leads nowhere. Its file does, the first where it names several, as long as the newest bill tells it."""
    told_in(company, "/web/package-lock.json:12", "package-lock.json:7")
    match(company, judge)
    assert places(company) == ("web/package-lock.json:12, by the bill sbom",) * 3
    told_in(company)
    match(company, judge)
    assert places(company) == ("the bill sbom, handed in",) * 3
