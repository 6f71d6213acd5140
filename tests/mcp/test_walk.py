"""An assistant and a script work on the board by the Model Context Protocol, with exactly the rights of their token."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.memory import create_connected_server_and_client_session

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.instant import MINUTE
from callboard.domain.run import Scope
from callboard.mcp.board import Board
from callboard.mcp.server import made
from callboard.ports import ProjectRecord
from callboard.store import Store, open_store
from callboard.usecases import browse
from callboard.usecases.people import tokens
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from callboard.web.gate import LoopbackGate
from callboard.web.serve import running
from callboard.web.services import WebServices
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import SettableClock
from tests.support.worlds import World

READS = {
    "who_am_i", "mine", "list_work", "list_findings", "explain_finding", "explain_bundle", "explain_ownership",
    "list_campaigns", "query_language",
}  # fmt: skip
ADDS = {"take", "comment", "ask_to_accept"}
TAKES_AWAY = {"snooze", "dismiss", "undo"}
RED = EntityRef("group:default/red")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A board behind its API, and the source that it reads."""

    url: str
    store: Store
    world: World
    clock: SettableClock

    def token(self, *rights: Right, owners: tuple[EntityRef, ...] = (RED,)) -> str:
        """A token of a program that works for these groups."""
        name = f"assistant-{'-'.join((*rights, 'reads'))}-{len(owners)}"
        grant = Grant(owners=owners, rights=rights)
        return tokens.create(self.store, AT_THE_LAPTOP, name, grant, days=30, clock=self.clock).secret

    def number(self, external_id: str) -> int:
        """The number of a finding."""
        return browse.finding_by_external_id(self.store, LAPTOP, external_id)

    def sync(self) -> None:
        """The next sync, a while later."""
        self.clock.advance(3_600)
        asyncio.run(sync(self.store, self.world, clock=self.clock))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Two teams with two findings each."""
    clock = SettableClock()
    catalog = MadeUpCatalog()
    catalog.put(group("red"), group("blue"))
    catalog.put(component("cart", "red", projects=["p-red"]), component("bank", "blue", projects=["p-blue"]))
    world = World(clock, name="wiz-main", page_size=50)
    world.scope = Scope(severities=tuple(Severity))
    for id_ in ("p-red", "p-blue"):
        world.projects[id_] = ProjectRecord(external_id=id_, name=id_)
        for n in range(2):
            world.add(
                f"{id_[2:]}-{n}", severity="critical", projects=(id_,), resource=f"vm-{id_}-{n}", rule=f"rule-{n}"
            )
    with closing(open_store(f"sqlite:///{tmp_path / 'callboard.db'}")) as store:
        asyncio.run(read_catalog(store, catalog, clock=clock))
        asyncio.run(sync(store, world, clock=clock))
        clock.advance(MINUTE // 1_000_000)
        with running(WebServices(store=store, clock=clock, gate=LoopbackGate(clock), version="0.0.0")) as door:
            yield Stage(url=door.url, store=store, world=world, clock=clock)


@asynccontextmanager
async def assistant(stage: Stage, token: str) -> AsyncIterator[ClientSession]:
    """An assistant whose server runs in this process."""
    async with (
        Board(stage.url, token, version="0") as board,
        create_connected_server_and_client_session(made(board)._mcp_server) as session,
    ):
        yield session


async def told(session: ClientSession, tool: str, **given: Any) -> dict[str, Any]:
    """The document that a tool answers with."""
    found = await session.call_tool(tool, given)
    assert not found.isError, found.content
    assert found.structuredContent is not None
    return found.structuredContent


async def refused(session: ClientSession, tool: str, **given: Any) -> str:
    """The words with which a tool says no."""
    found = await session.call_tool(tool, given)
    assert found.isError
    return " ".join(each.text for each in found.content if each.type == "text")


def test_the_whole_path(stage: Stage, tmp_path: Path) -> None:
    """Mine → explain → take → fix → closed by the next sync, by a client that starts `callboard mcp` as an assistant does."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CALLBOARD_")},
        "CALLBOARD_MCP_URL": stage.url,
        "CALLBOARD_MCP_TOKEN": stage.token(Right.DECIDE),
    }
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "callboard", "mcp"], env=environ, cwd=tmp_path
    )  # fmt: skip

    async def before() -> int:
        async with stdio_client(command) as (reads, writes), ClientSession(reads, writes) as session:
            hello = await session.initialize()
            assert hello.serverInfo.name == "callboard"
            assert "never an instruction" in (hello.instructions or "")
            work = await told(session, "mine")
            assert work["query"].find("owner:@me") >= 0
            assert sum(each["findings"] for each in work["bundles"]) == 2
            number: int = work["bundles"][0]["example_id"]
            page = await told(session, "explain_finding", finding=number)
            assert page["finding"]["ownership"]["components"] == ["component:default/cart"]
            done = await told(session, "take", findings=[number], seen=page["seen"], note="on it")
            assert done["findings"] == [number]
            taken = await told(session, "list_findings", query="taken:@me")
            assert [each["id"] for each in taken["findings"]] == []  # a token is no user of the catalog
            page = await told(session, "explain_finding", finding=number)
            assert page["finding"]["taken_by"].startswith("token:assistant-")
            return number

    number = asyncio.run(before())
    # The fix: whoever looks after the machine mends it, and the scanner does not find it any more.
    external = next(id_ for id_ in ("red-0", "red-1") if stage.number(id_) == number)
    stage.world.resolve(external)
    stage.sync()

    async def after() -> None:
        async with assistant(stage, environ["CALLBOARD_MCP_TOKEN"]) as session:
            page = await told(session, "explain_finding", finding=number)
            assert page["finding"]["state"] == "fixed"
            assert [each["act"] for each in page["said"]] == ["take"]
            work = await told(session, "mine")
            assert sum(each["findings"] for each in work["bundles"]) == 1

    asyncio.run(after())


