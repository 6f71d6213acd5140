"""The outbound client against servers on loopback: what it refuses, and what it never says."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from callboard import net as net_module
from callboard.domain.instant import Instant, from_text
from callboard.errors import AddressRefusedError, AnswerTooLargeError, OutboundError, UnreachableError
from callboard.net import Net, retry_after_seconds, sent_at

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Respond], Awaitable[str]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server of one handler and gives its address."""
    runners: list[web.AppRunner] = []

    async def start(respond: Respond) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", respond)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest_asyncio.fixture
async def local() -> AsyncIterator[Net]:
    """A client that may talk to loopback."""
    async with Net(user_agent="callboard-tests/1", allow_hosts=["127.0.0.1"]) as client:
        yield client


async def test_an_answer_comes_whole_with_status_and_headers(serve: Serve, local: Net) -> None:
    """Any status but a redirect is an answer; header names take any letter case."""

    async def respond(request: web.Request) -> web.StreamResponse:
        assert request.headers["User-Agent"] == "callboard-tests/1"
        assert await request.read() == b'{"a":1}'
        assert request.headers["Content-Type"] == "application/json"
        return web.Response(status=404, body=b"gone", headers={"X-Reason": "tests"})

    answer = await local.request("POST", await serve(respond), json={"a": 1})
    assert (answer.status, answer.body, answer.headers["x-reason"]) == (404, b"gone", "tests")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_its_host_named(serve: Serve, local: Net, status: int) -> None:
    """The place is told without its path or query."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "https://elsewhere.example/x?token=secret"})

    with pytest.raises(AddressRefusedError, match=r"elsewhere\.example") as caught:
        await local.request("GET", await serve(respond))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "stays"),
    [
        ("/other?x=1", True),
        ("{base}/other", True),
        ("https://elsewhere.example/x", False),
        ("//elsewhere.example/x", False),
        ("http://127.0.0.1:1/x", False),
        ("https://127.0.0.1/x", False),
        ("http://user@127.0.0.1:{port}/x", False),
        ("file:///etc/passwd", False),
        ("http://[broken", False),
    ],
)
async def test_a_redirect_that_stays_is_handed_back_to_who_asks_for_it(
    serve: Serve, local: Net, location: str, *, stays: bool
) -> None:
    """Same scheme, host and port; it is never followed here, and one that leaves is refused as ever."""
    asked: list[str] = []

    async def respond(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        base = f"http://{request.host}"
        there = location.format(base=base, port=request.host.partition(":")[2])
        return web.Response(status=301, headers={"Location": there})

    url = f"{await serve(respond)}/here"
    if stays:
        assert (await local.request("GET", url, redirects=True)).status == 301
    else:
        with pytest.raises(AddressRefusedError):
            await local.request("GET", url, redirects=True)
    assert asked == ["/here"]


@pytest.mark.attack("A12")
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:pass@example.com/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[fe80::1]/",
        "https://[2002:a00:1::]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "//evil",
        "not a url",
        "https:///path",
        "https://[::1/",
        "",
    ],
)
async def test_an_address_that_is_not_public_https_is_refused(url: str) -> None:
    """Without a connection, however the address is spelt."""
    async with Net(user_agent="callboard-tests/1") as client:
        with pytest.raises(AddressRefusedError):
            await client.request("GET", url)


@pytest.mark.attack("A12")
async def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough; what was checked is what is connected to."""

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    monkeypatch.setattr(net_module.aiohttp.ThreadedResolver, "resolve", resolve)
    async with Net(user_agent="callboard-tests/1") as client:
        with pytest.raises(AddressRefusedError, match=r"rebind\.example is at a private address"):
            await client.request("GET", "https://rebind.example/")


async def test_localhost_is_refused_unless_allowed() -> None:
    """The real resolver, no connection."""
    async with Net(user_agent="callboard-tests/1") as client:
        with pytest.raises(AddressRefusedError):
            await client.request("GET", "https://localhost:9/")


