"""What is open to the whole organisation: nothing, numbers, or the work; and what the portal has to say about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callboard.domain.access import Depth
from callboard.store import schema
from tests.support.named import SECRET_TEXT, NamedDoor, named_door
from tests.web.role_matrix import CALLERS, MATRIX


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """Numbers are open to everybody."""
    with named_door(tmp_path_factory.mktemp("counts") / "callboard.db", organisation_sees="counts") as found:
        yield found


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """The work is open to everybody."""
    with named_door(tmp_path_factory.mktemp("work") / "callboard.db", organisation_sees="work") as found:
        yield found


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """The work is open to everybody, as far as the portal shows the component."""
    path = tmp_path_factory.mktemp("portal") / "callboard.db"
    with named_door(path, organisation_sees="work", portal_decides=True) as found:
        yield found


def total(door: NamedDoor, name: str) -> int:
    """How many findings a user can list."""
    with door.as_user(name) as client:
        found: int = client.get("/api/v1/findings").raise_for_status().json()["total"]
    return found


@pytest.mark.attack("A3")
def test_numbers_of_others_lead_nowhere(counts: NamedDoor) -> None:
    """Everybody sees how many a component has; which ones stays with its owners, and no total counts them in."""
    with counts.as_user("bo") as client:
        rows = {each["name"]: each for each in client.get("/api/v1/components").json()["components"]}
        assert (rows["cart"]["open"]["total"], rows["cart"]["listed"]) == (3, True)
        assert (rows["bank"]["open"]["total"], rows["bank"]["listed"]) == (2, False)
        assert (rows["bank"]["overdue"], rows["bank"]["weeks"]) == (None, [])
        page = client.get("/api/v1/components/component/default/bank").json()
        assert (page["component"]["open"]["high"], page["groups"]) == (2, [])
        assert client.get("/api/v1/board").json()["open"]["total"] == 3
        assert client.get("/api/v1/findings").json()["total"] == 3
        assert client.get(f"/api/v1/findings/{counts.finding('blue-0')}").status_code == 404
        html = client.get("/components/component/default/bank").text
        assert "You do not own this component" in html
        assert "Ask <bdi>group:default/blue</bdi>" in html
        assert "rule-blue" not in html
        assert "component%3Adefault%2Fbank" not in html.partition("<main")[2]
        assert "numbers only" in client.get("/components").text
        assert client.get("/api/v1/me").json()["of_others"] == "counts"


@pytest.mark.parametrize(
    ("page", "api"),
    [
        ("/teams/group/default/blue", "/api/v1/rollups/group/default/blue"),
        ("/systems/default/vault", "/api/v1/rollups/system/default/vault"),
    ],
)
@pytest.mark.parametrize("name", ["bo", "nils"])
def test_a_team_and_a_system_of_others_are_numbers_and_nothing_else(
    counts: NamedDoor, name: str, page: str, api: str
) -> None:
    """How many are open, of which severity, and whom to ask; no work, no rule, no resource, no link to a list."""
    with counts.as_user(name) as client:
        told = client.get(api).raise_for_status().json()
        assert (told["counted"]["total"], told["counted"]["high"]) == (2, 2)
        assert (told["numbers"]["open"], told["bundles"], told["bundle_count"]) == (0, [], 0)
        assert [(each["name"], each["listed"], each["overdue"]) for each in told["components"]] == [
            ("bank", False, None)
        ]
        html = client.get(page).raise_for_status().text
        assert "You own nothing here" in html
        assert "No open findings" not in html
        main = html.partition("<main")[2]
        assert "/findings" not in main
        for word in ("rule-blue", "blue-vm", SECRET_TEXT):
            assert word not in html
            assert word not in str(told)
        assert client.get("/components/component/default/bank").text.count(page) == 1


def test_a_group_above_both_counts_each_finding_once(counts: NamedDoor) -> None:
    """Own findings as ever, and beside them how many there are in all; where all are listed, nothing is added."""
    with counts.as_user("bo") as client:
        own = client.get("/api/v1/rollups/group/default/red").json()
        assert (own["numbers"]["open"], own["counted"]) == (3, None)
    with counts.as_user("cleo") as client:
        assert client.get("/api/v1/rollups/group/default/blue").json()["counted"] is None


SEEN_ALONE = {
    "/api/v1/findings/{finding_id}/broken-link",
    "/campaigns/{campaign_id}/change",
    "/campaigns/{campaign_id}/end",
    "/api/v1/campaigns/{campaign_id}/end",
}
"""What is refused to somebody who sees the thing and does not own it."""
WRITES = {"PUT", "POST", "DELETE", "PATCH"}
ABOUT = {"/rules": "rule-red", "/resources": "red-vm-0", "/projects": "p-red", "/api/v1/ownership/explain": "red-vm-0",
         "/ownership/of": "red-vm-0"}  # fmt: skip


def filled(door: NamedDoor, path: str) -> tuple[str, dict[str, str]]:
    """An address of the matrix about a thing of team red, with its question."""
    named = path.format(
        kind="component", namespace="default", name="cart", finding_id=door.finding("red-0"), source="wiz-main",
        cve="CVE-1999-0001", view_id="4711", format="cyclonedx-1.6", decision_id="4711", signal_id="4711", ticket_id="4711",
        campaign_id=campaign(door), rest="nowhere", revision="1", policy="roles",
    )  # fmt: skip
    return named, {"id": ABOUT[path]} if path in ABOUT else {}


def campaign(door: NamedDoor) -> int:
    """The number of a campaign of team red, which runs."""
    with door.as_user("bo") as bo:
        runs = [each["id"] for each in bo.get("/api/v1/campaigns").json()["campaigns"] if each["ended_at"] is None]
        if runs:
            return int(runs[0])
        made = bo.post("/api/v1/campaigns", json={"name": "gone", "q": "is:open owner:@me"})
        return int(made.raise_for_status().json()["id"])


EVERYWHERE = sorted(each for each in MATRIX if "static" not in each[1] and each[1] != "/api/v1/live")


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_open_numbers_open_numbers_and_nothing_else(counts: NamedDoor, method: str, path: str) -> None:
    """Every address answers another team as it does without the setting, but for components and what sums them up."""
    address, question = filled(counts, path)
    with counts.as_user("ida") as client:
        answer = client.request(method, address, params=question)
    expected = MATRIX[method, path][CALLERS.index("other team")]
    if path in ("/components/{kind}/{namespace}/{name}", "/api/v1/components/{kind}/{namespace}/{name}"):
        expected = 200
    assert answer.status_code == expected
    for word in ("red-vm", "rule-red", "red-0", SECRET_TEXT):
        assert word not in answer.text.replace(address, ""), word


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_open_work_opens_reading_and_no_writing(work: NamedDoor, method: str, path: str) -> None:
    """Another team reads what the owner reads, without what is sensitive, and acts on nothing of it."""
    address, question = filled(work, path)
    with work.as_user("ida") as client:
        answer = client.request(method, address, params=question)
    row = MATRIX[method, path]
    if method in WRITES and path != "/api/v1/findings/{finding_id}/followed":
        refused = 403 if path in SEEN_ALONE else row[CALLERS.index("other team")]
        assert answer.status_code == refused
    else:
        assert answer.status_code == row[CALLERS.index("owner")]
    assert SECRET_TEXT not in answer.text


def test_who_owns_nothing_sees_the_numbers_too(counts: NamedDoor) -> None:
    """And no finding."""
    with counts.as_user("nils") as client:
        rows = client.get("/api/v1/components").json()["components"]
        assert {each["name"]: each["open"]["total"] for each in rows} == {"cart": 3, "bank": 2}
    assert total(counts, "nils") == 0


@pytest.mark.attack("A2")
def test_the_work_of_others_is_seen_and_not_acted_on(work: NamedDoor) -> None:
    """Everything that is routed to somebody; what is nobody's stays with security, and what is sensitive with its owners."""
    assert total(work, "bo") == total(work, "nils") == 5
    assert total(work, "sam") == 6
    own, foreign = work.finding("red-0"), work.finding("blue-0")
    with work.as_user("bo") as client:
        told = client.get(f"/api/v1/findings/{foreign}").json()
        assert told["detail"]["evidence"] == []
        assert told["withheld"] == ["evidence", "notes left at the source"]
        assert SECRET_TEXT not in client.get(f"/findings/{foreign}").text
        assert client.get(f"/api/v1/findings/{work.finding('lost-0')}").status_code == 404
        assert client.post(f"/api/v1/findings/{own}/broken-link").status_code == 200
        refused = client.post(f"/api/v1/findings/{foreign}/broken-link")
        assert refused.status_code == 403
        assert "do not own it" in refused.json()["detail"]


