"""The way out of a mail, in a browser and in one click of a mail program."""

from __future__ import annotations

from sqlalchemy import select

from callboard.store import schema
from callboard.usecases.remediation import tell
from tests.web.conftest import Door


def left(door: Door) -> int:
    """How many addresses want no more messages."""
    with door.services.store.read() as conn:
        return len(conn.execute(select(schema.unsubscribed)).all())


def test_the_link_asks_and_the_button_ends_it(door: Door) -> None:
    """Looking the link up changes nothing, which mail filters do; nobody has to sign in."""
    token = tell.leave_token(door.services.store, "email", "ana@example.com")
    before = left(door)
    with door.client() as client:
        asked = client.get("/unsubscribe", params={"token": token})
        assert asked.status_code == 200
        assert "No more mails?" in asked.text
        assert left(door) == before
        for _ in range(2):
            done = client.post("/unsubscribe", params={"token": token}, data={"List-Unsubscribe": "One-Click"})
            assert done.status_code == 200
            assert 'role="status"' in done.text
            assert left(door) == before + 1


def test_a_link_that_is_not_ours_is_nothing(door: Door) -> None:
    """Damaged, missing, twice, or aimed from another page."""
    token = tell.leave_token(door.services.store, "email", "bo@example.com")
    before = left(door)
    with door.client() as client:
        for address in (
            "/unsubscribe",
            f"/unsubscribe?token={token[:-3]}",
            f"/unsubscribe?token={token}&token={token}",
        ):
            assert client.get(address).status_code == 404
            assert client.post(address).status_code == 404
        foreign = client.post("/unsubscribe", params={"token": token}, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
    assert left(door) == before
