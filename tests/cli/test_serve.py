"""callboard serve: the board opens, keeps itself up to date, takes webhooks, and ends when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from callboard.cli.serve import web_services
from callboard.config import load
from callboard.usecases.jobs import Job, hurry, standing
from callboard.web.serve import running as open_door
from callboard.wiring.services import Services
from tests.cli.conftest import SECRET, Folder
from tests.cli.stub_wiz import StubWiz, issue
from tests.support.heaps import heaps_of_threads

HOOK_TOKEN = "the-webhook-secret"


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something is so."""
    ends_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.05)


def post(url: str, token: str, body: bytes) -> int:
    """The status of a webhook's answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return httpx.post(url, content=body, headers=headers, timeout=60).status_code


@contextmanager
def served(folder: Folder) -> Iterator[tuple[str, Callable[[str], dict[str, object]]]]:
    """The board with its loop, in this process: its address, and a way to ask its API."""
    from callboard.worker.loop import Background

    config = load(folder.path / "callboard.toml", environ={})
    with Services.open(config, create=True) as services, Background(services) as background:
        web = web_services(services, background=background, api_token="token-of-the-test")
        with open_door(web) as door:

            def ask(path: str) -> dict[str, object]:
                answer = httpx.get(door.url + path, headers={"Authorization": "Bearer token-of-the-test"}, timeout=60)
                value: dict[str, object] = answer.raise_for_status().json()
                return value

            yield door.url, ask


def test_the_loop_reads_what_is_due_and_webhooks_hurry_it(folder: Folder, wiz: StubWiz) -> None:
    """A webhook's ids are read again from the source itself; a wrong token, or a body without an id, does nothing."""
    wiz.issues = [issue(1), issue(2)]
    folder.configure(wiz, webhook_token=HOOK_TOKEN)
    with served(folder) as (url, ask):
        until(lambda: ask("/api/v1/findings")["total"] == 2)
        hook = f"{url}/api/v1/hooks/wiz/main"
        until(lambda: not ask("/api/v1/sources")["sources"][0]["syncing"])
        asked = len(wiz.asked)
        assert post(hook, "wrong", b"{}") == 401
        assert post(hook, HOOK_TOKEN, b"{}") == 400
        assert len(wiz.asked) == asked
        closed = {"status": "RESOLVED", "resolvedAt": "2026-04-01T00:00:00Z", "updatedAt": "2026-04-01T00:00:00Z"}
        wiz.issues = [issue(1, **closed)]
        assert post(hook, HOOK_TOKEN, json.dumps({"issue": {"id": issue(1)["id"]}}).encode()) == 202
        until(lambda: ask("/api/v1/findings")["total"] == 1)


def test_a_source_that_fails_is_asked_again_later(folder: Folder, wiz: StubWiz) -> None:
    """The catalog and the board go on; the wait grows."""
    from callboard.worker.loop import Background

    wiz.token_status = 401
    folder.configure(wiz)
    config = load(folder.path / "callboard.toml", environ={})
    with Services.open(config, create=True) as services:
        import asyncio

        background = Background(services)

        def source() -> Job:
            return next(each for each in standing(services.store, now=services.clock.now()).failing)

        async def twice() -> None:
            await background.begin()
            await background.once()
            first = source()
            await background.once()
            assert source() == first
            hurry(services.store, "source main", clock=services.clock)
            await background.once()
            second = source()
            assert (first.name, first.failures, second.failures) == ("source main", 1, 2)
            assert first.ended_at is not None
            assert second.ended_at is not None
            assert second.due_at - second.ended_at > first.due_at - first.ended_at

        asyncio.run(twice())
        # Whoever starts another process has perhaps mended it.
        asyncio.run(Background(services).begin())
        assert source().due_at <= services.clock.now()


@pytest.mark.fault("F34")
@pytest.mark.slow
def test_serve_prints_a_link_and_ends_when_told(board: Folder) -> None:
    """SIGTERM ends it within seconds with exit code 0; no secret and no sign-in key is in the log. Its threads share a heap."""
    log = board.path / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "callboard", "serve"], cwd=board.path, env=dict(os.environ), text=True,
            stdout=subprocess.PIPE, stderr=stream,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            assert "signs you in, once" in process.stdout.readline()
            link = process.stdout.readline().strip()
            assert httpx.get(link, timeout=60).status_code == 200
            heaps = heaps_of_threads(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == 0
    assert heaps == 0
    assert process.stdout.read() == ""
    process.stdout.close()
    key = link.partition("key=")[2]
    assert key not in log.read_text()
    assert SECRET not in log.read_text()
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            assert "event" in json.loads(line)


def test_only_loopback_is_served(board: Folder) -> None:
    """There is no identity yet, so the network sees nothing."""
    said = board.call("serve", "--host", "0.0.0.0", code=2)  # noqa: S104
    assert "does not listen on" in said.err


def test_a_port_that_is_taken_is_said(board: Folder, wiz: StubWiz) -> None:
    """In a sentence."""
    assert "Cannot listen on" in board.call("serve", "--no-sync", "--port", str(wiz.server_address[1]), code=2).err


def test_public_keys_are_offered(folder: Folder, tmp_path: Path) -> None:
    """What the portal checks our tokens with."""
    (folder.path / "callboard.toml").unlink()
    folder.call("init", "--yes", "--offline", "--catalog-url", "https://backstage.example.com")
    config = load(folder.path / "callboard.toml", environ={})
    with Services.open(config, create=True) as services:
        jwks = web_services(services).jwks
        assert jwks is not None
        (key,) = json.loads(jwks())["keys"]
    assert (key["alg"], "d" in key) == ("ES256", False)
