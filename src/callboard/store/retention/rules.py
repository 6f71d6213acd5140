"""Every rule by which old rows are dropped, in the order in which they are applied.

Numbers of new rows count on from the last one, so the last row of a table that is numbered so always stays.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, func, or_, select

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.message import Delivery
from callboard.domain.retention import ANSWERS_KEPT, DETAIL, Keep, months
from callboard.domain.run import Mode, RunState
from callboard.store import schema
from callboard.store.retention.audit_cut import AuditCut
from callboard.store.retention.closed import is_over
from callboard.store.retention.rule import Emptied, Plain, Rule
from callboard.store.retention.spool import Spool
from callboard.store.retention.use_weeks import UseWeeks
from callboard.store.schema import NEVER

f, ev, run, o, n = schema.finding.c, schema.event.c, schema.run.c, schema.outbox.c, schema.notice.c
rj, rd, sg, lr, wb = (
    schema.rejected.c, schema.catalog_reading.c, schema.signal.c, schema.link_report.c, schema.write_back.c
)  # fmt: skip
u, x, v, an, p = (
    schema.package_use.c, schema.package_match.c, schema.manifest_version.c, schema.registry_answer.c, schema.package.c
)  # fmt: skip


_ARRIVED = o.state == int(Delivery.SENT)
"""Evidence asks which messages were delivered, and of what they told."""


def _not_the_last(table: Table) -> ColumnElement[bool]:
    column: ColumnElement[Any] = next(iter(table.primary_key.columns))
    last = table.alias("last").c[column.key or ""]
    return column < select(func.max(last)).scalar_subquery()


def _history(before: Instant) -> ColumnElement[bool]:
    detail = ev.kind.in_(sorted(map(int, DETAIL)))
    return and_(detail, ev.recorded_at < before, is_over(ev.finding_id, before), _not_the_last(schema.event))


def _runs(before: Instant) -> ColumnElement[bool]:
    other = schema.run.alias("other").c
    is_whole = and_(run.mode == Mode.FULL.value, run.state == RunState.APPLIED.value)
    is_pending = run.state.in_([RunState.FETCHING.value, RunState.STAGED.value, RunState.HELD.value])
    of_source = select(func.min(other.id)).where(other.source_id == run.source_id).scalar_subquery()
    last = select(func.max(other.id)).where(other.source_id == run.source_id).scalar_subquery()
    return and_(run.started_at < before, ~is_whole, ~is_pending, run.id > of_source, run.id < last)


def _readings(before: Instant) -> ColumnElement[bool]:
    """All but the last one of each day that was applied, which evidence asks for, and the last one of all."""
    other = schema.catalog_reading.alias("other").c
    last_of_day = (
        select(func.max(other.id))
        .where(other.name == rd.name, other.state == "applied", other.read_at // DAY == rd.read_at // DAY)
        .scalar_subquery()
    )
    kept = and_(rd.state == "applied", rd.id == last_of_day)
    return and_(rd.read_at < before, ~kept, _not_the_last(schema.catalog_reading))


def _rejected(before: Instant) -> ColumnElement[bool]:
    other = schema.run.alias("other").c
    last = select(func.max(other.id)).where(other.source_id == rj.source_id).scalar_subquery()
    met = exists().where(run.id == rj.run_id, run.started_at >= before)
    return and_(rj.run_id < last, ~met)


def _versions(before: Instant) -> ColumnElement[bool]:
    """All but the first, the newest that was known then, and those by which it is told since when something is used."""
    other = schema.manifest_version.alias("other").c
    same = other.manifest_id == v.manifest_id
    later = exists().where(same, other.taken_at < before, or_(other.at > v.at, and_(other.at == v.at, other.id > v.id)))
    first = exists().where(same, or_(other.at < v.at, and_(other.at == v.at, other.id < v.id)))
    tells = exists().where(u.manifest_id == v.manifest_id, u.from_at == v.at)
    last = _not_the_last(schema.manifest_version)
    return and_(v.taken_at < before, later, first, ~tells, v.body.is_(None), last)


def _answers_of_registries(before: Instant) -> ColumnElement[bool]:
    used = exists().where(
        p.ecosystem == an.ecosystem, p.key_name == an.key_name, u.package_id == p.id, u.until_at == NEVER
    )
    return and_(an.asked_at < before, ~used)


def _working(keep: Keep) -> int:
    return keep.working_days * DAY


def _use(keep: Keep) -> int:
    return months(keep.use_months)


def _runs_kept(keep: Keep) -> int:
    return months(keep.runs_months)


def _packages(keep: Keep) -> int:
    return months(keep.packages_months)


RULES: tuple[Rule, ...] = (
    Plain(
        key="sessions", words="Sessions that have ended", setting="", age_of=lambda _: 0,
        table=schema.session, at=schema.session.c.ends_at, clause=lambda before: schema.session.c.ends_at <= before,
    ),
    Plain(
        key="answers", words="Answers to requests that may come twice", setting="", age_of=lambda _: ANSWERS_KEPT,
        table=schema.idempotency, at=schema.idempotency.c.at, clause=lambda before: schema.idempotency.c.at < before,
    ),
    UseWeeks(),
    Plain(
        key="visits", words="When somebody who comes no more last looked", setting="use_months", age_of=_use,
        table=schema.visit, at=schema.visit.c.at, clause=lambda before: schema.visit.c.at < before,
    ),
    Plain(
        key="reports", words="Words that a link is broken", setting="use_months", age_of=_use,
        table=schema.link_report, at=lr.at,
        clause=lambda before: and_(lr.at < before, _not_the_last(schema.link_report)),
    ),
    Plain(
        key="groups", words="Groups of people who come no more", setting="working_days", age_of=_working,
        table=schema.membership, at=schema.membership.c.asked_at,
        clause=lambda before: schema.membership.c.asked_at < before, below=schema.membership_group,
    ),
    Plain(
        key="notices", words="What was worth a word, and was told", setting="working_days",
        age_of=_working, table=schema.notice, at=n.at,
        clause=lambda before: and_(n.at < before, _not_the_last(schema.notice)),
    ),
    Plain(
        key="messages", words="Messages that were given up, or had nothing to tell", setting="working_days",
        age_of=_working, table=schema.outbox, at=o.ended_at,
        clause=lambda before: and_(o.ended_at < before, ~_ARRIVED, _not_the_last(schema.outbox)),
    ),
    Emptied(
        key="words", words="What delivered messages said, and to which address", setting="working_days",
        age_of=_working, table=schema.outbox, at=o.ended_at,
        clause=lambda before: and_(o.ended_at < before, _ARRIVED, or_(o.body.is_not(None), o.address != "")),
        values={"body": None, "address": ""},
    ),
    Plain(
        key="told", words="That messages were delivered to teams", setting="use_months", age_of=_use,
        table=schema.outbox, at=o.ended_at,
        clause=lambda before: and_(o.ended_at < before, _ARRIVED, _not_the_last(schema.outbox)),
    ),
    Spool(),
    Plain(
        key="rejected", words="Records that could not be read and came no more", setting="working_days",
        age_of=_working, table=schema.rejected,
        at=select(run.started_at).where(run.id == rj.run_id).scalar_subquery(), clause=_rejected,
    ),
    Plain(
        key="readings", words="Readings of the catalog; the last one of each day stays", setting="working_days",
        age_of=_working, table=schema.catalog_reading, at=rd.read_at, clause=_readings,
    ),
    Plain(
        key="runs", words="How readings went; whole ones that were applied stay", setting="runs_months",
        age_of=_runs_kept, table=schema.run, at=run.started_at, clause=_runs, below=schema.run_part,
    ),
    Plain(
        key="signals", words="Signals about ownership that were closed", setting="runs_months", age_of=_runs_kept,
        table=schema.signal, at=sg.closed_at,
        clause=lambda before: and_(sg.closed_at < before, _not_the_last(schema.signal)), below=schema.signal_reader,
    ),
    Plain(
        key="write-backs", words="What was written to sources about findings that are closed", setting="history_months",
        age_of=lambda keep: months(keep.history_months), table=schema.write_back, at=wb.ended_at,
        clause=lambda before: and_(
            wb.ended_at < before, is_over(wb.finding_id, before), _not_the_last(schema.write_back)
        ),
    ),
    Plain(
        key="history", words="Detail of the history of findings that are closed; when they were open stays",
        setting="history_months", age_of=lambda keep: months(keep.history_months), table=schema.event,
        at=ev.recorded_at, clause=_history,
    ),
    Plain(
        key="uses", words="Uses of packages that have ended", setting="packages_months", age_of=_packages,
        table=schema.package_use, at=u.until_at, clause=lambda before: u.until_at < before,
    ),
    Plain(
        key="matches", words="What advisories said no more of packages", setting="packages_months", age_of=_packages,
        table=schema.package_match, at=x.ended_at, clause=lambda before: x.ended_at < before,
    ),
    Plain(
        key="versions", words="Versions of manifests that newer ones replaced", setting="packages_months",
        age_of=_packages, table=schema.manifest_version, at=v.taken_at, clause=_versions,
    ),
    Plain(
        key="registries", words="Answers of registries about names in no use", setting="working_days",
        age_of=_working, table=schema.registry_answer, at=an.asked_at, clause=_answers_of_registries,
    ),
    AuditCut(),
)  # fmt: skip
"""The log comes last: what all others dropped is in it."""

BY_KEY = {rule.key: rule for rule in RULES}
