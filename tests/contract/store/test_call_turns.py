"""One account, one pace, however many processes call."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, update

from callboard.store import Store, call_turns, schema
from callboard.usecases.call_turns import LONGEST, SharedTurns

STEP = 1_000
"""Microseconds between two calls of the account of these tests."""


def next_at(store: Store) -> int:
    """When the only account may be called next."""
    with store.read() as conn:
        return int(conn.execute(select(schema.call_turn.c.next_at)).scalar_one())


def reserve(store: Store, span: int = STEP) -> int:
    """Take a turn; in how many microseconds it begins."""
    with store.jot() as conn:
        return call_turns.reserve(conn, "one", span, longest=900_000_000)


def test_each_turn_follows_the_one_before_it(store: Store) -> None:
    """To the microsecond, whoever takes it; the first one begins at once."""
    assert reserve(store) == 0
    with store.jot() as conn:
        call_turns.hold(conn, "one", 600_000_000)
    before = next_at(store)
    for number in range(1, 4):
        assert reserve(store) > 0
        assert next_at(store) == before + number * STEP


def test_a_longer_hold_is_not_made_shorter(store: Store) -> None:
    """Two processes were told different things: the longer one counts."""
    for span in (600_000_000, 1_000_000):
        with store.jot() as conn:
            call_turns.hold(conn, "one", span)
    assert reserve(store) > 300_000_000


def test_a_clock_that_was_put_back_holds_nobody_up(store: Store) -> None:
    """What lies further ahead than anybody may be told to wait counts for nothing."""
    reserve(store)
    with store.jot() as conn:
        conn.execute(update(schema.call_turn).values(next_at=schema.call_turn.c.next_at + 10**13))
    assert reserve(store) == 0
    assert reserve(store) <= STEP


def test_two_processes_together_call_no_faster_than_one_may(store: Store) -> None:
    """Each turn of either moves the account by one step."""

    async def both() -> None:
        turns = [SharedTurns(store, "account", 50) for _ in range(2)]
        await turns[0].take()
        before = next_at(store)
        await asyncio.gather(*(each.take() for each in turns for _ in range(10)))
        reserved = next_at(store) - before
        # A process takes five turns of a fiftieth second together; four of the first five were taken already.
        assert reserved >= (20 - 4) * 20_000

    asyncio.run(both())


def test_a_hold_is_for_all(store: Store) -> None:
    """The other process has no turn before it, but for those that it had taken."""

    async def told() -> None:
        await SharedTurns(store, "account", 10).hold(2 * LONGEST)

    asyncio.run(told())
    other = SharedTurns(store, "account", 10)
    assert LONGEST * 1_000_000 >= other._reserve() > LONGEST * 500_000
