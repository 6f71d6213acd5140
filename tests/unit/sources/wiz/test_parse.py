"""One record at a time: quirks, drift, and bytes of any kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import BaseLayer, Observed, Rejected, Service, Severity, State, System
from callboard.domain.instant import from_text
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.judging import own
from callboard.domain.ownership.verdict import Subject
from callboard.ports import ProjectRecord
from callboard.sources.wiz.parse import parse, parse_project

NOW = from_text("2026-08-20T12:00:00Z")

ISSUE: dict[str, Any] = {
    "updatedAt": "2026-08-02T00:00:00.123456Z",
    "id": "i1",
    "type": "TOXIC_COMBINATION",
    "severity": "HIGH",
    "status": "OPEN",
    "createdAt": "2026-08-01T00:00:00Z",
    "statusChangedAt": "2026-08-01T00:00:00Z",
    "resolvedAt": None,
    "dueAt": "2027-08-01T00:00:00Z",
    "url": "https://app.wiz.io/issues#~(issue~'i1)",
    "resolutionReason": None,
    "description": "",
    "assignee": {"name": "Ada", "primaryEmail": "ada@example.com"},
    "entitySnapshot": {
        "id": "e1",
        "type": "BUCKET",
        "name": "bucket",
        "externalId": "arn:aws:s3:::bucket",
        "providerId": "arn:aws:s3:::bucket",
        "region": "",
        "kubernetesNamespaceName": "payments",
        "kubernetesClusterName": "prod",
        "tags": {"team": "a", "empty": None},
    },
    "sourceRules": [{"__typename": "Control", "id": "wc-1", "name": "Public bucket", "risks": ["EXTERNAL_EXPOSURE"]}],
    "projects": [{"id": "p1", "name": "P", "isFolder": True, "riskProfile": {"businessImpact": "HBI"}}],
    "serviceTickets": [{"externalId": "T-1", "name": "T-1", "url": "https://tickets.example/T-1"}],
    "notes": [{"text": "look", "createdAt": "2026-08-02T00:00:00Z", "user": None, "serviceAccount": {"name": "bot"}}],
}
VULNERABILITY: dict[str, Any] = {
    "lastDetectedAt": "2026-08-19T00:00:00Z",
    "id": "v1",
    "name": "CVE-2026-1",
    "severity": "CRITICAL",
    "CVSSSeverity": "LOW",
    "vendorSeverity": "LOW",
    "status": "OPEN",
    "firstDetectedAt": "2026-08-01T00:00:00Z",
    "updatedAt": "2026-08-01T00:00:00Z",
    "detailedName": "openssl",
    "version": "1.0",
    "fixedVersion": "1.1",
    "score": 9.8,
    "epssProbability": 0.5,
    "hasExploit": None,
    "projects": None,
    "vulnerableAsset": {"id": "a1", "type": "VIRTUAL_MACHINE", "name": "vm", "providerUniqueId": "", "tags": None},
}
MISCONFIGURATION: dict[str, Any] = {
    "analyzedAt": "2026-08-19T00:00:00Z",
    "id": "c1",
    "name": "Bucket is public",
    "severity": "NONE",
    "status": "RESOLVED",
    "result": "PASS",
    "deleted": False,
    "firstSeenAt": "2026-08-01T00:00:00Z",
    "updatedAt": "2026-08-10T00:00:00Z",
    "statusChangedAt": "2026-08-10T00:00:00Z",
    "evidence": {"currentValue": "true", "expectedValue": "false"},
    "rule": {"id": "r1", "name": "No public buckets", "remediationInstructions": "Close it"},
    "resource": {"id": "b1", "type": "BUCKET", "name": None, "tags": [{"key": "team", "value": "a"}], "projects": None},
}
RECORDS = {"issue": ISSUE, "vulnerability": VULNERABILITY, "misconfiguration": MISCONFIGURATION}


def observed(kind: str, **changes: object) -> Observed:
    """A good record with changes, read."""
    found = parse(kind, json.dumps({**RECORDS[kind], **changes}).encode(), now=NOW)
    assert isinstance(found, Observed), found
    return found


def rejected(kind: str, **changes: object) -> Rejected:
    """A record with changes that cost it."""
    found = parse(kind, json.dumps({**RECORDS[kind], **changes}).encode(), now=NOW)
    assert isinstance(found, Rejected), found
    return found


def drift(found: Observed) -> tuple[str, ...]:
    """What was odd."""
    return found.detail.drift if isinstance(found.detail.drift, tuple) else ()


def test_an_issue_is_read_whole() -> None:
    """Every field that Callboard keeps, with "" taken for nothing."""
    found = observed("issue")
    assert drift(found) == ()
    assert found.resource.region is None
    assert found.resource.tags == (("team", "a"), ("empty", ""))
    assert found.resource.aliases == (
        ("wiz.asset", "e1"),
        ("wiz.external", "arn:aws:s3:::bucket"),
        ("kubernetes.namespace", "payments"),
        ("kubernetes.cluster", "prod"),
    )
    assert found.rule.risks == ("EXTERNAL_EXPOSURE",)
    assert found.fix == "rule:wc-1"
    assert found.updated_at == from_text("2026-08-02T00:00:00.123456Z")
    assert found.detail.assignee == "ada@example.com"
    assert found.detail.description is None
    assert isinstance(found.detail.notes, tuple)
    assert (found.detail.notes[0].author, found.detail.notes[0].text) == ("bot", "look")
    assert isinstance(found.projects, tuple)
    assert (found.projects[0].is_folder, found.projects[0].business_impact) == (True, "HBI")


@pytest.mark.fault("F17")
@pytest.mark.parametrize("kind", RECORDS)
def test_a_date_in_the_future_is_noted(kind: str) -> None:
    """It is kept as the source tells it; what to make of it is decided elsewhere. A due date may well be later."""
    assert drift(observed(kind)) == ()
    field = {"issue": "createdAt", "vulnerability": "firstDetectedAt", "misconfiguration": "firstSeenAt"}[kind]
    assert drift(observed(kind, **{field: "2031-01-01T00:00:00Z"})) == (f"{field}: in the future",)


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        ("OPEN", None, State.OPEN),
        ("IN_PROGRESS", None, State.IN_PROGRESS),
        ("RESOLVED", "ISSUE_FIXED", State.FIXED),
        ("RESOLVED", "", State.FIXED),
        ("RESOLVED", "OBJECT_DELETED", State.GONE),
        ("REJECTED", "FALSE_POSITIVE", State.REJECTED),
        ("REJECTED", "OBJECT_DELETED", State.REJECTED),
        ("SLEEPING", None, State.UNKNOWN),
    ],
)
@pytest.mark.parametrize("kind", RECORDS)
def test_states(kind: str, status: str, reason: str | None, state: State) -> None:
    """Removed is not fixed, and a word that nobody knows is unknown, not open."""
    found = observed(kind, status=status, resolutionReason=reason)
    assert found.state is state
    assert found.detail.source_status == status
    assert (state is State.UNKNOWN) == ("status: unknown word 'SLEEPING'" in drift(found))


def test_a_deleted_configuration_finding_is_gone() -> None:
    """Whatever its status says."""
    assert observed("misconfiguration", status="OPEN", deleted=True).state is State.GONE


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", 6),
        ("HIGH", 5),
        ("MEDIUM", 4),
        ("LOW", 2),
        ("INFORMATIONAL", 1),
        ("NONE", 1),
        ("DIRE", 3),
        (None, 3),
    ],
)
def test_severities(word: str | None, severity: int) -> None:
    """Unknown is not low, and no severity is not informational."""
    found = observed("issue", severity=word)
    assert found.severity is Severity(severity)
    assert bool(drift(found)) == (severity == 3)


def test_the_severity_of_a_vulnerability_is_wizs_own_where_there_is_one() -> None:
    """Then the CVSS one, then the vendor's."""
    assert observed("vulnerability").severity is Severity.CRITICAL
    assert observed("vulnerability", severity=None, CVSSSeverity="HIGH").severity is Severity.HIGH
    assert observed("vulnerability", severity=None, CVSSSeverity=None, vendorSeverity="LOW").severity is Severity.LOW
    assert observed("vulnerability", severity=None, CVSSSeverity=None, vendorSeverity=None).severity is Severity.UNKNOWN


