"""Ownership as time passes: what ends, what flickers, who is told, and what any past day was like."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import CatalogProblem, EntityRef
from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.coverage import Cut
from callboard.domain.ownership.drift import SignalKind
from callboard.domain.ownership.verdict import Verdict
from callboard.domain.reconcile import Safety
from callboard.errors import ConflictError, NotAllowedError, NotFoundError
from callboard.store.ownership import repositories as repository_store
from callboard.store.ownership import signals
from callboard.usecases.ownership import plan_mapping, report_ownership, speak_for, watch_ownership
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SHOP, BANK = EntityRef("component:default/shop"), EntityRef("component:default/bank")
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")
LOOSE = Safety(min_findings=10_000)


@pytest.fixture
def company(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Two teams with a component each; every resource carries a tag that is written in the record's note."""
    parse = stage.world.parse

    def tagged(part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        seen = parse(part_kind, raw)
        if isinstance(seen, Rejected) or not seen.detail.description:
            return seen
        tags = tuple(
            (key, value) for key, _, value in (each.partition("=") for each in seen.detail.description.split())
        )
        resource = msgspec.structs.replace(seen.resource, tags=tags, account_id="acc")
        return msgspec.structs.replace(seen, resource=resource)

    monkeypatch.setattr(stage.world, "parse", tagged)
    stage.catalog.put(group("red", members=["ann"]), group("blue", members=["bob"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(4, projects=("p1",))
    stage.world.fill(3, start=10, note="service=bank")
    stage.world.fill(2, start=20)
    stage.sync()
    stage.read_catalog()
    return stage


def apply(stage: Stage, **parts: Any) -> None:
    """Put a set in force."""
    stage.clock.advance(60)
    for entries in parts.values():
        for n, entry in enumerate(entries):
            entry.setdefault("reason", "so")
            if "match" in entry:
                entry.setdefault("name", f"r{n}")
    draft = mapping_text.read({"name": "main", **parts})
    done = plan_mapping.apply_mapping(stage.store, AT_THE_LAPTOP, draft, reason="x", clock=stage.clock, agreed=True)
    assert done.state == "applied"
    stage.check()


def watch(stage: Stage, days: float = 0) -> watch_ownership.Watched:
    """So many days later, look after it."""
    stage.clock.advance(60 + int(days * DAY / SECOND))
    try:
        return watch_ownership.watch(stage.store, clock=stage.clock)
    finally:
        stage.check()


def told(stage: Stage, viewer: Viewer = AT_THE_LAPTOP) -> list[tuple[str, str]]:
    """Open signals in sight, as (kind, about)."""
    return [(each.kind.value, each.about) for each in watch_ownership.listed(stage.store, viewer)]


def member(owner: EntityRef) -> Viewer:
    """Somebody in a team."""
    return Viewer("x", Readers(frozenset({owner}), Depth.WORK), (owner,))


def of(stage: Stage, component: str) -> int:
    """How many findings this component has."""
    return sum(component in row.components for row in stage.rows().values())


def sees(stage: Stage, owner: EntityRef, depth: Depth = Depth.WORK) -> int:
    """How many findings are in a team's sight."""
    return len(stage.rows(visibility=Readers(frozenset({owner}), depth)))


SERVICE: dict[str, Any] = {"vocabularies": [{"tag": "service"}]}


def until(stage: Stage, days: int) -> str:
    """The calendar day so many days ahead."""
    return mapping_text.day_of(Instant(stage.clock.now() + days * DAY))


def test_a_rule_that_ends_gives_back_what_it_mapped(company: Stage) -> None:
    """Warned fourteen days before; after its day, and not before, the next candidate has it, and new ones as well."""
    apply(company, rules=[{"match": {"resource": "r0"}, "owners": [BANK], "until": until(company, 20)}])
    assert watch(company).ended == ()
    assert ("rule-ending", "main/r0") not in told(company)
    assert watch(company, days=8).ended == ()
    assert ("rule-ending", "main/r0") in told(company)
    assert of(company, BANK) == 1
    assert watch(company, days=14).ended == ("main/r0",)
    assert (of(company, BANK), of(company, SHOP)) == (0, 4)
    assert ("rule-ended", "main/r0") in told(company)
    assert ("rule-ending", "main/r0") not in told(company)
    before = dump(company.store)
    assert watch(company).moved_findings == 0
    assert differences(before, dump(company.store)) == ""


def test_trust_that_ends_closes_what_was_sensitive(company: Stage) -> None:
    """The tag still routes, and shows work."""
    trusted = {"reason": "only the pipeline", "until": until(company, 20)}
    apply(company, vocabularies=[{"tag": "service", "trusted": trusted}])
    assert sees(company, BLUE, Depth.SENSITIVE) == 3
    watch(company, days=22)
    assert (sees(company, BLUE, Depth.SENSITIVE), sees(company, BLUE)) == (0, 3)


def test_a_tag_that_changes_moves_its_resource_and_is_told(company: Stage) -> None:
    """Old and new value are kept; former and new owner are told what moved."""
    apply(company, **SERVICE)
    assert of(company, BANK) == 3
    company.world.change("f0010", note="service=shop")
    company.sync()
    assert (of(company, BANK), of(company, SHOP)) == (2, 5)
    assert ("resource-moved", f"{BANK} → {SHOP}") in told(company, member(RED))
    assert ("resource-moved", f"{BANK} → {SHOP}") in told(company, member(BLUE))
    with company.store.read() as conn:
        (signal,) = signals.listed(conn, AT_THE_LAPTOP.visibility, kind=SignalKind.EVIDENCE_CHANGED)
        (moved,) = signals.listed(conn, AT_THE_LAPTOP.visibility, kind=SignalKind.RESOURCE_MOVED)
        assert signals.counts(conn, AT_THE_LAPTOP.visibility)[SignalKind.RESOURCE_MOVED] == 1
    assert (signal.about, signal.old, signal.new) == ("resource r10", "service=bank", "service=shop")
    for number, n in ((moved.id, moved.n), (None, report(company).changed_in_period)):
        changed = watch_ownership.changed(company.store, AT_THE_LAPTOP, clock=company.clock, signal_id=number).found
        assert changed.resources == len(changed.lines) == n
    (line,) = (each for each in changed.lines if each.external_id == "r10")
    assert (line.before, line.after, line.open) == ((BANK,), (SHOP,), 1)
    with pytest.raises(NotFoundError):
        watch_ownership.changed(company.store, AT_THE_LAPTOP, clock=company.clock, signal_id=signal.id)
    company.world.change("f0010", note="other=x")
    company.sync()
    assert of(company, SHOP) == 4


def test_a_tag_against_an_owner_who_still_has_a_claim_has_to_win_twice(company: Stage) -> None:
    """One sync is a flicker; two in a row are a change; taken away in between, nothing moves."""
    apply(company, **SERVICE, defaults=[{"account": "acc", "owner": "shop"}])
    company.world.add("f0030", resource="r30", note="x=y")
    company.sync()
    assert company.row("f0030").components == (SHOP,)
    company.world.change("f0030", note="service=bank")
    company.sync()
    watch(company)
    assert company.row("f0030").components == (SHOP,)
    assert speak_for.explain(company.store, AT_THE_LAPTOP, "r30").waits
    company.world.change("f0030", note="x=y")
    company.sync()
    watch(company)
    assert not speak_for.explain(company.store, AT_THE_LAPTOP, "r30").waits
    company.world.change("f0030", note="service=bank")
    company.sync()
    company.sync()
    watch(company)
    assert company.row("f0030").components == (BANK,)


def test_a_held_reading_counts_what_agreeing_moves(company: Stage) -> None:
    """What tags would have to win twice goes at once when a person agrees, so it is in the number that they are shown."""
    apply(company, **SERVICE, defaults=[{"account": "acc", "owner": "shop"}])
    company.world.fill(30, start=300, projects=("p3",))
    company.world.fill(30, start=400, note="service=third")
    company.sync()
    assert of(company, SHOP) == 34
    company.catalog.put(component("third", "blue", projects=["p3"]))
    held = company.read_catalog()
    assert (held.state, held.reason) == ("held", "It would change whose 60 of 69 resources are (87%).")
    assert of(company, SHOP) == 34
    agreed = company.read_catalog(accept=True)
    assert (agreed.state, agreed.moved_findings) == ("applied", 60)
    assert of(company, SHOP) == 4
    assert not speak_for.explain(company.store, AT_THE_LAPTOP, "r400").waits


def test_a_reading_that_nobody_has_to_agree_to_lets_tags_win_twice(company: Stage) -> None:
    """A component whose name a few tags have been waiting for."""
    apply(company, **SERVICE, defaults=[{"account": "acc", "owner": "shop"}])
    company.world.fill(3, start=400, note="service=third")
    company.sync()
    company.catalog.put(component("third", "blue"))
    assert company.read_catalog().state == "applied"
    assert of(company, SHOP) == 7
    company.sync()
    watch(company)
    assert of(company, SHOP) == 4


def test_very_many_that_have_won_twice_wait_for_a_person(company: Stage) -> None:
    """Tags that a hundred resources got at once move nothing by themselves; a person who has seen them lets them go."""
    apply(company, **SERVICE, defaults=[{"account": "acc", "owner": "shop"}])
    company.world.fill(100, start=100, note="x=y")
    company.sync()
    assert of(company, SHOP) == 104
    for number in range(100, 200):
        company.world.change(f"f0{number}", note="service=bank")
    for _ in range(3):
        company.sync()
        watch(company)
    assert of(company, SHOP) == 104
    (signal,) = watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.HELD_BACK)
    shown = watch_ownership.changed(company.store, AT_THE_LAPTOP, clock=company.clock, signal_id=signal.id).found
    assert (signal.n, shown.resources) == (100, 100)
    assert {(each.before, each.after) for each in shown.lines} == {((SHOP,), (BANK,))}
    with pytest.raises(NotAllowedError):
        watch_ownership.let_go(company.store, member(BLUE), signal.id, clock=company.clock)
    company.clock.advance(60)
    assert watch_ownership.let_go(company.store, AT_THE_LAPTOP, signal.id, clock=company.clock) == 100
    company.check()
    assert of(company, SHOP) == 4
    assert watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.HELD_BACK) == ()
    with pytest.raises(NotFoundError):
        watch_ownership.let_go(company.store, AT_THE_LAPTOP, signal.id, clock=company.clock)


def test_only_what_was_seen_is_let_go(company: Stage) -> None:
    """More that wait than the person saw are looked at again; what is taken back in between is held back no more."""
    apply(company, **SERVICE, defaults=[{"account": "acc", "owner": "shop"}])
    company.world.fill(60, start=100, note="x=y")
    company.sync()
    for number in range(100, 130):
        company.world.change(f"f0{number}", note="service=bank")
    company.sync()
    company.sync()
    watch(company)
    (signal,) = watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.HELD_BACK)
    for number in range(130, 160):
        company.world.change(f"f0{number}", note="service=bank")
    company.sync()
    company.sync()
    with pytest.raises(ConflictError):
        watch_ownership.let_go(company.store, AT_THE_LAPTOP, signal.id, clock=company.clock)
    assert of(company, SHOP) == 64
    for number in range(100, 160):
        company.world.change(f"f0{number}", note="x=y")
    company.sync()
    watch(company)
    assert watch_ownership.listed(company.store, AT_THE_LAPTOP, kind=SignalKind.HELD_BACK) == ()


def test_a_component_that_one_reading_misses_shows_nothing_and_keeps_its_findings(company: Stage) -> None:
    """Nobody sees anything by it at once; the second reading gives its findings to the next; back in between, it is as before."""
    before = dump(company.store)
    company.catalog.drop("shop")
    assert company.read_catalog(safety=LOOSE).missing == 1
    assert (of(company, SHOP), sees(company, RED)) == (4, 0)
    assert ("entity-missing", SHOP) in told(company, member(RED))
    company.catalog.put(component("shop", "red", projects=["p1"]))
    company.read_catalog(safety=LOOSE)
    assert sees(company, RED) == 4
    assert differences(before, dump(company.store)) == ""
    assert ("entity-missing", SHOP) not in told(company)
    company.catalog.drop("shop")
    company.read_catalog(safety=LOOSE)
    assert company.read_catalog(safety=LOOSE).gone == 1
    assert of(company, SHOP) == 0
    assert ("entity-gone", SHOP) in told(company)


def test_a_reading_with_problems_makes_nothing_missing(company: Stage) -> None:
    """Half a catalog changes no map and no sight; it is said that it was half."""
    before = dump(company.store)
    company.catalog.drop("shop", "bank")
    company.catalog.problems = (CatalogProblem(where="x", reason="unreadable"),)
    company.read_catalog()
    watch(company)
    assert differences(before, dump(company.store)) == ""
    assert (sees(company, RED), sees(company, BLUE)) == (4, 0)
    assert ("catalog-partial", "catalog catalog") in told(company)
    company.catalog.problems = ()
    company.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    company.read_catalog()
    watch(company)
    assert ("catalog-partial", "catalog catalog") not in told(company)


def test_a_new_owner_is_told_to_both(company: Stage) -> None:
    """The old one sees it no more, at once."""
    company.catalog.put(component("shop", "blue", projects=["p1"]))
    company.read_catalog()
    assert (sees(company, RED), sees(company, BLUE)) == (0, 4)
    for owner in (RED, BLUE):
        assert ("owner-changed", SHOP) in told(company, member(owner))
    assert told(company, member(EntityRef("group:default/others"))) == []


def test_a_group_without_members_is_told_after_two_readings(company: Stage) -> None:
    """Once is nothing; and it closes when somebody is there again."""
    company.catalog.put(group("red"))
    company.read_catalog()
    watch(company)
    assert ("group-empty", RED) not in told(company)
    company.read_catalog()
    watch(company)
    assert ("group-empty", RED) in told(company)
    company.catalog.put(group("red", members=["ann"]))
    company.read_catalog()
    watch(company)
    assert ("group-empty", RED) not in told(company)


def test_claims_on_nothing_and_on_the_same_are_told_while_they_last(company: Stage) -> None:
    """A dangling annotation to its owner, a contested project to both owners."""
    company.catalog.put(component("bank", "blue", projects=["p1", "p2"]))
    company.read_catalog(accept=True)
    watch(company)
    assert ("claim-contested", f"{BANK} | {SHOP}") in told(company, member(RED))
    assert ("claim-dangling", f"{BANK} wiz.io/project-id: p2") in told(company, member(BLUE))
    assert ("claim-dangling", f"{BANK} wiz.io/project-id: p2") not in told(company, member(RED))
    assert (sees(company, RED), sees(company, BLUE)) == (0, 0)
    company.catalog.put(component("bank", "blue"))
    company.read_catalog(accept=True)
    watch(company)
    assert not [kind for kind, _ in told(company) if kind.startswith("claim")]
    assert sees(company, RED) == 4


def test_a_repository_of_another_name_is_told_to_who_claims_the_old_one(company: Stage) -> None:
    """With the new slug, until the annotation says it."""
    slug = (("github.com/project-slug", "acme/shop"),)
    company.catalog.put(msgspec.structs.replace(component("shop", "red"), annotations=slug))
    company.read_catalog(accept=True)
    with company.store.write() as conn:
        repository_store.write_names(
            conn, "github", [("github.com", "acme/shop", "acme/shop-front")], now=company.clock.now()
        )
    watch(company)
    about = f"{SHOP} github.com/project-slug: github.com/acme/shop"
    (signal,) = (each for each in watch_ownership.listed(company.store, member(RED)) if each.kind == "repository-moved")
    assert (signal.about, signal.new) == (about, "acme/shop-front")
    company.catalog.put(component("shop", "red"))
    company.read_catalog(accept=True)
    watch(company)
    assert ("repository-moved", about) not in told(company)


def test_a_stale_rule_and_a_greedy_one_are_told(company: Stage) -> None:
    """No match in ninety days; more than a twentieth of everything, or suddenly three times as much."""
    company.world.fill(600, start=100)
    company.sync()
    rules = [
        {"match": {"resource": "nothing*"}, "owners": [SHOP]},
        {"match": {"resource": "r1*"}, "owners": [SHOP]},
    ]
    apply(company, rules=rules)
    watch(company)
    assert [each for each in told(company) if each[0].startswith("rule")] == [("rule-greedy", "main/r1")]
    watch(company, days=91)
    assert ("rule-stale", "main/r0") in told(company)
    apply(company, rules=rules[:0])
    watch(company)
    assert not [each for each in told(company) if each[0].startswith("rule")]


def test_a_location_that_is_trusted_opens_what_is_sensitive(company: Stage) -> None:
    """From the next look on, and no longer than it is trusted."""
    place = "url:https://github.com/acme/catalog/blob/main/shop.yaml"
    company.catalog.put(msgspec.structs.replace(component("shop", "red", projects=["p1"]), location=place))
    company.read_catalog()
    assert sees(company, RED, Depth.SENSITIVE) == 0
    company.store.trusted_locations = ("url:https://github.com/acme/catalog/*",)
    watch(company)
    assert sees(company, RED, Depth.SENSITIVE) == 4
    company.store.trusted_locations = ()
    watch(company)
    assert (sees(company, RED, Depth.SENSITIVE), sees(company, RED)) == (0, 4)


def report(stage: Stage, **options: Any) -> report_ownership.Report:
    """How much has an owner."""
    return report_ownership.report(stage.store, AT_THE_LAPTOP, clock=stage.clock, **options)


def test_a_report_counts_everything_once(company: Stage) -> None:
    """Mapped by tier, conflict and unmapped add up; the sentence on top says it."""
    apply(company, **SERVICE)
    found = report(company)
    findings = found.whole.findings
    assert (findings.all, findings.mapped, findings.by_tier, findings.unmapped) == (9, 7, (0, 4, 0, 3, 0, 0), 2)
    assert sum(findings.by_tier) + findings.conflict + findings.unmapped == findings.all
    assert found.sentence.startswith("78 % of open findings")
    assert found.sentence.endswith("have an owner; 2 unmapped, oldest 1 d.")
    assert (found.components, found.components_with_identifier) == (2, 2)
    assert [(each.annotation, each.value) for each in found.dangling] == [("wiz.io/project-id", "p2")]
    for cut in Cut:
        rows = report(company, by=cut).rows
        assert sum(each.findings.all for each in rows) == 9
        assert all(
            sum(each.findings.by_tier) + each.findings.conflict + each.findings.unmapped == each.findings.all
            for each in rows
        )


def test_how_long_new_resources_wait_for_an_owner(company: Stage) -> None:
    """From first seen to first mapped; what waits still counts as far as it has, and what is older is left out."""
    assert report(company).waits is None
    company.clock.advance(3 * DAY // SECOND)
    apply(company, **SERVICE)
    company.clock.advance(DAY // SECOND)
    four = report(company).waits
    assert four is not None
    assert (four.resources, round(four.within_a_day, 3), four.within_a_week, four.median) == (9, 0.444, None, 3)
    company.clock.advance(4 * DAY // SECOND)
    eight = report(company).waits
    assert eight is not None
    assert (eight.within_a_day, round(eight.within_a_week or 0, 3), eight.median) == (four.within_a_day, 0.778, 3)
    assert eight.words == (
        "Of the resources that were first seen in the last 90 days, 44 % had an owner within a day and 78 % within a week; "
        "half of them after 3 d."
    )
    company.world.fill(1, start=90)
    company.sync()
    assert report(company).waits != eight
    company.clock.advance(90 * DAY // SECOND)
    assert report(company).waits is None


def test_the_action_that_would_map_most_maps_what_it_says(company: Stage) -> None:
    """Written into the catalog file, it gives the component just so many findings."""
    company.world.fill(5, start=50, projects=("shop",))
    company.sync()
    best = report(company).best[0]
    assert (best.component, best.value, best.findings) == (SHOP, "shop", 5)
    assert best.why == "the project's name is shop"
    assert "+    wiz.io/project-id: p1,shop\n" in best.patch
    before = of(company, SHOP)
    company.catalog.put(component("shop", "red", projects=["p1", "shop"]))
    company.read_catalog()
    assert of(company, SHOP) == before + best.findings


def test_any_past_day_is_told_as_it_was(company: Stage) -> None:
    """Whatever changed since: owners, rules, severities, findings that came, closed and were opened again."""
    apply(company, **SERVICE)
    company.world.resolve("f0000")
    company.sync()
    company.clock.advance(60)
    on = company.clock.now()
    wanted = [report(company, on=on, by=cut) for cut in (None, Cut.TYPE)]
    company.clock.advance(2 * DAY // SECOND)
    company.world.resolve("f0001")
    company.world.reopen("f0000")
    company.world.fill(3, start=60, projects=("p1",))
    company.world.change("f0011", note="service=shop")
    company.world.change("f0012", severity="low")
    company.sync(safety=LOOSE)
    company.catalog.put(component("shop", "red", projects=["p2"]))
    company.read_catalog(accept=True)
    apply(company, rules=[{"match": {"resource": "r12"}, "owners": [SHOP]}])
    now = report(company)
    assert now.whole.findings != wanted[0].whole.findings
    for before, cut in zip(wanted, (None, Cut.TYPE), strict=True):
        after = report(company, on=on, by=cut)
        unknown = {"suggested": None, "disputed": None, "dropped": None}
        assert after.whole.oldest_unmapped_at == before.whole.oldest_unmapped_at
        for name in ("findings", "resources", "critical_high"):
            assert getattr(after.whole, name) == msgspec.structs.replace(getattr(before.whole, name), **unknown)
        assert [(each.label, each.findings.by_tier) for each in after.rows] == [
            (each.label, each.findings.by_tier) for each in before.rows
        ]
        assert after.is_past


def test_history_says_by_which_evidence(company: Stage) -> None:
    """The same component by other evidence is another spell."""
    apply(company, **SERVICE)
    apply(company, rules=[{"match": {"resource": "r10"}, "owners": [BANK]}])
    history = speak_for.explain(company.store, AT_THE_LAPTOP, "r10").history
    assert [(each.components, each.tier, each.verdict) for each in history] == [
        ((BANK,), 1, Verdict.MAPPED),
        ((BANK,), 4, Verdict.MAPPED),
        ((), None, Verdict.UNMAPPED),
        ((), None, Verdict.UNMAPPED),
    ]
