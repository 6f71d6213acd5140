"""Many people at once against real servers: `python -m benchmarks.load --database sqlite --seconds 600`.

32 programs write (decisions, whose things are, tokens, bills, webhooks and syncs), 200 readers open pages, ask the API and
listen, against `callboard serve` in processes of its own: one on SQLite, two and a worker on PostgreSQL. Afterwards every
decision that was accepted has to be in the history just once. One JSON document on stdout; progress on stderr.

What waits cost by the clock says little on a machine that does other work: the load average stands beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.load_people import Grants, Tally, everybody
from callboard.domain.access import AT_THE_LAPTOP, Depth, Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.finding import State
from callboard.store import Store, open_store, schema
from callboard.usecases.people import tokens
from callboard.usecases.people.audit_log import verify
from callboard.wiring.machine import SystemClock

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "TERM": "dumb"}
HOOK_TOKEN = "the-token-of-the-hook"  # noqa: S105 - made up
SAMPLE_SECONDS = 2.0
"""How often the memory of the servers is looked at."""


def main() -> None:
    """Measure and print. Exit code 1 when something was lost or went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--findings", type=int, default=4_000)
    parser.add_argument(
        "--pause", type=float, default=4.0, help="Seconds that somebody thinks between two requests, about."
    )
    given = parser.parse_args()
    found = measure(given)
    print(json.dumps(found, indent=1))
    sys.exit(0 if is_well(found) else 1)


def is_well(found: Mapping[str, Any]) -> bool:
    """Nothing was lost, doubled, broken or refused for want of strength."""
    kept = found["decisions"]
    return (
        not found["errors"]
        and kept["accepted"] == kept["found_once"] > 0
        and not kept["doubled"]
        and not kept["nobody_was_told"]
        and found["log_of_who_did_what_holds"]
    )


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """One run on one database."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(database(given.database, folder))
        address = stack.enter_context(look_alike(given.findings, folder / "catalog"))
        (folder / "callboard.toml").write_text(configuration(url, address, folder), encoding="utf-8")
        print("reading the source …", file=sys.stderr)
        subprocess.run(
            [sys.executable, "-m", "callboard", "sync"],
            cwd=folder,
            env=ENVIRONMENT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        store = open_store(url)
        stack.callback(store.close)
        grants = granted(store, given.writers, given.readers)
        count = 1 if given.database == "sqlite" else 2
        more = [] if given.database == "sqlite" else ["worker"]
        servers = Servers(folder, count, more)
        stack.callback(servers.end)
        print(f"{given.readers} readers and {given.writers} writers, {given.seconds:.0f} s …", file=sys.stderr)
        began, load = time.time(), os.getloadavg()[0]
        tally = asyncio.run(people(servers, grants, given))
        seconds = time.time() - began
        codes, logs = servers.end(), servers.errors()
        return {
            "database": given.database,
            "day": time.strftime("%Y-%m-%d", time.gmtime()),
            "writers": given.writers,
            "readers": given.readers,
            "findings": given.findings,
            "seconds": round(seconds, 1),
            "load": [round(load, 1), round(os.getloadavg()[0], 1)],
            "cores": os.cpu_count(),
            "requests": sum(len(each) for each in tally.waited.values()),
            "processor_seconds_of_servers": servers.processor_seconds,
            "statuses": {name: dict(sorted(each.items())) for name, each in sorted(tally.statuses.items())},
            "events_heard": tally.events,
            "errors": [*tally.errors[:20], *logs[:20], *(f"ended with {code}" for code in codes if code)],
            "waited_ms": {name: percentiles(each) for name, each in sorted(tally.waited.items())},
            "decisions": kept(store, tally),
            "log_of_who_did_what_holds": verify(store, AT_THE_LAPTOP).holds,
            "memory_megabytes": {name: steady(each) for name, each in servers.memory.items()},
        }


async def people(servers: Servers, grants: Grants, given: argparse.Namespace) -> Tally:
    """Let them all work, and look at the servers meanwhile."""
    watch = asyncio.create_task(servers.watch())
    try:
        return await everybody(
            servers.urls, grants, writers=given.writers, readers=given.readers, seconds=given.seconds, pause=given.pause,
            folder=servers.folder,
        )  # fmt: skip
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """An empty one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'callboard.db'}"
        return
    from tests.support.postgres import Postgres, PrivateServer

    server = PrivateServer()
    server.start()
    try:
        yield Postgres(server.url).create()
    finally:
        server.stop()


@contextlib.contextmanager
def look_alike(findings: int, catalog: Path) -> Iterator[dict[str, str]]:
    """A tenant of so many findings in a process of its own, and the catalog of its company."""
    command = [
        sys.executable, "-m", "callboard", "wiz-sim", "--json", "--port", "0", "--findings", str(findings),
        "--catalog", str(catalog),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT
    ) as server:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def configuration(url: str, address: Mapping[str, str], folder: Path) -> str:
    """The servers', with a source that is read again every two minutes."""
    return f"""
[database]
url = "{url}"

[server]
requests_per_minute = 100000

[jobs]
lease_seconds = 60
look_seconds = 2.0

[[catalog]]
kind = "file"
name = "files"
root = "{folder / "catalog"}"
paths = ["**/*.yaml"]

[[source]]
kind = "wiz"
name = "main"
client_id = "{address["client_id"]}"
client_secret = "{address["client_secret"]}"
api_url = "{address["api_url"]}"
token_url = "{address["token_url"]}"
audience = "wiz-api"
allow_private = true
webhook_token = "{HOOK_TOKEN}"
delta_every_minutes = 2.0
"""