def test_an_issue_without_a_rule_is_filed_under_its_type() -> None:
    """It is not lost."""
    found = observed("issue", sourceRules=None)
    assert found.rule.external_id == "type:TOXIC_COMBINATION"
    assert found.title == "Toxic combination"
    assert drift(found) == ("sourceRules: missing",)


def test_the_present_rule_field_comes_before_the_older_ones() -> None:
    """All may be filled at once."""
    old = {"sourceRule": {"id": "old", "name": "Old"}, "control": {"id": "older", "name": "Older"}}
    assert observed("issue", **old).rule.external_id == "wc-1"
    assert observed("issue", **old, sourceRules=[]).rule.external_id == "old"
    assert observed("issue", **old, sourceRules=None).rule.external_id == "old"
    assert observed("issue", control=old["control"], sourceRules=None, sourceRule=None).rule.external_id == "older"


def test_null_empty_and_absent_are_three_things() -> None:
    """Null projects are no projects; absent ones are not told."""
    assert observed("issue", projects=None).projects == ()
    assert observed("issue", projects=[]).projects == ()
    less = {key: value for key, value in ISSUE.items() if key not in ("projects", "dueAt", "notes", "assignee")}
    found = parse("issue", json.dumps(less).encode())
    assert isinstance(found, Observed)
    assert not isinstance(found.projects, tuple)
    assert found.due_at is not None
    assert not isinstance(found.due_at, int)
    assert not isinstance(found.detail.notes, tuple)
    assert observed("issue", dueAt=None).due_at is None
    assert observed("issue", dueAt="").due_at is None
    assert observed("vulnerability").detail.has_exploit is None


