"""How the command line says no: exit codes in one table, and sentences instead of tracebacks."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from callboard.errors import (
    AdvisoryError,
    AdvisoryIndexError,
    CallboardError,
    CatalogError,
    ConfigError,
    ConflictError,
    ImportRefusedError,
    InvalidPurlError,
    InvalidQueryError,
    LabelsError,
    ManifestError,
    NotAllowedError,
    NotFoundError,
    OutboundError,
    PortalError,
    RepositoryError,
    SourceError,
    StoreError,
)

DONE = 0
FAILED = 1
"""A gate or a check said no, a run is held, or what was asked for does not exist."""
USAGE = 2
"""The command, the configuration or the database is not as it should be."""
INCOMPLETE = 3
"""A source, a catalog or a file could not be read completely."""

EXIT_CODES: tuple[tuple[type[CallboardError], int], ...] = (
    (ConfigError, USAGE),
    (InvalidQueryError, USAGE),
    (InvalidPurlError, USAGE),
    (ImportRefusedError, INCOMPLETE),
    (LabelsError, INCOMPLETE),
    (ManifestError, INCOMPLETE),
    (PortalError, INCOMPLETE),
    (SourceError, INCOMPLETE),
    (AdvisoryIndexError, USAGE),
    (AdvisoryError, INCOMPLETE),
    (CatalogError, INCOMPLETE),
    (RepositoryError, INCOMPLETE),
    (OutboundError, INCOMPLETE),
    (NotFoundError, FAILED),
    (ConflictError, FAILED),
    (NotAllowedError, FAILED),
    (StoreError, USAGE),
    (CallboardError, FAILED),
)
"""The first row that fits decides."""

INTERRUPTED = 130
"""Ctrl-C, as shells expect it."""


def end(code: int) -> NoReturn:
    """Ends the command with this exit code."""
    raise click.exceptions.Exit(code)


def exit_code(error: CallboardError) -> int:
    """The exit code for an error of ours."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def report(error: BaseException, *, debug: bool) -> int:
    """Says on stderr what went wrong and returns the exit code. With `debug` the traceback comes first."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        print(error.message)
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say("Stopped.")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _let_go_of_stdout()
        return DONE
    if debug and not isinstance(error, click.ClickException):
        _traceback(error)
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, CallboardError):
        _say(f"Error: {error.message}", error.hint)
        return exit_code(error)
    if isinstance(error, OSError) and (refusal := _refusal(error)) is not None:
        _say(f"Error: {refusal}")
        return USAGE
    _say(
        f"Error: something unexpected happened ({type(error).__name__}). This is a mistake in Callboard.",
        None
        if debug
        else "The same command with --debug (`callboard --debug …`) shows where. The logs above may tell more.",
    )
    return FAILED


def _refusal(error: OSError) -> str | None:
    """What the machine does not let us do, and with what: a full disk, a folder that is not there or not ours.

    None for what comes from a network: whoever asks over one has said so in words of their own.
    """
    if not error.strerror or isinstance(error, ConnectionError | TimeoutError):
        return None
    about = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return f"{about}{error.strerror}."


def _usage(error: click.ClickException) -> int:
    hint = None
    if isinstance(error, click.NoSuchOption) and error.option_name == "--json" and _is_before_the_command(error):
        _say("Error: --json stands behind the command: `callboard COMMAND --json`.")
        return USAGE
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"`{error.ctx.command_path} --help` explains it."
    _say(f"Error: {error.format_message()}", hint)
    return USAGE


def _is_before_the_command(error: click.UsageError) -> bool:
    return error.ctx is not None and error.ctx.parent is None


def _say(message: str, hint: str | None = None) -> None:
    from callboard.telemetry import mask_text

    print("\n".join(mask_text(line) for line in message.split("\n")), file=sys.stderr)
    if hint:
        print(f"Hint: {mask_text(hint)}", file=sys.stderr)


def _traceback(error: BaseException) -> None:
    import traceback

    from callboard.telemetry import mask_text

    for line in traceback.format_exception(error):
        print("\n".join(mask_text(each) for each in line.split("\n")), file=sys.stderr, end="")


def _let_go_of_stdout() -> None:
    """The reader of our output has left (`| head`): nothing is wrong, and Python must not try to flush again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
