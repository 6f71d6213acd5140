"""The commands of `callboard ownership` that look and never change anything."""

from __future__ import annotations

import rich_click as click

from callboard.cli.ownership_align import align
from callboard.cli.ownership_evaluate import evaluate
from callboard.cli.ownership_sample import sample
from callboard.cli.ownership_standards import standards
from callboard.cli.ownership_suggest import suggest
from callboard.cli.ownership_tree import tree


def add_to(group: click.RichGroup) -> None:
    """Put them under this group."""
    for command in (suggest, sample, evaluate, align, standards, tree):
        group.add_command(command)
