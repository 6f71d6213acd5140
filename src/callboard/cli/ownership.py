"""`callboard ownership …`."""

from __future__ import annotations

import rich_click as click

from callboard.cli.door import examples
from callboard.cli.ownership_align import align
from callboard.cli.ownership_evaluate import evaluate
from callboard.cli.ownership_standards import standards
from callboard.cli.ownership_suggest import suggest
from callboard.cli.ownership_tree import tree


@click.group(
    cls=click.RichGroup,
    epilog=examples("callboard ownership suggest", "callboard ownership evaluate --labels labels.csv"),
)
def ownership() -> None:
    """Whose is it, how sure is that, and what would settle it."""


ownership.add_command(align)
ownership.add_command(evaluate)
ownership.add_command(standards)
ownership.add_command(suggest)
ownership.add_command(tree)
