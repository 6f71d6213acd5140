"""What the company's board told its teams since each of them has it: a digest a week, and at once what could not wait.

The board was not there, so each message is composed here of what was open on its day, and goes the road of every message from
there on: it waits in the outbox, is posted to the receiver, and what it names counts as told. Some people came by its links.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

import msgspec

from callboard.demo.company.decisions import Moment
from callboard.demo.company.values import Organisation
from callboard.domain.access import Viewer, viewer_of_channel
from callboard.domain.board import FindingRow
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.message_lines import fresh, line_of, path_of
from callboard.domain.query import OPEN, OVERDUE, STEADY, OneOf, Query, parse
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.message import (
    MOST_LINES,
    URGENT_BAND,
    WEEK,
    Item,
    Message,
    Part,
    Sort,
    Why,
    headline,
    list_path,
    next_digest,
)
from callboard.ports import Channel
from callboard.store import Store
from callboard.usecases import ask
from callboard.usecases.remediation.deliver import deliver
from callboard.usecases.remediation.make_past import have_looked, have_written

SEVERE: Final = "severity:critical,high -is:transient"
"""What messages are made of."""
MONDAY: Final = 0
DIGEST_HOUR: Final = 7
MORNING: Final = 6
"""The hour of a day at which what could not wait is told; UTC, like the other."""
LAST: Final = 8 * DAY
"""What is younger is told by the board itself."""
FIRST: Final = 84 * DAY
"""How long before now the first leaves at the earliest: nearly a quarter, as evidence tells it; words are kept no longer either."""
COMES: Final = 0.35
"""Share of the messages by which somebody of the team comes."""
LOOKS: Final = 0.15
"""Share of the messages whose first finding somebody of security looks at as well."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message, and what it was made for."""

    message: Message
    items: tuple[Item, ...] = ()


@dataclass(kw_only=True)
class Told:
    """The severe findings of one team, and since when it is told of them."""

    team: EntityRef
    since: Instant
    board: str
    random: Random
    rows: list[FindingRow] = field(default_factory=list)

    def open_at(self, at: Instant) -> list[FindingRow]:
        """Those open then, the most urgent first."""
        there = [row for row in self.rows if row.first_detected_at <= at < (row.fixed_at or at + 1)]
        return sorted(there, key=_urgency)

    def written(self, sort: Sort, at: Instant, parts: Iterable[Part], items: Sequence[Item] = ()) -> Letter:
        """A message of these parts."""
        told = len({item.finding for item in items})
        message = Message(
            key=str(uuid.UUID(int=self.random.getrandbits(128), version=4)), sort=sort.word, team=self.team,
            title=headline(sort, self.team, told), at=at, since=Instant(at - WEEK) if sort is Sort.DIGEST else None,
            board=self.board, path=list_path(Query((OPEN, STEADY, OneOf("owner", (self.team,)))).canonical), parts=tuple(parts),
        )  # fmt: skip
        return Letter(message=message, items=tuple(items))


async def send_the_past(
    store: Store, channel: Channel, organisation: Organisation, since: Mapping[EntityRef, Instant], *, now: Instant
) -> int:
    """Let it have been sent. `since`: from when on each team is told. Returns how many messages."""
    by_time: dict[Instant, list[Letter]] = defaultdict(list)
    for letter in letters(store, channel.name, organisation, since, now=now):
        by_time[letter.message.at].append(letter)
    for at, some in sorted(by_time.items()):
        have_written(store, channel.name, ((each.message, each.items) for each in some))
        await deliver(store, {channel.name: channel}, board="", clock=Moment(at))
    have_looked(store, _looks(organisation.seed, (each for _, some in sorted(by_time.items()) for each in some)))
    return sum(map(len, by_time.values()))


def letters(
    store: Store, channel: str, organisation: Organisation, since: Mapping[EntityRef, Instant], *, now: Instant
) -> Iterator[Letter]:
    """Every message, team by team."""
    told = {
        team: Told(
            team=team, since=max(at, Instant(now - FIRST)), board=f"https://callboard.{organisation.host}",
            random=Random(f"{organisation.seed}:messages:{team}"),
        )
        for team, at in sorted(since.items())
    }  # fmt: skip
    for each in told.values():
        each.rows += _severe(store, viewer_of_channel(channel, each.team), each.team, now)
        yield from _digests(each, now=now)
        yield from _at_once(each, now=now)


