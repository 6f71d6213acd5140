"""What people said about findings, by rule, for the report on noise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, func, select

from callboard.domain.access import Visibility
from callboard.domain.decision import ITSELF, DecisionKind
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.remediation.noise import Act, RuleFacts
from callboard.domain.standing import PASSING
from callboard.domain.term import ACCOUNT, ENVIRONMENT, REGION
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.visible import visible

f, d, dd, r, s, t = (
    schema.finding.c, schema.decision.c, schema.decided.c, schema.rule.c, schema.source.c, schema.resource_term.c,
)  # fmt: skip

_FORMS = {ENVIRONMENT: "env", ACCOUNT: "account", REGION: "region"}
"""How what is stored of a resource is called in queries."""


def acts(conn: Connection, visibility: Visibility, start: Instant, middle: Instant, end: Instant) -> Iterator[Act]:
    """What people said about findings in sight, from `start` on, before `end`. What is before `middle` is marked."""
    rows = conn.execute(
        select(f.rule_id, dd.finding_id, d.actor, d.kind, dd.ended_by, d.at)
        .join_from(schema.decided, schema.decision, d.id == dd.decision_id)
        .join(schema.finding, f.id == dd.finding_id)
        .where(
            d.at >= start, d.at < end, d.actor != ITSELF, d.kind.not_in([int(kind) for kind in PASSING]),
            visible(f.holding_id, visibility),
        )
        .order_by(dd.finding_id, d.id)
    )  # fmt: skip
    for rule_id, finding_id, actor, kind, ended_by, at in rows:
        useless = kind == DecisionKind.NOT_USEFUL and ended_by is None
        yield Act(rule=rule_id, finding=finding_id, person=actor, useless=useless, before=at < middle)


def rules(conn: Connection, visibility: Visibility, ids: Collection[int]) -> dict[int, RuleFacts]:
    """These rules, with what is open of them in sight."""
    wanted = sorted(ids)
    counted = conn.execute(
        select(f.rule_id, func.count())
        .where(f.rule_id.in_(wanted), f.closed == 0, visible(f.holding_id, visibility))
        .group_by(f.rule_id)
    )
    open_ = {int(row[0]): int(row[1]) for row in counted}
    rows = conn.execute(
        select(r.id, r.external_id, r.name, s.name.label("source"))
        .join_from(schema.rule, schema.source, s.id == r.source_id)
        .where(r.id.in_(wanted))
    )
    return {
        row.id: RuleFacts(source=row.source, id=row.external_id, name=row.name, open=open_.get(row.id, 0))
        for row in rows
    }


def labels(conn: Connection, dialect: Dialect, finding_ids: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    """What these findings, which are in sight, can be filtered by, as queries call it."""
    found: dict[int, list[tuple[str, str]]] = {}
    of_resource: dict[int, list[int]] = defaultdict(list)
    for id_, resource_id, severity in dialect.lookup(
        conn, schema.finding, ["id", "resource_id", "severity"], "id", finding_ids
    ):
        found[id_] = [("severity", Severity(severity).word)]
        of_resource[resource_id].append(id_)
    for resource_id, form, value in dialect.lookup(
        conn, schema.resource_term, ["resource_id", "form", "value"], "resource_id", list(of_resource)
    ):
        for id_ in of_resource[resource_id] if form in _FORMS else ():
            found[id_].append((_FORMS[form], value))
    return found
