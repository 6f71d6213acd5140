"""`callboard evidence …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callboard.domain.compliance.report import Evidence

FRAMEWORK_KEYS = ("nist-csf-2", "iso-27001-2022", "cis-8")
_FORMS = ("text", "json", "csv")

_first = click.option("--from", "first", metavar="DAY", help="The first day.  [default: 13 weeks in all]")
_last = click.option("--to", "last", metavar="DAY", help="The last day, in UTC.  [default: today]")
_form = click.option(
    "--format", "form", type=click.Choice(_FORMS), default="text", show_default=True, help="How to tell it."
)


@explained.group(
    epilog=examples(
        "callboard evidence export --framework nist-csf-2 --from 2026-07-01 --to 2026-09-30",
        "callboard evidence rows overdue --to 2026-09-30",
    ),
)
def evidence() -> None:
    """What stands behind the controls of a framework: numbers, the rows that they count, and whether that is all."""


@evidence.command(
    epilog=examples(
        "callboard evidence export --framework cis-8",
        "callboard evidence export --framework iso-27001-2022 --from 2026-07-01 --to 2026-09-30 --format csv q3.csv",
    )
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--framework", type=click.Choice(FRAMEWORK_KEYS), required=True, help="Which framework.")
@_first
@_last
@_form
@answers
@click.pass_obj
def export(
    door: Door, /, *, file: Path | None, framework: str, first: str | None, last: str | None, form: str, as_json: bool
) -> None:
    """Tell each control of a framework with its numbers, complete or "cannot tell" with the reason.

    A period that is over, and after which every source was read whole, tells the same whenever it is asked for. A new FILE
    can be read by its owner alone. That evidence was taken is in the log of who did what.
    """
    import msgspec

    from callboard import __version__
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.compliance.period import period_of
    from callboard.usecases.remediation import export_evidence
    from callboard.web import exports
    from callboard.web.to_wire import evidence as to_wire_evidence

    with door.services() as services:
        now = services.clock.now()
        period = period_of(first, last, now=now)
        found = export_evidence.evidence(services.store, AT_THE_LAPTOP, framework, period)
        export_evidence.note(services.store, AT_THE_LAPTOP, f"framework:{framework}", period, at=now)
    if form == "csv" and not as_json:
        _write(file, exports.streamed(to_wire_evidence.lines(found)))
    elif as_json or form == "json":
        told = to_wire_evidence.evidence(found, at=now, version=__version__)
        _write(file, [msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"])
    elif file is not None:
        raise click.UsageError("A file is written as json or csv: say --format.")
    else:
        _show(found)


@evidence.command(
    epilog=examples(
        "callboard evidence rows open-severe", "callboard evidence rows decisions --format csv decisions.csv"
    )
)
@click.argument("number")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@_first
@_last
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Rows to show as text or JSON."
)
@_form
@answers
@click.pass_obj
def rows(
    door: Door, /, *, number: str, file: Path | None, first: str | None, last: str | None, limit: int, form: str,
    as_json: bool,
) -> None:  # fmt: skip
    """List exactly what one number counts. With --format csv all of it."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.compliance.period import period_of
    from callboard.domain.instant import to_text
    from callboard.usecases.remediation import export_evidence
    from callboard.web import exports, words
    from callboard.web.to_wire import evidence as to_wire_evidence

    with door.services() as services:
        now = services.clock.now()
        period = period_of(first, last, now=now)
        if form == "csv" and not as_json:
            measure, every = export_evidence.every_row(services.store, AT_THE_LAPTOP, number, period)
            _write(file, exports.streamed(to_wire_evidence.row_lines(measure.subject, every)))
            export_evidence.note(services.store, AT_THE_LAPTOP, f"number:{number}", period, at=now)
            return
        found = export_evidence.behind(services.store, AT_THE_LAPTOP, number, period, limit=limit)
    if file is not None:
        raise click.UsageError("A file of rows is written as csv: say --format csv.")
    if as_json or form == "json":
        output.document(to_wire_evidence.rows(found, period, start=0, limit=limit))
        return
    lines = [
        (
            each.id,
            each.name,
            "" if each.at is None else to_text(each.at)[:10],
            "  ".join(f"{k}: {v}" for k, v in each.facts),
        )
        for each in found.rows
    ]
    output.show(output.table(("Id", "What", "Since", "What else is known"), lines))
    output.say(f"{words.number(len(lines))} of {words.count(found.figure.rows, 'row')}: {found.figure.words}.")
    for why in found.figure.why_not:
        output.say(f"Cannot tell whether this is all: {why}")


def _write(file: Path | None, parts: Iterable[str]) -> None:
    import os

    opened = None if file is None else os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if opened is None:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
        return
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as stream:
        for part in parts:
            stream.write(part)


def _show(found: Evidence) -> None:
    from callboard.cli import output
    from callboard.web import words

    for each in found.controls:
        output.line(f"{each.control.id}  {each.control.title}: {'complete' if each.complete else 'cannot tell'}")
        for figure in each.figures:
            remark = f"  ({figure.remark})" if figure.remark else ""
            output.line(f"    {words.figure(figure)}  {figure.words}{remark}  [{figure.key}]")
        for why in each.control.missing:
            output.line(f"    {why}")
    if found.doubts:
        output.line("")
        output.line("What was not known:")
        for why in dict.fromkeys(why for figure in found.figures for why in figure.why_not):
            output.line(f"  {why}")
    period = found.period
    output.say(
        f"{found.framework.name} {found.framework.version}, {period.first_day} to {period.last_day}: "
        f"{found.complete} of {words.count(len(found.controls), 'control')} complete."
        + ("" if period.is_over else " The period is not over.")
    )
