"""A thousand repositories on a loopback forge: requests and seconds, cold, unchanged, and with a few pushed to.

python -m benchmarks.repositories                    1,000 repositories as GitHub, on SQLite
python -m benchmarks.repositories --forge gitlab --size 200

Each figure stands beside its floor of the same run: the same requests made by the bare client, their bodies read, and
nothing else done. Prints one JSON document.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import click

from callboard import gathering
from callboard.domain.instant import DAY, Instant, to_text
from callboard.net import Answer, Net
from callboard.repositories.config import GithubConfig, GitlabConfig
from callboard.repositories.github import GithubRepositories
from callboard.repositories.gitlab import GitlabRepositories
from callboard.store import Store, open_store
from callboard.usecases.read_repositories import RepositoriesReport, read_repositories
from callboard.wiring.machine import SystemClock
from tests.support.forges import Forge, MadeUpRepository, commit

PUSHED = 20
"""Repositories that change before the last step."""


class Stopwatch:
    """Seconds on the wall, and of this process alone: on a busy machine only the second tells much."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def figures(self) -> dict[str, float]:
        """What has passed since."""
        return {
            "wall_seconds": round(time.perf_counter() - self._wall, 3),
            "cpu_seconds": round(time.process_time() - self._cpu, 3),
        }


class Recording(Net):
    """The client, noting what it is asked."""

    requests: list[tuple[str, str, dict[str, str], Any]]

    async def request(self, method: str, url: str, **options: Any) -> Answer:
        """As the client's own."""
        self.requests.append((method, url, dict(options.get("headers") or {}), options.get("json")))
        return await super().request(method, url, **options)


def made_up(size: int) -> Forge:
    """A forge of alike repositories, each of 200 files, five of them manifests."""
    now = time.time_ns() // 1_000
    forge = Forge()
    for number in range(1, size + 1):
        files = {f"services/s{n % 3}/src/m{n // 3}.py": f"{number} {n}".encode() for n in range(195)}
        files |= {f"services/s{n}/go.mod": b"module x" for n in range(3)}
        files |= {"CODEOWNERS": b"* @acme/t%d\n/services/s0/ @acme/other\n" % number, "Dockerfile": b"FROM x"}
        slug = f"acme/r{number}"
        each = MadeUpRepository(number, slug, files, pushed=to_text(Instant(now - 30 * DAY)))
        each.commits = [commit(f"u{n}", to_text(Instant(now - n * DAY)), f"services/s{n % 3}") for n in range(1, 20)]
        forge.repositories[slug] = each
    return forge


async def serve(size: int) -> None:
    """Serves until it is ended. A line on stdin pushes to some repositories."""
    forge = made_up(size)
    async with forge.served():
        print(forge.url, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            for number in range(1, PUSHED + 1):
                each = forge.repositories[f"acme/r{number}"]
                each.files["new.py"] = b"new"
                each.pushed = to_text(Instant(time.time_ns() // 1_000 - DAY))
            print("pushed", flush=True)


@contextlib.contextmanager
def serving(size: int) -> Iterator[tuple[str, Any]]:
    """A forge in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.repositories", "--serve", "--size", str(size)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        assert server.stdin is not None  # noqa: S101 - it was asked for

        def push() -> None:
            server.stdin.write("push\n")
            server.stdin.flush()
            server.stdout.readline()

        try:
            yield server.stdout.readline().strip(), push
        finally:
            server.terminate()


async def reading(url: str, forge: str, store: Store) -> tuple[RepositoriesReport, dict[str, float], list[Any]]:
    """One reading, with its seconds and its requests."""
    clock = SystemClock()
    common: dict[str, Any] = {"url": url, "token": "t", "allow_private": True, "calls_per_reading": 1_000_000}
    is_github = forge == "github"
    config = GithubConfig(organisations=("acme",), **common) if is_github else GitlabConfig(groups=("acme",), **common)
    async with Recording(user_agent="bench", allow_hosts=config.allow_hosts) as net:
        net.requests = []
        kind: Any = GithubRepositories if is_github else GitlabRepositories
        took = Stopwatch()
        report = await read_repositories(
            store, kind(config, net, now=clock.now), clock=clock, activity_days=90, sections=(), gathering=gathering
        )
        return report, took.figures(), net.requests


async def floor(requests: list[Any]) -> dict[str, float]:
    """The same requests, eight at a time, and nothing else."""
    slots = asyncio.Semaphore(8)
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def one(method: str, url: str, headers: dict[str, str], body: object) -> None:
            async with slots, session.request(method, url, headers=headers, json=body) as response:
                await response.read()

        took = Stopwatch()
        await asyncio.gather(*(one(*each) for each in requests))
        return took.figures()


def measure(forge: str, size: int, rounds: int) -> dict[str, Any]:
    """Every step, the best of some rounds."""
    steps: dict[str, list[dict[str, Any]]] = {"cold": [], "unchanged": [], "pushed": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, serving(size) as (url, push):
            store = open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
            for name, told in steps.items():
                if name == "pushed":
                    push()
                report, seconds, requests = asyncio.run(reading(url, forge, store))
                if report.state != "complete":
                    raise click.ClickException(f"{name}: {report.reason}")
                bare = asyncio.run(floor(requests))
                ratio = round(seconds["cpu_seconds"] / max(bare["cpu_seconds"], 0.001), 2)
                counts = {"requests": report.calls, "read": report.read, "unchanged": report.unchanged}
                told.append({**counts, **seconds, "floor": bare, "cpu_ratio": ratio})
                click.echo(f"{forge} {name}: {told[-1]}", err=True)
            store.close()
    return {name: min(told, key=lambda each: each["cpu_ratio"]) for name, told in steps.items()}


@click.command()
@click.option("--size", default=1_000, show_default=True, help="Repositories.")
@click.option("--forge", "forges", multiple=True, type=click.Choice(["github", "gitlab"]), default=["github", "gitlab"])
@click.option("--rounds", default=1, show_default=True)
@click.option("--serve", "serves", is_flag=True, hidden=True)
def main(size: int, forges: tuple[str, ...], rounds: int, *, serves: bool) -> None:
    """Measure how a thousand repositories are read."""
    if serves:
        asyncio.run(serve(size))
        return
    click.echo(
        json.dumps({"repositories": size, **{forge: measure(forge, size, rounds) for forge in forges}}, indent=2)
    )


if __name__ == "__main__":
    main()
