"""Many processes on one database, of which one is killed and one sleeps: the end is that of one that nobody disturbed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callboard.domain.run import RunState
from tests.support.fleets import Fleet, Outside, disturb, know_people, look_alike, told
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FINDINGS = 20_000
WINDOW = 1_000
"""Parts with more findings than this are read in smaller ones, so that there is something to share."""
PAGE = 50

APPLIED = [RunState.APPLIED.value]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Where the company's catalog is written to."""
    return tmp_path / "catalog"


@pytest.fixture
def tenant(catalog: Path) -> Iterator[dict[str, str]]:
    """A look-alike whose pages take their time, as those of a real one do."""
    with look_alike(FINDINGS, catalog, latency_ms=500) as address:
        yield address


@pytest.mark.fault("F1", "F18", "F19")
def test_a_killed_and_a_sleeping_worker_lose_nothing(
    postgres: Postgres, tenant: dict[str, str], catalog: Path, tmp_path: Path
) -> None:
    """Three workers and two servers, without a shared disk; the leader is killed, and a helper sleeps past its lease.

    Findings of every kind, of components that a catalog knows.
    """
    urls, fleets = {}, {}
    for name in ("one", "many"):
        (tmp_path / name).mkdir()
        urls[name] = postgres.create()
        know_people(urls[name], catalog)
        fleets[name] = Fleet(tmp_path / name, urls[name], tenant, window=WINDOW, page_size=PAGE)
    alone, many = fleets["one"], fleets["many"]
    try:
        alone.start("worker", "worker")
        with Outside(urls["one"]) as outside:
            alone.until(lambda: outside.runs() == APPLIED)
        alone.end()
        sync_disturbed(many, urls["many"])
        many.end()
        codes = sorted(process.returncode for process in many.processes.values())
        assert codes == [-signal.SIGKILL, 0, 0, 0, 0]
        assert told(urls["many"]) == told(urls["one"])
    except BaseException:
        print(many.log_of_all())  # noqa: T201 - for whoever has to find out why
        raise
    finally:
        for fleet in fleets.values():
            fleet.end()
        for url in urls.values():
            postgres.drop(url)


def sync_disturbed(fleet: Fleet, url: str) -> None:
    """Two servers that only show, three workers, one of them killed and one put to sleep."""
    servers = [fleet.start(f"serve-{number}", "serve", "--no-jobs", "--port", "0") for number in range(2)]
    for server in servers:
        assert server.stdout is not None
        server.stdout.readline()
        link = server.stdout.readline().strip()
        assert link, fleet.log_of_all()
        assert httpx.get(link, timeout=60).status_code == 200
    for number in range(3):
        fleet.start(f"worker-{number}", "worker")
    with Outside(url) as outside:
        sleeper = disturb(fleet, outside, after_pages=12)
        fleet.until(lambda: outside.runs() == APPLIED)
        # It wakes up, what it brings is refused, and it goes on.
        fleet.until(lambda: "helping ended early" in fleet.log(sleeper) or '"helped"' in fleet.log(sleeper))
        assert outside.pages_by_helpers() > 0
        assert outside.runs() == APPLIED
