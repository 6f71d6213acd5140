"""Who looks after Callboard sees which processes work, which one leads a sync, and what each of them reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from callboard.domain.instant import Instant
from callboard.domain.run import Mode, Part
from callboard.store import Store
from callboard.store import jobs as job_store
from callboard.store.intake import parts as part_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from tests.web.conftest import Door, opened

LEADER, HELPER, SLEEPER = "east/11/a", "west/12/b", "west/13/c"


def work(store: Store, now: Instant) -> None:
    """Two processes read a sync of one source, and a third was not heard of for long."""
    with store.write() as conn:
        row = source_store.ensure_source(conn, "wiz-main", "wiz")
        fence = source_store.take_lease(conn, row, LEADER, now=now)
        parts = [Part(name=f"issue/{number}", kind="issue", filter="{}") for number in range(4)]
        run = run_store.start_run(conn, row, Mode.FULL, "", fence=fence, now=now, parts=parts)
        for owner in (LEADER, HELPER, LEADER):
            part_store.claim(conn, run.id, owner, but="confirm/", now=now, is_dead=lambda _worker: False)
        for name, seen_at in ((LEADER, now), (HELPER, now), (SLEEPER, Instant(now - 3_600_000_000))):
            known = job_store.Worker(
                name=name, role="worker", version="1.0", started_at=Instant(now - 7_200_000_000), seen_at=seen_at, doing=""
            )  # fmt: skip
            job_store.beat(conn, known)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Door]:
    """A board that is being worked on."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        work(found.store, found.clock.now())
        yield found


def test_the_api_tells_who_works_and_at_what(busy: Door) -> None:
    """By process, with whoever leads, the parts that each reads, and whether it was heard of."""
    with busy.bearer() as client:
        told = client.get("/api/v1/workers").json()["workers"]
    assert [(each["process"], each["lost"], each["readings"]) for each in told] == [
        ("east/11", False, [{"source": "wiz-main", "leads": True, "parts": ["issue/0", "issue/2"]}]),
        ("west/12", False, [{"source": "wiz-main", "leads": False, "parts": ["issue/1"]}]),
        ("west/13", True, []),
    ]


def test_the_page_of_sources_tells_it_in_words(busy: Door) -> None:
    """The same, for people; on a board where nobody works it says what to start."""
    with busy.signed_in() as client:
        page = re.sub(r"<[^>]+>|\s+", " ", unescape(client.get("/sources").text))
        text = re.sub(r" +", " ", page)
        assert "leads the sync of wiz-main , reads issue/0, issue/2" in text
        assert "helps with the sync of wiz-main , reads issue/1" in text
        assert re.search(r"west/13 .* ago ?, lost nothing right now", text)
        with busy.store.jot() as conn:
            for name in (LEADER, HELPER, SLEEPER):
                job_store.let_go(conn, name)
        assert "No process does what is due." in client.get("/sources").text