def test_what_is_sensitive_needs_trusted_evidence(work: NamedDoor) -> None:
    """A holding that its reader may read to the sensitive depth shows its evidence, to that reader alone."""
    id_ = work.finding("red-0")
    reader = schema.holding_reader
    with work.as_user("bo") as client:
        assert SECRET_TEXT not in client.get(f"/api/v1/findings/{id_}").text
        assert "Withheld:" in client.get(f"/findings/{id_}").text
    with work.store.write() as conn:
        conn.execute(reader.update().values(depth=int(Depth.SENSITIVE)))
    try:
        with work.as_user("bo") as client:
            assert client.get(f"/api/v1/findings/{id_}").json()["withheld"] == []
            assert SECRET_TEXT in client.get(f"/findings/{id_}").text
        with work.as_user("ida") as client:
            assert SECRET_TEXT not in client.get(f"/api/v1/findings/{id_}").text
    finally:
        with work.store.write() as conn:
            conn.execute(reader.update().values(depth=int(Depth.WORK)))
    with work.as_user("sam") as client:
        assert SECRET_TEXT in client.get(f"/api/v1/findings/{id_}").text


def test_what_the_portal_hides_is_hidden_here(portal: NamedDoor) -> None:
    """Of others' components only those that the portal shows to this very person, asked with the person's own token."""
    bank = "component:default/bank"
    assert total(portal, "bo") == 5
    portal.portal.hidden = {bank}
    portal.clock.advance(299)
    assert total(portal, "bo") == 5  # asked less than five minutes ago
    portal.clock.advance(2)
    assert total(portal, "bo") == 3
    assert total(portal, "ida") == 5  # her own, whatever the portal shows
    with portal.as_user("bo") as client:
        assert {each["name"] for each in client.get("/api/v1/components").json()["components"]} == {"cart"}
        assert client.get("/api/v1/components/component/default/bank").status_code == 404
        assert client.get(f"/api/v1/findings/{portal.finding('blue-0')}").status_code == 404
    portal.portal.hidden = set()
    portal.clock.advance(301)
    assert total(portal, "bo") == 5


def test_a_portal_that_does_not_answer_shows_nothing_of_others(portal: NamedDoor) -> None:
    """Once the last answer is five minutes old; what is one's own stays."""
    with portal.as_user("bo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 5
        portal.portal.down = {"people"}
        portal.clock.advance(299)
        assert client.get("/api/v1/findings").json()["total"] == 5
        portal.clock.advance(2)
        assert client.get("/api/v1/findings").json()["total"] == 3
