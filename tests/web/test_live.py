"""Live updates over a real connection: news at once, silence with a heartbeat, and an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callboard.domain.instant import HOUR, SECOND
from callboard.store.database import bump_revision
from callboard.usecases import browse
from callboard.web import live
from tests.web.conftest import Door, opened


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait for seconds."""
    monkeypatch.setattr(live, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)


def lines(answer: httpx.Response) -> Iterator[str]:
    """What is heard, line by line, without the blank ones."""
    return (line for line in answer.iter_lines() if line)


def change(door: Door) -> int:
    """Something that readers can see has changed."""
    with door.store.write() as conn:
        return bump_revision(conn)


def until(door: Door, heard: Iterator[str], wanted: str) -> list[str]:
    """Everything up to a line, that line included."""
    found: list[str] = []
    for line in heard:
        found.append(line)
        if line == wanted:
            break
    return found


def test_the_revision_comes_at_once_and_when_it_changes(empty_door: Door) -> None:
    """With nothing but a heartbeat in between."""
    with empty_door.bearer() as client, client.stream("GET", "/api/v1/live", timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        heard = lines(answer)
        first = browse.revision(empty_door.store)
        assert until(empty_door, heard, f'data: {{"revision":{first}}}')[:2] == [f"id: {first}", "event: revision"]
        assert until(empty_door, heard, ": still here")
        second = change(empty_door)
        said = until(empty_door, heard, f'data: {{"revision":{second}}}')
        assert f'data: {{"revision":{first}}}' not in said


def test_all_listeners_share_one_look_at_the_store(empty_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody looks when nobody listens."""
    asked: list[float] = []
    truly = browse.revision

    def counted(store: object) -> int:
        asked.append(time.monotonic())
        return truly(empty_door.store)

    monkeypatch.setattr(browse, "revision", counted)
    with empty_door.bearer() as client:
        streams = [client.stream("GET", "/api/v1/live", timeout=20) for _ in range(5)]
        answers = [stream.__enter__() for stream in streams]
        kept = [lines(answer) for answer in answers]  # a generator that is let go of closes its answer
        for heard in kept:
            assert next(heard).startswith("id: ")
        before, began = len(asked), time.monotonic()
        time.sleep(1)
        assert len(asked) - before <= (time.monotonic() - began) / 0.1 + 2
        for stream in streams:
            stream.__exit__(None, None, None)
    # That they have left is found out by and by.
    end, silent = time.monotonic() + 60, -1
    while silent != len(asked):
        assert time.monotonic() < end
        silent = len(asked)
        time.sleep(0.5)


def test_the_end_of_the_session_ends_it(empty_door: Door) -> None:
    """By leaving, and by the clock."""
    with empty_door.signed_in() as client, client.stream("GET", "/api/v1/live", timeout=20) as answer:
        heard = lines(answer)
        assert next(heard)
        assert client.post("/leave").status_code == 200
        assert list(heard) is not None
    with empty_door.signed_in() as client, client.stream("GET", "/api/v1/live", timeout=20) as answer:
        heard = lines(answer)
        assert next(heard)
        empty_door.clock.advance(13 * HOUR / SECOND)
        assert list(heard) is not None


def test_more_than_the_limit_are_told_so(empty_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an error that a browser does not repeat; a place that is left is free again."""
    monkeypatch.setattr(live, "MOST_LISTENERS", 1)
    with empty_door.bearer() as client:
        with client.stream("GET", "/api/v1/live", timeout=20) as answer:
            heard = lines(answer)
            assert next(heard)
            refused = client.get("/api/v1/live")
            assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        for _ in range(1_000):
            with client.stream("GET", "/api/v1/live", timeout=20) as answer:
                if answer.status_code == 200:
                    break
            time.sleep(0.05)
        assert answer.status_code == 200


@pytest.mark.fault("F34")
def test_a_closing_door_does_not_wait_for_listeners(tmp_path: Path) -> None:
    """They are let go at once."""
    ended = threading.Event()

    def listen(client: httpx.Client) -> None:
        with client.stream("GET", "/api/v1/live", timeout=20) as answer:
            for _line in answer.iter_lines():
                heard.set()
        ended.set()

    heard = threading.Event()
    with opened(tmp_path / "callboard.db", filled=False) as door:
        client = door.bearer()
        threading.Thread(target=listen, args=(client,), daemon=True).start()
        assert heard.wait(10)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert ended.wait(5)
    client.close()