@pytest.mark.fault("F15")
@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("issue", {"id": None}, "id"),
        ("issue", {"id": ""}, "id"),
        ("issue", {"id": 7}, "id"),
        ("issue", {"createdAt": None}, "createdAt"),
        ("issue", {"createdAt": "yesterday"}, "createdAt"),
        ("issue", {"createdAt": "0001-01-01T00:00:00Z"}, "createdAt"),
        ("issue", {"status": None}, "status"),
        ("issue", {"entitySnapshot": None}, "entitySnapshot.id"),
        ("issue", {"entitySnapshot": {"name": "x"}}, "entitySnapshot.id"),
        ("issue", {"entitySnapshot": []}, "entitySnapshot.id"),
        ("vulnerability", {"id": []}, "id"),
        ("vulnerability", {"firstDetectedAt": ""}, "firstDetectedAt"),
        ("vulnerability", {"status": {}}, "status"),
        ("vulnerability", {"vulnerableAsset": None}, "vulnerableAsset.id"),
        ("misconfiguration", {"id": None}, "id"),
        ("misconfiguration", {"firstSeenAt": 5}, "firstSeenAt"),
        ("misconfiguration", {"status": ""}, "status"),
        ("misconfiguration", {"rule": None}, "rule.id"),
        ("misconfiguration", {"resource": None}, "resource.id"),
    ],
)
def test_a_record_without_what_is_essential_is_rejected_with_the_place(
    kind: str, changes: dict[str, Any], where: str
) -> None:
    """And with its id, where it has one."""
    found = rejected(kind, **changes)
    assert found.where == where
    assert found.reason.startswith("expected ")
    assert found.external_id == (None if where == "id" else RECORDS[kind]["id"])


