"""A25, and where the door may stand: forged proxy headers, foreign hosts, cookies and transport."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from callboard.errors import ConfigError
from callboard.web.gate import LoopbackGate, check_bind
from callboard.web.place import Public, client_of, host_of
from tests.support.clocks import SettableClock
from tests.support.named import NamedDoor, named_door

PUBLIC = Public.of(
    "https://board.example", hosts=("callboard.internal:8400",), proxies=("10.0.0.0/8", "127.0.0.1", "2001:db8::/32")
)


def raw(**headers: str) -> list[tuple[bytes, bytes]]:
    """Headers as a server sees them."""
    return [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "board.example", "127.0.0.1.evil.example", ""])  # noqa: S104
def test_others_are_not_served_before_identity_is_configured(host: str) -> None:
    """Whatever address is asked for; with a public address it is the operator's decision."""
    with pytest.raises(ConfigError, match="does not listen"):
        check_bind(host)
    assert check_bind(host, PUBLIC) == host


@pytest.mark.attack("A25")
@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("198.51.100.7", {"x_forwarded_for": "10.1.1.1"}, "198.51.100.7"),
        ("10.1.1.1", {"x_forwarded_for": "203.0.113.9"}, "203.0.113.9"),
        ("10.1.1.1", {"x_forwarded_for": "1.2.3.4, 203.0.113.9"}, "203.0.113.9"),
        ("10.1.1.1", {"x_forwarded_for": "203.0.113.9, 10.2.2.2"}, "203.0.113.9"),
        ("10.1.1.1", {"x_forwarded_for": "10.2.2.2"}, "10.1.1.1"),
        ("10.1.1.1", {"x_forwarded_for": "not an address"}, "not an address"),
        ("10.1.1.1", {}, "10.1.1.1"),
        ("2001:db8::1", {"x_forwarded_for": "203.0.113.9"}, "203.0.113.9"),
        ("", {"x_forwarded_for": "10.1.1.1"}, ""),
    ],
)
def test_who_is_at_the_other_end(peer: str, headers: dict[str, str], client: str) -> None:
    """A proxy of ours is believed about the one before it, and nobody else about anybody."""
    assert client_of(raw(**headers), peer, PUBLIC) == client
    assert client_of(raw(**headers), peer, None) == peer


@pytest.mark.attack("A25")
def test_which_host_was_asked_for() -> None:
    """X-Forwarded-Host counts from a proxy of ours; two Host headers are none."""
    forged = raw(host="board.example", x_forwarded_host="evil.example")
    assert host_of(forged, "198.51.100.7", PUBLIC) == "board.example"
    assert host_of(raw(host="inner:8400", x_forwarded_host="board.example"), "10.0.0.1", PUBLIC) == "board.example"
    assert host_of([*raw(host="board.example"), *raw(host="evil.example")], "198.51.100.7", PUBLIC) is None
    assert host_of([], "198.51.100.7", PUBLIC) is None


@pytest.mark.attack("A25")
@pytest.mark.parametrize(
    ("host", "is_good"),
    [
        ("board.example", True),
        ("BOARD.example", True),
        ("board.example:443", True),
        ("callboard.internal:8400", True),
        ("127.0.0.1:8400", True),
        ("board.example:80", False),
        ("callboard.internal", False),
        ("evil.example", False),
        ("board.example.evil.example", False),
        ("", False),
    ],
)
def test_hosts_of_a_public_door(host: str, is_good: bool) -> None:  # noqa: FBT001
    """The public name, the names that the operator adds, and the machine's own."""
    gate = LoopbackGate(SettableClock(), public=PUBLIC)
    gate.opened("0.0.0.0", 8400)  # noqa: S104
    assert gate.admits_host(host) is is_good


def test_origins_of_a_public_door() -> None:
    """Pages of the public address may write; those of an inner name may not, since no browser is there."""
    gate = LoopbackGate(SettableClock(), public=PUBLIC)
    gate.opened("0.0.0.0", 8400)  # noqa: S104
    assert gate.admits_origin("https://board.example")
    for origin in ("http://board.example", "https://board.example:8443", "https://evil.example", "null", ""):
        assert not gate.admits_origin(origin)


@pytest.mark.attack("A25")
def test_forged_headers_name_nobody_and_move_nothing(door: NamedDoor) -> None:
    """No header but Authorization and the cookie says who is asking."""
    forged = {
        "x-forwarded-user": "user:default/sam", "x-forwarded-email": "sam@example.com", "x-remote-user": "sam",
        "x-forwarded-host": "evil.example", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https",
        "x-backstage-user": "user:default/sam", "forwarded": "for=127.0.0.1;host=evil.example", "x-original-url": "/healthz",
        "x-http-method-override": "DELETE",
    }  # fmt: skip
    with door.client(**forged) as client:
        assert client.get("/api/v1/findings").status_code == 401
    with door.as_user("bo") as client:
        plain = client.get("/api/v1/findings").json()
        assert client.get("/api/v1/findings", headers=forged).json() == plain


@pytest.mark.attack("A25")
def test_a_public_door_by_https(tmp_path: Path) -> None:
    """Foreign hosts are refused on every address, and every answer asks browsers to stay with https."""
    with named_door(tmp_path / "callboard.db", public="https://board.example", proxies=("127.0.0.1",)) as door:
        with httpx.Client(base_url=door.url, trust_env=False) as client:
            for host, status in (("board.example", 200), ("evil.example", 421)):
                for path in ("/healthz", "/static/look.css"):
                    answer = client.get(path, headers={"host": host})
                    assert answer.status_code == status
                    assert answer.headers["strict-transport-security"].startswith("max-age=")
            forwarded = {"host": "inner:1", "x-forwarded-host": "board.example"}
            assert client.get("/healthz", headers=forwarded).status_code == 200
        for cookie in (door.services.gate.named_cookie, door.services.gate.attempt_cookie):
            assert cookie.startswith("__Host-")
