"""The commands of `callboard ownership` that look and never change anything."""

from __future__ import annotations

from callboard.cli import explained
from callboard.cli.ownership.align import align
from callboard.cli.ownership.evaluate import evaluate
from callboard.cli.ownership.sample import sample
from callboard.cli.ownership.standards import standards
from callboard.cli.ownership.suggest import suggest
from callboard.cli.ownership.tree import tree


def add_to(group: explained.Group) -> None:
    """Put them under this group."""
    for command in (suggest, sample, evaluate, align, standards, tree):
        group.add_command(command)