@pytest.mark.fault("F15")
@pytest.mark.parametrize(
    ("kind", "changes", "path"),
    [
        ("issue", {"url": 7}, "url: a number"),
        ("issue", {"assignee": "ada"}, None),
        ("issue", {"notes": "x"}, "notes: text"),
        ("issue", {"serviceTickets": {}}, "serviceTickets: an object"),
        ("issue", {"projects": "x"}, "projects: text"),
        ("issue", {"projects": [{"id": "p"}, {"name": "no id"}, 7]}, "projects.id: missing"),
        ("issue", {"dueAt": "soon"}, "dueAt: not a date"),
        ("issue", {"resolvedAt": "2026-08-01T00:00:00Z"}, "resolvedAt: set although open"),
        ("issue", {"applicationServices": "x"}, "applicationServices: text"),
        (
            "vulnerability",
            {"applicationServices": [7, {"displayName": 7}]},
            "applicationServices.displayName: a number",
        ),
        (
            "issue",
            {"applicationServices": [{"displayName": "a", "sources": "BACKSTAGE"}]},
            "applicationServices.sources: another shape than expected",
        ),
        ("vulnerability", {"score": "high"}, "score: text"),
        ("vulnerability", {"score": 11}, "score: not within 0 and 10"),
        ("vulnerability", {"hasExploit": "yes"}, "hasExploit: text"),
        ("vulnerability", {"name": None}, "name: missing"),
        ("misconfiguration", {"evidence": 7}, "evidence: a number"),
        (
            "misconfiguration",
            {"resource": {"id": "b", "type": "BUCKET", "name": "b", "tags": 7}},
            "resource.tags: another shape than expected",
        ),
    ],
)
def test_a_strange_unimportant_field_costs_that_field(kind: str, changes: dict[str, Any], path: str | None) -> None:
    """The record goes on, and the path is noted."""
    found = observed(kind, **changes)
    assert path is None or path in drift(found)


@pytest.mark.parametrize("kind", ["issue", "vulnerability"])
def test_application_services_are_told_beside_the_resource(kind: str) -> None:
    """By name, with whether the portal is where they come from; null is none, and absent is not told."""
    told = [
        {"displayName": "cart", "sources": ["WIZ", "BACKSTAGE"]}, None, {"displayName": "Legacy ERP", "sources": ["WIZ"]},
        {"displayName": "bare", "sources": None}, {"displayName": ""},
    ]  # fmt: skip
    found = observed(kind, applicationServices=told)
    assert found.services == (Service("Legacy ERP"), Service("bare"), Service("cart", from_catalog=True))
    assert observed(kind, applicationServices=None).services == ()
    assert observed(kind).services is UNSET
    assert found.resource == observed(kind).resource
    assert drift(found) == ()


def test_a_number_as_text_is_a_number() -> None:
    """`"9.8"` says the same as 9.8."""
    assert observed("vulnerability", score="9.8").detail.score == 9.8


def test_long_texts_are_cut_and_odd_characters_removed() -> None:
    """Bounded, and noted."""
    found = observed("vulnerability", description="x" * 70_000, name="CVE-2026-1\u0000")
    assert isinstance(found.detail.description, str)
    assert len(found.detail.description) == 65_536
    assert found.rule.external_id == "CVE-2026-1"
    assert set(drift(found)) == {"description: cut to 65,536 characters", "name: characters removed"}
    broken = json.dumps({**ISSUE, "description": "half \ud800 pair"}).encode()
    read = parse("issue", broken, now=NOW)
    assert isinstance(read, Observed)
    assert read.detail.description == "half  pair"


def test_a_branch_is_known_by_its_repository() -> None:
    """The best key to a component."""
    found = observed(
        "vulnerability",
        vulnerableAsset={
            "id": "b",
            "type": "REPOSITORY_BRANCH",
            "name": "Acme/Shop/main",
            "externalId": "github.com##Acme/Shop##main",
            "providerUniqueId": "github.com##Acme/Shop##main",
            "repositoryExternalId": "998877",
        },
    )
    assert found.resource.repository == "github.com/Acme/Shop"
    assert found.resource.aliases == (
        ("wiz.asset", "b"),
        ("wiz.external", "github.com##Acme/Shop##main"),
        ("wiz.repository", "998877"),
        ("wiz.repository", "github.com##Acme/Shop"),
        ("repo", "github.com/acme/shop"),
    )


BRANCH = {
    "id": "b",
    "type": "REPOSITORY_BRANCH",
    "name": "Acme/Shop/main",
    "externalId": "github.com##Acme/Shop##main",
    "providerUniqueId": "github.com##Acme/Shop##main",
}


def test_a_vulnerability_in_code_is_in_its_file() -> None:
    """The files of one branch may belong to several components; each keeps the names of the branch."""
    found = observed("vulnerability", vulnerableAsset=BRANCH, locationPath="/services/Pay/go.mod")
    again = observed("vulnerability", id="v2", vulnerableAsset=BRANCH, locationPath="/services/Pay/go.mod")
    branch = observed("vulnerability", vulnerableAsset=BRANCH, locationPath=None).resource
    assert again.resource is found.resource
    assert (found.resource.external_id, found.resource.name) == (
        "b#services/Pay/go.mod",
        "Acme/Shop/main/services/Pay/go.mod",
    )
    assert found.resource.aliases == (*branch.aliases, ("repo.path", "github.com/acme/shop//services/Pay/go.mod"))
    assert found.detail.location == "/services/Pay/go.mod"
    assert branch.external_id == "b"


