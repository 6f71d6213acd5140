"""`callboard assess`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.checks.assessment import Assessment

_SEVERITIES = ("critical", "high", "medium", "low", "info", "never")


F = TypeVar("F", bound=Callable[..., Any])


def of_portal(command: F) -> F:
    """The options of every command that judges a portal's folder."""
    for option in reversed(_PORTAL):
        command = option(command)
    return command


_PORTAL = (
    click.option(
        "--portal",
        "folder",
        required=True,
        metavar="FOLDER",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="The portal's own folder, where app-config.yaml and package.json lie.",
    ),
    click.option(
        "--settings",
        "files",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A settings file; several times, from the weakest to the strongest.  [default: those in the folder]",
    ),
    click.option(
        "--production/--development",
        "is_production",
        default=None,
        help="Whether others use the portal with these settings.  [default: when a file's name says production]",
    ),
)


@explained.command(
    epilog=examples(
        "callboard assess --portal ../portal",
        "callboard assess --portal ../portal --fail-on high",
        "callboard assess --portal . --settings app-config.yaml --settings app-config.eu.yaml --production",
        "callboard assess --portal . --format sarif > portal.sarif",
    )
)
@of_portal
@click.option("--fail-on", type=click.Choice(_SEVERITIES), default="never", show_default=True,
              help="End with exit code 1 when a fault is at least this bad.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown", "sarif"]), default="text",
              show_default=True, help="How to tell it.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="List checks that passed as well.")
@answers
@click.pass_obj
def assess(
    door: Door,
    /,
    *,
    folder: Path,
    files: tuple[Path, ...],
    is_production: bool | None,
    fail_on: str,
    form: str,
    everything: bool,
    as_json: bool,
) -> None:
    """Judge a Backstage portal by its files: settings, own code, lock files, pipelines, packages with known advisories.

    Nothing of it is executed and nothing is asked of a network. What stands in environment variables and other files cannot be
    judged, and is counted as not evaluated.
    """
    from callboard import __version__
    from callboard.checks import told
    from callboard.cli import output
    from callboard.cli.errors import FAILED, end
    from callboard.cli.packages.assessing import assess_folder
    from callboard.domain.finding import Severity

    found = assess_folder(folder, files, is_production=is_production, config=door.config_file).assessment
    if as_json or form == "json":
        output.document(told.as_wire(found))
    elif form == "sarif":
        output.document(told.as_sarif(found, __version__))
    elif form == "markdown":
        output.line(told.as_markdown(found).rstrip("\n"))
    else:
        _show(found, everything=everything)
    if fail_on != "never" and found.worst is not None and found.worst >= Severity[fail_on.upper()]:
        end(FAILED)


def _show(found: Assessment, *, everything: bool) -> None:
    from rich.text import Text

    from callboard.checks.assessment import worst_of
    from callboard.checks.told import as_wire
    from callboard.cli import output
    from callboard.web import words

    wire = as_wire(found)
    for judged in found.failed:
        worst = worst_of(judged)
        output.show(
            Text.assemble(
                output.severity(worst) if worst is not None else "", f"  {judged.advice.title}  [{judged.advice.key}]"
            )
        )
        for fault in judged.faults:
            output.line(f"  {fault.place or 'set nowhere'}  {fault.path}: {fault.said}")
        output.line(f"  Do: {judged.advice.remedy}")
        output.line("")
    for judged in found.unjudged:
        output.line(f"not evaluated  {judged.advice.title}  [{judged.advice.key}]: {judged.not_evaluated}")
    if everything:
        for judged in found.checks:
            if judged.word == "passed":
                output.line(f"passed         {judged.advice.title}  [{judged.advice.key}]")
    files = " and ".join(wire.files)
    output.say(
        f"{files}, judged for {'production' if wire.production else 'development'}: {words.count(wire.failed, 'check')} "
        f"failed, {wire.not_evaluated} not evaluated, {wire.passed} passed, of {len(wire.checks)}."
    )
