"""`callboard ownership sample`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.usecases.ownership.sample_ownership import Sample

COLUMNS = ("resource", "label", "second", "part", "source", "type", "account", "name")
"""Of the file: the first three are what `evaluate` reads."""


@explained.command(
    "sample",
    epilog=examples(
        "callboard ownership sample --out labels.csv",
        "callboard ownership sample --out labels.csv --of-each 200 --seed 4",
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The CSV file to write. Never overwritten.",
)
@click.option(
    "--of-each", type=click.IntRange(1, 10_000), default=50, show_default=True,
    help="Resources of each tier, of what is unmapped, and of what is in conflict.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed draws the same resources.")
@answers
@click.pass_obj
def sample(door: Door, /, *, out: Path, of_each: int, seed: int, as_json: bool) -> None:
    """Draw resources for people to label, and write them to a file that `evaluate --labels` reads.

    What Callboard decided is not in the file. Let two people label alone, the second in the column `second`.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.errors import LabelsError
    from callboard.usecases.ownership.sample_ownership import sample_ownership
    from callboard.web import words

    with door.services() as services:
        found = sample_ownership(services.store, AT_THE_LAPTOP, of_each=of_each, seed=seed)
    if not found.drawn:
        raise LabelsError("There is nothing to label: no resource is known.", hint="Run `callboard sync` first.")
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(_as_csv(found))
    except FileExistsError:
        raise LabelsError(f"{out} exists already.", hint="Choose another file: labels in it would be lost.") from None
    except OSError as error:
        raise LabelsError(f"{out} cannot be written: {error.strerror}.") from None
    if as_json:
        output.document({"file": str(out), "drawn": len(found.drawn), "heaps": found.heaps, "enough": found.enough})
        return
    output.line(f"{words.count(len(found.drawn), 'resource')} to label in {out}.")
    rows = [(each.ended, each.drawn, each.there) for each in found.heaps]
    output.show(output.table(("Ended", "Drawn", "There"), rows, right=("Drawn", "There")))
    output.say(
        f"{found.enough} labels of one tier tell its precision to about 3 points. "
        f"Then: callboard ownership evaluate --labels {out}"
    )


def _as_csv(sample: Sample) -> str:
    """The file to label in: labels are empty, and what was decided is not in it."""
    import csv
    import io

    from callboard.web.exports import neutral

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in sample.drawn:
        known = each.resource
        row = (known.external_id, "", "", each.part, known.source, known.type, known.account, known.name)
        writer.writerow([neutral(cell) for cell in row])
    return text.getvalue()
