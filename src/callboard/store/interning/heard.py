"""When the words of a run that stand were said: what makes its result the same in whichever order its pages come.

Kept apart from what else is remembered of resources and rules, which may be dropped and looked up again at any time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import msgspec

_CHUNK = 4_096
_NOTHING = array("q", bytes(8 * _CHUNK))

Dates = tuple[int, int, int]
"""Of a resource: the date of the word on itself, of the one on its projects, and of the one on its services. 0: none."""


class _Column:
    """A date for each row number, in eight bytes where anything near was heard of."""

    def __init__(self) -> None:
        self._chunks: dict[int, array[int]] = {}

    def get(self, id_: int) -> int:
        chunk = self._chunks.get(id_ // _CHUNK)
        return 0 if chunk is None else chunk[id_ % _CHUNK]

    def raise_to(self, id_: int, at: int) -> bool:
        """Whether that is later than what was there."""
        if at <= self.get(id_):
            return False
        number = id_ // _CHUNK
        if number not in self._chunks:
            self._chunks[number] = _NOTHING[:]
        self._chunks[number][id_ % _CHUNK] = at
        return True


class Heard:
    """The dates of the newest words of one run on each resource and each rule, by their row numbers."""

    def __init__(self) -> None:
        self._resources = (_Column(), _Column(), _Column())
        self._rules = _Column()
        self._fresh_resources: set[int] = set()
        self._fresh_rules: set[int] = set()
        self.keeps = False
        """Whether `told` will be asked for."""

    def of_resource(self, id_: int) -> Dates:
        """The dates of a resource's words."""
        of, projects, services = self._resources
        return of.get(id_), projects.get(id_), services.get(id_)

    def of_rule(self, id_: int) -> int:
        """The date of the word on a rule."""
        return self._rules.get(id_)

    def resource(self, id_: int, dates: Dates) -> None:
        """Something was said of a resource. A date never moves back."""
        later = [column.raise_to(id_, at) for column, at in zip(self._resources, dates, strict=True)]
        if self.keeps and any(later):
            self._fresh_resources.add(id_)

    def rule(self, id_: int, at: int) -> None:
        """Something was said of a rule. A date never moves back."""
        if self._rules.raise_to(id_, at) and self.keeps:
            self._fresh_rules.add(id_)

    def told(self) -> bytes | None:
        """What was heard since this was asked for the last time, to be kept beside what came of it. None: nothing."""
        if not self._fresh_resources and not self._fresh_rules:
            return None
        resources = [(id_, *self.of_resource(id_)) for id_ in sorted(self._fresh_resources)]
        rules = [(id_, self.of_rule(id_)) for id_ in sorted(self._fresh_rules)]
        self._fresh_resources.clear()
        self._fresh_rules.clear()
        return msgspec.msgpack.encode((resources, rules))

    def take(self, kept: Iterable[bytes]) -> None:
        """Hear again what was kept by a process that is no more."""
        decode = msgspec.msgpack.Decoder(tuple[list[tuple[int, int, int, int]], list[tuple[int, int]]]).decode
        for blob in kept:
            resources, rules = decode(blob)
            for id_, *dates in resources:
                for column, at in zip(self._resources, dates, strict=True):
                    column.raise_to(id_, at)
            for id_, at in rules:
                self._rules.raise_to(id_, at)
