"""People come in by name: a portal's token, a viewer, and the viewer's own findings only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.named import NamedDoor, named_door, team, user


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to which people come by name."""
    with named_door(tmp_path_factory.mktemp("named") / "callboard.db") as found:
        yield found


def seen(door: NamedDoor, name: str) -> set[str]:
    """The findings that a user sees, by their ids at the source."""
    with door.as_user(name) as client:
        answer = client.get("/api/v1/findings", params={"limit": 200}).raise_for_status().json()
    found = {each["external_id"] for each in answer["findings"]}
    assert answer["total"] == len(found)
    return found


def test_everybody_sees_what_is_their_own(door: NamedDoor) -> None:
    """A team its own, the group above both, security everything, and who is in no group or administers nothing at all."""
    red, blue = {"red-0", "red-1", "red-2"}, {"blue-0", "blue-1"}
    assert seen(door, "bo") == red
    assert seen(door, "ida") == blue
    assert seen(door, "cleo") == red | blue
    assert seen(door, "sam") == red | blue | {"lost-0"}
    assert seen(door, "nils") == set()
    assert seen(door, "ada") == set()


@pytest.mark.attack("A27")
def test_somebody_else_s_finding_is_not_told_from_one_that_is_not_there(door: NamedDoor) -> None:
    """The same answer to the letter, but for the request's id."""
    with door.as_user("bo") as client:
        own = client.get(f"/api/v1/findings/{door.finding('red-0')}")
        foreign = client.get(f"/api/v1/findings/{door.finding('blue-0')}")
        unknown = client.get("/api/v1/findings/999999")
    assert own.status_code == 200
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert {**foreign.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
    drop = {"x-request-id", "date"}
    assert {key: value for key, value in foreign.headers.items() if key not in drop} == {
        key: value for key, value in unknown.headers.items() if key not in drop
    }


def test_a_caller_is_told_who_the_caller_is(door: NamedDoor) -> None:
    """Roles, rights, and how much is seen."""
    with door.as_user("bo") as client:
        assert client.get("/api/v1/me").json() == {
            "actor": user("bo"), "roles": ["viewer", "owner"], "rights": ["decide"], "owners": [user("bo"), team("red")],
            "sees": "own", "of_others": "nothing", "tracked": False,
        }  # fmt: skip
    with door.as_user("sam") as client:
        me = client.get("/api/v1/me").json()
        assert (me["roles"], me["sees"]) == (["viewer", "security"], "everything")
        assert me["rights"] == ["accept", "audit", "decide", "map"]
    with door.as_user("ada") as client:
        me = client.get("/api/v1/me").json()
        assert (me["roles"], me["sees"], me["rights"]) == (["viewer", "administrator"], "own", ["administer", "audit"])


def test_who_is_not_in_the_catalog_does_not_come_in(door: NamedDoor) -> None:
    """However good the token is."""
    with door.as_user("gone") as client:
        answer = client.get("/api/v1/findings")
    assert answer.status_code == 403
    assert "catalog does not know you" in answer.json()["detail"]
