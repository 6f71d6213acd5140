"""A draft in a file that is planned, put in force and may be kept there: what rule sets and policies have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from callboard.domain.ownership.mapping import Problem

F = TypeVar("F", bound=Callable[..., Any])

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
reason_option = click.option("--reason", default="", help="Why, for whoever reads it later.")
_agree_option = click.option(
    "--agree", is_flag=True, help="Do it although it is much, or opens much. Look at the plan first."
)
_kept_option = click.option(
    "--kept-here", is_flag=True, help="From now on it is kept in FILE, and changes only by that file."
)


def changing(command: F) -> F:
    """The options of a command after which something else is in force."""
    return reason_option(_agree_option(command))


def applying(command: F) -> F:
    """The file, and the options of a command that puts what it says in force."""
    return file_argument(changing(_kept_option(command)))


def kept_in(file: Path, origins: Iterable[str | None]) -> str | None:
    """The one of `origins`, files that things are kept in, that is this file, as it was written down. None: none is."""
    return next((each for each in origins if each is not None and Path(each).resolve() == file.resolve()), None)


def tell_problems(problems: Sequence[Problem]) -> None:
    """What has to be put right first, for people."""
    from callboard.cli import output

    for problem in problems:
        output.line(f"  {problem.where}: {problem.reason}")
    output.say("It cannot be applied like this.")


def tell_patch(patch: str | None, what: str) -> None:
    """How a thing that is kept in a file is changed there."""
    from callboard.cli import output

    if patch:
        output.say(f"This {what} is kept in a file. Change it there:")
        output.line(patch)


def tell_end(state: str, revision: int) -> None:
    """What applying came to, as the last line for people."""
    from callboard.cli import output

    output.say(
        {
            "applied": f"Applied as revision {revision}.",
            "unchanged": "What is in force says the same already.",
            "held": "Nothing was changed. If that is what you want, apply it with --agree.",
        }.get(state, "Nothing was changed.")
    )


def end_unless_done(state: str) -> None:
    """Ends the command as failed where what it was to put in force is not in force."""
    from callboard.cli.errors import FAILED, end

    if state in ("held", "patch"):
        end(FAILED)