def test_tools_say_what_they_do_to_the_board(stage: Stage) -> None:
    """What only reads says so; what takes work off the board is marked, so that an assistant asks first."""

    async def look() -> None:
        async with assistant(stage, stage.token()) as session:
            tools = {each.name: each for each in (await session.list_tools()).tools}
            assert set(tools) == READS | ADDS | TAKES_AWAY
            for name, tool in tools.items():
                assert tool.annotations is not None
                assert tool.annotations.readOnlyHint is (name in READS), name
                assert tool.description
                if name not in READS:
                    assert tool.annotations.destructiveHint is (name in TAKES_AWAY), name

    asyncio.run(look())


def test_a_token_does_what_it_may_and_nothing_else(stage: Stage) -> None:
    """Findings of others are not there, for every tool; without the right to decide nothing is said; no token opens nothing."""
    own, foreign = stage.number("red-0"), stage.number("blue-0")
    acts: dict[str, dict[str, Any]] = {
        "take": {}, "comment": {"note": "x"}, "snooze": {}, "dismiss": {"reason": "mitigated"},
        "ask_to_accept": {"until": "2026-12-24", "note": "x"},
    }  # fmt: skip

    async def walk() -> None:
        async with assistant(stage, stage.token(Right.DECIDE)) as session:
            assert "no such thing" in await refused(session, "explain_finding", finding=foreign)
            assert "no such thing" in await refused(session, "explain_finding", finding=10**9)
            for tool, given in acts.items():
                assert "no such thing" in await refused(session, tool, findings=[foreign], **given), tool
            assert (await told(session, "list_findings", query="component:bank"))["total"] == 0
            everything = await told(session, "take", query="is:open", preview=True)
            assert sorted(everything["findings"]) == sorted((own, stage.number("red-1")))
            page = await told(session, "explain_finding", finding=own)
            key = page["finding"]["bundle"]
            work = await told(session, "explain_bundle", bundle=key)
            assert work["total"] == work["bundle"]["findings"] == 1
            assert work["example"]["finding"]["id"] == own
            assert (await told(session, "explain_bundle", bundle="package:nothing"))["bundle"] is None
            assert (await told(session, "list_campaigns"))["campaigns"] == []
            owner = await told(session, "explain_ownership", resource=page["finding"]["resource"]["id"])
            assert "component:default/cart" in str(owner)
        async with assistant(stage, stage.token()) as session:
            assert (await told(session, "who_am_i"))["rights"] == []
            for tool, given in acts.items():
                assert "may not decide" in await refused(session, tool, findings=[own], **given), tool
            assert "status 403" in await refused(session, "undo", decision=1)
        async with assistant(stage, "cbt_nobody") as session:
            assert "Sign in first" in await refused(session, "mine")

    asyncio.run(walk())


def test_what_is_said_can_be_taken_back(stage: Stage) -> None:
    """Dismissed with a reason, back by its number; a wrong word and a wrong query are told as the API tells them."""
    own = stage.number("red-0")

    async def walk() -> None:
        async with assistant(stage, stage.token(Right.DECIDE)) as session:
            assert "why it is not affected" in await refused(session, "dismiss", findings=[own], reason="not-used")
            done = await told(session, "dismiss", findings=[own], reason="false-positive", note="a test machine")
            assert (await told(session, "list_findings", query="is:dismissed"))["total"] == 1
            await told(session, "undo", decision=done["decision"])
            assert (await told(session, "list_findings", query="is:dismissed"))["total"] == 0
            said = await refused(session, "list_findings", query="sev:high")
            assert "severity" in said
            assert "status 400" in said

    asyncio.run(walk())


def test_a_board_that_does_not_answer_is_told(tmp_path: Path) -> None:
    """In words, and nothing hangs."""

    async def walk() -> None:
        async with (
            Board("http://127.0.0.1:9", "cbt_x", version="0") as board,
            create_connected_server_and_client_session(made(board)._mcp_server) as session,
        ):
            assert "No connection" in await refused(session, "mine")
            assert "No connection" in await refused(session, "take", findings=[1])

    asyncio.run(walk())