def granted(store: Store, writers: int, readers: int) -> Grants:
    """Tokens for all, and what they may speak of."""
    clock = SystemClock()

    def token(name: str, grant: Grant) -> str:
        return tokens.create(store, AT_THE_LAPTOP, name, grant, days=1, clock=clock).secret

    finding, entity, resource = schema.finding.c, schema.entity.c, schema.resource.c
    with store.read() as conn:
        findings = [
            row[0] for row in conn.execute(select(finding.id).where(finding.state == State.OPEN).order_by(finding.id))
        ]
        components = [
            str(row[0])
            for row in conn.execute(select(entity.ref).where(entity.ref.like("component:%")).order_by(entity.ref))
        ]
        external = [row[0] for row in conn.execute(select(finding.external_id).order_by(finding.id).limit(200))]
        resources = [row[0] for row in conn.execute(select(resource.external_id).order_by(resource.id).limit(400))]
    rights = (Right.DECIDE, Right.MAP, Right.AUDIT)
    return Grants(
        writers=[token(f"writer-{n}", Grant(everything=True, deepest=Depth.SENSITIVE, rights=rights)) for n in range(writers)],
        readers=[token(f"reader-{n}", Grant(everything=True)) for n in range(min(readers, 40))],
        deliverers={
            ref: token(f"pipeline-{n}", Grant(component=EntityRef(ref), rights=(Right.DELIVER,)))
            for n, ref in enumerate(components[:8])
        },
        findings=findings, components=components, external=external, resources=resources, hook=HOOK_TOKEN,
    )  # fmt: skip


class Servers:
    """Processes of `callboard serve`, and a worker where there are several."""

    def __init__(self, folder: Path, count: int, more: Sequence[str]) -> None:
        self.folder = folder
        self.urls: list[str] = []
        self.memory: dict[str, list[tuple[float, float]]] = {}
        self.processor_seconds = 0.0
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._codes: list[int] | None = None
        for n in range(count):
            port = ["serve", "--port", "0", *(["--no-jobs"] if more else [])]
            process = self._start(f"serve-{n}", port)
            assert process.stdout is not None  # noqa: S101 - it was asked for
            process.stdout.readline()
            link = process.stdout.readline().strip()
            self.urls.append(link.partition("/enter")[0])
        for word in more:
            self._start(word, [word])

    def _start(self, name: str, words: Sequence[str]) -> subprocess.Popen[str]:
        with (self.folder / f"{name}.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "callboard", *words], cwd=self.folder, env=ENVIRONMENT, text=True, stderr=log,
                stdout=subprocess.PIPE,
            )  # fmt: skip
        self._processes[name] = process
        self.memory[name] = []
        return process

    async def watch(self) -> None:
        """Note what each holds, again and again."""
        began = time.monotonic()
        while True:
            for name, process in self._processes.items():
                self.memory[name].append((time.monotonic() - began, held_by(process.pid)))
            await asyncio.sleep(SAMPLE_SECONDS)

    def end(self) -> list[int]:
        """Tell all to end. Returns their exit codes; they are asked once."""
        if self._codes is None:
            for process in self._processes.values():
                ticks = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                self.processor_seconds += round((int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"), 1)
                process.send_signal(signal.SIGTERM)
            self._codes = [process.wait(60) for process in self._processes.values()]
            for process in self._processes.values():
                if process.stdout is not None:
                    process.stdout.close()
        return self._codes

    def errors(self) -> list[str]:
        """Lines of their logs that tell of an error."""
        return [
            line[:600]
            for name in self._processes
            for line in (self.folder / f"{name}.log").read_text(encoding="utf-8").splitlines()
            if '"level": "error"' in line or "Traceback" in line
        ]


def held_by(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def percentiles(waited: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(waited)
    at = {f"p{share}": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 90, 95, 99)}
    return {"n": len(ordered), **{name: round(value * 1_000, 1) for name, value in {**at, "most": ordered[-1]}.items()}}


def steady(samples: Sequence[tuple[float, float]]) -> dict[str, float]:
    """What was held at the first look, in the middle and at the end; and by how much it grew in a minute of the second half."""
    half = samples[len(samples) // 2 :]
    slope = statistics.linear_regression(*zip(*half, strict=True)).slope if len(half) > 1 else 0.0
    return {
        "first": round(samples[0][1], 1), "middle": round(half[0][1], 1), "last": round(samples[-1][1], 1),
        "most": round(max(held for _, held in samples), 1), "a_minute_in_the_second_half": round(slope * 60, 3),
    }  # fmt: skip


def kept(store: Store, tally: Tally) -> dict[str, Any]:
    """Whether each decision that was accepted is in the history just once, and in the log of who did what."""
    decision, decided, audit = schema.decision.c, schema.decided.c, schema.audit.c
    with store.read() as conn:
        stored: dict[str, list[int]] = {}
        for id_, note in conn.execute(select(decision.id, decision.note).where(decision.note != "")):
            stored.setdefault(note, []).append(id_)
        about = {id_ for row in conn.execute(select(decided.decision_id, decided.ended_by)) for id_ in row}
        count = conn.execute(select(func.count()).select_from(schema.decision)).scalar_one()
        logged = conn.execute(
            select(func.count()).select_from(schema.audit).where(audit.action.like("finding.%"))
        ).scalar_one()
    once = [note for note, id_ in tally.accepted.items() if stored.get(note) == [id_] and id_ in about]
    return {
        "accepted": len(tally.accepted),
        "found_once": len(once),
        "lost": sorted(set(tally.accepted) - set(once))[:20],
        "doubled": sorted(note for note, ids in stored.items() if len(ids) > 1)[:20],
        "sent_again": tally.again,
        "in_all": count,
        "nobody_was_told": count - logged,
    }


if __name__ == "__main__":
    main()
