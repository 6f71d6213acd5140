"""The overview of all commands as `callboard --help` prints it."""

from __future__ import annotations

import click
from rich.console import ConsoleDimensions
from rich_click import RichHelpConfiguration, RichHelpFormatter

from callboard.cli import root


def overview(width: int) -> str:
    """The overview for a terminal of so many columns, with colours."""
    config = RichHelpConfiguration.load_from_globals(
        width=width, max_width=width, force_terminal=True, color_system="standard"
    )
    formatter = RichHelpFormatter(config=config)
    # Whatever terminal this runs on.
    formatter.console.size = ConsoleDimensions(width, 25)
    formatter.console.no_color = False
    command = root.callboard
    with click.Context(command, info_name="callboard", **command.context_settings) as ctx:
        command.format_help(ctx, formatter)
    return formatter.getvalue().rstrip("\n") + "\n"
