"""Pages of a portal ask the API directly, where the operator names that portal; pages of anybody else do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Page

from callboard.config import Server
from tests.support.named import NamedDoor, named_door, user

PORTAL = "https://backstage.example"
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type"}
ALLOWED = "access-control-allow-origin"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A door that one portal's pages may ask; written with the port that https means anyway."""
    path = tmp_path_factory.mktemp("direct") / "callboard.db"
    with named_door(path, portals=("https://Backstage.example:443/",)) as found:
        yield found


def test_a_page_of_the_portal_reads_and_writes_with_its_token(door: NamedDoor) -> None:
    """What it may send, it is told beforehand and without a token; what it gets says that it may be read."""
    with door.client(origin=PORTAL) as client:
        before = client.options("/api/v1/ownership/not-ours", headers=ASKED)
    assert before.status_code == 200
    assert before.headers[ALLOWED] == PORTAL
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "authorization" in before.headers["access-control-allow-headers"].lower()
    with door.as_user("bo") as client:
        answer = client.get("/api/v1/findings", headers={"origin": PORTAL})
        assert (answer.status_code, answer.json()["total"]) == (200, 3)
        assert answer.headers[ALLOWED] == PORTAL
        assert "Origin" in answer.headers.get_list("vary", split_commas=True)
        assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
        path = f"/api/v1/findings/{door.finding('red-0')}/followed"
        assert client.post(path, headers={"origin": PORTAL}).status_code == 200


def test_what_it_is_refused_it_can_read_as_well(door: NamedDoor) -> None:
    """Without a token, with a bad one, and for what is not there: the page can tell the reader why."""
    with door.client(origin=PORTAL) as client:
        for headers in ({}, {"authorization": "Bearer no"}):
            answer = client.get("/api/v1/findings", headers=headers)
            assert (answer.status_code, answer.headers[ALLOWED]) == (401, PORTAL)
    with door.as_user("bo") as client:
        answer = client.get("/api/v1/findings/999999", headers={"origin": PORTAL})
        assert (answer.status_code, answer.headers[ALLOWED]) == (404, PORTAL)


@pytest.mark.attack("A24")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "http://backstage.example", "https://backstage.example:8443",
        "https://backstage.example.evil.example", "https://sub.backstage.example", "HTTPS://BACKSTAGE.EXAMPLE", "null", "*", "",
    ],
)  # fmt: skip
def test_a_page_of_anybody_else_reads_nothing_and_writes_nothing(door: NamedDoor, origin: str) -> None:
    """An origin is the whole of it, as browsers write it."""
    with door.as_user("bo") as client:
        assert ALLOWED not in client.options("/api/v1/findings", headers={"origin": origin, **ASKED}).headers
        assert ALLOWED not in client.get("/api/v1/findings", headers={"origin": origin}).headers
        path = f"/api/v1/findings/{door.finding('red-0')}/followed"
        assert client.post(path, headers={"origin": origin}).status_code == 403
        twice = [("origin", PORTAL), ("origin", origin)]
        assert ALLOWED not in client.get("/api/v1/findings", headers=twice).headers


def test_only_the_api_is_open_to_it(door: NamedDoor) -> None:
    """No page of the board, no figure of the process, no webhook."""
    with door.as_user("bo") as client:
        for path in ("/", "/findings", "/metrics", "/openapi.json", "/enter", "/api/v1/hooks/wiz/wiz-main"):
            assert ALLOWED not in client.get(path, headers={"origin": PORTAL}).headers
            assert ALLOWED not in client.options(path, headers={"origin": PORTAL, **ASKED}).headers
        assert client.post("/ownership/say", headers={"origin": PORTAL}).status_code == 403


@pytest.mark.attack("A24")
def test_a_cookie_gives_it_nothing(door: NamedDoor) -> None:
    """What a browser adds by itself is never asked for, and does not let a page of the portal write."""
    with door.client() as client:
        client.get(door.services.gate.sign_in_link()).raise_for_status()
        answer = client.get("/api/v1/me", headers={"origin": PORTAL})
        assert "access-control-allow-credentials" not in answer.headers
        path = f"/api/v1/findings/{door.finding('red-0')}/followed"
        assert client.post(path, headers={"origin": PORTAL}).status_code == 403
        wrong = {"origin": PORTAL, "authorization": "Bearer no"}
        assert client.post(path, headers=wrong).status_code == 401


def test_no_page_elsewhere_is_let_in_unless_one_is_named(tmp_path: Path) -> None:
    """As it is out of the box."""
    with named_door(tmp_path / "callboard.db") as door, door.as_user("bo") as client:
        assert ALLOWED not in client.get("/api/v1/findings", headers={"origin": PORTAL}).headers


@pytest.mark.parametrize("text", ["*", "https://*.example", "backstage.example", "https://backstage.example/app", ""])
def test_what_is_no_origin_is_not_configured(text: str) -> None:
    """Least of all a star."""
    with pytest.raises(ValueError, match="portal_origins"):
        Server(portal_origins=(text,))


class Quiet(SimpleHTTPRequestHandler):
    """Serves an empty folder and says nothing about it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def page_server(folder: Path) -> Iterator[str]:
    """Somebody's web server, by its origin."""
    (folder / "index.html").write_text("<!doctype html><title>A page</title>")
    server = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


ASK = """async ([url, token, method]) => {
  try {
    const answer = await fetch(url, {method, headers: {Authorization: `Bearer ${token}`, 'Content-Type': 'application/json'}});
    return [answer.status, answer.headers.get('X-Request-Id') !== null];
  } catch (error) {
    return [0, false];
  }
}"""


def test_a_browser_agrees(page: Page, tmp_path: Path) -> None:
    """A page of the named portal reads and writes; one of another origin, with the very same token, gets nothing."""
    (tmp_path / "www").mkdir()
    with (
        page_server(tmp_path / "www") as own,
        page_server(tmp_path / "www") as other,
        named_door(tmp_path / "callboard.db", portals=(own,)) as door,
    ):
        token = door.portal.token(user("bo"))
        read, write = f"{door.url}/api/v1/findings", f"{door.url}/api/v1/findings/{door.finding('red-0')}/followed"
        for origin, found in ((own, [200, True]), (other, [0, False])):
            page.goto(origin)
            for url, method in ((read, "GET"), (write, "POST")):
                assert page.evaluate(ASK, [url, token, method]) == found