@pytest.mark.parametrize("path", [None, "", "/", "../x", "a/" * 600])
def test_a_path_that_leads_nowhere_leaves_the_branch(path: str | None) -> None:
    """It is shown with the finding, and decides nothing."""
    assert observed("vulnerability", vulnerableAsset=BRANCH, locationPath=path).resource.external_id == "b"


def test_a_path_on_a_machine_is_no_path_in_a_repository() -> None:
    """Only what is in a repository is divided by its files."""
    found = observed("vulnerability", locationPath="/usr/lib/libssl.so")
    assert found.resource.external_id == "a1"
    assert found.resource.aliases == (("wiz.asset", "a1"),)


def test_two_components_of_one_repository_get_their_own_files() -> None:
    """From Wiz's record and Backstage's annotation to the owner."""
    at = "url:https://github.com/acme/shop/tree/main/services"
    claims = Evidence.of(
        Entity(
            ref=EntityRef(f"component:default/{name}"),
            kind="component",
            name=name,
            owner=EntityRef(f"group:default/{name}"),
            annotations=(("backstage.io/source-location", f"{at}/{name}/"),),
        )
        for name in ("pay", "cart")
    )
    routes = []
    for path in ("services/pay/go.mod", "services/cart/web/package-lock.json", "README.md"):
        found = observed("vulnerability", vulnerableAsset=BRANCH, locationPath=path)
        routes.append(own(Subject(found.resource.aliases), claims).routes)
    assert routes == [
        ("component:default/pay",),
        ("component:default/cart",),
        ("component:default/cart", "component:default/pay"),
    ]


def test_an_image_belongs_to_the_repository_that_its_label_names() -> None:
    """From the label of the image to the component that claims the repository; a label that names no place claims nothing."""
    entity = Entity(
        ref=EntityRef("component:default/pay"), kind="component", name="pay",
        annotations=(("github.com/project-slug", "acme/Shop"),),
    )  # fmt: skip
    routes = []
    for source in (
        "https://github.com/Acme/shop",
        "https://github.com/acme/shop.git",
        "acme/shop",
        "https://github.com/",
    ):
        asset = {"id": "a1", "type": "CONTAINER_IMAGE", "tags": {"org.opencontainers.image.source": source}}
        found = observed("vulnerability", vulnerableAsset=asset)
        routes.append(own(Subject(found.resource.aliases), Evidence.of([entity])).routes)
    assert routes == [(entity.ref,), (entity.ref,), (), ()]


LABEL = "backstage.io/kubernetes-id"


@pytest.mark.parametrize(
    ("kind", "field", "tags", "named"),
    [
        ("issue", "entitySnapshot", {LABEL: "pay"}, ["pay"]),
        ("vulnerability", "vulnerableAsset", {LABEL: "pay", "team": "a"}, ["pay"]),
        ("misconfiguration", "resource", [{"key": LABEL, "value": "pay"}], ["pay"]),
        ("issue", "entitySnapshot", {LABEL: ""}, []),
        ("issue", "entitySnapshot", {"kubernetes-id": "pay"}, []),
    ],
)
def test_backstages_own_label_is_a_name(kind: str, field: str, tags: object, named: list[str]) -> None:
    """Under exactly its key, in each shape that tags come in."""
    found = observed(kind, **{field: {**RECORDS[kind][field], "tags": tags}})
    assert [value for form, value in found.resource.aliases if form == "kubernetes.id"] == named


