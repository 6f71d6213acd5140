"""Alignment and standards work on what the board holds, and tell a team of its own alone."""

from __future__ import annotations

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.ownership.alignment import Kind
from callboard.domain.ownership.standards import Standards
from callboard.ports import ProjectRecord
from callboard.usecases.ownership.align import align
from callboard.usecases.ownership.check_standards import check_standards
from tests.support.catalogs import component, group
from tests.support.stages import Stage

TEAM = Viewer("ana", Readers(frozenset({EntityRef("group:default/pay")}), Depth.WORK), None)
ASKED = Standards(project_owner=True, component_system=True, resource_tags=("team",))


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """A component with its project, one without; a project and a service that nobody names."""
    stage.catalog.put(
        component("api", "pay", projects=["p1"]),
        component("other", "books"),
        group("pay", members=["ana"]),
        group("books"),
    )
    stage.read_catalog()
    stage.world.projects = {
        "p1": ProjectRecord(external_id="p1", name="Payments", business_unit="Bank", services=("Zoo",)),
        "p2": ProjectRecord(external_id="p2", name="Nobody's"),
        "p3": ProjectRecord(external_id="p3", name="Old", archived=True),
    }
    stage.world.add("f1", resource="r1", projects=("p1",))
    stage.world.add("f2", resource="r2", projects=("p2",))
    stage.sync()
    return stage


def test_both_sides_are_compared(shop: Stage) -> None:
    """Archived projects are left out."""
    found = align(shop.store, AT_THE_LAPTOP)
    assert {(each.kind, each.component, each.project) for each in found.differences} == {
        (Kind.NO_PROJECT, "component:default/other", None),
        (Kind.PROJECT_UNCLAIMED, None, "p2"),
        (Kind.SERVICE_UNKNOWN, None, "p1"),
        (Kind.UNIT, "component:default/api", "p1"),
    }


def test_a_team_is_told_of_its_own(shop: Stage) -> None:
    """Neither of other components nor of what nobody claims."""
    found = align(shop.store, TEAM)
    assert {each.component for each in found.differences} == {"component:default/api"}
    report = check_standards(shop.store, TEAM, ASKED)
    assert {each.key for each in report.breaches} == {"p1", "component:default/api", "r1"}


def test_standards_go_by_team(shop: Stage) -> None:
    """Each thing once in the whole; what has no known team stands apart."""
    report = check_standards(shop.store, AT_THE_LAPTOP, ASKED)
    assert (report.asked, report.kept) == (6, 0)
    teams = {(each.team, each.check.value): each.asked for each in report.scores}
    assert teams == {
        ("group:default/pay", "project-owner"): 1,
        ("group:default/pay", "component-system"): 1,
        ("group:default/pay", "resource-tag"): 1,
        ("group:default/books", "component-system"): 1,
        (None, "project-owner"): 1,
        (None, "resource-tag"): 1,
    }
    assert check_standards(shop.store, AT_THE_LAPTOP, Standards()).asked == 0
