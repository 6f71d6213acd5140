"""`callboard retention …`: what is kept for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.domain.retention import Hold
    from callboard.store.retention.use_weeks import Cell


@explained.group(
    epilog=examples(
        "callboard retention plan", "callboard retention apply", 'callboard retention hold "asked for by legal"'
    ),
)
def retention() -> None:
    """What is kept for how long. `[retention]` in the configuration says so; whoever works on the board drops what is old each day."""


@retention.command(epilog=examples("callboard retention plan", "callboard retention plan --json"))
@answers
@click.pass_obj
def plan(door: Door, /, *, as_json: bool) -> None:
    """Say what would be dropped now: how much by each rule, and how old it is. Changes nothing."""
    from callboard.cli import output
    from callboard.domain.instant import to_text
    from callboard.usecases import keep_records
    from callboard.web import words

    with door.services() as services:
        found = keep_records.plan(services.store, services.config.retention, clock=services.clock)
        now = services.clock.now()
    if as_json:
        output.document(
            {
                "rules": [
                    {
                        "rule": each.key, "drops": each.words, "setting": each.setting or None,
                        "before": to_text(each.before), "rows": each.rows,
                        "oldest_at": None if each.oldest_at is None else to_text(each.oldest_at),
                    }
                    for each in found.lines
                ],
                "hold": _held(found.hold),
                "done_at": None if found.done_at is None else to_text(found.done_at),
            }
        )  # fmt: skip
        return
    rows = [
        (
            each.key, f"{each.rows:,}", "" if each.oldest_at is None else words.ago(each.oldest_at, now),
            to_text(each.before)[:10], each.words,
        )
        for each in found.lines
    ]  # fmt: skip
    output.show(output.table(("Rule", "Rows", "Oldest", "From before", "What"), rows, right=("Rows",)))
    if found.hold is not None:
        output.say(f"Nothing is dropped: {found.hold.reason} ({found.hold.by}, {to_text(found.hold.at)[:10]}).")


@retention.command(epilog=examples("callboard retention apply", "callboard retention apply --json"))
@answers
@click.pass_obj
def apply(door: Door, /, *, as_json: bool) -> None:
    """Drop what is old, in short transactions, while others go on. Killed in the middle, the next call goes on.

    What was dropped is in the log of who did what. Ends with 1 where a rule could not be followed.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import keep_records

    with door.services() as services:
        actor = AT_THE_LAPTOP.named
        keep = services.config.retention
        done = keep_records.apply(services.store, keep, clock=services.clock, actor=actor)
    if as_json:
        output.document({"dropped": done.rows, "transactions": done.transactions, "problem": done.problem})
    else:
        for key, n in done.rows.items():
            output.line(f"{key}: {n:,} rows dropped.")
        if not done.rows:
            output.line("Nothing is old.")
        if done.problem is not None:
            output.say(done.problem)
    end(DONE if done.problem is None else FAILED)


@retention.command(epilog=examples('callboard retention hold "asked for by legal, case 12"'))
@click.argument("reason")
@answers
@click.pass_obj
def hold(door: Door, /, *, reason: str, as_json: bool) -> None:
    """Let nothing be dropped any more, for a reason that is in the log, until `callboard retention release`."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import keep_records

    if not reason.strip():
        raise click.UsageError("Say why.")
    with door.services() as services:
        told = keep_records.hold(services.store, AT_THE_LAPTOP, reason, clock=services.clock)
    if as_json:
        output.document({"hold": _held(told)})
    else:
        output.line("From now on nothing is dropped.")


@retention.command(epilog=examples("callboard retention release"))
@answers
@click.pass_obj
def release(door: Door, /, *, as_json: bool) -> None:
    """Let what is old be dropped again."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import keep_records

    with door.services() as services:
        told = keep_records.release(services.store, AT_THE_LAPTOP, clock=services.clock)
    if as_json:
        output.document({"released": _held(told)})
    else:
        output.line(f"What is old is dropped again. Until now it was not: {told.reason} ({told.by}).")


@retention.command(epilog=examples("callboard retention use", "callboard retention use --json"))
@answers
@click.pass_obj
def use(door: Door, /, *, as_json: bool) -> None:
    """What is left of what people did with findings, of times whose hours are dropped: by week, team and door. Never a person."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases import keep_records

    with door.services() as services:
        found = keep_records.use_by_week(services.store, AT_THE_LAPTOP)
    if as_json:
        output.document({"weeks": [_told(each) for each in found]})
    elif found:
        rows = [
            (str(told["from"]), each.team or "nobody’s", each.kind.word, each.door.word, *map(_few, (told["findings"], told["times"])))
            for each in found
            for told in (_told(each),)
        ]  # fmt: skip
        head = ("Week from", "Team", "What", "Door", "Findings", "Times")
        output.show(output.table(head, rows, right=("Findings", "Times")))
    else:
        output.say("Everything is kept by the hour still.")


def _told(cell: Cell) -> dict[str, object]:
    """As JSON. Under five findings neither number is told: None."""
    from callboard.domain.instant import DAY, Instant, to_text
    from callboard.domain.remediation.times import FEW

    is_few = cell.findings < FEW
    return {
        "from": to_text(Instant(cell.week * 7 * DAY))[:10], "team": cell.team or None, "what": cell.kind.word,
        "door": cell.door.word, "findings": None if is_few else cell.findings, "times": None if is_few else cell.times,
    }  # fmt: skip


def _few(number: object) -> str:
    return "few" if number is None else f"{number:,}"


def _held(told: Hold | None) -> dict[str, object] | None:
    from callboard.domain.instant import to_text

    return None if told is None else {"at": to_text(told.at), "by": told.by, "reason": told.reason}
