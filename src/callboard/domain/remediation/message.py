"""Messages: what goes out to a team, when, and what of it. Pure.

A team is told once a week what matters, and at once only what cannot wait: something new that is urgent, something that became
worse, is overdue, or came back. Everything else is on the board.
"""

from __future__ import annotations

import enum
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from callboard.domain.component import EntityRef, short_name
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, HOUR, MINUTE, Instant
from callboard.domain.priority import signs
from callboard.domain.reconcile import Stored, Verdict
from callboard.domain.remediation.engagement import VIA, Door
from callboard.domain.standing import Danger, worsened

URGENT_BAND = 2
"""Bands up to here have to be mended within 15 days: critical ones, known exploited ones, secrets, what was made to harm."""
NEWS = 7 * DAY
"""What its source has known for longer is no news, though it is stored only now (microseconds)."""
WEEK = 7 * DAY
MOST_LINES = 10
"""Findings told one by one in each part of a message."""
MOST_LINKED = 200
"""Findings that an address can name: as many values as one key of a query takes."""

FIRST_WAIT = MINUTE
LAST_WAIT = 6 * HOUR
"""After a failure the wait doubles from the first to the last."""
MOST_ATTEMPTS = 20
"""By then about three days have passed, and a person has to look."""


@enum.unique
class Why(enum.IntEnum):
    """Why a finding is worth a word. The numbers are stored: never reuse one."""

    NEW = 1
    """It is new, and urgent."""
    WORSE = 2
    """It became worse."""
    OVERDUE = 3
    """Its day has passed."""
    REOPENED = 4
    """It came back after it was closed."""

    @property
    def word(self) -> str:
        """The word used in messages for programs."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """For people, as the head of a list."""
        return _WORDS[self]


_WORDS = {
    Why.NEW: "New and urgent",
    Why.WORSE: "Became worse",
    Why.OVERDUE: "Overdue",
    Why.REOPENED: "Came back",
}


@enum.unique
class Sort(enum.IntEnum):
    """What sort of message it is. The numbers are stored: never reuse one."""

    AT_ONCE = 1
    DIGEST = 2
    TEST = 3
    """Somebody tries whether messages arrive."""

    @property
    def word(self) -> str:
        """The word used in messages for programs."""
        return self.name.lower().replace("_", "-")


@enum.unique
class Delivery(enum.IntEnum):
    """Where a message stands. The numbers are stored: never reuse one."""

    WAITING = 1
    SENT = 2
    DEAD = 3
    """It was refused, or could not be delivered for days. `callboard channels send --again` tries anew."""
    EMPTY = 4
    """There was nothing left to tell."""


class Item(NamedTuple):
    """One finding that is worth a word."""

    finding: int
    why: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in a message. It names no resource and quotes nothing: the board tells that to who may see it."""

    finding: int
    severity: str
    title: str
    components: tuple[str, ...]
    due_at: Instant | None
    path: str
    """Of its page on the board."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Findings told for one reason."""

    what: str
    title: str
    count: int
    path: str | None
    """Of the list of exactly these findings. None: no address can name them."""
    lines: tuple[Line, ...] = ()


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work: what one action closes."""

    title: str
    fix: str | None
    severity: str
    findings: int
    due_at: Instant | None
    path: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is sent, and sent again: it does not change once it was tried."""

    key: str
    """Names the message: one that comes again has the same key."""
    sort: str
    team: EntityRef
    title: str
    at: Instant
    since: Instant | None = None
    """For a digest: what it tells happened since then."""
    board: str = ""
    """Address of the board, without a slash at its end. Empty: nobody told, so that there are no links."""
    open: int | None = None
    path: str = ""
    """Of the list of everything that is open there."""
    parts: tuple[Part, ...] = ()
    work: tuple[Work, ...] = ()
    unsubscribe: str | None = None
    """Path by which this address gets no more of them. None: the operator decides."""
    via: str = ""
    """The sort of channel that its links say they were followed from: never a person, a team or a message. Empty: none."""

    @property
    def named(self) -> tuple[int, ...]:
        """The findings that it names, each once."""
        return tuple(dict.fromkeys(line.finding for part in self.parts for line in part.lines))

    def by(self, channel: Door) -> Message:
        """The same, with links that tell by which sort of channel they came."""
        return msgspec.structs.replace(self, via=channel.word)

    def link(self, path: str | None) -> str | None:
        """The address of a path of the board."""
        if not self.board or not path:
            return None
        if not self.via or not path.startswith(_LISTS):
            return f"{self.board}{path}"
        return f"{self.board}{path}{'&' if '?' in path else '?'}{VIA}={self.via}"


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Where a channel leads, as configured."""

    channel: str
    teams: tuple[EntityRef, ...]
    """Whose messages it takes. Empty: those of every group that owns something."""
    addresses: tuple[str, ...] = ("",)
    """Persons or lists; "" where the channel itself is the place."""
    at_once: bool
    weekday: int | None
    """0: Monday. None: no digests."""
    hour: int


_LISTS = "/findings"
"""Where pages read by which channel somebody came."""


def spacing(address: str, sort: Sort) -> int:
    """How long after one message to an address the next may leave, in microseconds: nobody gets two mails a day.

    A room or a program, which has no address of its own, takes what cannot wait; and whoever tries out a channel waits for it.
    """
    return DAY if address and sort is not Sort.TEST else 0


def list_path(query: str) -> str:
    """Where the board lists the findings of a query."""
    return f"/findings?q={quote(query, safe='')}"


def is_urgent(priority: int) -> bool:
    """Whether something new of this priority cannot wait for the digest."""
    return signs(priority).band <= URGENT_BAND


def worth_first(verdict: Verdict, *, now: Instant) -> Why | None:
    """Why a finding that was never stored before is worth a word. None: it is not."""
    if not verdict.shown.is_open or now - verdict.first_detected_at > NEWS:
        return None
    return Why.NEW if is_urgent(verdict.priority) else None


def worth_again(known: Stored, verdict: Verdict, *, apart: int) -> Why | None:
    """Why a finding that was observed again is worth a word. `apart`: it comes and goes, which was told before."""
    if not verdict.shown.is_open or apart:
        return None
    if verdict.reopened > known.reopened:
        return Why.REOPENED
    # An unknown severity that becomes known is not worse: nobody knew.
    rank = _rank(verdict.severity if known.severity is Severity.UNKNOWN else known.severity)
    before = Danger(rank, known.priority, known.blast, known.reopened)
    after = Danger(_rank(verdict.severity), verdict.priority, verdict.blast, verdict.reopened)
    return Why.WORSE if worsened(before, after) is not None else None


def _rank(severity: Severity) -> int:
    return 6 - severity


def next_digest(now: Instant, *, weekday: int, hour: int) -> Instant:
    """The next moment after `now` at this hour of this weekday, in UTC."""
    # The epoch was a Thursday.
    today = now // DAY
    day = today + (weekday - (today + 3) % 7) % 7
    at = day * DAY + hour * HOUR
    return Instant(at if at > now else at + WEEK)


def again_after(attempts: int, asked: float | None) -> int | None:
    """How long to wait before the next attempt, in microseconds. None: there is no next one.

    `asked`: seconds that the receiver asked us to wait.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    wait: int = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LAST_WAIT)
    return max(wait, int((asked or 0) * 1_000_000))


def headline(sort: Sort, team: EntityRef, items: int) -> str:
    """The title of a message."""
    name = short_name(team)
    match sort:
        case Sort.AT_ONCE:
            return f"{name}: {items:,} {'finding needs' if items == 1 else 'findings need'} a look"
        case Sort.DIGEST:
            return f"{name}: the week on the callboard"
    return f"{name}: a test message of Callboard"
