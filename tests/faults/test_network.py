"""The network fails between Callboard and its source: a real proxy stands in between and damages what passes."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp.connector
import pytest
import pytest_asyncio
from yarl import URL

from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim import WizSim
from callboard.domain.run import RunState
from callboard.errors import UnreachableError
from callboard.net import Net
from callboard.sources.wiz.config import WizConfig, WizScope
from callboard.sources.wiz.source import WizSource
from callboard.store import Store
from callboard.usecases.sync import RunReport, sync
from callboard.wiring.machine import SystemClock
from tests.support.certificates import Authority
from tests.support.companies import mixed
from tests.support.invariants import Board, check_between, look
from tests.support.proxies import How, Proxy, Strike, proxied

HALF_A_PAGE = 30_000
"""Bytes of answers, well inside a page of fifty issues and behind the token."""


@pytest.fixture(scope="module")
def world() -> World:
    """A small company."""
    return make_world(seed=3, sizes=mixed(1_200))


class Line:
    """A source at the far end of a proxy, and a board at the near end."""

    def __init__(self, sim: WizSim, proxy: Proxy, source: WizSource, store: Store, slept: list[float]) -> None:
        self.sim = sim
        self.proxy = proxy
        self.source = source
        self.store = store
        self.slept = slept

    async def sync(self) -> RunReport:
        """Read everything."""
        return await sync(self.store, self.source, clock=SystemClock())

    def look(self) -> Board:
        """The board, checked."""
        return look(self.store)


@pytest_asyncio.fixture
async def line(world: World, sqlite_store: Store) -> AsyncIterator[Line]:
    """A board that has been read once, over a line that is well."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with AsyncExitStack() as stack:
        sim = WizSim(world)
        address = await sim.start()
        stack.push_async_callback(sim.stop)
        there = URL(address.api_url)
        proxy = await stack.enter_async_context(proxied(str(there.host), there.port or 0))
        source = WizSource(
            WizConfig(
                client_id=address.client_id,
                client_secret=address.client_secret,
                api_url=str(there.with_port(proxy.port)),
                token_url=str(URL(address.token_url).with_port(proxy.port)),
                scope=WizScope(kinds=("issues",), closed_days=0),
                allow_private=True, page_size=50, calls_per_second=1000.0, timeout_seconds=5,
            ),
            user_agent="callboard-tests/1", sleep=sleep,
            random=random.Random(5).random,  # noqa: S311 - a seed that repeats
        )  # fmt: skip
        stack.push_async_callback(source.close)
        found = Line(sim, proxy, source, sqlite_store, slept)
        report = await found.sync()
        assert (report.state, report.seen > 100) == (RunState.APPLIED, True)
        slept.clear()
        yield found


@pytest.mark.fault("F7")
@pytest.mark.parametrize("how", ["reset", "end", "half", "slow"])
async def test_a_connection_that_breaks_once_costs_nothing(how: How, line: Line) -> None:
    """In the middle of a page: it is asked for again, the run is whole, and nothing has changed."""
    before = line.look()
    line.proxy.strike(Strike(how, after=HALF_A_PAGE))
    report = await line.sync()
    assert (report.state, report.changes) == (RunState.APPLIED, 0), report.reason
    # Whether a server that reads the end of its own way in still answers is up to it.
    assert line.slept or how not in ("reset", "end")
    check_between(before, line.look())


@pytest.mark.slow
@pytest.mark.fault("F7")
async def test_an_answer_that_never_ends_is_given_up_and_asked_for_again(line: Line) -> None:
    """After the time that one page may take."""
    line.proxy.strike(Strike("hang", after=HALF_A_PAGE))
    report = await line.sync()
    assert (report.state, report.changes) == (RunState.APPLIED, 0), report.reason
    assert line.slept


@pytest.mark.fault("F7", "F10")
@pytest.mark.parametrize("how", ["reset", "end"])
async def test_a_line_that_stays_broken_closes_nothing(how: How, line: Line) -> None:
    """The run is partial and says so; the board is what it was; with the line well again a run is whole."""
    before = line.look()
    line.proxy.strike(Strike(how, after=HALF_A_PAGE, lasts=True))
    report = await line.sync()
    assert (report.state, report.closed) == (RunState.PARTIAL, 0)
    assert report.reason
    broken = line.look()
    check_between(before, broken)
    assert broken.findings == before.findings
    calls = line.proxy.connections
    assert calls < 60, "it hammers"
    line.proxy.strike(None)
    report = await line.sync()
    assert (report.state, report.changes) == (RunState.APPLIED, 0)
    check_between(broken, line.look())


