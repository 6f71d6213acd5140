"""What is kept of holdings: whatever changes, comes, goes and falls back, a sum is the sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from callboard.store.board import shelf
from callboard.store.board.shelf import Shelf, Sums
from callboard.store.kept import Kept, forget
from callboard.store.query.scope import Scope

HOLDINGS = st.integers(1, 5)
NUMBERS = st.dictionaries(st.integers(-3, 3), st.integers(-4, 4), max_size=4)
Step = tuple[dict[int, dict[int, int]], set[int], str, int]
STEPS = st.lists(
    st.tuples(
        st.dictionaries(HOLDINGS, NUMBERS, max_size=3), st.sets(HOLDINGS), st.sampled_from("ab"), st.integers(0, 1)
    ),
    max_size=12,
)
"""What changes, who asks next: for which holdings, by which name, at which moment."""


@pytest.fixture
def conn() -> Iterator[Connection]:
    """A connection to nothing that matters."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    with engine.connect() as found:
        yield found
    engine.dispose()


@given(STEPS, st.sampled_from([-1, 500]))
def test_a_sum_is_the_sum_of_its_parts(steps: list[Step], many: int) -> None:
    """However holdings change between two questions, and whichever of them are asked about."""
    engine = create_engine("sqlite://")
    numbers: dict[int, dict[int, int]] = {}
    versions: Counter[int] = Counter()
    asked: list[tuple[int, int]] = []

    def read(_conn: Connection, holdings: Sequence[int] | None, moment: int) -> Iterable[Sequence[int]]:
        wanted = list(numbers) if holdings is None else holdings
        asked.extend((id_, versions[id_]) for id_ in wanted)
        return [(id_, key + moment, n) for id_ in wanted for key, n in numbers.get(id_, {}).items()]

    sums = Sums(Shelf(read), 3)
    with engine.connect() as conn, mock.patch.object(shelf, "MANY", many):
        for changes, holdings, name, moment in steps:
            for id_, after in changes.items():
                numbers[id_] = after
                versions[id_] += 1
            scope = Scope((name,), {id_: versions[id_] for id_ in holdings}, is_whole=False)
            should: Counter[int] = Counter()
            for id_ in holdings:
                for key, n in numbers.get(id_, {}).items():
                    should[key + moment] += n
            before = len(asked)
            assert sums.of(conn, scope, moment) == {key: n for key, n in should.items() if n}
            read_now = len(asked)
            assert sums.of(conn, scope, moment) == {key: n for key, n in should.items() if n}
            assert len(asked) == read_now, "what is at its version is read again"
            assert many < 0 or read_now - before <= len(holdings)
    engine.dispose()


def test_what_a_writer_sees_is_not_kept(conn: Connection) -> None:
    """A transaction that may yet fail leaves nothing behind in anybody's memory."""
    truth = [1]
    sums = Sums(Shelf(lambda _conn, _holdings, _moment: [(1, 7, truth[0])]), 3)
    kept: Kept[int] = Kept(3)
    scope = Scope(("x",), {1: 4}, is_whole=False)
    writing = conn.execution_options(writing=True)
    assert (sums.of(writing, scope), kept.get(writing, (1,), lambda: truth[0])) == ({7: 1}, 1)
    truth[0] = 2
    conn.execution_options(writing=False)
    assert (sums.of(conn, scope), kept.get(conn, (1,), lambda: truth[0])) == ({7: 2}, 2)
    truth[0] = 3
    assert (sums.of(conn, scope), kept.get(conn, (1,), lambda: truth[0])) == ({7: 2}, 2)
    forget(conn.engine)
    assert (sums.of(conn, scope), kept.get(conn, (1,), lambda: truth[0])) == ({7: 3}, 3)


def test_of_many_who_ask_at_once_one_makes_the_answer(conn: Connection) -> None:
    """While an answer is being made, who asks for the same one waits for it."""
    kept: Kept[str] = Kept(3)
    begun, again = Event(), Event()

    def slow() -> str:
        begun.set()
        return "twice" if again.wait(0.2) else "once"

    def second() -> str:
        again.set()
        return "another"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(kept.get, conn, ("key",), slow)
        assert begun.wait(10)
        two = pool.submit(kept.get, conn, ("key",), second)
        assert (one.result(10), two.result(10)) == ("once", "once")


def test_an_answer_that_fails_is_made_by_the_next(conn: Connection) -> None:
    """An error goes to who met it; the next one who asks tries again."""
    kept: Kept[int] = Kept(3)
    with pytest.raises(ZeroDivisionError):
        kept.get(conn, ("key",), lambda: 1 // 0)
    assert kept.get(conn, ("key",), lambda: 5) == 5
