"""Suggestions and evaluations rest on what the board holds, and on nothing that the viewer may not see."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.alias import KUBERNETES_CLUSTER, KUBERNETES_NAMESPACE, WIZ_ASSET, WIZ_EXTERNAL
from callboard.domain.component import EntityRef
from callboard.domain.finding import Observed, Project, Resource
from callboard.domain.ownership.labels import read_labels
from callboard.domain.ownership.suggesting import Place
from callboard.errors import LabelsError, NotFoundError
from callboard.store.ownership import suggesting as suggesting_store
from callboard.usecases.ownership.evaluate_ownership import evaluate_ownership
from callboard.usecases.ownership.suggest_owners import suggest_owners
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import observed

TEAM = Viewer("ana", Readers(frozenset({EntityRef("group:default/payments")}), Depth.WORK), None)


def finding(
    stage: Stage, id_: str, resource: str, *, space: str = "", projects: tuple[str, ...] = (), **fields: Any
) -> Observed:
    """A finding on a resource of that name, in a namespace when one is given."""
    record = stage.world.add(id_, resource=resource)
    aliases = [(WIZ_ASSET, resource), (WIZ_EXTERNAL, f"arn:aws:x:::{resource}")]
    if space:
        aliases += [(KUBERNETES_CLUSTER, "prod"), (KUBERNETES_NAMESPACE, space)]
    return msgspec.structs.replace(
        observed(record),
        resource=Resource(
            external_id=resource, name=fields.pop("name", resource), type="BUCKET", aliases=tuple(aliases), **fields
        ),
        projects=tuple(Project(external_id=each, name=each) for each in projects),
    )


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """Two components with a mapped resource each, and four resources that nobody claims."""
    stage.catalog.put(
        component("payments-api", "payments", assets=["a1", "a2"]),
        component("ledger", "ledger", assets=["l1"]),
        group("payments", members=["ana"]),
        group("ledger", members=["ben"]),
    )
    stage.read_catalog()
    stage.import_records(
        finding(stage, "f1", "a1", space="pay", account_id="1", account_name="Shop", projects=("p1",)),
        finding(stage, "f2", "a2", space="pay", account_id="1", projects=("p1",)),
        finding(stage, "f3", "l1", space="books", account_id="1"),
        finding(stage, "f4", "u1", name="prod-payments-api-01", account_id="2"),
        finding(stage, "f5", "u2", name="cache", space="pay", account_id="1", projects=("p1",)),
        finding(stage, "f6", "u2", name="cache", space="pay", account_id="1", projects=("p1",)),
        finding(stage, "f7", "u3", name="zebra", account_id="3"),
        finding(stage, "f8", "u4", name="legder-db", account_id="3"),
        whole=True,
    )
    return stage


def test_what_nobody_owns_gets_suggestions(shop: Stage) -> None:
    """By name and by what is around; what nothing speaks for is listed as well, with nobody."""
    found = suggest_owners(shop.store, AT_THE_LAPTOP, now=shop.clock.now())
    by_id = {each.external_id: each for each in found.resources}
    assert set(by_id) == {"u1", "u2", "u3", "u4"}
    assert by_id["u1"].suggestions[0].component == "component:default/payments-api"
    assert not by_id["u1"].suggestions[0].is_clerical
    assert by_id["u2"].suggestions[0].component == "component:default/payments-api"
    assert by_id["u2"].open == 2
    assert by_id["u3"].suggestions == ()
    assert by_id["u4"].suggestions[0].component == "component:default/ledger"
    assert found.unmapped == 4
    loud = [each for each in found.resources if any(not one.is_clerical for one in each.suggestions)]
    assert found.suggested == len(loud)
    assert found.findings == sum(each.open for each in loud)
    assert found.resources[: len(loud)] == tuple(loud)


def test_suggesting_changes_nothing(shop: Stage) -> None:
    """Not one row."""
    before = shop.revision(), shop.rows("is:unmapped").keys()
    suggest_owners(shop.store, AT_THE_LAPTOP, now=shop.clock.now())
    assert (shop.revision(), shop.rows("is:unmapped").keys()) == before


def test_one_resource_can_be_asked_for(shop: Stage) -> None:
    """One that has an owner, or is not there, is said to be neither."""
    assert [
        each.external_id
        for each in suggest_owners(shop.store, AT_THE_LAPTOP, now=shop.clock.now(), resource="u1").resources
    ] == ["u1"]
    for other in ("a1", "nowhere"):
        with pytest.raises(NotFoundError):
            suggest_owners(shop.store, AT_THE_LAPTOP, now=shop.clock.now(), resource=other)


def test_who_reads_for_a_team_is_told_nothing_of_the_unmapped(shop: Stage) -> None:
    """Unmapped findings are nobody's to read, so neither are hints about them."""
    assert suggest_owners(shop.store, TEAM, now=shop.clock.now()).unmapped == 0
    with pytest.raises(NotFoundError):
        suggest_owners(shop.store, TEAM, now=shop.clock.now(), resource="u1")
    with shop.store.read() as conn:
        assert all(
            "ledger" not in ref for refs in suggesting_store.around(conn, TEAM.visibility).values() for ref in refs
        )


