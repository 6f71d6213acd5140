"""`callboard import`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, INCOMPLETE, end, exit_code

if TYPE_CHECKING:
    from callboard.config import Section
    from callboard.ports import SourceSpec
    from callboard.usecases.import_file import ImportReport
    from callboard.wiring.services import Services

WHOLE = ("nodes",)
"""Kinds of files whose records tell every field, as the API's own do."""


@explained.command(
    "import",
    epilog=examples(
        "callboard import issues.csv",
        "callboard import report.csv --as vulnerability-report --source main",
        "callboard import *.json --json",
    ),
)
@click.argument("file", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--as", "kind", help="What kind of file it is. Else it is found out: issue-report, vulnerability-report, nodes."
)
@click.option("--source", help="The source that the findings belong to. Else the one configured source of that kind.")
@answers
@click.pass_obj
def import_files(door: Door, /, *, file: tuple[Path, ...], kind: str | None, source: str | None, as_json: bool) -> None:
    """Take in findings from files that a product exported. An import closes nothing.

    Records that cannot be read are counted with their place and reason; the others go on. Ends with 3 when there were any.
    """
    from callboard.cli import output
    from callboard.errors import CallboardError
    from callboard.web import words

    door.log()
    reports: list[ImportReport] = []
    refused: list[tuple[Path, CallboardError]] = []
    with door.services(create=True) as services:
        for path in file:
            try:
                reports.append(asyncio.run(_one(services, path, kind, source)))
            except CallboardError as error:
                refused.append((path, error))
    if as_json:
        told = [{"file": str(path), "message": each.message, "hint": each.hint} for path, each in refused]
        output.document({"files": reports, "refused": told})
    elif reports:
        columns = ("File", "Source", "Records", "Observed", "New", "Changed", "Unchanged", "Rejected")
        rows = [
            (each.file, each.source, each.records, each.observed, each.new, each.changed, each.unchanged, each.rejected)
            for each in reports
        ]
        output.show(output.table(columns, rows, right=columns[2:]))
        for each in reports:
            for reason in each.reasons:
                # It begins with the file's name and a line, or stands without a place.
                name = Path(each.file).name
                place = reason.removeprefix(name) if reason.startswith(f"{name}:") else f": {reason}"
                output.line(f"{each.file}{place}")
            if each.rejected > len(each.reasons):
                output.line(f"{each.file}: and {words.number(each.rejected - len(each.reasons))} more")
    for path, refusal in refused:
        output.say(f"{path}: {refusal.message}" + (f"\nHint: {refusal.hint}" if refusal.hint else ""))
    incomplete = INCOMPLETE if any(each.rejected for each in reports) else DONE
    end(max([incomplete, *(exit_code(refusal) for _, refusal in refused)]))


async def _one(services: Services, path: Path, kind: str | None, source: str | None) -> ImportReport:
    from callboard.usecases.import_file import import_file
    from callboard.wiring.sources import open_for_files

    section = services.config.source(source) if source and _has(services, source) else None
    if source and section is None and services.config.sources:
        from callboard.cli import output

        there = ", ".join(each.name for each in services.config.sources)
        output.say(f"The source {source!r} is not configured; there is {there}. Its findings stand by themselves.")
    spec, kind = _spec(path, kind, section)
    if section is None and source is None:
        section = _only(services, spec)
    name = section.name if section else source or spec.kind
    assert spec.read_file is not None, "only kinds of sources that read files are chosen"  # noqa: S101
    async with open_for_files(section, spec, name) as opened:
        records = spec.read_file(path, kind)
        return await asyncio.to_thread(
            import_file, services.store, opened, str(path), records, clock=services.clock, whole=kind in WHOLE
        )


def _has(services: Services, name: str) -> bool:
    return any(section.name == name for section in services.config.sources)


def _only(services: Services, spec: SourceSpec) -> Section | None:
    """The one configured source of that kind; None when there is none. Raises ConfigError for several."""
    from callboard.errors import ConfigError

    found = [section for section in services.config.sources if section.kind == spec.kind]
    if len(found) > 1:
        names = ", ".join(section.name for section in found)
        raise ConfigError("Several sources could own these findings.", hint=f"Say which with --source: {names}.")
    return found[0] if found else None


def _spec(path: Path, kind: str | None, section: Section | None) -> tuple[SourceSpec, str]:
    """Who reads this file, and as what. Raises ImportRefusedError."""
    from callboard.errors import ImportRefusedError
    from callboard.sources import SOURCES

    specs = [spec for spec in SOURCES.values() if spec.read_file and (section is None or spec.kind == section.kind)]
    if kind is not None:
        for spec in specs:
            if kind in spec.file_kinds:
                return spec, kind
        known = ", ".join(each for spec in specs for each in spec.file_kinds)
        raise click.BadParameter(
            f"{kind!r} is not a kind of file that can be read; there is {known}.", param_hint="--as"
        )
    refusals: list[ImportRefusedError] = []
    for spec in specs:
        try:
            if spec.detect_file is not None:
                return spec, spec.detect_file(path)
        except ImportRefusedError as error:
            refusals.append(error)
    raise refusals[0] if refusals else ImportRefusedError("No configured kind of source reads files.")
