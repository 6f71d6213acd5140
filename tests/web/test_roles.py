"""Every route, every method, every sort of caller: each gets what `role_matrix` says, and no route is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from callboard.domain.access import Grant
from callboard.domain.component import EntityRef
from callboard.web import app
from tests.support.named import NamedDoor, named_door, team
from tests.web.role_matrix import CALLERS, MATRIX

QUERIES = {"/rules": {"id": "rule-red"}, "/resources": {"id": "red-vm-0"}, "/projects": {"id": "p-red"},
           "/api/v1/ownership/explain": {"id": "red-vm-0"}, "/ownership/of": {"id": "red-vm-0"}}  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to which people come by name."""
    with named_door(tmp_path_factory.mktemp("roles") / "callboard.db") as found:
        yield found


@pytest.fixture(scope="module")
def callers(door: NamedDoor) -> Iterator[dict[str, httpx.Client]]:
    """One client for each sort of caller."""
    plugin = door.portal.token("callboard", typ="vnd.backstage.plugin", aud="callboard", iss=None)
    made = {
        "anonymous": door.client(),
        "no team": door.as_user("nils"),
        "other team": door.as_user("ida"),
        "owner": door.as_user("bo"),
        "viewer": door.as_program("dashboard", Grant(owners=(EntityRef(team("red")),))),
        "security": door.as_user("sam"),
        "admin": door.as_user("ada"),
        "plugin": door.bearer(plugin),
    }
    with ExitStack() as stack:
        for client in made.values():
            stack.enter_context(client)
        yield made


@pytest.fixture(scope="module")
def campaign(callers: dict[str, httpx.Client]) -> int:
    """The number of a campaign of team red."""
    made = callers["owner"].post("/api/v1/campaigns", json={"name": "red is gone", "q": "is:open"})
    number: int = made.raise_for_status().json()["id"]
    return number


def routes(door: NamedDoor) -> set[tuple[str, str]]:
    """Every method and address of the application itself."""
    return {
        (method, route.path_format)
        for route in app.create_app(door.services).routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method != "OPTIONS"
    }


@pytest.mark.attack("A6")
def test_the_matrix_holds_every_route(door: NamedDoor) -> None:
    """A route that is added without a line in the matrix fails, and so does a line without a route."""
    assert routes(door) == set(MATRIX)


@pytest.mark.attack("A1")
@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_each_caller_gets_what_the_matrix_says(
    door: NamedDoor, callers: dict[str, httpx.Client], campaign: int, method: str, path: str
) -> None:
    """Every sort of caller, about a thing of team red."""
    filled = path.format(
        kind="component",
        namespace="default",
        name="look.css" if "static" in path else "cart",
        finding_id=door.finding("red-0"),
        source="wiz-main",
        cve="CVE-1999-0001",
        view_id="4711",
        decision_id="4711",
        campaign_id=campaign,
        signal_id="4711",
        ticket_id="4711",
        format="cyclonedx-1.6",
        rest="nowhere",
    )
    if path == "/api/v1/live":
        door.services.closing.set()  # it would not end as long as the door is open
    try:
        answers = {who: client.request(method, filled, params=QUERIES.get(path)) for who, client in callers.items()}
    finally:
        door.services.closing.clear()
    assert {who: answer.status_code for who, answer in answers.items()} == dict(
        zip(CALLERS, MATRIX[method, path], strict=True)
    )
    door.clock.advance(1.1)
    for who in ("anonymous", "no team", "other team", "admin", "plugin"):
        if path in ("/api/v1/audit", "/audit", "/audit/file", "/audit/verify"):
            break  # who may read it reads about everybody, in names and numbers and without findings
        body = answers[who].text
        assert "red-vm" not in body, who
        assert "rule-red" not in body, who
        assert "cart" not in body.replace(filled, ""), who


def test_tokens_outlive_the_matrix(door: NamedDoor, callers: dict[str, httpx.Client]) -> None:
    """The clock moved on while the matrix was walked; every caller is still who it was."""
    known = {who: client.get("/api/v1/me").status_code for who, client in callers.items()}
    assert known == dict(zip(CALLERS, (401, 200, 200, 200, 200, 200, 200, 401), strict=True))
