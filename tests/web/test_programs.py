"""Programs come in with tokens of their own: scoped, ending, revocable, and never kept in clear."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Grant, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.errors import ConflictError, InvalidQueryError, NotAllowedError, NotFoundError
from callboard.store import evidence, schema
from callboard.store.database import bump_revision
from callboard.usecases.people import tokens
from callboard.web import routes
from callboard.web.gate import Policy
from tests.support.named import SECRET_TEXT, NamedDoor, named_door, team

RED = EntityRef(team("red"))
BANK = EntityRef("component:default/bank")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to which people and programs come."""
    with named_door(tmp_path_factory.mktemp("programs") / "callboard.db") as found:
        yield found


def total(client: httpx.Client) -> int:
    """How many findings this program lists."""
    found: int = client.get("/api/v1/findings").raise_for_status().json()["total"]
    return found


@pytest.mark.parametrize(
    ("name", "grant", "count"),
    [
        ("all", Grant(everything=True), 6),
        ("red", Grant(owners=(RED,)), 3),
        ("above", Grant(owners=(EntityRef(team("company")),)), 5),
        ("bank", Grant(component=BANK), 2),
    ],
)
def test_a_token_sees_what_it_was_made_for(door: NamedDoor, name: str, grant: Grant, count: int) -> None:
    """Everything, what groups own, or one component; never what is sensitive unless it was made so."""
    with door.as_program(name, grant) as client:
        assert total(client) == count
        me = client.get("/api/v1/me").json()
        assert (me["actor"], me["roles"], me["rights"]) == (f"token:{name}", ["machine"], [])
        rows = client.get("/api/v1/components").json()["components"]
        assert {each["name"] for each in rows} <= {"cart", "bank"}
        if name == "bank":
            assert {each["name"] for each in rows} == {"bank"}
            assert client.get(f"/api/v1/findings/{door.finding('red-0')}").status_code == 404
            told = client.get(f"/api/v1/findings/{door.finding('blue-0')}")
            assert told.status_code == 200
            assert SECRET_TEXT not in told.text


def test_a_sensitive_token_sees_evidence(door: NamedDoor) -> None:
    """Where it sees everything; elsewhere trusted evidence is needed as for everybody."""
    path = f"/api/v1/findings/{door.finding('red-0')}"
    with door.as_program("deep", Grant(everything=True, deepest=Depth.SENSITIVE)) as client:
        assert SECRET_TEXT in client.get(path).text
    with door.as_program("deep-red", Grant(owners=(RED,), deepest=Depth.SENSITIVE)) as client:
        assert SECRET_TEXT not in client.get(path).text


@pytest.mark.parametrize(
    "grant", [Grant(everything=True, deepest=Depth.COUNTS), Grant(owners=(RED,), deepest=Depth.COUNTS)]
)
def test_a_token_of_numbers_gets_numbers_alone(door: NamedDoor, grant: Grant) -> None:
    """Every address that tells findings is refused; those that tell how many are not."""
    with door.as_program(f"numbers-{grant.words.replace(':', '-').replace('/', '-')}", grant) as client:
        expected = 6 if grant.everything else 3
        assert client.get("/api/v1/board").json()["open"]["total"] == expected
        assert 'callboard_open_findings{mapped="yes",severity="critical"} 3.0' in client.get("/metrics").text
        for handler in routes.ALL:
            if handler.opt["policy"] is Policy.BOARD:
                path = next(iter(handler.paths)).replace(":str", "").replace(":path", "")
                filled = path.format(
                    finding_id=door.finding("red-0"), kind="component", namespace="default", name="cart", view_id="1",
                    cve="CVE-2024-1", decision_id="1", signal_id="1", ticket_id="1", campaign_id="1",
                    format="cyclonedx-1.6", rest="nowhere",
                )  # fmt: skip
                method = next(iter(handler.http_methods - {"OPTIONS", "HEAD"}))
                assert client.request(method, filled).status_code == 403, path


