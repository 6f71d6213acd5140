"""A running look-alike of a small company, and a caller that knows nothing of Callboard."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim import Options, SimAddress, WizSim, running
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.record import make_engine
from tests.support.companies import mixed

NOW = 1_780_000_000
"""2026-05-28T20:26:40Z."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON body."""
        return json.loads(self.raw)


@dataclass(frozen=True)
class Caller:
    """A plain HTTP client of one look-alike."""

    address: SimAddress
    sim: WizSim

    def send(self, path: str, body: str | None, headers: dict[str, str], method: str = "POST") -> Answer:
        """One request."""
        place = urlsplit(self.address.base_url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask_token(self, **changes: str) -> Answer:
        """Ask for a token, with some form fields changed."""
        form = {
            "grant_type": "client_credentials",
            "audience": "wiz-api",
            "client_id": self.address.client_id,
            "client_secret": self.address.client_secret,
        }
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("/oauth/token", urlencode({**form, **changes}), head)

    def token(self) -> str:
        """A fresh token."""
        return str(self.ask_token().body["access_token"])

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None) -> Answer:
        """One GraphQL call."""
        head = {"Authorization": f"Bearer {token or self.token()}", "Content-Type": "application/json"}
        return self.send("/graphql", json.dumps({"query": query, "variables": variables or {}}), head)

    def admin(self, path: str, body: dict[str, Any] | None = None, *, token: str | None = None) -> Answer:
        """One admin call; a GET without a body."""
        head = {"Authorization": f"Bearer {token or self.address.admin_token}", "Content-Type": "application/json"}
        return self.send(path, None if body is None else json.dumps(body), head, "GET" if body is None else "POST")


Start = Callable[..., Caller]


@pytest.fixture(scope="session")
def world() -> World:
    """A small company; tests that share it only read."""
    return make_world(seed=34, sizes=mixed(2_400), now=NOW)


@pytest.fixture(scope="session")
def engine(world: World) -> Engine:
    """The GraphQL engine of the shared world, without HTTP."""
    return make_engine(world)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts look-alikes of fresh worlds; they are stopped after the test."""
    with ExitStack() as stack:

        def begin(options: Options | None = None, findings: int = 400, seed: int = 3, **faults: Any) -> Caller:
            sim = WizSim(make_world(seed=seed, sizes=mixed(findings), now=NOW), options=options, faults=faults)
            return Caller(stack.enter_context(running(sim)), sim)

        yield begin


@pytest.fixture
def fresh() -> Engine:
    """An engine of a company that the test may change."""
    return make_engine(make_world(seed=3, sizes=mixed(400), now=NOW))


def answer_of(engine: Engine, document: str, **variables: Any) -> dict[str, Any]:
    """What a call answered, errors and all."""
    answer: dict[str, Any] = json.loads(encode(engine.run(document, variables)))
    return answer


def data_of(engine: Engine, document: str, **variables: Any) -> dict[str, Any]:
    """The data of a call that must succeed."""
    answer = answer_of(engine, document, **variables)
    assert "errors" not in answer, answer["errors"]
    data: dict[str, Any] = answer["data"]
    return data


def refusal_of(engine: Engine, document: str, **variables: Any) -> str:
    """The message of a call that is the caller's fault, which answers no data at all."""
    answer = answer_of(engine, document, **variables)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    return str(answer["errors"][0]["message"])