@pytest.mark.parametrize(
    ("name", "references", "image"),
    [
        ("docker.io/nginx@dec7a90b", None, "docker.io/nginx"),
        ("ghcr.io/acme/shop:1.2.3", None, "ghcr.io/acme/shop"),
        ("registry.example:5000/acme/shop@sha256:00ff", None, "registry.example:5000/acme/shop"),
        ("x", ["ghcr.io/Acme/shop:1"], "ghcr.io/acme/shop"),
        ("nginx", None, None),
        ("arn:aws:ecr:eu-west-1:1:repository/shop", None, None),
        ("/subscriptions/1/resourceGroups/x", None, None),
        ("not an image / at all", None, None),
    ],
)
def test_an_image_is_known_by_registry_and_repository(
    name: str, references: list[str] | None, image: str | None
) -> None:
    """Without tag and digest."""
    asset = {"id": "i", "type": "CONTAINER_IMAGE", "name": name, "tagReferences": references}
    found = observed("vulnerability", vulnerableAsset=asset)
    assert [value for form, value in found.resource.aliases if form == "image"] == ([] if image is None else [image])


@pytest.mark.parametrize(
    ("layer", "asset", "image"),
    [
        ({"isBaseLayer": True}, {"type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1"}, "ghcr.io/acme/shop"),
        (
            {"isBaseLayer": True},
            {"type": "CONTAINER", "ImageExternalId": "ghcr.io/acme/shop@sha256:1"},
            "ghcr.io/acme/shop",
        ),
        ({"isBaseLayer": True}, {"type": "VIRTUAL_MACHINE", "name": "vm"}, None),
        ({"isBaseLayer": False}, {"type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1"}, None),
        ({"isBaseLayer": "odd"}, {"type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1"}, None),
        (None, {"type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1"}, None),
    ],
)
def test_what_came_with_a_base_image(layer: object, asset: dict[str, str], image: str | None) -> None:
    """Only where the source says so, and an image is named that could be built anew."""
    found = observed("vulnerability", vulnerableAsset={"id": "i", **asset}, layerMetadata=layer)
    assert found.layer == (None if image is None else BaseLayer(image))


def test_a_door_without_layers_says_nothing_of_them() -> None:
    """Absent is not null."""
    assert observed("vulnerability").layer is UNSET


@pytest.mark.parametrize(
    ("detection", "asset", "system"),
    [
        ("PACKAGE", {"type": "VIRTUAL_MACHINE", "name": "vm", "operatingSystem": "Linux"}, System(family="Linux")),
        ("OS", {"type": "VIRTUAL_MACHINE", "name": "vm"}, System()),
        ("PACKAGE", {"type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1"}, System("ghcr.io/acme/shop")),
        (
            "PACKAGE",
            {"type": "CONTAINER", "ImageExternalId": "ghcr.io/acme/shop@sha256:1"},
            System("ghcr.io/acme/shop"),
        ),
        ("PACKAGE", {"type": "CONTAINER", "name": "of an image that nobody names"}, None),
        ("PACKAGE", {"type": "SERVERLESS", "name": "a function"}, None),
        ("LIBRARY", {"type": "VIRTUAL_MACHINE", "name": "vm", "operatingSystem": "Linux"}, None),
        (None, {"type": "VIRTUAL_MACHINE", "name": "vm"}, None),
    ],
)
def test_what_is_part_of_an_operating_system(
    detection: str | None, asset: dict[str, str], system: System | None
) -> None:
    """Of a machine, or of an image that is named; nobody can update any other."""
    found = observed("vulnerability", vulnerableAsset={"id": "i", **asset}, detectionMethod=detection)
    assert found.system == system


def test_a_door_without_detection_says_nothing_of_systems() -> None:
    """Absent is not null."""
    assert observed("vulnerability").system is UNSET


def test_settings_are_told_by_configuration_rules() -> None:
    """The same rule as an issue and as a configuration finding is the same work; a control is work of its own."""
    rule = {"id": "r", "name": "No old versions"}
    entity = {"id": "i", "type": "BUCKET", "name": "b"}
    issue = observed("issue", sourceRules=[{**rule, "__typename": "CloudConfigurationRule"}], entitySnapshot=entity)
    finding = observed("misconfiguration", rule=rule, resource=entity)
    control = observed("issue", sourceRules=[{**rule, "__typename": "Control"}], entitySnapshot=entity)
    assert (issue.fix, finding.fix, control.fix) == ("settings:BUCKET", "settings:BUCKET", "rule:r")


