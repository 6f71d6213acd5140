"""Tickets: work on findings that is also kept in a tracker. One ticket stands for one piece of work, not for one finding. Pure."""

from __future__ import annotations

import enum
import re
from urllib.parse import urlsplit

import msgspec

from callboard.domain.instant import DAY, MINUTE, Instant
from callboard.domain.remediation.message import Line

READ_EVERY = 15 * MINUTE
"""How often an open ticket's status is read back (microseconds)."""
READ_DONE_EVERY = DAY
"""The same for one that is done: it may be opened again."""
MOST_LINES = 20
"""Findings that a ticket names."""


@enum.unique
class TicketState(enum.IntEnum):
    """Where a ticket stands. The numbers are stored: never reuse one."""

    MAKING = 1
    """It waits to be made in the tracker."""
    OPEN = 2
    DONE = 3
    GONE = 4
    """The tracker does not know it, or does not show it to us."""
    FAILED = 5
    """The tracker refused to make it."""

    @property
    def word(self) -> str:
        """The word used in the API and on the command line."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """For people."""
        return _WORDS[self]


_WORDS = {
    TicketState.MAKING: "being made",
    TicketState.OPEN: "open",
    TicketState.DONE: "done",
    TicketState.GONE: "not found in the tracker",
    TicketState.FAILED: "could not be made",
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A tracker as people choose it and as addresses of its tickets are read."""

    name: str
    kind: str
    """github or jira."""
    base: str
    """Where its pages are, without a slash at the end."""
    project: str
    """What new tickets are made in: a repository, or a project's key."""
    teams: tuple[str, ...] = ()
    """Whose work goes there. Empty: everybody's."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as its tracker tells it."""

    key: str
    """As people call it: `PAY-12`, `acme/shop#12`."""
    url: str
    status: str
    """The tracker's own word."""
    done: bool
    opened_at: Instant | None
    """The tracker's own dates."""
    closed_at: Instant | None
    etag: str | None = None


class TicketDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a new ticket says. It quotes no evidence: who may see that finds it on the board."""

    marker: str
    """Names the ticket before the tracker does, so that one whose answer got lost is found again."""
    title: str
    what: str
    """What to do, in a sentence; empty: the findings' pages say it."""
    count: int
    severity: str
    due_at: Instant | None
    components: tuple[str, ...]
    lines: tuple[Line, ...]
    board: str
    """Address of the board; empty: there are no links."""
    path: str
    """Of the list of its findings."""
    at: Instant

    def link(self, path: str) -> str | None:
        """The address of a path of the board."""
        return f"{self.board}{path}" if self.board else None


class LinkedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as a finding shows it."""

    id: int
    tracker: str
    key: str
    """Empty: the tracker has not named it yet."""
    url: str | None
    state: TicketState
    status: str
    """The tracker's own word; empty: not read yet."""
    opened_at: Instant | None
    closed_at: Instant | None
    read_at: Instant | None
    error: str | None
    """Why it could not be made or read, in words."""

    @property
    def name(self) -> str:
        """What to call it."""
        return self.key or f"ticket in {self.tracker}"

    @property
    def told(self) -> str:
        """Where it stands, in words: the tracker's, where it has told any."""
        is_settled = self.state in (TicketState.OPEN, TicketState.DONE)
        return self.status.lower() if is_settled and self.status else self.state.words


_JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,40}-[0-9]{1,12}")
_SLUG = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_GITHUB_KEY = re.compile(rf"({_SLUG}/{_SLUG})#([0-9]{{1,12}})")
_GITHUB_PATH = re.compile(rf"/({_SLUG}/{_SLUG})/(?:issues|pull)/([0-9]{{1,12}})/?")


def key_in(text: str, place: Place) -> str | None:
    """The key of a ticket of this tracker that a text names: the key itself or the address of its page. None: it names none."""
    text = text.strip()
    if "://" not in text:
        return _key(text, place)
    there, base = urlsplit(text), urlsplit(place.base)
    if (there.scheme, there.netloc.lower()) != (base.scheme, base.netloc.lower()):
        return None
    path = there.path
    if not path.startswith(base.path.rstrip("/") + "/"):
        return None
    path = path[len(base.path.rstrip("/")) :]
    if place.kind == "github":
        found = _GITHUB_PATH.fullmatch(path)
        return f"{found[1].lower()}#{int(found[2])}" if found else None
    head, _, key = path.rstrip("/").rpartition("/")
    return _key(key, place) if head == "/browse" else None


def _key(text: str, place: Place) -> str | None:
    if place.kind == "github":
        if text.startswith("#"):
            text = f"{place.project}{text}"
        found = _GITHUB_KEY.fullmatch(text)
        return f"{found[1].lower()}#{int(found[2])}" if found else None
    return text.upper() if _JIRA_KEY.fullmatch(text.upper()) else None


def url_of(key: str, place: Place) -> str:
    """Where people open a ticket."""
    if place.kind == "github":
        repository, _, number = key.partition("#")
        return f"{place.base}/{repository}/issues/{number}"
    return f"{place.base}/browse/{key}"
