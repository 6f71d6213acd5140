"""What every command is given: the options of `callboard` itself, and the way to configuration and services."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from callboard.config import Config
    from callboard.wiring.services import Services


class _Number(click.ParamType[int]):
    """A whole number that a row can have: from 1 to where databases stop counting."""

    name = "integer"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) <= 19 and 1 <= int(text) < 2**63):
            self.fail(f"{text!r} is no number of anything here.", param, ctx)
        return int(text)


NUMBER = _Number()
"""What people call a decision, a campaign or another row by."""

F = TypeVar("F", bound=Callable[..., Any])


class Door:
    """One call of the command line."""

    def __init__(self, *, config_file: Path | None = None, debug: bool = False) -> None:
        self.config_file = config_file
        self.debug = debug

    def log(self) -> None:
        """Sends logs to stderr. Commands that do nothing in the background do not need it."""
        from callboard.telemetry import set_up_logging

        set_up_logging(debug=self.debug)

    @functools.cached_property
    def config(self) -> Config:
        """The configuration, read once."""
        from callboard.config import load

        return load(self.config_file)

    def services(self, *, create: bool = False) -> Services:
        """The store, the sources and the catalogs of the configuration; use it in a `with`.

        Without `create` a database that is not there yet is an error with a hint, not an empty board.
        """
        from callboard.wiring.services import Services

        return Services.open(self.config, create=create)


def examples(*lines: str) -> str:
    """The examples at the end of a command's help, each on a line of its own."""
    # A blank line between them keeps them from being filled into one paragraph.
    return "\n\n".join(["Examples:", *lines])


def answers(command: F) -> F:
    """The option of every command that answers."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")(command)
