"""Where the catalog and Wiz differ, each difference with what to change on either side."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership import descriptor
from callboard.domain.ownership.alignment import Alignment, Difference, Kind, WizProject, align
from tests.support.catalogs import component, group


def entity(kind: str, name: str, *, within: str | None = None) -> Entity:
    """A system, a domain or a user."""
    above = {"system": "domain"}.get(kind, "domain")
    return Entity(
        ref=EntityRef(f"{kind}:default/{name}"), kind=kind, name=name,
        system=EntityRef(f"{above}:default/{within}") if within else None,
    )  # fmt: skip


def project(id_: str, name: str, **fields: Any) -> WizProject:
    """A project of that name."""
    return WizProject(external_id=id_, name=name, **fields)


CATALOG = [
    component("payments-api", "payments", projects=["p1"], system="pay"),
    component("ledger", "ledger"),
    component("basket", "payments", projects=["gone", "p1"]),
    entity("system", "pay", within="commerce"),
    entity("domain", "commerce"),
    group("payments", parent="retail", members=["ana"]),
    group("ledger", members=["ben", "cem"]),
    group("retail"),
    *(entity("user", name) for name in ("ana", "ben", "cem")),
]
PROJECTS = [
    project("f1", "Commerce", is_folder=True),
    project("p1", "Payments", parent_id="f1", business_unit="Retail", owners=("Ana@acme.example",)),
]


def compare(*projects: WizProject, entities: list[Entity] | None = None, **more: Any) -> Alignment:
    """The catalog, against these projects."""
    return align({each.ref: each for each in entities or CATALOG}, [*PROJECTS, *projects], **more)


def only(found: Alignment, kind: Kind) -> list[Difference]:
    """Differences of one kind."""
    return [each for each in found.differences if each.kind is kind]


def test_where_both_agree_nothing_is_said() -> None:
    """The owner is of the team, the folder is the domain, the unit is a group above."""
    found = compare()
    assert {each.kind for each in found.differences} == {Kind.NO_PROJECT, Kind.NO_SUCH_PROJECT}
    assert (found.checked[Kind.OWNERS].asked, found.checked[Kind.OWNERS].differ) == (2, 0)
    assert found.checked[Kind.UNIT].differ == 0
    assert (found.checked[Kind.FOLDER].differ, found.checked[Kind.FOLDER].unknown) == (0, 1)


def test_a_component_without_a_project() -> None:
    """The one project that is called alike is offered as lines for the catalog's file."""
    (bare,) = only(compare(), Kind.NO_PROJECT)
    assert (bare.component, bare.project, bare.catalog) == ("component:default/ledger", None, None)
    assert bare.wiz is not None
    (found,) = only(compare(project("p2", "prod-Ledger")), Kind.NO_PROJECT)
    assert found.project == "p2"
    assert found.catalog == 'metadata:\n  annotations:\n    wiz.io/project-id: "p2"\n'
    (several,) = only(compare(project("p2", "Ledger"), project("p3", "ledger-eu")), Kind.NO_PROJECT)
    assert several.project is None


@pytest.mark.parametrize(
    "linked",
    [
        {"services": ("Ledger",)},
        {"repositories": ("github.com##acme/books",)},
        {"repositories": ("github.com##Acme/Books",)},
    ],
)
def test_a_service_or_a_linked_repository_speaks_for_a_component(linked: dict[str, Any]) -> None:
    """Then it is not without."""
    books = msgspec.structs.replace(CATALOG[1], annotations=(("github.com/project-slug", "acme/books"),))
    found = compare(project("p2", "Zoo", **linked), entities=[books, *CATALOG[2:]])
    assert only(found, Kind.NO_PROJECT) == []


def test_an_annotation_that_leads_nowhere() -> None:
    """What is left of a list stays in it."""
    (found,) = only(compare(), Kind.NO_SUCH_PROJECT)
    assert (found.component, found.project) == ("component:default/basket", "gone")
    assert found.catalog == 'metadata:\n  annotations:\n    wiz.io/project-id: "p1"\n'


def test_projects_and_services_that_nobody_claims() -> None:
    """Folders are claimed by nobody anyway; a new component's owner is left to a person."""
    found = compare(project("p2", "Ledger"), project("p3", "Zoo", services=("Zoo Keeper", "payments-api")))
    unclaimed = {each.project: each for each in only(found, Kind.PROJECT_UNCLAIMED)}
    assert set(unclaimed) == {"p2", "p3"}
    assert unclaimed["p2"].component == "component:default/ledger"
    (service,) = only(found, Kind.SERVICE_UNKNOWN)
    assert service.catalog is not None
    made = yaml.safe_load(service.catalog)
    assert made["metadata"] == {"name": "zoo-keeper", "annotations": {"wiz.io/project-id": "p3"}}
    assert made["spec"]["owner"] is None