@pytest.mark.attack("A2")
def test_a_token_acts_only_where_it_was_made_to(door: NamedDoor) -> None:
    """The right is apart from the sight, and reaches no further than it."""
    own, foreign = door.finding("red-1"), door.finding("blue-1")
    with door.as_program("reader", Grant(owners=(RED,))) as client:
        assert client.post(f"/api/v1/findings/{own}/broken-link").status_code == 403
    with door.as_program("actor", Grant(owners=(RED,), rights=(Right.DECIDE,))) as client:
        assert client.post(f"/api/v1/findings/{own}/broken-link").status_code == 200
        assert client.post(f"/api/v1/findings/{foreign}/broken-link").status_code == 404
        for view in ({"name": "x", "query": "is:open", "team": team("blue")},):
            assert client.post("/api/v1/views", json=view).status_code == 400


def test_a_token_ends_by_itself_and_when_it_is_revoked(tmp_path_factory: pytest.TempPathFactory) -> None:
    """To the second, and at once."""
    with named_door(tmp_path_factory.mktemp("ending") / "callboard.db") as door:
        short = door.as_program("short", Grant(owners=(RED,)), days=1)
        long = door.as_program("long", Grant(owners=(RED,)))
        with short, long:
            door.clock.advance(86_399)
            assert total(short) == total(long) == 3
            door.clock.advance(1)
            assert short.get("/api/v1/findings").status_code == 401
            assert total(long) == 3
            tokens.revoke(door.store, AT_THE_LAPTOP, "long", clock=door.clock)
            assert long.get("/api/v1/findings").status_code == 401
        assert [(entry.action, entry.subject) for entry in door.audit() if entry.action.startswith("token")] == [
            ("token.create", "token:short"),
            ("token.create", "token:long"),
            ("token.revoke", "token:long"),
        ]


def test_a_component_that_leaves_the_catalog_takes_its_token_along(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is gone is nobody's any more."""
    with (
        named_door(tmp_path_factory.mktemp("gone") / "callboard.db") as door,
        door.as_program("bank", Grant(component=BANK)) as client,
    ):
        assert total(client) == 2
        with door.store.write() as conn:
            conn.execute(schema.entity.update().where(schema.entity.c.ref == BANK).values(gone_at=1))
            evidence.changed(conn)
            bump_revision(conn)
        assert total(client) == 0


def test_tokens_are_shown_once(door: NamedDoor) -> None:
    """The database holds a hash; nothing that prints a token's record shows it."""
    made = tokens.create(door.store, AT_THE_LAPTOP, "once", Grant(everything=True), days=1, clock=door.clock)
    assert made.secret.startswith("cbt_")
    assert len(made.secret) >= 56
    with door.store.read() as conn:
        kept = repr(conn.execute(schema.api_token.select()).all())
    assert made.secret not in kept
    assert made.secret.rpartition("_")[2] not in kept
    assert made.secret not in repr(made)
    assert made.secret not in repr(door.audit())


def test_what_cannot_be_granted(door: NamedDoor) -> None:
    """Each in a sentence; nothing is made."""
    before = len(tokens.everyone(door.store, AT_THE_LAPTOP))

    def make(name: str, grant: Grant, days: int = 1, viewer: Viewer = AT_THE_LAPTOP) -> None:
        tokens.create(door.store, viewer, name, grant, days=days, clock=door.clock)

    for name, grant, days in (
        ("Bad Name", Grant(everything=True), 1),
        ("a" * 65, Grant(everything=True), 1),
        ("none", Grant(), 1),
        ("both", Grant(everything=True, component=BANK), 1),
        ("unknown", Grant(owners=(EntityRef(team("nobody")),)), 1),
        ("never", Grant(everything=True), 0),
        ("for-ever", Grant(everything=True), 5_000),
        ("acting-on-numbers", Grant(everything=True, deepest=Depth.COUNTS, rights=(Right.MAP,)), 1),
    ):
        with pytest.raises(InvalidQueryError):
            make(name, grant, days)
    with pytest.raises(NotAllowedError):
        make("stranger", Grant(everything=True), viewer=Viewer("x", AT_THE_LAPTOP.visibility, None))
    assert len(tokens.everyone(door.store, AT_THE_LAPTOP)) == before
    make("twice", Grant(everything=True))
    tokens.revoke(door.store, AT_THE_LAPTOP, "twice", clock=door.clock)
    with pytest.raises(ConflictError):
        make("twice", Grant(everything=True))
    with pytest.raises(ConflictError):
        tokens.revoke(door.store, AT_THE_LAPTOP, "twice", clock=door.clock)
    with pytest.raises(NotFoundError):
        tokens.revoke(door.store, AT_THE_LAPTOP, "nobody", clock=door.clock)