def _severe(store: Store, viewer: Viewer, team: EntityRef, now: Instant) -> Iterator[FindingRow]:
    """The team's own, as far as its channel may see them."""
    query = Query((OneOf("owner", (team,)), *parse(SEVERE).terms))
    cursor = None
    while True:
        page = ask.list_findings(store, viewer, query, now=now, cursor=cursor, limit=500)
        yield from page.rows
        cursor = page.cursor
        if cursor is None:
            return


def _digests(told: Told, *, now: Instant) -> Iterator[Letter]:
    """Every Monday morning, where there is something to tell."""
    at = next_digest(told.since, weekday=MONDAY, hour=DIGEST_HOUR)
    while at < now - LAST:
        parts = list(_week(told, at))
        if parts:
            yield told.written(Sort.DIGEST, at, parts)
        at = Instant(at + WEEK)


def _week(told: Told, at: Instant) -> Iterator[Part]:
    start, mine = Instant(at - WEEK), OneOf("owner", (told.team,))
    there = told.open_at(at)
    new = [row for row in there if _is_urgent(row) and row.first_detected_at >= start // DAY * DAY]
    if new:
        title, is_new = fresh(start)
        yield _part(Why.NEW, new, list_path(Query((OPEN, STEADY, mine, *is_new)).canonical), title=title)
    late = [row for row in there if _day_after(row) is not None and (row.due_at or 0) < at // DAY * DAY]
    if late:
        yield _part(Why.OVERDUE, late, list_path(Query((OPEN, STEADY, mine, OVERDUE)).canonical))
    fixed = sum(start <= (row.fixed_at or 0) < at for row in told.rows)
    if fixed:
        yield Part(what="closed", title="Fixed", count=fixed, path=None)


def _at_once(told: Told, *, now: Instant) -> Iterator[Letter]:
    """On the mornings on which there was something new and urgent, or a day had passed."""
    days: dict[int, list[tuple[Why, FindingRow]]] = defaultdict(list)
    for row in told.rows:
        if _is_urgent(row):
            days[-((MORNING * HOUR - row.first_detected_at) // DAY)].append((Why.NEW, row))
        passed = _day_after(row)
        if passed is not None:
            days[passed].append((Why.OVERDUE, row))
    for day, some in sorted(days.items()):
        at = Instant(day * DAY + MORNING * HOUR)
        if not told.since <= at < now - LAST:
            continue
        there = {row.id for row in told.open_at(at)}
        parts = []
        for why in (Why.NEW, Why.OVERDUE):
            named = [row for each, row in some if each is why and row.id in there]
            if named:
                path = path_of([row.id for row in named])
                parts.append((why, _part(why, sorted(named, key=_urgency), path), named))
        if parts:
            items = [Item(row.id, int(why)) for why, _, named in parts for row in named]
            yield told.written(Sort.AT_ONCE, at, (part for _, part, _ in parts), items)


def _urgency(row: FindingRow) -> tuple[int, int, str]:
    return row.band, row.due_at or 0, row.external_id


def _is_urgent(row: FindingRow) -> bool:
    return row.band <= URGENT_BAND


def _day_after(row: FindingRow) -> int | None:
    """The first day on which it is overdue, since the epoch. None: it has no date."""
    return None if row.due_at is None else row.due_at // DAY + 1


def _part(why: Why, rows: Sequence[FindingRow], path: str | None, *, title: str | None = None) -> Part:
    lines = tuple(map(line_of, rows[:MOST_LINES]))
    return Part(what=why.word, title=title or why.words, count=len(rows), path=path, lines=lines)


def _looks(seed: int, sent: Iterable[Letter]) -> Iterator[tuple[Instant, int, Engagement, Door]]:
    """Some of the team come by a link and open what it leads to; of some, security looks at it too. Neither goes on to the source."""
    random = Random(f"{seed}:links")
    for letter in sent:
        named = letter.message.named
        comes, looks, hours = random.random() < COMES, random.random() < LOOKS, random.randrange(1, 30)
        at = Instant(letter.message.at + hours * HOUR)
        if comes and named:
            finding = random.choice(named)
            yield at, finding, Engagement.ARRIVED, Door.WEBHOOK
            yield at, finding, Engagement.SEEN, Door.PAGE
            yield at, finding, Engagement.OPENED, Door.PAGE
        if looks and named:
            later = Instant(at + HOUR)
            yield later, named[0], Engagement.SEEN_BY_SECURITY, Door.PAGE
            yield later, named[0], Engagement.OPENED, Door.PAGE