def test_an_image_tells_what_it_was_built_on() -> None:
    """By its label; which is no name of its own, so nobody owns it by owning the base."""
    label = {"org.opencontainers.image.base.name": "docker.io/library/debian:bookworm-slim"}
    asset = {"id": "i", "type": "CONTAINER_IMAGE", "name": "ghcr.io/acme/shop:1", "tags": label}
    aliases = observed("vulnerability", vulnerableAsset=asset).resource.aliases
    assert ("image.base", "docker.io/library/debian") in aliases
    assert [value for form, value in aliases if form == "image"] == ["ghcr.io/acme/shop"]


def test_a_project_of_the_listing() -> None:
    """People by e-mail, repositories in the form that resources use, services by name."""
    record = parse_project(
        json.dumps(
            {
                "id": "p1",
                "name": "Shop",
                "slug": "shop",
                "isFolder": False,
                "archived": None,
                "businessUnit": "",
                "nestingLevel": 2,
                "parentProject": {"id": "p0"},
                "riskProfile": {"businessImpact": "MBI"},
                "projectOwners": [{"email": "ada@example.com"}, {"email": "ada@example.com"}, {}],
                "securityChampions": None,
                "repositoryLinks": [
                    {"repositoryV2": {"id": "r1", "name": "shop", "url": "https://github.com/Acme/Shop"}},
                    {"repositoryV2": None},
                    {"repositoryV2": {"id": "r2", "url": "odd"}},
                ],
                "applicationServiceLinks": [{"applicationService": {"id": "s", "displayName": "Shop service"}}],
            }
        ).encode()
    )
    assert record == ProjectRecord(
        external_id="p1",
        name="Shop",
        slug="shop",
        parent_id="p0",
        nesting_level=2,
        business_impact="MBI",
        owners=("ada@example.com",),
        repositories=("github.com##Acme/Shop", "r2"),
        services=("Shop service",),
    )
    assert isinstance(parse_project(b"{}"), Rejected)
    assert isinstance(parse_project(b"[]"), Rejected)
    assert isinstance(parse_project(b'{"id": "x"}'), Rejected)


def test_an_unknown_kind_is_rejected() -> None:
    """Not raised."""
    assert isinstance(parse("dream", b"{}"), Rejected)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.attack("A29")
@given(st.sampled_from([*RECORDS, "project"]), st.binary(max_size=200))
def test_no_bytes_raise(kind: str, raw: bytes) -> None:
    """Whatever arrives."""
    found = parse_project(raw) if kind == "project" else parse(kind, memoryview(raw), now=NOW)
    assert isinstance(found, Rejected)


@pytest.mark.attack("A29")
@settings(max_examples=120)
@given(st.sampled_from([*RECORDS]), st.data())
def test_no_value_in_any_field_raises(kind: str, data: st.DataObject) -> None:
    """Fields keep their names and take any value; a text keeps within its bounds."""
    record = dict(RECORDS[kind])
    for field in data.draw(st.lists(st.sampled_from([*record]), max_size=5)):
        record[field] = data.draw(JSON)
    found = parse(kind, json.dumps(record).encode(), now=NOW)
    if isinstance(found, Observed):
        assert found.external_id
        assert "\x00" not in found.title
        assert not any("\ud800" <= character <= "\udfff" for character in found.title)


@pytest.mark.attack("A29")
@given(st.sampled_from([*RECORDS]), st.data())
def test_no_cut_or_flipped_record_raises(kind: str, data: st.DataObject) -> None:
    """Truncated and damaged bytes of a good record."""
    raw = bytearray(json.dumps(RECORDS[kind]).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    parse(kind, bytes(raw[: data.draw(st.integers(0, len(raw)))]), now=NOW)


@pytest.mark.attack("A29")
@pytest.mark.parametrize("kind", [*RECORDS, "project"])
@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"id": "x", "entitySnapshot": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"id": 1e999}',
        b'{"id": ' + b"9" * 6000 + b"}",
        b'{"id": NaN, "id": "x", "id": "y"}',
        b"null",
        b"",
    ],
)
def test_hostile_json_is_rejected(kind: str, raw: bytes) -> None:
    """In bounded time, with a reason."""
    found = parse_project(raw) if kind == "project" else parse(kind, raw, now=NOW)
    assert isinstance(found, Rejected)
