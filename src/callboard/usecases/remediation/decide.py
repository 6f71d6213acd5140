"""Say something about findings: take them, snooze them, dismiss them, accept a risk; and take it back.

One thing is said about one finding or about many, in one transaction with everything that follows from it. What cannot be
said about some of many is left out and told with its reason; what can be said about none changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from callboard.domain.access import Everything, Right, Role, Viewer
from callboard.domain.component import entity_ref
from callboard.domain.decision import ITSELF, Decision, DecisionKind, Draft, Reason, settled
from callboard.domain.instant import Instant
from callboard.domain.query import OPEN, OneOf, Query
from callboard.domain.retention import ANSWERS_KEPT
from callboard.domain.standing import HANDS, Effect, Refusal
from callboard.errors import ConflictError, InvalidQueryError, KeyReusedError, NotAllowedError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, deciders, decisions
from callboard.store.database import bump_revision
from callboard.store.decisions import Known
from callboard.store.people import audit
from callboard.store.query.filters import Asking
from callboard.store.remediation import write_backs

MOST = 10_000
"""Findings that one thing can be said about at once."""
MOST_TOLD = 100
"""Findings of which it is told one by one why they were left out."""
LONGEST_KEY = 200
ENDED_AT_ONCE = 2_000
"""Findings that come back in one transaction."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Which findings: just one of these."""

    findings: tuple[int, ...] | None = None
    bundle: str | None = None
    """The open findings that one action closes, by its key."""
    query: Query | None = None

    @property
    def asked(self) -> Query | None:
        """The query that lists them."""
        return self.query if self.bundle is None else Query((OPEN, OneOf("bundle", (self.bundle,))))


class Left(msgspec.Struct, frozen=True):
    """A finding about which it cannot be said."""

    finding: int
    why: Refusal
    by: str | None = None
    """Who has taken it, or has said something meanwhile."""

    @property
    def words(self) -> str:
        """For people."""
        if self.by is None:
            return self.why.words
        return f"{self.why.words[:-1]}: {self.by}."


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, and about what."""

    decision: int | None
    """Its number, by which it is taken back. None: nothing was said, or it was only tried."""
    kind: DecisionKind
    findings: tuple[int, ...]
    left: tuple[Left, ...] = ()
    """At most `MOST_TOLD` of those left out."""
    left_count: int = 0
    newest: int
    """The newest decision of all: what whoever read this has seen."""


def decide(
    store: Store, viewer: Viewer, draft: Draft, target: Target, *, clock: Clock, seen: int | None = None,
    count: int | None = None, key: str | None = None, tried: bool = False,
) -> Done:  # fmt: skip
    """Say it.

    `seen` is the newest decision that the speaker knows of: what others have said since is not talked over. `count` is how many
    findings a query had when the speaker looked. `key` makes a request that comes again answer as the first time. `tried`
    changes nothing and tells what would be done.

    Raises InvalidQueryError for what cannot be said so, NotAllowedError without the right to, NotFoundError where nothing of
    it is the viewer's to decide, ConflictError where somebody was quicker, and KeyReusedError.
    """
    viewer.require(Right.ACCEPT if draft.kind is DecisionKind.ACCEPT else Right.DECIDE)
    asked = hashlib.sha256(msgspec.json.encode((draft, _told(target), seen, count))).digest()
    with store.write() as conn:
        now = clock.now()
        known = None if tried else _answered(conn, viewer, key, asked, now=now)
        if known is not None:
            return known
        draft = _checked(conn, viewer, settled(draft, now=now))
        ids, unknown = _found(conn, store, viewer, draft, target, now=now, count=count)
        done = _say(conn, store, viewer, draft, ids, unknown=unknown, seen=seen, now=now, tried=tried)
        if key is not None and not tried:
            decisions.keep_answer(conn, viewer.named, key, asked, msgspec.json.encode(done), now=now)
        return done


def newest(store: Store) -> int:
    """The newest decision of all: what whoever looks now has seen. 0: none."""
    with store.read() as conn:
        return decisions.newest(conn)


def undo(
    store: Store, viewer: Viewer, decision_id: int, *, clock: Clock, findings: tuple[int, ...] | None = None,
    key: str | None = None,
) -> Done:  # fmt: skip
    """Take back what was said, for all findings that it stands for and that are the viewer's to decide, or some of them."""
    draft = Draft(kind=DecisionKind.UNDO, of=decision_id)
    return decide(store, viewer, draft, Target(findings=findings), clock=clock, key=key)