def test_what_stands_around(shop: Stage) -> None:
    """Namespaces of a cluster, projects and accounts, by what is mapped in them."""
    api, ledger = (EntityRef(f"component:default/{name}") for name in ("payments-api", "ledger"))
    with shop.store.read() as conn:
        found = suggesting_store.around(conn, AT_THE_LAPTOP.visibility)
    expected: dict[Place, dict[EntityRef, int]] = {
        ("namespace", "prod/pay"): {api: 2},
        ("namespace", "prod/books"): {ledger: 1},
        ("project", "p1"): {api: 2},
        ("account", "1"): {api: 2, ledger: 1},
        ("account", "shop"): {api: 1},
    }
    assert {place: dict(refs) for place, refs in found.items()} == expected


LABELS = """\
resource,label,second
a1,payments-api,Payments-API
arn:aws:x:::a2,ledger,payments-api
l1,nobody,nobody
u1,component:default/payments-api,payments-api
u3,nobody,nobody
elsewhere,ledger,ledger
u4,cannot tell,ledger
"""


def test_labels_measure_what_was_decided(shop: Stage) -> None:
    """Two answered of three right or wrong, one false claim, one miss with a right suggestion."""
    report = evaluate_ownership(shop.store, AT_THE_LAPTOP, read_labels(LABELS), now=shop.clock.now())
    whole = report.evaluation.overall
    assert (whole.cases, whole.answered, whole.right, whole.wrong_owner, whole.false_claims) == (5, 3, 1, 1, 1)
    assert (whole.missed, whole.abstained, whole.cannot_tell) == (1, 1, 1)
    assert report.not_found == ("elsewhere",)
    assert {tier: each.answered for tier, each in report.evaluation.by_tier.items()} == {2: 3}
    assert report.suggestions_first is not None
    assert (report.suggestions_first.share, report.suggestions_first.n) == (1, 1)
    assert [(each.resource, each.outcome) for each in report.wrong] == [("a2", "wrong-owner"), ("l1", "false-claim")]
    assert report.evaluation.strata == {
        "world · BUCKET · tier 2": (3, 3),
        "world · BUCKET · unmapped": (3, 4),
    }
    assert report.evaluation.kappa is not None
    assert 0 < report.evaluation.kappa < 1


def test_labels_about_the_unseen_are_not_found(shop: Stage) -> None:
    """As those about what does not exist: neither tells of the other."""
    report = evaluate_ownership(shop.store, TEAM, read_labels(LABELS), now=shop.clock.now())
    assert report.not_found == ("l1", "u1", "u3", "elsewhere", "u4")
    assert report.evaluation.overall.cases == 2


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("resource,label\na1,payments-api\narn:aws:x:::a1,ledger\n", "Line 3: .*labelled twice"),
        ("resource,label\na1,pay ments x\n", "Line 2: .*reference"),
        ("resource,label\n,x\n", "Line 2: a label needs"),
        ("thing,label\na1,x\n", "Line 1: expected the columns"),
        ('resource,label\na1,"x\n', "Line 2: "),
        ("", "holds no label"),
        ('{"resource": "a1", "label": "x"}\n{"resource": 1}\n', "Line 2: expected one JSON object"),
        ("{" * 5_000, "Line 1: expected one JSON object"),
    ],
)
def test_labels_that_cannot_be_read(shop: Stage, labels: str, reason: str) -> None:
    """Name the line."""
    with pytest.raises(LabelsError, match=reason):
        evaluate_ownership(shop.store, AT_THE_LAPTOP, read_labels(labels), now=shop.clock.now())


def test_labels_of_both_kinds_say_the_same() -> None:
    """CSV in any order of columns, and JSON lines."""
    csv_labels = read_labels("\ufefflabel , Resource\r\nnobody,r1\r\n\r\nx,r2\r\n")
    json_labels = read_labels('{"resource": "r1", "label": "nobody"}\n\n{"resource": "r2", "label": "x"}\n')
    assert [(each.resource, each.label) for each in csv_labels] == [("r1", "nobody"), ("r2", "x")]
    assert [(each.resource, each.label) for each in json_labels] == [("r1", "nobody"), ("r2", "x")]
