"""The power fails: of the log of writes the last part is torn, damaged or gone."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callboard.store import open_store
from tests.support.acts import ACTS, unwatched
from tests.support.invariants import Board, check_between, check_same, look

pytestmark = pytest.mark.slow

ACT = ACTS["second"]


def board_of(path: Path) -> Board:
    """The board in a file, checked."""
    store = open_store(f"sqlite:///{path}")
    try:
        return look(store)
    finally:
        store.close()


@pytest.mark.fault("F3")
def test_a_torn_log_of_writes_opens_at_a_whole_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut or overwritten from any place on: what was committed before that place is there, and the sync ends as it would have."""
    path = tmp_path / "board.db"
    log = tmp_path / "board.db-wal"
    ACT.prepare(f"sqlite:///{path}")
    before = board_of(path)
    with closing(sqlite3.connect(path)) as other:
        # Another connection keeps the log from being emptied when the worker is done.
        other.execute("SELECT count(*) FROM finding").fetchone()
        ACT.do(f"sqlite:///{path}", unwatched)
        kept = tmp_path / "kept"
        kept.mkdir()
        for each in (path, log):
            shutil.copy(each, kept / each.name)
    wanted = board_of(path)
    whole = (kept / log.name).read_bytes()
    assert len(whole) > 100_000
    draw = random.Random(11)  # noqa: S311 - repeats
    places = [0, 16, 32, 56, len(whole) - 1, len(whole), *sorted(draw.sample(range(60, len(whole)), 10))]
    states = set()
    for place in places:
        for tail in (b"", draw.randbytes(min(9_000, len(whole) - place))):
            for each in tmp_path.glob("board.db*"):
                each.unlink()
            shutil.copy(kept / path.name, path)
            log.write_bytes(whole[:place] + tail)
            # As after a start of the machine: whoever held a lease lives no more.
            monkeypatch.setattr("callboard.usecases.leases._PROCESS", f"start {place} {len(tail)}")
            found = board_of(path)
            check_between(before, found, allowed=[wanted])
            states.add(len(found.content["spool"]))
            ACT.do(f"sqlite:///{path}", unwatched)
            check_same(wanted, board_of(path))
    assert len(states) > 1, "moments before and between"
