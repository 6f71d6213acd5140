"""On PostgreSQL one process wakes another one; a call reaches one of them, once."""

from __future__ import annotations

import asyncio

from callboard.store import Store, open_store
from callboard.store.dialect.queue import Queue
from callboard.store.waking import Nobody, waker_of


def test_where_one_machine_works_nobody_is_called(sqlite_store: Store) -> None:
    """And nobody waits for an answer."""
    waker = waker_of(sqlite_store)
    assert isinstance(waker, Nobody)
    waker.call(["source main"])
    waker.close()


async def test_a_call_is_answered_once_and_not_kept(postgres_url: str) -> None:
    """By one of those that listen; the same call that still waits is not made twice."""
    store = await asyncio.to_thread(open_store, postgres_url)
    caller, listeners = waker_of(store), [waker_of(store) for _ in range(2)]
    assert isinstance(caller, Queue)
    came: list[str] = []
    has_begun, has_come = asyncio.Event(), asyncio.Event()

    async def do(name: str) -> None:
        came.append(name)
        has_begun.set()
        if name == "last":
            has_come.set()

    for _ in range(3):
        await asyncio.to_thread(caller.call, ["source main"])
    tasks = [asyncio.create_task(each.answer(do)) for each in listeners]
    try:
        await asyncio.wait_for(has_begun.wait(), 120)
        await asyncio.to_thread(caller.call, ["last"])
        await asyncio.wait_for(has_come.wait(), 120)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in (caller, *listeners):
            await asyncio.to_thread(each.close)
        await asyncio.to_thread(store.close)
    assert came == ["source main", "last"]
