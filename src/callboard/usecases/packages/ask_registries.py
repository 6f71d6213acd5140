"""Asks registries, where the operator names some, about what came in lately and about names of the company's own.

One request at a time, a bounded number in one go, and the same question at most once a day.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

import msgspec

from callboard.domain.instant import DAY, HOUR, MINUTE, Instant
from callboard.domain.packages.at_registry import Answer, Terms, is_scoped, kept, not_evaluated
from callboard.domain.packages.package import PackageKey
from callboard.errors import OutboundError
from callboard.ports import Clock, Registry
from callboard.store import Store, evidence
from callboard.store.packages import registry_answers as shelf
from callboard.store.packages.manifests import mark_of

SAME_AFTER = DAY
"""Before that the same question is not asked again."""
LOOK_EVERY = HOUR
LOOK_AT_MOST_EVERY = 10 * MINUTE
"""How often it is looked whether there is something to ask: without news of manifests, and with."""
MOST_FAILURES = 5
"""Requests in a row that fail before a registry is left alone until the next time."""
_LOOKED = "registries-looked"


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator says about registries, and how asking them went."""

    terms: tuple[Terms, ...] = ()
    calls: int = 0
    news: int = 0
    """Names about which something else is known than before."""
    problems: tuple[str, ...] = ()
    """Why something was not asked."""
    blind: tuple[str, ...] = not_evaluated(())
    """Sentences about what nobody could be asked."""

    @property
    def mark(self) -> str:
        """The same for the same terms. Empty: no registry is configured."""
        return f"/{hashlib.sha256(repr(self.terms).encode()).hexdigest()[:12]}" if self.terms else ""


NOBODY = Registered()
"""No registry is configured."""


class _Question(msgspec.Struct, frozen=True):
    name: str
    versions: frozenset[str]
    etag: str | None
    before: Answer | None


async def ask_registries(
    store: Store, registries: Sequence[Registry], *, clock: Clock, problems: Sequence[str] = (), always: bool = True
) -> Registered:
    """Ask what is not known yet, or has been known for a day. Without `always` only now and then.

    `problems` tell why a registry cannot be asked at all. That one does not answer stops nothing but its own questions.
    """
    told, calls, news = list(problems), 0, 0
    if registries and (always or await asyncio.to_thread(_is_time, store, clock.now())):
        for registry in registries:
            answers, problem = await _one(store, registry, clock)
            calls += len(answers)
            news += await asyncio.to_thread(_keep, store, answers)
            told += [problem] if problem is not None else []
        await asyncio.to_thread(_looked, store, clock.now())
    known = await as_known(store, registries, told)
    return msgspec.structs.replace(known, calls=calls, news=news, problems=tuple(told))


async def as_known(store: Store, registries: Sequence[Registry], problems: Sequence[str] = ()) -> Registered:
    """What the operator says about registries, and what is known without asking them."""
    terms = tuple(each.terms for each in registries)
    in_scopes = await asyncio.to_thread(_in_scopes, store, terms)
    return Registered(terms=terms, blind=not_evaluated(terms, problems, in_scopes))


async def _one(store: Store, registry: Registry, clock: Clock) -> tuple[dict[PackageKey, shelf.Kept], str | None]:
    """What one registry answers, and why it did not answer everything."""
    ecosystem = registry.terms.ecosystem
    questions = await asyncio.to_thread(_questions, store, registry.terms, clock.now())
    answers: dict[PackageKey, shelf.Kept] = {}
    failures, missed, reason = 0, 0, ""
    for number, question in enumerate(questions):
        if number >= registry.calls or failures == MOST_FAILURES:
            missed += len(questions) - number
            break
        try:
            asked = await registry.ask(question.name, question.etag)
        except OutboundError as error:
            failures, missed, reason = failures + 1, missed + 1, error.message
            continue
        failures = 0
        same = question.before if asked.is_same else None
        answer = kept(ecosystem, question.versions, asked.said) if same is None else same
        answers[PackageKey((ecosystem, question.name))] = shelf.Kept(clock.now(), asked.etag, answer)
    why = reason or "They are asked about the next time."
    return answers, f"What the {ecosystem} registry says of {missed:,} more names: {why}" if missed else None


def _questions(store: Store, terms: Terms, now: Instant) -> list[_Question]:
    """What is to be asked, what nobody asked before first."""
    ecosystem = terms.ecosystem
    with store.read() as conn:
        wanted = {
            name: frozenset(versions)
            for name, versions in shelf.came_lately(conn, ecosystem, Instant(now - terms.young_days * DAY)).items()
        }
        if terms.internal:
            for name in shelf.names_in_use(conn, ecosystem):
                if terms.is_internal(name):
                    wanted.setdefault(name, frozenset())
        known = shelf.all_of(conn, [ecosystem])
    new, again = [], []
    for name, versions in sorted(wanted.items()):
        former = known.get(PackageKey((ecosystem, name)))
        if former is None:
            new.append(_Question(name, versions, None, None))
            continue
        before = former.answer
        missing = versions - set(before.asked)
        is_open = bool(versions - set(before.releases)) or terms.is_internal(name)
        if missing:
            new.append(_Question(name, versions | set(before.releases), None, None))
        elif is_open and former.asked_at <= now - SAME_AFTER:
            again.append(_Question(name, frozenset(before.asked), former.etag, before))
    return [*new, *again]


def _keep(store: Store, answers: dict[PackageKey, shelf.Kept]) -> int:
    if not answers:
        return 0
    with store.write() as conn:
        return shelf.write(conn, store.dialect, answers)


def _is_time(store: Store, now: Instant) -> bool:
    with store.read() as conn:
        looked, mark = evidence.remembered(conn, _LOOKED), mark_of(conn)
    if looked is None:
        return bool(mark)
    at, _, of = looked.partition(" ")
    return now - int(at) >= (LOOK_EVERY if of == mark else LOOK_AT_MOST_EVERY)


def _looked(store: Store, now: Instant) -> None:
    with store.write() as conn:
        evidence.remember(conn, _LOOKED, f"{now} {mark_of(conn)}")


def _in_scopes(store: Store, terms: Sequence[Terms]) -> int:
    """How many internal names are in scopes, and not there."""
    if not any(each.internal for each in terms):
        return 0
    by = {each.ecosystem: each for each in terms}
    with store.read() as conn:
        known = shelf.all_of(conn, by)
    return sum(
        each.answer.said is not None
        and not each.answer.said.is_there
        and is_scoped(name)
        and by[ecosystem].is_internal(name)
        for (ecosystem, name), each in known.items()
    )
