"""The catalog files: readable, with ids that the look-alike knows, and with exactly the defects they announce."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from callboard.demo.company import DEFECTS, write_catalog
from callboard.demo.company.mapping import rule_set
from callboard.demo.company.world import World, make_world
from callboard.domain.component import Entity as CatalogEntity
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.mapping import WARNED_DAYS, problems

Entity = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
    """A small company."""
    return make_world(seed=2, findings=300, now=1_780_000_000)


@pytest.fixture(scope="module")
def entities(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Entity]:
    """Everything that the root location leads to."""
    root = write_catalog(tmp_path_factory.mktemp("catalog"), world)
    location = yaml.safe_load(root.read_text())
    assert location["kind"] == "Location"
    files = [root.parent / target for target in location["spec"]["targets"]]
    return [entity for file in files for entity in yaml.safe_load_all(file.read_text())]


def _refs(entities: list[Entity]) -> dict[str, Entity]:
    return {f"{e['kind'].lower()}:default/{e['metadata']['name']}": e for e in entities}


def test_all_kinds_are_there_once(entities: list[Entity]) -> None:
    """Each reference names one entity."""
    assert {e["kind"] for e in entities} == {"Domain", "System", "Component", "API", "Resource", "Group", "User"}
    assert len(_refs(entities)) == len(entities)


def test_names_are_names_that_backstage_takes(entities: list[Entity]) -> None:
    """At most 63 characters of the allowed kind."""
    for entity in entities:
        name = entity["metadata"]["name"]
        assert 0 < len(name) <= 63
        assert all(part.isalnum() for part in name.replace(".", "-").replace("_", "-").split("-"))


def test_the_rule_set_can_be_applied(world: World, entities: list[Entity]) -> None:
    """It names what the catalog has, says why, and one entry ends soon enough that people are told."""
    now = Instant(world.now * 1_000_000)
    found = rule_set(now)
    known = {
        EntityRef(ref): CatalogEntity(ref=EntityRef(ref), kind=entity["kind"].lower(), name=entity["metadata"]["name"])
        for ref, entity in _refs(entities).items()
    }
    assert problems(found, (), known, now=now) == ()
    assert all(entry.reason for entry in found.entries)
    ending = [entry.until for entry in found.entries if entry.until is not None]
    assert len(ending) == 1
    assert now < ending[0] < now + WARNED_DAYS * DAY


def test_references_lead_somewhere(entities: list[Entity]) -> None:
    """Owners, systems, parents and dependencies exist, but for the announced defect."""
    refs = _refs(entities)
    broken = set()
    for ref, entity in refs.items():
        spec = entity["spec"]
        wanted = [spec["owner"]] if "owner" in spec else []
        wanted += spec.get("dependsOn", [])
        wanted += [f"api:default/{api}" for api in spec.get("providesApis", [])]
        wanted += [f"system:default/{spec['system']}"] if "system" in spec else []
        wanted += [f"group:default/{spec['parent']}"] if "parent" in spec else []
        wanted += [f"user:default/{user}" for user in spec.get("members", [])]
        broken |= {ref for target in wanted if target not in refs}
    assert broken - {ref for ref in broken if ref.startswith(("resource:", "api:"))} == {"component:default/returns"}


def test_the_announced_defects_are_there(entities: list[Entity], world: World) -> None:
    """Each of them, and described."""
    refs = _refs(entities)
    assert set(DEFECTS) <= set(refs)
    assert refs["component:default/returns"]["spec"]["owner"] not in refs
    assert "annotations" not in refs["component:default/release-notes"]["metadata"]
    assert refs["group:default/night-watch"]["spec"]["members"] == []
    claims: dict[str, list[str]] = {}
    for ref, entity in refs.items():
        for project in entity["metadata"].get("annotations", {}).get("wiz.io/project-id", "").split(","):
            claims.setdefault(project, []).append(ref)
    claims.pop("", None)
    double = [sorted(owners) for owners in claims.values() if len(owners) > 1]
    assert double == [["component:default/cart", "component:default/search-api"]]


def test_annotations_are_ids_that_the_look_alike_knows(entities: list[Entity], world: World) -> None:
    """Projects, assets, external assets and branches."""
    organisation = world.organisation
    known = {
        "wiz.io/project-id": {p.id for p in organisation.projects},
        "wiz.io/asset-id": {r.id for r in organisation.resources},
        "wiz.io/external-asset-id": {r.provider_id for r in organisation.resources},
        "wiz.io/repository-external-id": {r.external_id for r in organisation.resources if r.branch},
        "github.com/project-slug": {r.slug for r in organisation.repositories},
    }
    used = set()
    for entity in entities:
        for name, value in entity["metadata"].get("annotations", {}).items():
            if name in known:
                used.add(name)
                assert set(value.split(",")) <= known[name], (entity["metadata"]["name"], name)
    assert used == set(known)
    annotated = {name for e in entities for name in e["metadata"].get("annotations", {})}
    assert {"backstage.io/source-location", "backstage.io/kubernetes-id"} <= annotated


def test_writing_twice_writes_the_same(world: World, tmp_path: Path) -> None:
    """Byte for byte."""
    first = write_catalog(tmp_path / "a", world)
    second = write_catalog(tmp_path / "b", world)
    for file in sorted(first.parent.rglob("*.yaml")):
        assert file.read_bytes() == (second.parent / file.relative_to(first.parent)).read_bytes()
