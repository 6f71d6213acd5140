"""An assistant and a script walk the whole path on the look-alike: mine, explain, take, mended there, closed by the next sync."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from mcp.shared.memory import create_connected_server_and_client_session

from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.demo.wizsim.options import READ_SCOPES, WRITE_SCOPES
from callboard.domain.access import AT_THE_LAPTOP, Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.instant import SECOND
from callboard.mcp.board import Board
from callboard.mcp.server import made
from callboard.sources.wiz.config import WizConfig, WizScope, WizWriteBack
from callboard.sources.wiz.source import WizSource
from callboard.store import open_store
from callboard.usecases.people import tokens
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.remediation.write_back import write_back
from callboard.usecases.sync import sync
from callboard.web.gate import LoopbackGate
from callboard.web.serve import running
from callboard.web.services import WebServices
from callboard.wiring.machine import SystemClock
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import SettableClock
from tests.support.companies import mixed

RED = EntityRef("group:default/red")
STATUS = "query($id: ID!) { issue(id: $id) { status } }"


class Worker(Protocol):
    """Who does the work."""

    async def mine(self) -> list[Any]:
        """The pieces of work."""
        ...

    async def explain(self, finding: int) -> Any:  # noqa: ANN401 - a document
        """A finding's page."""
        ...

    async def take(self, finding: int, seen: int) -> list[int]:
        """Take it."""
        ...


class Assistant:
    """By the tools of the protocol."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - the library's
        self._session = session

    async def _told(self, tool: str, **given: object) -> Any:  # noqa: ANN401 - a document
        found = await self._session.call_tool(tool, given)
        assert not found.isError, found.content
        return found.structuredContent

    async def mine(self) -> list[Any]:
        """By `mine`."""
        bundles: list[Any] = (await self._told("mine"))["bundles"]
        return bundles

    async def explain(self, finding: int) -> Any:  # noqa: ANN401 - a document
        """By `explain_finding`."""
        return await self._told("explain_finding", finding=finding)

    async def take(self, finding: int, seen: int) -> list[int]:
        """By `take`."""
        done: list[int] = (await self._told("take", findings=[finding], seen=seen))["findings"]
        return done


class Script:
    """By the API and nothing else."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def mine(self) -> list[Any]:
        """What the first page asks."""
        answer = (await self._client.get("bundles", params={"q": "is:open owner:@me"})).raise_for_status().json()
        bundles: list[Any] = answer["bundles"]
        return bundles

    async def explain(self, finding: int) -> Any:  # noqa: ANN401 - a document
        """One finding."""
        return (await self._client.get(f"findings/{finding}")).raise_for_status().json()

    async def take(self, finding: int, seen: int) -> list[int]:
        """A decision, which may be sent twice."""
        body = {"act": "take", "findings": [finding], "seen": seen}
        for _ in range(2):
            answer = await self._client.post("decisions", json=body, headers={"Idempotency-Key": "a-run-of-the-script"})
            done: list[int] = answer.raise_for_status().json()["findings"]
        return done


@asynccontextmanager
async def working(who: str, url: str, token: str) -> AsyncIterator[Worker]:
    """One of the two."""
    if who == "script":
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=f"{url}/api/v1/", headers=headers, timeout=60) as client:
            yield Script(client)
    else:
        async with (
            Board(url, token, version="0") as board,
            create_connected_server_and_client_session(made(board)._mcp_server) as session,
        ):
            yield Assistant(session)


@pytest.mark.parametrize("who", ["assistant", "script"])
def test_a_fix_in_the_source_closes_what_was_taken(tmp_path: Path, who: str) -> None:
    """Taken here, it is in progress in Wiz; mended there, the next sync closes it, and it is no work any more."""
    world = make_world(seed=8, sizes=mixed(120))

    async def walk() -> None:
        clock = SettableClock(SystemClock().now())
        policy = WizWriteBack(status=("machine",))
        sim = WizSim(world, options=Options(scopes=(*READ_SCOPES, *WRITE_SCOPES)))
        async with sim:
            address = sim.address
            assert address is not None
            config = WizConfig(
                client_id=address.client_id, client_secret=address.client_secret, api_url=address.api_url,
                token_url=address.token_url, allow_private=True, calls_per_second=1000.0, timeout_seconds=10,
                scope=WizScope(kinds=("issues",)), write_back=policy,
            )  # fmt: skip
            source = WizSource(config, user_agent="callboard-tests/1")
            catalog = MadeUpCatalog()
            catalog.put(group("red"))
            projects = [each.id for each in world.organisation.projects]
            catalog.put(component("cart", "red", projects=projects))
            with closing(open_store(f"sqlite:///{tmp_path / 'callboard.db'}")) as store:
                store.write_policies = lambda: {source.name: policy.policy()}
                await read_catalog(store, catalog, clock=clock)
                await sync(store, source, clock=clock)
                grant = Grant(owners=(RED,), rights=(Right.DECIDE,))
                token = tokens.create(store, AT_THE_LAPTOP, "worker", grant, days=30, clock=clock).secret
                services = WebServices(store=store, clock=clock, gate=LoopbackGate(clock), version="0.0.0")
                with running(services) as door:
                    async with working(who, door.url, token) as worker:
                        number = (await worker.mine())[0]["example_id"]
                        page = await worker.explain(number)
                        assert page["finding"]["ownership"]["components"] == ["component:default/cart"]
                        assert await worker.take(number, page["seen"]) == [number]
                        assert (await write_back(store, source.name, source.writer, clock=clock)).done == 1
                        id_ = page["finding"]["external_id"]
                        there = json.loads(await source._client.once(STATUS, {"id": id_}))
                        assert there["issue"]["status"] == "IN_PROGRESS"
                        row = world.issues.ids.row(id_)
                        assert row is not None
                        clock.advance(3_600)
                        world.now = max(world.now, int(clock.now()) // SECOND)
                        world.issues.resolve(row, world.now)
                        world.issues.revision += 1
                        await sync(store, source, clock=clock)
                        page = await worker.explain(number)
                        assert (page["finding"]["state"], page["finding"]["external_id"]) == ("fixed", id_)
                        assert [each["act"] for each in page["said"]] == ["take"]
                        assert number not in [each["example_id"] for each in await worker.mine()]
            await source.close()

    asyncio.run(walk())