def test_owners_that_differ() -> None:
    """Told when the catalog knows the people; else it cannot be told, which is no difference."""
    other = project("p2", "Other", owners=("ben@acme.example", "cem@acme.example"))
    shop = component("shop", "payments", projects=["p2"])
    (found,) = only(compare(other, entities=[*CATALOG, shop]), Kind.OWNERS)
    assert found.catalog == 'spec:\n  owner: "group:default/ledger"\n'
    strangers = msgspec.structs.replace(other, owners=("who@acme.example",))
    unknown = compare(strangers, entities=[*CATALOG, shop])
    assert only(unknown, Kind.OWNERS) == []
    assert unknown.checked[Kind.OWNERS].unknown == 1


def test_folder_and_unit() -> None:
    """Any folder above will do; so will any group above. Where neither does, Wiz's side is told what to set."""
    far = [
        project("f2", "Bank", is_folder=True),
        project("f3", "Inner", is_folder=True, parent_id="f2"),
        project("p2", "Far", parent_id="f3", business_unit="Wholesale"),
    ]
    shop = component("shop", "payments", projects=["p2"], system="pay")
    found = compare(*far, entities=[*CATALOG, shop])
    (folder,) = only(found, Kind.FOLDER)
    assert "“Inner”" in folder.sentence
    (unit,) = only(found, Kind.UNIT)
    assert unit.mutation is not None
    assert msgspec.json.decode(unit.mutation) == {"input": {"id": "p2", "patch": {"businessUnit": "retail"}}}
    near = [far[0], msgspec.structs.replace(far[1], name="commerce"), msgspec.structs.replace(far[2], business_unit="")]
    again = compare(*near, entities=[*CATALOG, shop])
    assert only(again, Kind.FOLDER) == only(again, Kind.UNIT) == []
    assert again.checked[Kind.UNIT].unknown == 1


def test_circles_end() -> None:
    """Of folders and of groups."""
    looped = [project("f8", "A", is_folder=True, parent_id="f9"), project("f9", "B", is_folder=True, parent_id="f8"),
              project("p8", "C", parent_id="f8", business_unit="x")]  # fmt: skip
    groups = [group("one", parent="two"), group("two", parent="one")]
    shop = component("shop", "one", projects=["p8"], system="pay")
    found = compare(*looped, entities=[*CATALOG, *groups, shop])
    assert {each.kind for each in found.differences if each.project == "p8"} == {Kind.FOLDER, Kind.UNIT}


def test_who_sees_a_part_is_told_of_that_part() -> None:
    """Nothing about other components, nor about what no component claims: that would tell of others."""
    found = compare(project("p2", "Zoo", services=("Zoo",)), only={EntityRef("component:default/basket")})
    assert {each.component for each in found.differences} == {"component:default/basket"}
    assert Kind.PROJECT_UNCLAIMED not in found.checked
    assert Kind.SERVICE_UNKNOWN not in found.checked


@given(
    st.permutations(CATALOG),
    st.permutations([*PROJECTS, project("p2", "Ledger"), project("p3", "Zoo", services=("z",))]),
)
def test_order_decides_nothing(catalog: list[Entity], projects: list[WizProject]) -> None:
    """The same differences in the same order."""
    assert align({each.ref: each for each in catalog}, projects) == compare(
        project("p2", "Ledger"), project("p3", "Zoo", services=("z",))
    )


@given(st.text(), st.text(min_size=1).filter(lambda text: "," not in text and text.strip()))
def test_the_lines_read_back_as_they_were_meant(before: str, value: str) -> None:
    """Whatever an annotation holds, YAML reads the offered lines as that list with one value more."""
    each = msgspec.structs.replace(CATALOG[1], annotations=(("wiz.io/project-id", before),))
    lines = descriptor.with_value(each, "wiz.io/project-id", value)
    listed = yaml.safe_load(lines)["metadata"]["annotations"]["wiz.io/project-id"].split(",")
    assert listed == list(
        dict.fromkeys([*(kept for part in before.split(",") if (kept := part.strip())), value.strip()])
    )