@pytest.mark.fault("F9")
@pytest.mark.parametrize(
    "faults",
    [
        {"rate_form": "seconds", "retry_after": 10_000},
        {"rate_form": "date", "retry_after": 10_000},
        {"rate_form": "date", "retry_after": -3_600},
        {"rate_form": "seconds", "retry_after": 20, "token_rate_limit": 0.1},
    ],
    ids=["ten thousand seconds", "a date far off", "a date that has passed", "for tokens too"],
)
async def test_patience_has_an_end(line: Line, faults: dict[str, Any]) -> None:
    """A call waits at most five minutes at once and fifteen in all, whatever it is told; then the run ends as partial."""
    before = line.look()
    line.sim.state.set_faults({"rate_limit": 0.001} | faults)
    line.sim.state.recent.append(float("inf"))  # a call that never gets older: every further one comes too soon
    report = await line.sync()
    assert (report.state, report.closed) == (RunState.PARTIAL, 0)
    assert max(line.slept) <= 301
    assert sum(line.slept) <= 4 * 901, "one budget for each part that is read at the same time"
    check_between(before, line.look())


@pytest.mark.fault("F8", "F13")
@pytest.mark.parametrize(
    "faults",
    [{"repeated_cursor": True}, {"null_cursor": True}, {"partial": 50}, {"truncated": 50}, {"not_json": 50}],
    ids=lambda faults: next(iter(faults)),
)
async def test_answers_that_cannot_be_trusted_close_nothing(line: Line, faults: dict[str, Any]) -> None:
    """A walk in a circle, errors beside data, half a document, none: the board stays as it was."""
    before = line.look()
    line.sim.state.set_faults(faults)
    report = await line.sync()
    assert (report.state, report.closed) == (RunState.PARTIAL, 0)
    after = line.look()
    check_between(before, after)
    assert after.findings == before.findings


@pytest.mark.fault("F14", "F16")
@pytest.mark.parametrize("faults", [{"drop_share": 0.5}, {"id_change": 1}], ids=["half of it", "other ids"])
async def test_a_source_that_has_lost_its_mind_is_held(world: World, line: Line, faults: dict[str, Any]) -> None:
    """Over the whole way from the look-alike: held, with a reason, and the board is what it was."""
    before = line.look()
    try:
        line.sim.state.set_faults(faults)
        report = await line.sync()
    finally:
        line.sim.state.set_faults(dict.fromkeys(faults, 0))
    assert report.state is RunState.HELD
    assert report.reason
    assert line.look().content["finding"] == before.content["finding"]


# Names, certificates, handshakes


@pytest_asyncio.fixture
async def plain() -> AsyncIterator[tuple[str, int]]:
    """A server that says yes to everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()
    server.close()


@pytest.mark.fault("F35")
@pytest.mark.parametrize("wrong", ["nothing", "ended", "not yet", "another host", "another authority"])
async def test_a_certificate_has_to_be_right(
    wrong: str, plain: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A right one is taken; each wrong one is refused with a sentence before a byte of the request is sent."""
    ours, others = Authority(tmp_path), Authority(tmp_path)
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", ours.trusting())
    served: ssl.SSLContext = (others if wrong == "another authority" else ours).serving(
        "wiz.example" if wrong == "another host" else "127.0.0.1", ended=wrong == "ended", not_yet=wrong == "not yet"
    )
    async with (
        proxied(*plain, tls=served) as proxy,
        Net(user_agent="callboard-tests/1", allow_hosts=["127.0.0.1"]) as net,
    ):
        url = f"https://127.0.0.1:{proxy.port}/"
        if wrong == "nothing":
            assert (await net.request("POST", url, body=b"secret")).body == b"ok"
            return
        with pytest.raises(UnreachableError, match="certificate that cannot be trusted"):
            await net.request("POST", url, body=b"secret", timeout=20)
        assert proxy.asked == 0


@pytest.mark.fault("F35")
async def test_a_handshake_that_never_ends_is_given_up(plain: tuple[str, int]) -> None:
    """The server takes the connection and says nothing: an end by the clock, and nothing goes there in plain."""
    async with (
        proxied(*plain) as proxy,
        Net(user_agent="callboard-tests/1", allow_hosts=["127.0.0.1"]) as net,
    ):
        proxy.strike(Strike("hang", lasts=True))
        with pytest.raises(UnreachableError):
            await net.request("POST", f"https://127.0.0.1:{proxy.port}/?token=secret", timeout=1)
        assert proxy.connections == 1
