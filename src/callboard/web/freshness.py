"""How much the numbers on a page can be trusted right now, in sentences. Stale is not fresh, partial is not whole."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.run import RunState
from callboard.web import words


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence above a page."""

    late: bool
    """True: something is overdue. False: something to know."""
    head: str
    text: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """When the board last looked at the world: the least fresh of its sources."""

    at: Instant | None
    """Start of the last applied run. None: never."""
    stale: bool


def seen(sources: Sequence[SourceHealth]) -> Seen | None:
    """The least fresh source's state. None: no source is configured."""
    if not sources:
        return None
    runs = [source.last_run_at for source in sources]
    known = [at for at in runs if at is not None]
    at = min(known) if len(known) == len(runs) else None
    return Seen(at=at, stale=any(source.stale for source in sources))


def never_read(sources: Sequence[SourceHealth]) -> bool:
    """True when no source has been read completely yet, so that zero means nothing."""
    return all(source.last_full_at is None for source in sources)


def banners(sources: Sequence[SourceHealth], now: Instant) -> tuple[Banner, ...]:
    """What a reader must know before reading the numbers, late ones first."""
    kinds = [source.kind for source in sources]
    found = [banner for source in sources for banner in _of(source, now, among=kinds.count(source.kind))]
    if not sources:
        found.append(
            Banner(
                late=False, head="No source of findings is configured.", text="Run callboard init, then callboard sync."
            )
        )
    return tuple(sorted(found, key=lambda banner: not banner.late))


def _of(source: SourceHealth, now: Instant, *, among: int) -> list[Banner]:
    """`among` is how many sources there are of its kind, which one name for all of them does not tell apart."""
    title = words.source_title(source.kind, source.name)
    if among > 1 and title != source.name:
        title = f"{title} ({source.name})"
    why = f" {_sentence(source.reason)}" if source.reason else ""
    if source.last_full_at is None and source.syncing:
        return [
            Banner(
                late=False,
                head=f"The first sync of {title} is running.",
                text="Findings appear as pages arrive; numbers still grow, and nothing that is missing means anything yet.",
            )
        ]
    if source.last_run_state == RunState.REFUSED:
        head = f"{title} lets us read nothing."
        data_at = source.last_run_at or source.last_full_at
        if source.last_full_at is None and not source.findings:
            data_at = None
        since = "" if data_at is None else f" Numbers below are from {words.day(data_at)}."
        return [Banner(late=source.stale, head=head, text=f"{why} Run callboard doctor.{since}".strip())]
    if source.last_full_at is None:
        if source.last_run_at is None and not source.findings:
            return [Banner(late=False, head=f"{title} has not been read yet.", text=f"Run callboard sync.{why}")]
        text = f"What is here came from a file or a sync in part; what is missing means nothing.{why}"
        return [Banner(late=False, head=f"{title} has never been read completely.", text=text)]
    found = []
    data_at = source.last_run_at or source.last_full_at
    if source.last_run_state == RunState.HELD:
        text = f"{why.strip()} Until then the numbers below are from {words.day(data_at)}."
        head = f"A sync of {title} is held until a person has looked at it."
        found.append(Banner(late=source.stale, head=head, text=text.strip()))
    elif source.stale:
        text = f"That is older than promised.{why} Numbers below are from {words.day(data_at)}."
        found.append(Banner(late=True, head=f"Data of {title} is {words.age(now - data_at)} old.", text=text))
    if source.last_run_state == RunState.PARTIAL:
        text = f"{why.strip()} Closed findings are not counted as fixed until a full sync."
        found.append(Banner(late=False, head=f"{title} was read only in part.", text=text.strip()))
    return found


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
