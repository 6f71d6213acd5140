"""A10: tag spoof, annotation steal, own User and Group entities (`docs/explanation/ownership.md`, "Why stealing does not work")."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Observed, Rejected
from callboard.domain.ownership import mapping_text
from callboard.usecases.ownership import plan_mapping, watch_ownership
from tests.support.catalogs import component, group
from tests.support.stages import Stage

MINE, THEIRS = EntityRef("group:default/thieves"), EntityRef("group:default/victims")


@pytest.fixture
def company(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A victim who owns four findings by a project; a tag vocabulary; a thief with an empty component."""
    parse = stage.world.parse

    def tagged(part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        seen = parse(part_kind, raw)
        if isinstance(seen, Rejected) or not seen.detail.description:
            return seen
        tags = (("service", seen.detail.description),)
        return msgspec.structs.replace(seen, resource=msgspec.structs.replace(seen.resource, tags=tags))

    monkeypatch.setattr(stage.world, "parse", tagged)
    stage.catalog.put(group("victims", members=["ann"]), group("thieves", members=["eve"]))
    stage.catalog.put(component("bank", "victims", projects=["p1"]), component("my-app", "thieves"))
    stage.world.fill(4, projects=("p1",))
    stage.world.add("bare", resource="bare")
    stage.sync()
    stage.read_catalog()
    draft = mapping_text.read({"name": "tags", "vocabularies": [{"tag": "service", "reason": "x"}]})
    plan_mapping.apply_mapping(stage.store, AT_THE_LAPTOP, draft, reason="x", clock=stage.clock)
    return stage


def sees(stage: Stage, owner: EntityRef, depth: Depth = Depth.WORK) -> set[str]:
    """The findings in a group's sight."""
    return set(stage.rows(visibility=Readers(frozenset({owner}), depth)))


def told(stage: Stage) -> set[str]:
    """Kinds of the signals that security is shown."""
    watch_ownership.watch(stage.store, clock=stage.clock)
    return {each.kind.value for each in watch_ownership.listed(stage.store, AT_THE_LAPTOP)}


@pytest.mark.attack("A10")
def test_a_tag_on_somebody_elses_resource_shows_nothing(company: Stage) -> None:
    """An annotation is stronger than a tag: the victim keeps it, the thief sees nothing, however often it is synced."""
    company.world.change("f0000", note="my-app")
    for _ in range(3):
        company.sync()
        told(company)
    assert sees(company, MINE) == set()
    assert "f0000" in sees(company, THEIRS)


@pytest.mark.attack("A10")
def test_a_tag_on_nobodys_resource_shows_work_and_nothing_sensitive(company: Stage) -> None:
    """On that one resource alone; who trusts the key says so, and security is told of the tag."""
    company.world.change("bare", note="my-app")
    company.sync()
    assert sees(company, MINE) == {"bare"}
    assert sees(company, MINE, Depth.SENSITIVE) == set()
    assert "evidence-changed" in told(company)


@pytest.mark.attack("A10")
def test_an_annotation_with_somebody_elses_project_gains_nothing(company: Stage) -> None:
    """It makes a conflict: the newcomer sees nothing, and security and both owners are told."""
    company.catalog.put(component("my-app", "thieves", projects=["p1"]))
    company.read_catalog(accept=True)
    assert sees(company, MINE) == set()
    assert "claim-contested" in told(company)
    assert company.row("f0000").verdict == "conflict"


@pytest.mark.attack("A10")
def test_a_claim_that_many_would_move_is_held(company: Stage) -> None:
    """Grabbing everything at once waits for a person, and nothing moves."""
    company.world.fill(40, start=100, projects=("p1",))
    company.sync()
    company.catalog.put(component("my-app", "thieves", projects=["p1"]))
    assert company.read_catalog().state == "held"
    assert sees(company, MINE) == set()
    assert len(sees(company, THEIRS)) == 44


@pytest.mark.attack("A10")
def test_a_component_with_the_owner_changed_tells_both(company: Stage) -> None:
    """Whoever can edit the catalog file can take it over; it is never silent."""
    company.catalog.put(component("bank", "thieves", projects=["p1"]))
    company.read_catalog()
    kinds = {each.kind.value for each in watch_ownership.listed(company.store, AT_THE_LAPTOP)}
    assert "owner-changed" in kinds


@pytest.mark.attack("A10")
def test_an_own_group_above_the_victims_reads_nothing_by_itself(company: Stage) -> None:
    """A group can say who is above it, never who is below: a new group reads only what claims to be its child."""
    company.catalog.put(group("kings", members=["eve"]))
    company.catalog.put(
        Entity(ref=EntityRef("user:default/eve"), kind="user", name="eve"),
        group("thieves", parent="victims", members=["eve"]),
    )
    company.read_catalog()
    assert sees(company, EntityRef("group:default/kings")) == set()
    assert sees(company, MINE) == set()
    assert len(sees(company, THEIRS)) == 4


@pytest.mark.attack("A10")
def test_a_component_of_the_same_name_in_another_namespace_makes_a_conflict(company: Stage) -> None:
    """A tag that two entities could mean shows nothing to either."""
    company.world.change("bare", note="my-app")
    twin = msgspec.structs.replace(component("my-app", "victims"), ref=EntityRef("component:other/my-app"))
    company.catalog.put(twin)
    company.read_catalog()
    company.sync()
    assert "bare" not in sees(company, MINE) | sees(company, THEIRS)
