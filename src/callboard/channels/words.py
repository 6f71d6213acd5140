"""A message in words for people, the same in every channel that has some."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.domain.component import short_name
from callboard.domain.instant import DAY, Instant, to_datetime
from callboard.domain.remediation.message import Line, Message, Part, Sort, Work

SHOWN_COMPONENTS = 3

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TEST = "If you can read this, messages of this channel arrive."


def day(at: Instant) -> str:
    """The day in UTC."""
    moment = to_datetime(at)
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def due(at: Instant | None, now: Instant) -> str:
    """When it has to be fixed."""
    if at is None:
        return "no due date"
    days = at // DAY - now // DAY
    if days < 0:
        return f"{-days:,} {'day' if days == -1 else 'days'} late"
    return "due today" if days == 0 else f"due {day(at)}"


def lead(message: Message) -> str:
    """The sentence under the title."""
    if message.sort == Sort.TEST.word:
        return TEST
    if message.open is None:
        return "More findings are open than are counted."
    return f"{count(message.open, 'finding')} open."


def head(part: Part) -> str:
    """The head of a part."""
    return f"{part.title}: {part.count:,}"


def about(line: Line, now: Instant) -> str:
    """What stands behind a finding's title."""
    named = ", ".join(short_name_of(each) for each in line.components[:SHOWN_COMPONENTS])
    more = len(line.components) - SHOWN_COMPONENTS
    where = f"{named} and {more} more" if more > 0 else named
    return ", ".join(each for each in (where, due(line.due_at, now)) if each)


def rest(part: Part) -> str | None:
    """How many are not told one by one."""
    left = part.count - len(part.lines)
    return f"and {left:,} more" if part.lines and left > 0 else None


def piece(work: Work) -> str:
    """What stands behind a piece of work."""
    return f"closes {count(work.findings, 'finding')}"


def count(value: int, one: str) -> str:
    """A count with its unit in the right form."""
    return f"{value:,} {one if value == 1 else f'{one}s'}"


def short_name_of(ref: str) -> str:
    """The name part of a reference."""
    return short_name(ref) or ref  # type: ignore[arg-type]


def plain(message: Message) -> Iterator[str]:
    """The message as lines of text."""
    yield message.title
    yield ""
    yield lead(message)
    for part in message.parts:
        yield ""
        yield head(part)
        for line in part.lines:
            yield f"- {line.severity.upper()} {line.title} ({about(line, message.at)})"
            if link := message.link(line.path):
                yield f"  {link}"
        if left := rest(part):
            yield f"- {left}"
        if part.lines and (link := message.link(part.path)):
            yield f"  All of them: {link}"
    if message.work:
        yield ""
        yield "What to do first"
        for work in message.work:
            yield f"- {work.fix or work.title} ({piece(work)})"
            if link := message.link(work.path):
                yield f"  {link}"
    if link := message.link(message.path):
        yield ""
        yield f"Everything that is open: {link}"
