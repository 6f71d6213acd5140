"""A33: somebody leaves a group, or the company, and goes on with the same token or session. And I10: no fault widens access."""

from __future__ import annotations

import pytest

from tests.support.named import NamedDoor, user

BY_REFS = "/api/catalog/entities/by-refs"
JWKS = "/api/auth/.well-known/jwks.json"
USERINFO = "/api/auth/v1/userinfo"


@pytest.mark.attack("A33")
def test_who_leaves_a_group_is_out_within_five_minutes(fresh: NamedDoor) -> None:
    """With the very same token, before the catalog is read again, in lists, pages, exports and writes."""
    id_ = fresh.finding("red-0")
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 3
        fresh.move("bo")
        fresh.clock.advance(299)
        assert client.get("/api/v1/findings").json()["total"] == 3
        fresh.clock.advance(1)
        assert client.get("/api/v1/findings").json()["total"] == 0
        assert client.get(f"/findings/{id_}").status_code == 404
        assert client.get("/api/v1/findings.json").json()["findings"] == []
        assert client.post(f"/api/v1/findings/{id_}/broken-link").status_code in (403, 404)


def test_who_joins_a_group_and_leaves_another_has_one_of_them(fresh: NamedDoor) -> None:
    """The new group counts once the portal has said so in a new token; the old one ends at once."""
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 3
        fresh.move("bo", "blue")
        fresh.clock.advance(300)
        assert client.get("/api/v1/findings").json()["total"] == 0
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 2


@pytest.mark.attack("A33")
def test_who_leaves_the_catalog_is_out(fresh: NamedDoor) -> None:
    """Within five minutes as well, in a sentence."""
    with fresh.as_user("bo") as client:
        client.get("/api/v1/findings").raise_for_status()
        del fresh.portal.groups[user("bo")]
        fresh.clock.advance(300)
        assert client.get("/api/v1/findings").status_code == 403


@pytest.mark.attack("A33")
def test_who_is_no_longer_security_sees_their_own_again(fresh: NamedDoor) -> None:
    """Roles are looked up anew like groups are."""
    with fresh.as_user("sam") as client:
        assert client.get("/api/v1/findings").json()["total"] == 6
        fresh.move("sam")
        fresh.clock.advance(300)
        assert client.get("/api/v1/findings").json()["total"] == 0
        assert client.get("/api/v1/audit").status_code == 403


@pytest.mark.fault("F22")
@pytest.mark.attack("A33")
def test_while_the_catalog_is_down_its_last_word_stands_until_the_token_ends(fresh: NamedDoor) -> None:
    """Decision F: never wider, never longer. A person who was not there before does not come in."""
    token = fresh.portal.token(user("bo"))
    with fresh.bearer(token) as client:
        assert client.get("/api/v1/findings").json()["total"] == 3
        fresh.portal.down = {BY_REFS}
        fresh.move("bo", "red", "blue", "security")
        fresh.clock.advance(3_500)
        assert client.get("/api/v1/findings").json()["total"] == 3
        fresh.clock.advance(100)
        assert client.get("/api/v1/findings").status_code == 401
    with fresh.as_user("bo") as client:
        answer = client.get("/api/v1/findings")
        assert answer.status_code == 503
        assert answer.json()["title"] == "It cannot be found out just now who you are."
        assert "catalog" in answer.json()["detail"]
    with fresh.as_user("ida") as client:
        assert client.get("/findings").status_code == 503


@pytest.mark.fault("F22")
def test_the_last_word_outlives_this_process(fresh: NamedDoor) -> None:
    """It is in the database: another process that never asked goes by it, under the same token only."""
    from callboard.usecases.people.membership import People

    old, new = fresh.portal.token(user("bo")), None
    with fresh.bearer(old) as client:
        client.get("/api/v1/findings").raise_for_status()
    fresh.portal.down = {BY_REFS}
    fresh.clock.advance(600)
    new = fresh.portal.token(user("bo"))
    identity = fresh.services.identity
    assert identity is not None
    another = People(fresh.store, identity.people._directory, fresh.clock)
    object.__setattr__(identity, "people", another)
    with fresh.bearer(old) as client:
        assert client.get("/api/v1/findings").json()["total"] == 3
    with fresh.bearer(new) as client:
        assert client.get("/api/v1/findings").status_code == 503


@pytest.mark.fault("F23")
@pytest.mark.parametrize("path", [JWKS, USERINFO])
def test_keys_or_userinfo_down(fresh: NamedDoor, path: str) -> None:
    """Who is known goes on until the token ends; who is new is told that it cannot be found out."""
    with fresh.as_user("bo") as known:
        known.get("/api/v1/findings").raise_for_status()
        fresh.portal.down = {path}
        fresh.clock.advance(61)
        assert known.get("/api/v1/findings").json()["total"] == 3
        fresh.portal.rotate()
        with fresh.as_user("ida") as new:
            assert new.get("/api/v1/findings").status_code in (401, 503)
        assert known.get("/api/v1/findings").json()["total"] == 3
        fresh.clock.advance(3_600)
        assert known.get("/api/v1/findings").status_code == 401


@pytest.mark.fault("F22")
def test_a_catalog_that_answers_nonsense_opens_nothing(fresh: NamedDoor) -> None:
    """Another entity, or a group, in the place of the user that was asked for."""
    entity = fresh.portal._entity

    def another(ref: str) -> dict[str, object] | None:
        found = entity(user("sam"))
        return found if ref == user("bo") else entity(ref)

    fresh.portal._entity = another  # type: ignore[method-assign]
    with fresh.as_user("bo") as client:
        assert client.get("/api/v1/findings").status_code == 403