def bring_back(store: Store, *, clock: Clock) -> int:
    """End what has come to its time or condition. Returns for how many findings.

    Until this has run, nothing of it has ended, anywhere.
    """
    with store.read() as conn:
        now = clock.now()
        if not decisions.ending(conn, now=now, limit=1):
            return 0
    ended = 0
    while True:
        with store.write() as conn:
            now = clock.now()
            found = decisions.ending(conn, now=now, limit=ENDED_AT_ONCE)
            by_word: dict[tuple[int, str], list[int]] = {}
            for each in found:
                by_word.setdefault((each.decision_id, each.why), []).append(each.finding_id)
            for (of, why), ids in by_word.items():
                draft = Draft(kind=DecisionKind.RETURN, of=of, note=why)
                before = decisions.known(conn, store.dialect, ids)
                effects, _ = _judged(draft, before, ids, actor=ITSELF, seen=None)
                _write(conn, store, draft, effects, before, actor=ITSELF, roles=(), now=now)
            if found:
                bump_revision(conn)
        ended += len(found)
        if len(found) < ENDED_AT_ONCE:
            return ended


def _told(target: Target) -> tuple[object, ...]:
    return (target.findings, target.bundle, None if target.query is None else target.query.canonical)


def _answered(conn: Connection, viewer: Viewer, key: str | None, asked: bytes, *, now: Instant) -> Done | None:
    if key is None:
        return None
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidQueryError(f"A key has 1 to {LONGEST_KEY} printable characters.", field="Idempotency-Key")
    found = decisions.answered(conn, viewer.named, key, since=Instant(now - ANSWERS_KEPT))
    if found is None:
        return None
    if found[0] != asked:
        raise KeyReusedError(hint="Give every request a key of its own, and the same key only when it is sent again.")
    return msgspec.json.decode(found[1], type=Done)


def _checked(conn: Connection, viewer: Viewer, draft: Draft) -> Draft:
    """The draft, whose words about others are of what the viewer may know of."""
    if draft.kind is DecisionKind.ASSIGN:
        try:
            ref = entity_ref(draft.about or "", kind="group")
        except ValueError as error:
            raise InvalidQueryError(f"{error}.", field="to", hint="For example group:default/payments.") from error
        if ref not in (viewer.owners or ()) and not deciders.may_be_given_to(conn, viewer.visibility, ref):
            raise InvalidQueryError("There is no such group or user, or you may not know of it.", field="to")
        return msgspec.structs.replace(draft, about=ref)
    if draft.reason is Reason.DUPLICATE:
        number = draft.about or ""
        is_number = number.isascii() and number.isdecimal() and len(number) <= 18
        if not is_number or not _seen(conn, viewer, [int(number)]):
            raise InvalidQueryError("There is no such finding, or you may not see it.", field="duplicate_of")
        return msgspec.structs.replace(draft, about=str(int(number)))
    return draft


def _seen(conn: Connection, viewer: Viewer, ids: list[int]) -> list[int]:
    return deciders.of(
        conn, viewer.visibility, Query((OneOf("id", tuple(map(str, ids))),)), Asking(now=Instant(0)), most=1
    )


def _found(
    conn: Connection, store: Store, viewer: Viewer, draft: Draft, target: Target, *, now: Instant, count: int | None
) -> tuple[list[int], list[int]]:
    """The findings meant that are the viewer's to decide, and those named that are not."""
    query = target.asked
    named = target.findings
    if query is None and named is None:
        if draft.of is None:
            raise InvalidQueryError("Say which findings.", field="findings")
        named = tuple(decisions.about(conn, draft.of))
        ids = deciders.in_sight(conn, store.dialect, viewer.acting, named)
        if not ids:
            raise NotFoundError
        return ids, []
    if query is not None:
        asking = Asking(now=now, me=viewer.owners)
        ids = deciders.of(conn, viewer.acting, query, asking, most=MOST)
        if len(ids) > MOST:
            raise InvalidQueryError(f"That is more than {MOST:,} findings.", field="q", hint="Narrow the filter.")
        if count is not None and count != len(ids):
            raise ConflictError(
                f"It is {len(ids):,} findings now and was {count:,} when you looked.", hint="Look again."
            )
        return ids, []
    wanted = sorted(set(named or ()))
    if not 0 < len(wanted) <= MOST or not 0 < wanted[0] <= wanted[-1] < 2**63:
        raise NotFoundError
    ids = deciders.in_sight(conn, store.dialect, viewer.acting, wanted)
    if not ids and viewer.acting != viewer.visibility:
        _refuse_what_is_only_seen(conn, store, viewer, wanted)
    if not ids:
        raise NotFoundError
    return ids, sorted(set(wanted) - set(ids))


