"""What addresses and forms about whose things are ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callboard.domain.component import entity_ref
from callboard.domain.instant import Instant
from callboard.domain.ownership import picking
from callboard.domain.ownership.coverage import Cut, end_of_day
from callboard.domain.ownership.drift import SignalKind
from callboard.domain.ownership.picking import LESS, MORE, Pick, Sight
from callboard.domain.policy import Moved
from callboard.errors import InvalidQueryError
from callboard.usecases.roll_up import View
from callboard.web.params.board import finding_id, named
from callboard.web.query_string import choice, collected, meant, only


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalAsk:
    """Which signals about ownership are asked for."""

    kind: SignalKind | None
    before: int | None
    """Only older ones than the one of this number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageAsk:
    """A question about how much has an owner."""

    on: Instant | None
    """None: now."""
    by: Cut | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceAsk:
    """A resource, by its own id or by one of its findings."""

    id: str = ""
    source: str | None = None
    finding: int | None = None


MOST_SKIPPED = 10_000_000
"""Rows of a list that may be skipped."""


def coverage(values: Iterable[tuple[str, str]]) -> CoverageAsk:
    """Of which day, and cut by what, a report on coverage is. Raises InvalidQueryError."""
    found = collected(values, ("on", "by"))
    by = choice(found, "by", tuple(cut.value for cut in Cut))
    day = only(found, "on")
    try:
        on = None if day is None else end_of_day(day)
    except ValueError as error:
        raise InvalidQueryError(f"{day!r} is no day.", field="on", hint="Write it as 2026-06-30.") from error
    return CoverageAsk(on=on, by=None if by is None else Cut(by))


def signals(values: Iterable[tuple[str, str]]) -> SignalAsk:
    """Which signals about ownership are asked for. Raises InvalidQueryError."""
    found = collected(values, ("kind", "before"))
    kind, before = choice(found, "kind", tuple(each.value for each in SignalKind)), only(found, "before")
    if before is not None and not (before.isascii() and before.isdecimal() and len(before) <= 18):
        raise InvalidQueryError("It is the number of a signal.", field="before")
    return SignalAsk(
        kind=None if kind is None else SignalKind(kind), before=None if before is None else int(before)
    )  # fmt: skip


def pick(text: str) -> Pick:
    """One number of a plan, as `of` says it. Raises InvalidQueryError."""
    try:
        return picking.pick(text)
    except ValueError as error:
        raise InvalidQueryError(
            f"{text[:80]!r} is no number of a plan.",
            field="of",
            hint="For example moved, gained:group:default/payments.",
        ) from error


def moved(text: str) -> Moved | Sight:
    """One number of a plan of a policy: of due dates, or of what one person would see. Raises InvalidQueryError."""
    word, _, of = text.partition(":")
    try:
        if word in (MORE, LESS):
            return Sight(entity_ref(of, kind="user"), more=word == MORE)
        return Moved(text)
    except ValueError as error:
        raise InvalidQueryError(
            f"{text[:80]!r} is no number of such a plan.", field="of", hint=meant(text, [*Moved, MORE, LESS])
        ) from error


def skipped(text: str) -> int:
    """How many rows a form skips. Raises InvalidQueryError."""
    if text and not (text.isascii() and text.isdecimal() and int(text[:9]) <= MOST_SKIPPED and len(text) <= 8):
        raise InvalidQueryError("How many are skipped is a number.", field="skip")
    return int(text or "0")


def revision(text: str) -> int | None:
    """The revision that a form was made from. None: it does not say. Raises InvalidQueryError."""
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise InvalidQueryError("A revision is a number.", field="expected")
    return int(text) if text else None


def drafted(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a draft of a rule set is made from. Raises InvalidQueryError."""
    found = collected(values, ("id", "resource", "source", "project", "account", "component", "reason"))
    return {name: text for name in found if (text := only(found, name)) is not None}


def resource_or_finding(values: Iterable[tuple[str, str]]) -> ResourceAsk:
    """A resource by `id` and `source`, or by one of its findings. Raises InvalidQueryError."""
    found = collected(values, ("id", "source", "finding"))
    number = only(found, "finding")
    if number is not None:
        return ResourceAsk(finding=finding_id(number))
    asked = named((name, text) for name, texts in found.items() for text in texts)
    return ResourceAsk(id=asked.id, source=asked.source)


def rolled_by(values: Iterable[tuple[str, str]]) -> View:
    """By what findings are rolled up. Raises InvalidQueryError."""
    return View(choice(collected(values, ("by",)), "by", tuple(each.value for each in View)) or View.DOMAIN)
