"""Rule sets: planned before they are applied, applied in one transaction, and undone by the next revision."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import RuleSet
from callboard.domain.ownership.picking import pick
from callboard.errors import ConflictError, MappingRefusedError, NotAllowedError
from callboard.store.people import audit
from callboard.usecases.ownership import plan_mapping
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SHOP, BANK = EntityRef("component:default/shop"), EntityRef("component:default/bank")
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each; six findings of the shop, four of the bank, ten of nobody."""
    stage.catalog.put(group("red", members=["ann"]), group("blue", members=["bob"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(6, projects=("p1",))
    stage.world.fill(4, start=10, projects=("p2",))
    stage.world.fill(10, start=20)
    stage.sync()
    stage.read_catalog()
    return stage


def rules(*entries: dict[str, Any], name: str = "main", origin: str | None = None) -> RuleSet:
    """A set of rules as a person writes it."""
    filled = [{"name": f"rule {n}", "reason": "They said so."} | each for n, each in enumerate(entries)]
    return mapping_text.read({"name": name, "rules": filled}, origin=origin)


def plan(stage: Stage, draft: RuleSet) -> plan_mapping.Plan:
    """What applying the draft would do."""
    return plan_mapping.plan_mapping(stage.store, AT_THE_LAPTOP, draft, clock=stage.clock)


def apply(stage: Stage, draft: RuleSet, **options: Any) -> plan_mapping.Applied:
    """Apply the draft."""
    stage.clock.advance(60)
    try:
        return plan_mapping.apply_mapping(
            stage.store, AT_THE_LAPTOP, draft, reason="test", clock=stage.clock, **options
        )
    finally:
        stage.check()


def of(stage: Stage, component: str) -> int:
    """How many findings this component has."""
    return sum(component in row.components for row in stage.rows().values())


TEAM = Viewer("ann", Readers(frozenset({RED}), Depth.WORK), (), "user:default/ann", frozenset({Right.MAP}))
TO_BANK = {"match": {"resource": ["r20", "r21", "r1"]}, "owners": [BANK]}


def test_a_plan_says_what_would_move_and_writes_nothing(company: Stage) -> None:
    """Two of nobody and one of the shop would go to the bank; its team would see three more, and see them whole."""
    before = dump(company.store)
    found = plan(company, rules(TO_BANK))
    assert found.problems == ()
    assert (found.moved_resources, found.moved_findings, found.resources) == (3, 3, 20)
    assert [(each.before, each.after, each.resources, each.findings) for each in found.shifts] == [
        ((), (BANK,), 2, 2),
        ((SHOP,), (BANK,), 1, 1),
    ]
    assert found.shifts[0].examples[0].evidence == "mapping rule: main/rule 0"
    access = {each.owner: (each.gained, each.lost, each.gained_sensitive) for each in found.access}
    assert access == {BLUE: (3, 0, 3), RED: (0, 1, 0)}
    assert [(each.rule, each.resources, each.decides) for each in found.reach] == [("main/rule 0", 3, 3)]
    assert differences(before, dump(company.store)) == ""


def test_what_is_applied_is_what_was_planned(company: Stage) -> None:
    """The same numbers, one revision, one line in the log of who did what; again changes nothing."""
    planned = plan(company, rules(TO_BANK))
    done = apply(company, rules(TO_BANK))
    assert (done.state, done.revision, done.plan) == ("applied", 1, planned)
    assert of(company, BANK) == 4 + 3
    with company.store.read() as conn:
        (entry,) = [entry for entry, _ in audit.chain(conn)]
    assert (entry.action, entry.subject) == ("ownership.apply", "rules:main")
    before = dump(company.store)
    assert apply(company, rules(TO_BANK)).state == "unchanged"
    assert differences(before, dump(company.store)) == ""


def test_taking_a_set_back_gives_everything_back(company: Stage) -> None:
    """The board is what it was before the rules, apart from its history."""
    before = {name: rows for name, rows in dump(company.store).items() if name not in ("spell", "flow_cell")}
    apply(company, rules(TO_BANK))
    done = apply(company, rules(), remove=True)
    assert (done.state, done.revision) == ("applied", 2)
    after = {name: rows for name, rows in dump(company.store).items() if name not in ("spell", "flow_cell")}
    assert after == before


def test_findings_that_come_after_a_rule_follow_it(company: Stage) -> None:
    """A new resource, and a running reader that remembers the old rules."""
    apply(company, rules({"match": {"type": "virtual_machine", "resource": "r9*"}, "owners": [BANK]}))
    company.world.fill(2, start=90)
    company.sync()
    assert of(company, BANK) == 4 + 2


def test_a_surprising_change_is_held_until_a_person_agrees(company: Stage) -> None:
    """Everything to the bank: said in a sentence, and nothing is written."""
    draft = rules({"match": {"source": "world"}, "owners": [BANK]})
    company.world.fill(20, start=40)
    company.sync()
    held = apply(company, draft)
    assert held.state == "held"
    assert held.plan.asks == (
        "It would change whose 36 of 40 resources are (90%).",
        "The rule main/rule 0 matches 40 of 40 resources (100%).",
    )
    assert of(company, BANK) == 4
    assert apply(company, draft, agreed=True).state == "applied"
    assert of(company, BANK) == 40


def test_a_set_that_is_wrong_is_refused_with_everything_that_is_wrong(company: Stage) -> None:
    """An unknown component, an expired rule, two rules in conflict: nothing is written."""
    before = dump(company.store)
    draft = rules(
        {"match": {"resource": "r1"}, "owners": ["component:default/nowhere"]},
        {"match": {"resource": "r2"}, "owners": [SHOP], "until": "2020-01-31"},
        {"match": {"resource": "r3"}, "owners": [SHOP]},
        {"match": {"resource": "r3"}, "owners": [BANK]},
    )
    with pytest.raises(MappingRefusedError) as refused:
        apply(company, draft, agreed=True)
    for words in (
        "rule 0: component:default/nowhere is not in the catalog.",
        "rule 1: It ended on 2020-01-31.",
        "rule 3: main/rule 2 matches exactly the same and names component:default/shop.",
    ):
        assert words in refused.value.message
    assert differences(before, dump(company.store)) == ""


def test_rules_that_overlap_make_a_conflict_that_nobody_reads(company: Stage) -> None:
    """Two rules of equal weight that both match: held, and if a person wants it all the same, no team sees it."""
    draft = rules(
        {"match": {"resource": ["r1", "r2"]}, "owners": [SHOP]}, {"match": {"resource": ["r2", "r3"]}, "owners": [BANK]}
    )
    held = apply(company, draft)
    assert held.state == "held"
    assert "1 resources would be in conflict" in held.plan.asks[-1]
    apply(company, draft, agreed=True)
    for owner in (RED, BLUE):
        seen = company.rows(visibility=Readers(frozenset({owner}), Depth.WORK))
        assert "f0002" not in seen
    assert "f0001" in company.rows(visibility=Readers(frozenset({RED}), Depth.SENSITIVE))


def test_every_number_of_a_plan_can_be_listed(company: Stage) -> None:
    """What would move, from where to where, whose sight changes, what the rule matches; and what is only seen otherwise."""
    draft = rules(TO_BANK, {"match": {"resource": "r2"}, "owners": [SHOP]})
    found = plan(company, draft)

    def listed(of: str) -> tuple[int, int]:
        seen = plan_mapping.list_picked(company.store, AT_THE_LAPTOP, draft, pick(of), clock=company.clock)
        assert len(seen.lines) == seen.resources
        assert sum(each.open for each in seen.lines) == seen.findings
        return seen.resources, seen.findings

    assert listed("moved") == (found.moved_resources, found.moved_findings) == (3, 3)
    assert listed("depth")[0] == found.seen_otherwise == 1
    for shift in found.shifts:
        assert listed(f"shift:{shift.key}") == (shift.resources, shift.findings)
    for sight in found.access:
        assert listed(f"gained:{sight.owner}")[1] == sight.gained
        assert listed(f"lost:{sight.owner}")[1] == sight.lost
        assert listed(f"gained-sensitive:{sight.owner}")[1] == sight.gained_sensitive
        assert listed(f"lost-sensitive:{sight.owner}")[1] == sight.lost_sensitive
    for reach in found.reach:
        assert listed(f"matched:{reach.rule}")[0] == reach.resources
        assert listed(f"decided:{reach.rule}")[0] == reach.decides
    assert listed("shift:component:default/nowhere>>mapped") == listed("gained:group:default/nobody") == (0, 0)
    with pytest.raises(NotAllowedError):
        plan_mapping.list_picked(company.store, TEAM, draft, pick("moved"), clock=company.clock)


def test_a_rule_may_share_a_resource_between_teams(company: Stage) -> None:
    """Each team sees it, whole; it counts once in the whole, and once among what the rule matches."""
    total = len(company.rows())
    draft = rules({"match": {"resource": "r20"}, "owners": [SHOP, BANK]})
    assert [(each.resources, each.decides) for each in plan(company, draft).reach] == [(1, 1)]
    apply(company, draft)
    for owner in (RED, BLUE):
        assert "f0020" in company.rows(visibility=Readers(frozenset({owner}), Depth.SENSITIVE))
    assert len(company.rows()) == total


def test_a_newer_revision_is_never_written_over(company: Stage) -> None:
    """Who planned from revision 0 is told that there is a revision 1."""
    apply(company, rules(TO_BANK))
    with pytest.raises(ConflictError):
        apply(company, rules(), expected=0)


def test_a_set_kept_in_a_file_is_changed_there(company: Stage) -> None:
    """Any other door is answered with a patch; the file itself is applied."""
    apply(company, rules(TO_BANK, origin="mapping/main.yaml"))
    other = {"match": {"resource": "r22"}, "owners": [BANK]}
    asked = apply(company, rules(TO_BANK, other))
    assert asked.state == "patch"
    assert asked.plan.patch is not None
    assert "+++ b/mapping/main.yaml" in asked.plan.patch
    assert "+    resource: r22\n" in asked.plan.patch
    assert of(company, BANK) == 7
    assert apply(company, rules(TO_BANK, other, origin="mapping/main.yaml")).state == "applied"
    assert of(company, BANK) == 8


def test_only_who_may_map_and_sees_everything_may_plan(company: Stage) -> None:
    """A right to map without sight of everything would tell of what may not be seen."""
    narrow = Viewer("x", Readers(frozenset({RED}), Depth.WORK), (RED,), rights=frozenset(Right))
    lacking = Viewer("y", AT_THE_LAPTOP.visibility, (RED,), rights=frozenset({Right.DECIDE}))
    for viewer in (narrow, lacking):
        with pytest.raises(NotAllowedError):
            plan_mapping.plan_mapping(company.store, viewer, rules(TO_BANK), clock=company.clock)
        with pytest.raises(NotAllowedError):
            plan_mapping.apply_mapping(company.store, viewer, rules(TO_BANK), reason="x", clock=company.clock)
