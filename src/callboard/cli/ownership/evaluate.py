"""`callboard ownership evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.ownership.evaluation import Interval, Measures
    from callboard.usecases.ownership.evaluate_ownership import EvaluationReport

MAX_BYTES = 50_000_000
"""Size of the largest file of labels that is read."""


@explained.command(
    "evaluate",
    epilog=examples(
        "callboard ownership evaluate --labels labels.csv", "callboard ownership evaluate --labels labels.jsonl --json"
    ),
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="CSV with the columns resource and label (and second), or JSON lines of these names.",
)
@answers
@click.pass_obj
def evaluate(door: Door, /, *, labels: Path, as_json: bool) -> None:
    """Measure how right ownership is, against what people say.

    A label is a component, `shared: a, b`, `shared`, `nobody` or `cannot tell`.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.ownership.labels import read_labels
    from callboard.errors import LabelsError
    from callboard.usecases.ownership.evaluate_ownership import evaluate_ownership

    if labels.stat().st_size > MAX_BYTES:
        raise LabelsError(f"{labels.name} is larger than {MAX_BYTES:,} bytes.")
    try:
        text = labels.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelsError(f"{labels.name} is no UTF-8 text: byte {error.start} cannot be read.") from None
    with door.services() as services:
        report = evaluate_ownership(services.store, AT_THE_LAPTOP, read_labels(text), now=services.clock.now())
    if as_json:
        output.document(report)
        return
    _show(report)


def _show(report: EvaluationReport) -> None:
    from callboard.cli import output
    from callboard.domain.ownership.evaluation import UNCLEAR_KAPPA
    from callboard.web import words

    found = report.evaluation
    lines = [("weighted", found.weighted), ("as labelled", found.overall)]
    lines += [(f"tier {tier}", each) for tier, each in found.by_tier.items()]
    counts = ("Judged", "Answered", "Right", "Wrong owner", "False claim")
    columns = ("Of", *counts, "Precision", "Team right", "Recall", "Coverage")
    output.show(output.table(columns, [_row(name, each) for name, each in lines], right=counts))
    whole = found.overall
    output.line("")
    output.show(
        output.facts(
            [
                ("Missed", whole.missed),
                ("Rightly nobody", whole.abstained),
                ("Partly", whole.partly),
                ("Conflicts", f"{words.number(whole.conflicts)}; real: {_share(found.conflict_precision)}"),
                ("Cannot tell", whole.cannot_tell),
                ("Suggestions", f"first right: {_share(report.suggestions_first)}"),
                ("Among three", _share(report.suggestions_among_three)),
                ("Kappa", "one person labelled" if found.kappa is None else f"{found.kappa:.2f}"),
            ]
        )
    )
    if found.kappa is not None and found.kappa < UNCLEAR_KAPPA:
        output.say(f"The labellers agree less than {UNCLEAR_KAPPA}: the guideline is unclear.")
    if report.not_found:
        output.say(
            f"{words.count(len(report.not_found), 'labelled resource')} not known here: "
            + ", ".join(report.not_found[:5])
        )
    if report.unknown_components:
        output.say("Not in the catalog: " + ", ".join(report.unknown_components[:5]))


def _row(name: str, each: Measures) -> tuple[str | int, ...]:
    return (
        name, each.cases, each.answered, each.right, each.wrong_owner, each.false_claims, _share(each.precision),
        _share(each.team_precision), _share(each.recall), _share(each.coverage),
    )  # fmt: skip


def _share(interval: Interval | None) -> str:
    """For example "97.0 % (91.5–99.0)"."""
    if interval is None:
        return "none to tell from"
    return f"{interval.share * 100:.1f} % ({interval.low * 100:.1f}–{interval.high * 100:.1f})"
