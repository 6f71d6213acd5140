"""Signs about packages that are stored, as findings on the one road, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from callboard.advisories.index import Index
from callboard.advisories.judging import IndexJudge
from callboard.advisories.reading import Document
from callboard.advisories.updating import own_index, updating
from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import Instant
from callboard.domain.packages.hashes import as_listed
from callboard.domain.packages.lock import Entry, Lock, Origin
from callboard.domain.packages.manifest_series import Arrival
from callboard.domain.packages.package import Package
from callboard.domain.packages.signals import WellKnown
from callboard.store import evidence, schema
from callboard.usecases.package_source import Matching, match_packages
from callboard.usecases.packages import manifests
from tests.support.advisories import osv
from tests.support.catalogs import component, group
from tests.support.stages import Stage

CART, BANK, SHOP = (EntityRef(f"component:default/{name}") for name in ("cart", "bank", "shop"))
ONE, TWO = "a" * 128, "b" * 128
KNOWN = {"npm": WellKnown(["lodash", "express", "esbuild"])}


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Three components."""
    stage.catalog.put(group("red"), component("cart", "red"), component("bank", "red"), component("shop", "red"))
    stage.read_catalog()
    return stage


@pytest.fixture
def judge() -> IndexJudge:
    """What came with Callboard, and a few well-known names."""
    return IndexJudge(own_index(Instant(0)), "own", KNOWN)


def entry(name: str, version: str = "1.0.0", *, script: bool | None = None, digest: str = "", **more: Origin) -> Entry:
    """One package of a lock."""
    integrity = (f"sha512:{digest}",) if digest else ()
    package = Package(ecosystem="npm", name=name, version=version)
    return Entry(package=package, line=3, direct=True, install_script=script, integrity=integrity, **more)


def deliver(stage: Stage, ref: EntityRef, *entries: Entry) -> None:
    """Hand in what a component consists of."""
    now = stage.clock.advance(3_600)
    lock = Lock(path="sbom", format="test", version="", entries=entries, edges=())
    arrival = Arrival(lock=lock, at=now, digest=str(now))
    manifests.deliver(stage.store, AT_THE_LAPTOP, ref, "sbom", lambda: arrival, clock=stage.clock)


def match(stage: Stage, judge: IndexJudge) -> Matching:
    """Match, a minute later."""
    stage.clock.advance(60)
    found = asyncio.run(match_packages(stage.store, judge, clock=stage.clock))
    stage.check()
    assert found is not None
    return found


def told(stage: Stage, text: str = "is:open") -> set[tuple[str, str, str]]:
    """Component, package and sign of the findings that are there."""
    return {tuple(id_.split("/", 1)[1].split("|")[each] for each in (0, 2, 3)) for id_ in stage.rows(text)}  # type: ignore[misc]


def test_a_name_that_was_added_and_looks_like_another(company: Stage, judge: IndexJudge) -> None:
    """Only what was added: what was there from the first day has been lived with. It closes when the package goes."""
    deliver(company, CART, entry("expresss"), entry("lodash"))
    deliver(company, CART, entry("expresss"), entry("lodash"), entry("loadsh"))
    match(company, judge)
    assert told(company) == {("cart", "loadsh", "SIGN-LOOK-ALIKE")}
    (row,) = company.rows().values()
    assert (row.kind, row.severity) == (Kind.SUSPICIOUS_PACKAGE, Severity.LOW)
    assert row.fix == "Find out whether loadsh is what it should be"
    page = company.page("component:default/cart|npm|loadsh|SIGN-LOOK-ALIKE")
    assert page.row.title == "Look-alike name: loadsh 1.0.0"
    assert page.rule.external_id == "SIGN-LOOK-ALIKE"
    assert "2 times in 371 names" in str(page.rule.description)
    assert "taken for lodash" in str(page.detail.description)
    assert "no proof" in str(page.detail.remediation)
    assert company.rows("rule:SIGN-LOOK-ALIKE").keys() == company.rows().keys()
    deliver(company, CART, entry("expresss"), entry("lodash"), entry("loadsh", "1.0.1"))
    match(company, judge)
    assert told(company) == {("cart", "loadsh", "SIGN-LOOK-ALIKE")}
    deliver(company, CART, entry("expresss"), entry("lodash"))
    match(company, judge)
    assert (told(company), told(company, "is:fixed")) == (set(), {("cart", "loadsh", "SIGN-LOOK-ALIKE")})


def test_without_a_list_nobody_looks_for_imitations(company: Stage) -> None:
    """And says so, with what else nobody looked for."""
    deliver(company, CART, entry("lodash"))
    deliver(company, CART, entry("lodash"), entry("loadsh"))
    done = match(company, IndexJudge(own_index(Instant(0)), "own"))
    assert told(company) == set()
    assert [each.partition(":")[0] for each in done.blind] == [
        "Hashes of harmful files", "Look-alike names of npm and PyPI",
        "How new a release is, and whether an internal name is free at a public registry",
    ]  # fmt: skip