def _refuse_what_is_only_seen(conn: Connection, store: Store, viewer: Viewer, ids: list[int]) -> None:
    if not isinstance(viewer.visibility, Everything) and deciders.in_sight(conn, store.dialect, viewer.visibility, ids):
        raise NotAllowedError("You see this finding and do not own it, so it is not yours to decide.")


def _say(
    conn: Connection, store: Store, viewer: Viewer, draft: Draft, ids: list[int], *, unknown: list[int],
    seen: int | None, now: Instant, tried: bool,
) -> Done:  # fmt: skip
    before = decisions.known(conn, store.dialect, ids)
    if draft.kind is DecisionKind.ACCEPT:
        draft = _until_then(conn, store, draft, now)
    effects, left = _judged(draft, before, ids, actor=viewer.named, seen=seen)
    left = [*left, *(Left(id_, Refusal.NOT_FOUND) for id_ in unknown)]
    if not effects and len(left) == 1 and left[0].why is not Refusal.SAME:
        _refuse(left[0])
    id_ = None
    if effects and not tried:
        id_ = _write(conn, store, draft, effects, before, actor=viewer.named, roles=viewer.roles, now=now)
        bump_revision(conn)
        _note(conn, viewer, draft, id_, tuple(effects), now=now)
    return Done(
        decision=id_, kind=draft.kind, findings=tuple(effects), left=tuple(left[:MOST_TOLD]), left_count=len(left),
        newest=decisions.newest(conn),
    )  # fmt: skip


def _until_then(conn: Connection, store: Store, draft: Draft, now: Instant) -> Draft:
    """An acceptance lasts as long as was asked for."""
    asked = decisions.by_id(conn, store.dialect, [draft.of or 0]).get(draft.of or 0)
    if asked is None or asked.kind is not DecisionKind.ASK or asked.until_at is None or asked.until_at <= now:
        raise ConflictError(Refusal.NOT_ASKED.words)
    return msgspec.structs.replace(draft, until_at=asked.until_at)


def _judged(
    draft: Draft, before: Known, ids: Iterable[int], *, actor: str, seen: int | None
) -> tuple[dict[int, Effect], list[Left]]:
    effects: dict[int, Effect] = {}
    left: list[Left] = []
    for id_ in ids:
        found = before.judge(id_, draft, actor=actor, seen=seen)
        if isinstance(found, Effect):
            effects[id_] = found
        else:
            left.append(Left(id_, found, before.who(id_, found)))
    return effects, left


def _refuse(left: Left) -> None:
    """Raise what one finding alone is refused by."""
    match left.why:
        case Refusal.NOT_FOUND:
            raise NotFoundError
        case Refusal.OWN_REQUEST | Refusal.NOT_YOURS:
            raise NotAllowedError(left.words)
    raise ConflictError(left.words, hint="Look again.")


def _write(
    conn: Connection, store: Store, draft: Draft, effects: dict[int, Effect], before: Known, *, actor: str,
    roles: tuple[Role, ...], now: Instant,
) -> int:  # fmt: skip
    fields = {name: getattr(draft, name) for name in Draft.__struct_fields__}
    decision = Decision(id=decisions.next_number(conn), actor=actor, at=now, **fields)
    decisions.write(conn, store, decision, effects, before, now=now)
    write_backs.add(conn, store, decision, effects, before, roles=roles, now=now)
    return decision.id


def _note(conn: Connection, viewer: Viewer, draft: Draft, id_: int, ids: tuple[int, ...], *, now: Instant) -> None:
    """Into the log of who did what; never what somebody wrote."""
    detail = {"decision": str(id_), "findings": str(len(ids))}
    told = {
        "of": draft.of,
        "reason": draft.reason,
        "until": draft.snooze,
        "to": draft.about if draft.kind in HANDS else None,
    }
    detail |= {name: str(value) for name, value in told.items() if value is not None}
    subject = f"finding:{ids[0]}" if len(ids) == 1 else f"decision:{id_}"
    audit.note(
        conn, at=now, actor=viewer.named, action=f"finding.{draft.kind.word}", subject=subject, detail=detail
    )  # fmt: skip
