"""The rules of one source."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from callboard.domain.finding import Observed, Rule
from callboard.domain.term import searchable
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.heard import Heard
from callboard.store.interning.told import REMEMBERED, Digests, date


class _Rule:
    """A rule as the run road needs it, with the date of the last word that this run has heard of it."""

    __slots__ = ("at", "digest", "id")

    def __init__(self, id_: int, digest: bytes, at: int) -> None:
        self.id = id_
        self.digest = digest
        self.at = at
        """0: nothing was heard of it in this run."""


class Rules:
    """The rules of one source.

    What this run hears of a rule stands above what is stored. Among the words of one run the newest record's win, and of
    words of one date those with the larger digest, so that order decides nothing.
    """

    def __init__(self, dialect: Dialect, source_id: int, heard: Heard) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._heard = heard
        self._known: dict[str, _Rule] = {}
        self._digests = Digests()

    def ensure(self, conn: Connection, observations: Iterable[Observed], *, whole: bool = True) -> dict[str, int]:
        """Ids by external id of the rules of these observations; new ones are made, changed ones brought up to date.

        Without `whole` the observations tell only a part of a rule: those that are stored stay as they are.
        """
        told = self._told(observations)
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        missing = [external_id for external_id in told if external_id not in known]
        columns = ["external_id", "id", "content_hash"]
        for row in self._dialect.lookup(
            conn, schema.rule, columns, "external_id", missing, within=("source_id", self._source_id)
        ):
            known[row[0]] = _Rule(row[1], bytes(row[2]), self._heard.of_rule(row[1]))
        new: list[Row] = []
        changed: list[Row] = []
        free = next_id(conn, schema.rule) if any(external_id not in known for external_id in missing) else 0
        for external_id, (rule, digest, at) in told.items():
            entry = known.get(external_id)
            if entry is None:
                body = msgspec.msgpack.encode(rule)
                new.append((free, self._source_id, external_id, rule.name, _words(rule), digest, body))
                known[external_id] = _Rule(free, digest, at)
                free += 1
            elif whole and digest != entry.digest and (at, digest) > (entry.at, entry.digest if entry.at else b""):
                changed.append((rule.name, _words(rule), digest, msgspec.msgpack.encode(rule), entry.id))
                entry.digest, entry.at = digest, at
            elif at > entry.at and digest == entry.digest:
                entry.at = at
            self._heard.rule(known[external_id].id, known[external_id].at)
        self._dialect.insert(conn, schema.rule, new)
        self._dialect.update(conn, schema.rule, ["name", "search", "content_hash", "body"], ["id"], changed)
        return {external_id: known[external_id].id for external_id in told}

    def _told(self, observations: Iterable[Observed]) -> dict[str, tuple[Rule, bytes, int]]:
        """The newest word on each rule."""
        told: dict[str, tuple[Rule, bytes, int]] = {}
        digest_of = self._digests.of
        for seen in observations:
            rule = seen.rule
            external_id = rule.external_id
            other = told.get(external_id)
            at = date(seen)
            if other is None or (at > other[2] and other[0] is rule):
                told[external_id] = (rule, digest_of(rule) if other is None else other[1], at)
            elif other[0] is not rule and at >= other[2]:
                digest = digest_of(rule)
                if (at, digest) > (other[2], other[1]):
                    told[external_id] = (rule, digest, at)
        return told


def _words(rule: Rule) -> str:
    return searchable(rule.external_id, rule.name)
