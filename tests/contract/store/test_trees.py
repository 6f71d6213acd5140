"""Every number in a tree equals the rows behind its link, and what is shared counts once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.alias import WIZ_ASSET
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Observed, Project, Resource
from callboard.domain.tree import Node
from callboard.ports import ProjectRecord
from callboard.usecases.roll_up import View, roll_up
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import observed


def entity(kind: str, name: str, *, within: str | None = None, **fields: Any) -> Entity:
    """A system or a domain."""
    return Entity(
        ref=EntityRef(f"{kind}:default/{name}"), kind=kind, name=name,
        system=EntityRef(f"domain:default/{within}") if within else None, **fields,
    )  # fmt: skip


def told(stage: Stage, id_: str, resource: str, severity: str, projects: tuple[str, ...], **fields: Any) -> Observed:
    """A finding on a resource with an account or a region."""
    record = stage.world.add(id_, resource=resource, severity=severity)
    return msgspec.structs.replace(
        observed(record),
        resource=Resource(
            external_id=resource, name=resource, type="BUCKET", aliases=((WIZ_ASSET, resource),), **fields
        ),
        projects=tuple(Project(external_id=each, name=each) for each in projects),
    )


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Nested domains, a system in none, a component in none, a system that owns by itself, and shared findings."""
    stage.catalog.put(
        entity("domain", "commerce"),
        entity("domain", "checkout", within="commerce"),
        entity("domain", "ring", within="ring"),
        entity("system", "pay", within="checkout"),
        entity("system", "cart", within="commerce"),
        entity("system", "tools"),
        entity("system", "round", within="ring"),
        entity("system", "core", within="checkout", owner=EntityRef("group:default/one"),
               annotations=(("wiz.io/asset-id", "r7"),)),
        component("api", "one", assets=["r1", "r2"], system="pay"),
        component("worker", "one", assets=["r2"], system="pay"),
        component("basket", "one", assets=["r2", "r3"], system="cart"),
        component("bot", "two", assets=["r4"], system="tools"),
        component("loner", "two", assets=["r5"]),
        component("lost", "two", assets=["r6"], system="nowhere"),
        component("idle", "two", system="round"),
        group("one", members=["ana"]),
        group("two", members=["ben"]),
    )  # fmt: skip
    stage.read_catalog()
    stage.world.projects = {
        "f": ProjectRecord(external_id="f", name="Folder", is_folder=True, business_unit="Retail"),
        "p1": ProjectRecord(external_id="p1", name="One", parent_id="f", nesting_level=1),
        "p2": ProjectRecord(external_id="p2", name="Two", business_unit="Bank", parent_id="f", nesting_level=1),
        "p3": ProjectRecord(external_id="p3", name="Three", business_unit=" "),
    }
    stage.sync()
    stage.import_records(
        told(stage, "f1", "r1", "critical", ("f", "p1"), account_id="111", account_name="Shop", region="eu-west-1"),
        told(stage, "f2", "r2", "high", ("f", "p1", "p2"), account_id="111", account_name="Shop", region="eu-west-1"),
        told(stage, "f3", "r2", "low", ("f", "p1", "p2"), account_id="111", account_name="Shop"),
        told(stage, "f4", "r3", "medium", ("p2",), account_id="222", account_name="Shop", region="us-east-1"),
        told(stage, "f5", "r4", "info", ("p3",), account_name="Shop"),
        told(stage, "f6", "r5", "unknown", (), account_id="333"),
        told(stage, "f7", "r6", "high", ()),
        told(stage, "f8", "r7", "high", ("p1",), region="EU-West-1"),
        told(stage, "f9", "r8", "critical", ("p1",), region="eu-west-1"),
        told(stage, "f10", "r1", "critical", ("f", "p1"), account_id="111", account_name="Shop", region="eu-west-1"),
        whole=True,
    )
    stage.world.records["f10"] = msgspec.structs.replace(stage.world.records["f10"], state="fixed")
    stage.import_records(
        msgspec.structs.replace(
            told(
                stage, "f10", "r1", "critical", ("f", "p1"), account_id="111", account_name="Shop", region="eu-west-1"
            ),
            state=observed(msgspec.structs.replace(stage.world.records["f10"], state="fixed")).state,
            updated_at=stage.clock.now(),
        ),
        whole=True,
    )
    return stage