@pytest.mark.attack("A29")
@pytest.mark.parametrize("chunked", [False, True])
async def test_an_answer_over_the_cap_is_cut_while_it_streams(serve: Serve, local: Net, *, chunked: bool) -> None:
    """Announced or not."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = 200_000
        await response.prepare(request)
        try:
            for _ in range(200):
                await response.write(b"x" * 1000)
        except ConnectionError:
            pass
        return response

    url = await serve(respond)
    with pytest.raises(AnswerTooLargeError, match="100,000 bytes"):
        await local.request("GET", url, max_bytes=100_000)
    assert len((await local.request("GET", url, max_bytes=200_000)).body) == 200_000


@pytest.mark.attack("A29")
@pytest.mark.attack("A15")
async def test_a_compressed_bomb_is_cut_at_the_cap(serve: Serve, local: Net) -> None:
    """The cap is on what comes out."""
    bomb = gzip.compress(b"\0" * 10_000_000)

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    url = await serve(respond)
    with pytest.raises(AnswerTooLargeError):
        await local.request("GET", url, max_bytes=1_000_000)
    assert len((await local.request("GET", url, max_bytes=10_000_000)).body) == 10_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"not gzip at all"),
        ("gzip", gzip.compress(b"x" * 9999, mtime=0)[:-20]),
        ("gzip, gzip", b"x"),
        ("br", b"x"),
    ],
)
async def test_damaged_or_strange_encodings_are_unreachable(
    serve: Serve, local: Net, encoding: str, body: bytes
) -> None:
    """Never half of an answer."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    with pytest.raises(UnreachableError):
        await local.request("GET", await serve(respond))


async def test_a_slow_answer_ends_at_the_time_cap(serve: Serve, local: Net) -> None:
    """The cap covers the body too."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(5)
        return response

    with pytest.raises(UnreachableError, match=r"within 0\.2 seconds"):
        await local.request("GET", await serve(respond), timeout=0.2)


@pytest.mark.fault("F35")
async def test_a_closed_port_and_an_unknown_name_have_their_sentences(local: Net) -> None:
    """And none shows the query."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(UnreachableError, match="No connection") as caught:
        await local.request("GET", f"http://127.0.0.1:{port}/?token=secret")
    assert "secret" not in str(caught.value)
    with pytest.raises(UnreachableError, match="cannot be resolved"):
        await local.request("GET", "https://nowhere.invalid/?token=secret")


@pytest.mark.fault("F35")
async def test_a_plain_server_behind_https_is_unreachable(serve: Serve, local: Net) -> None:
    """No fallback to plain http."""

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response()

    url = (await serve(respond)).replace("http:", "https:")
    with pytest.raises(OutboundError):
        await local.request("GET", url)


NOW = from_text("2026-08-20T12:00:00Z")


@pytest.mark.fault("F9")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("10000", 300.0),
        ("inf", 300.0),
        ("nan", None),
        ("-3", 0.0),
        ("Thu, 20 Aug 2026 12:00:30 GMT", 30.0),
        ("Thu, 20 Aug 2026 11:00:00 GMT", 0.0),
        ("Fri, 21 Aug 2026 12:00:00 GMT", 300.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_spellings(text: str, seconds: float | None) -> None:
    """Never below 0, never above the cap."""
    assert retry_after_seconds({"Retry-After": text}, NOW) == seconds


@pytest.mark.fault("F9")
@given(st.text(max_size=60), st.integers(min_value=0, max_value=2**52))
def test_retry_after_never_raises(text: str, now: int) -> None:
    """Whatever a server sends."""
    found = retry_after_seconds({"Retry-After": text}, Instant(now))
    assert found is None or 0 <= found <= 300


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Mon, 02 Mar 2026 08:00:00 GMT", from_text("2026-03-02T08:00:00Z")),
        ("", None),
        ("yesterday", None),
        ("Mon, 02 Mar 99999 08:00:00 GMT", None),
    ],
)
def test_the_clock_of_a_server_is_read_where_it_tells(text: str, at: Instant | None) -> None:
    """As the date of its answer; what cannot be read is not told."""
    assert sent_at({"Date": text}) == at
    assert sent_at({}) is None
