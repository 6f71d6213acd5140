"""Answers kept in memory as long as nothing has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class Droppable(Protocol):
    """Something kept of databases."""

    def drop(self, engine: Engine) -> None:
        """Keep nothing of this database any more."""


def is_writing(conn: Connection) -> bool:
    """Whether this is a transaction of `Store.write`."""
    return bool(conn.get_execution_options().get("writing", False))


class Kept(Generic[T]):
    """The last few answers of each database.

    A key names everything that an answer depends on: the revision it was made at, who may see what, the question, the
    day. Answers that depend on the moment are not for keeping.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._databases: WeakKeyDictionary[Engine, OrderedDict[Hashable, T]] = WeakKeyDictionary()
        self._making: dict[tuple[Engine, Hashable], Event] = {}
        self._lock = Lock()
        keeps(self)

    def get(self, conn: Connection, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """The answer under this key, made when there is none. Of many who ask at once one makes it, and the others wait.

        What a writing transaction sees may never come to be, so it is not kept.
        """
        if is_writing(conn):
            return make()
        name = (conn.engine, key)
        while True:
            with self._lock:
                answers = self._databases.setdefault(conn.engine, OrderedDict())
                if key in answers:
                    answers.move_to_end(key)
                    return answers[key]
                made = self._making.get(name)
                if made is None:
                    mine = self._making[name] = Event()
                    break
            # Who makes it may fail; then the next one tries.
            made.wait()
        try:
            answer = make()
            with self._lock:
                answers[key] = answer
                while len(answers) > self._most:
                    answers.popitem(last=False)
            return answer
        finally:
            with self._lock:
                del self._making[name]
            mine.set()

    def drop(self, engine: Engine) -> None:
        """Keep nothing of this database any more."""
        with self._lock:
            self._databases.pop(engine, None)


_ALL: WeakSet[Droppable] = WeakSet()


def keeps(one: Droppable) -> None:
    """Let `forget` know of it."""
    _ALL.add(one)


def forget(engine: Engine) -> None:
    """Keep nothing of a database whose contents were exchanged from outside, so that its revision fell."""
    for each in list(_ALL):
        each.drop(engine)
