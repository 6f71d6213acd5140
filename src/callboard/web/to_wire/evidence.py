"""Compliance evidence as JSON shapes, and as lines of a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from callboard.domain.compliance.measure import Figure, Subject
from callboard.domain.compliance.measures import BY_KEY
from callboard.domain.compliance.period import Period
from callboard.domain.compliance.report import RULES, ControlFigures, Evidence
from callboard.domain.compliance.told import FACTS, Row
from callboard.domain.instant import Instant, to_text
from callboard.usecases.remediation.export_evidence import Behind
from callboard.web.wire import evidence as wire_evidence

_encode = msgspec.json.Encoder().encode


def evidence(found: Evidence, *, at: Instant, version: str) -> wire_evidence.Evidence:
    """All of it, for programs."""
    made = wire_evidence.Evidence(
        framework=found.framework.key,
        name=found.framework.name,
        version=found.framework.version,
        source=found.framework.source,
        first_day=found.period.first_day,
        last_day=found.period.last_day,
        until=to_text(found.period.until),
        is_over=found.period.is_over,
        rules=RULES,
        complete=found.complete == len(found.controls),
        complete_controls=found.complete,
        doubts=found.doubts,
        controls=tuple(_control(each) for each in found.controls),
        figures=tuple(figure(each) for each in found.figures),
        sha256="",
        generated_at="",
        generator="",
    )
    return msgspec.structs.replace(
        made, sha256=_digest(made), generated_at=to_text(at), generator=f"Callboard {version}"
    )


def _digest(made: wire_evidence.Evidence) -> str:
    told = msgspec.to_builtins(made)
    for name in ("sha256", "generated_at", "generator"):
        del told[name]
    return hashlib.sha256(_encode(told)).hexdigest()


def _control(each: ControlFigures) -> wire_evidence.EvidenceControl:
    return wire_evidence.EvidenceControl(
        id=each.control.id,
        title=each.control.title,
        evidence=tuple(each.control.objects.split()),
        figures=tuple(one.key for one in each.figures),
        complete=each.complete,
        why_not=each.why_not,
    )


def figure(each: Figure) -> wire_evidence.EvidenceFigure:
    """One number."""
    return wire_evidence.EvidenceFigure(
        key=each.key, words=each.words, proves=BY_KEY[each.key].proves, counts=each.subject.value, value=each.value,
        of=each.of, percent=each.percent, unit=each.unit, remark=each.remark, rows=each.rows, complete=each.complete,
        why_not=each.why_not,
    )  # fmt: skip


def rows(found: Behind, period: Period, *, start: int, limit: int) -> wire_evidence.EvidenceRows:
    """A page of the rows behind one number."""
    left = found.figure.rows - found.withheld - start - len(found.rows)
    return wire_evidence.EvidenceRows(
        figure=figure(found.figure),
        first_day=period.first_day,
        last_day=period.last_day,
        rows=tuple(row(each) for each in found.rows),
        withheld=found.withheld,
        start=start,
        next_start=start + limit if left > 0 else None,
    )


def row(each: Row) -> wire_evidence.EvidenceRow:
    """One thing that was counted."""
    return wire_evidence.EvidenceRow(
        id=each.id, name=each.name, at=None if each.at is None else to_text(each.at), facts=dict(each.facts)
    )


COLUMNS = (
    "framework", "version", "from", "to", "control", "title", "evidence", "control_complete", "number", "words", "value",
    "of", "unit", "remark", "rows", "number_complete", "why_not",
)  # fmt: skip


def lines(found: Evidence) -> Iterator[list[object]]:
    """The table of a CSV file: a line for each number of each control, and one for a control without numbers."""
    yield list(COLUMNS)
    period = found.period
    for each in found.controls:
        control = each.control
        head: list[object] = [
            found.framework.name, found.framework.version, period.first_day, period.last_day, control.id, control.title,
            control.objects, _told(complete=each.complete),
        ]  # fmt: skip
        if not each.figures:
            yield [*head, *[""] * 8, " ".join(each.why_not)]
        for one in each.figures:
            why = dict.fromkeys((*control.missing, *one.why_not))
            yield [
                *head, one.key, one.words, one.value, one.of, one.unit, one.remark, one.rows, _told(complete=one.complete),
                " ".join(why),
            ]  # fmt: skip


def _told(*, complete: bool) -> str:
    return "complete" if complete else "cannot tell"


def row_lines(subject: Subject, rows: Iterable[Row]) -> Iterator[list[object]]:
    """The rows behind one number as a table."""
    names = FACTS[subject]
    yield ["id", "name", "at", *names]
    for each in rows:
        facts = dict(each.facts)
        yield [each.id, each.name, None if each.at is None else to_text(each.at), *(facts.get(name) for name in names)]