def nodes(node: Node) -> Iterator[Node]:
    """A tree, node by node."""
    yield node
    for child in node.children:
        yield from nodes(child)


def by_key(root: Node) -> dict[str, Node]:
    """Nodes that are known by something."""
    return {each.key: each for each in nodes(root) if each.key}


TEAM = Viewer("ana", Readers(frozenset({EntityRef("group:default/one")}), Depth.WORK), None)


@pytest.mark.parametrize("viewer", [AT_THE_LAPTOP, TEAM], ids=["laptop", "team"])
@pytest.mark.parametrize("view", list(View))
def test_every_number_is_its_rows(company: Stage, view: View, viewer: Viewer) -> None:
    """For every node, by severity, for who sees all and for who sees a part."""
    root = roll_up(company.store, viewer, view)
    assert root.open.total == len(company.rows("is:open", viewer.visibility))
    checked = 0
    for node in nodes(root):
        if node.query is None:
            continue
        rows = company.rows(node.query, viewer.visibility)
        by_severity: dict[str, int] = {}
        for row in rows.values():
            by_severity[row.severity.word] = by_severity.get(row.severity.word, 0) + 1
        told = {name: n for name, n in msgspec.structs.asdict(node.open).items() if n}
        assert told == by_severity, node.query
        checked += 1
    assert checked >= 3


@pytest.mark.parametrize("view", list(View))
def test_what_is_shared_counts_once(company: Stage, view: View) -> None:
    """Children add up to their parent and what they share."""
    for node in nodes(roll_up(company.store, AT_THE_LAPTOP, view)):
        if node.children:
            assert sum(child.open.total for child in node.children) == node.open.total + node.shared


def test_the_vertical_tree(company: Stage) -> None:
    """Domains in domains; what has no place above stands at the top; a circle contains nobody."""
    root = roll_up(company.store, AT_THE_LAPTOP, View.DOMAIN)
    found = by_key(root)
    assert found["component:default/api"].open.total == 3
    assert found["component:default/worker"].open.total == 2
    assert (found["system:default/pay"].open.total, found["system:default/pay"].shared) == (3, 2)
    assert found["domain:default/commerce"].open.total == 5
    assert found["domain:default/checkout"].open.total == 4
    assert set(company.rows("is:open domain:checkout")) == {"f1", "f2", "f3", "f8"}
    assert set(company.rows("is:open domain:commerce")) == {"f2", "f3", "f4"}
    assert set(company.rows("is:open system:core")) == {"f8"}
    assert all(node.query for node in nodes(root) if node.kind == "domain")
    assert [child.key for child in found["domain:default/commerce"].children] == [
        "domain:default/checkout", "system:default/cart",
    ]  # fmt: skip
    top = {child.key for child in root.children}
    assert {"component:default/loner", "system:default/tools", "system:default/nowhere", "domain:default/ring"} <= top
    assert "domain:default/checkout" not in top
    assert [child.title for child in root.children if child.kind == "none"] == ["No component"]


def test_units_are_told_by_folders(company: Stage) -> None:
    """A project without a unit is in that of the folder around it; a unit of blanks is none."""
    root = roll_up(company.store, AT_THE_LAPTOP, View.UNIT)
    units = {child.title: child for child in root.children}
    assert {title: node.open.total for title, node in units.items()} == {"Retail": 5, "Bank": 3, "No business unit": 3}
    assert {child.key for child in units["Retail"].children} == {"f", "p1"}
    assert root.shared == 2


def test_accounts_of_one_name(company: Stage) -> None:
    """Two accounts are called alike: each is listed by its id, and the name only for what has no id."""
    root = roll_up(company.store, AT_THE_LAPTOP, View.ACCOUNT)
    assert {(child.key, child.title): child.open.total for child in root.children} == {
        ("111", "Shop"): 3, ("222", "Shop"): 1, ("shop", "Shop"): 5, ("333", "333"): 1, ("", "No account"): 3,
    }  # fmt: skip
    assert root.open.total == 9


def test_a_team_sees_its_own_part(company: Stage) -> None:
    """Neither the components nor the findings of others."""
    found = by_key(roll_up(company.store, TEAM, View.DOMAIN))
    assert "component:default/loner" not in found
    assert "component:default/api" in found
    assert all(child.kind != "none" for child in roll_up(company.store, TEAM, View.DOMAIN).children)