def test_scripts_that_came_later(company: Stage, judge: IndexJudge) -> None:
    """A version that runs code where an earlier one did not, and a new package that does."""
    deliver(company, CART, entry("old", script=True), entry("quiet", script=False), entry("dim"))
    deliver(company, BANK, entry("quiet", "1.0.1", script=True))
    match(company, judge)
    assert told(company) == set()
    later = (entry("old", "1.0.1", script=True), entry("quiet", "1.0.1", script=True), entry("dim", "1.0.1"))
    deliver(company, CART, *later, entry("fresh", script=True), entry("plain", script=False))
    match(company, judge)
    assert told(company) == {
        ("cart", "quiet", "SIGN-NEW-INSTALL-SCRIPT"),
        ("cart", "fresh", "SIGN-NEW-WITH-INSTALL-SCRIPT"),
    }
    page = company.page("component:default/cart|npm|quiet|SIGN-NEW-INSTALL-SCRIPT")
    assert (page.row.severity, page.row.kind) == (Severity.MEDIUM, Kind.SUSPICIOUS_PACKAGE)


def test_one_version_with_two_files(company: Stage, judge: IndexJudge) -> None:
    """The odd one out is told, and nothing of the others; where nobody can tell which it is, both are."""
    deliver(company, CART, entry("a", digest=ONE), entry("b", digest=ONE))
    deliver(company, BANK, entry("a", digest=ONE), entry("b", digest=TWO))
    match(company, judge)
    assert told(company) == {("cart", "b", "SIGN-INTEGRITY-CONFLICT"), ("bank", "b", "SIGN-INTEGRITY-CONFLICT")}
    deliver(company, SHOP, entry("a", digest=TWO), entry("b", digest=TWO), entry("c", digest=ONE))
    match(company, judge)
    assert told(company) == {("shop", "a", "SIGN-INTEGRITY-CONFLICT"), ("cart", "b", "SIGN-INTEGRITY-CONFLICT")}
    page = company.page("component:default/shop|npm|a|SIGN-INTEGRITY-CONFLICT")
    assert page.row.severity is Severity.HIGH
    assert "bank" not in f"{page.detail} {page.rule}"
    deliver(company, SHOP, entry("a", digest=ONE), entry("c", digest=ONE))
    deliver(company, CART, entry("a", digest=ONE), entry("b", digest=TWO))
    deliver(company, BANK, entry("c", digest=TWO, origin=Origin.URL))
    match(company, judge)
    assert told(company) == set()


def test_a_file_on_a_list_of_harmful_ones(company: Stage, tmp_path: Path) -> None:
    """Whatever it is called, and only where it is that file: malware like any other."""
    listed = {"package_integrity": [{"hashes": {"sha512_sri": as_listed(f"sha512:{ONE}")}}]}
    worm = {
        "package": {"ecosystem": "npm", "name": "worm"}, "versions": ["6.6.6"],
        "database_specific": {"indicators": listed},
    }  # fmt: skip
    with updating(tmp_path / "a.idx", Instant(0)) as news:
        news.take([Document("line", osv("MAL-2026-1", affected=[worm]))], "test")
        news.finish(tmp_path / "a.idx")
    judge = IndexJudge(Index.open(tmp_path / "a.idx"), "listed", KNOWN)
    deliver(company, CART, entry("renamed", digest=ONE))
    deliver(company, BANK, entry("renamed", digest=TWO))
    deliver(company, SHOP, entry("worm", "6.6.6"))
    done = match(company, judge)
    assert not any("Hashes" in each for each in done.blind)
    assert {each for each in told(company) if each[2].startswith("MAL")} == {
        ("cart", "renamed", "MAL-2026-1"), ("shop", "worm", "MAL-2026-1"),
    }  # fmt: skip
    page = company.page("component:default/cart|npm|renamed|MAL-2026-1")
    assert (page.row.kind, page.row.severity) == (Kind.MALICIOUS_PACKAGE, Severity.CRITICAL)
    assert "on the list of harmful files" in str(page.detail.description)
    used = ask_used(company, BANK)
    assert used["renamed"] == ("SIGN-INTEGRITY-CONFLICT",)


def ask_used(stage: Stage, ref: EntityRef) -> dict[str, tuple[str, ...]]:
    """What the page of a component's packages says of each."""
    rows = manifests.used(stage.store, AT_THE_LAPTOP.visibility, ref, start=0, limit=50).rows
    return {each.package.name: each.advisories for each in rows}


def test_what_was_taken_in_before_is_looked_at_once(company: Stage, judge: IndexJudge) -> None:
    """From what is kept of it: nothing has to arrive again."""
    deliver(company, CART, entry("a", digest=ONE, script=True))
    deliver(company, BANK, entry("a", digest=TWO))
    with company.store.write() as conn:
        conn.execute(update(schema.package_use).values(file_id=None))
        conn.execute(update(schema.package).values(runs_code=None))
        conn.execute(schema.package_file.delete())
        evidence.remember(conn, "package-files-wanted", "1")
    match(company, judge)
    assert told(company) == {("cart", "a", "SIGN-INTEGRITY-CONFLICT"), ("bank", "a", "SIGN-INTEGRITY-CONFLICT")}
