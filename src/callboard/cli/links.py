"""`callboard links …`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, INCOMPLETE, end

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.config import Section
    from callboard.domain.finding import Kind
    from callboard.usecases.check_links import Example, Group, LinkReport
    from callboard.wiring.services import Services

BROKEN = {
    "unsafe": "an address that nobody should follow",
    "foreign-host": "leads to a host that is not the source's",
    "unknown-shape": "what it names cannot be read",
    "wrong-id": "names another finding",
    "dead": "the source does not know the id any more",
}


@explained.group(epilog=examples("callboard links check", "callboard links check --all --json"))
def links() -> None:
    """Look after the links that lead from findings to their source."""


@links.command(
    epilog=examples(
        "callboard links check",
        "callboard links check --source main --kind issue --sample 500",
        "callboard links check --browser ~/wiz-session --sample 3",
    )
)
@click.option("--source", multiple=True, help="Only this source. Several times for several.")
@click.option(
    "--kind", "kinds", multiple=True, help="issue, vulnerability, misconfiguration, … Several times for several."
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    help="Links of each kind and shape, open findings first.  [default: 50]",
)
@click.option("--all", "everything", is_flag=True, help="All links instead of a sample.")
@click.option(
    "--browser",
    "session",
    metavar="SESSION",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    help="Also open a few links in Chromium with this session: a folder that the browser saved when you signed in.",
)
@answers
@click.pass_obj
def check(
    door: Door,
    /,
    *,
    source: tuple[str, ...],
    kinds: tuple[str, ...],
    sample: int | None,
    everything: bool,
    session: Path | None,
    as_json: bool,
) -> None:
    """Check that links lead to the very finding they stand on.

    The link's host must be the source's, the id in it the finding's, and the source must still know that id, which is asked
    of its API. Ends with 1 when a link is broken, with 3 when a source could not be asked.
    """
    from callboard.cli.chromium import find_program

    if everything and sample is not None:
        raise click.UsageError("--all and --sample do not go together.")
    door.log()
    sections = tuple(map(door.config.source, dict.fromkeys(source))) if source else door.config.sources
    chosen = _kinds(kinds)
    program = find_program() if session is not None else None
    with door.services() as services:
        done = asyncio.run(_everywhere(services, sections, chosen, sample=sample, everything=everything))
        looked = asyncio.run(_look(services, program, session, done.reports)) if program and session else {}
    if as_json:
        from callboard.cli import output

        output.document({"sources": [_document(report, looked) for report in done.reports], "failures": done.failures})
    else:
        _tell(done.reports, looked)
    _say(done)
    end(_code(done, looked))


class _Done:
    """What came of it."""

    def __init__(self) -> None:
        self.reports: list[LinkReport] = []
        self.failures: list[dict[str, str | None]] = []
        self.code = DONE


def _kinds(words: Sequence[str]) -> tuple[Kind, ...]:
    from callboard.domain.finding import Kind

    known = {kind.word: kind for kind in Kind}
    asked = [word.strip() for each in words for word in each.split(",") if word.strip()]
    for word in asked:
        if word not in known:
            raise click.UsageError(f"There is no kind {word!r}. Known: {', '.join(known)}.")
    return tuple(known[word] for word in dict.fromkeys(asked))


async def _everywhere(
    services: Services, sections: Sequence[Section], kinds: tuple[Kind, ...], *, sample: int | None, everything: bool
) -> _Done:
    from callboard.cli.errors import exit_code
    from callboard.domain.access import LAPTOP
    from callboard.errors import CallboardError, ConfigError
    from callboard.usecases.check_links import SAMPLE, check_links
    from callboard.wiring.sources import open_source, rules_of

    if not sections:
        raise ConfigError("No source is configured.", hint="`callboard init` sets one up.")
    done = _Done()
    for section in sections:
        try:
            async with open_source(section, services.store) as opened:
                report = await check_links(
                    services.store,
                    LAPTOP,
                    opened.source,
                    rules_of(section),
                    clock=services.clock,
                    kinds=kinds,
                    sample=None if everything else sample or SAMPLE,
                )
        except CallboardError as error:
            done.failures.append({"source": section.name, "message": error.message, "hint": error.hint})
            done.code = max(done.code, exit_code(error))
        else:
            done.reports.append(report)
    return done


async def _look(services: Services, program: str, session: Path, reports: Sequence[LinkReport]) -> dict[int, bool]:
    """Open a few of the sound links in a browser: finding → whether its page shows it."""
    from callboard.cli.chromium import is_about, opened
    from callboard.domain.access import LAPTOP
    from callboard.usecases.check_links import names_on_pages

    chosen = [example for report in reports for group in report.groups for example in group.sound]
    names = names_on_pages(services.store, LAPTOP, [example.finding for example in chosen])
    shown: dict[int, bool] = {}
    async with opened(program, session) as browser:
        for example in chosen:
            title, rule, resource = names.get(example.finding, ("", "", ""))
            is_it = partial(is_about, titles=(title, rule), places=(example.external_id, resource))
            shown[example.finding] = await browser.shows(example.link or "", is_it)
    return shown


def _code(done: _Done, looked: dict[int, bool]) -> int:
    from callboard.cli.errors import USAGE

    if done.code == USAGE:
        return USAGE
    if done.code or any(report.not_asked for report in done.reports):
        return INCOMPLETE
    is_broken = any(report.broken for report in done.reports) or not all(looked.values())
    return FAILED if is_broken else DONE


def _document(report: LinkReport, looked: dict[int, bool]) -> dict[str, Any]:
    from callboard.domain.instant import to_text

    return {
        "source": report.source,
        "at": to_text(report.at),
        "broken": report.broken,
        "unchecked": report.unchecked,
        "not_asked": report.not_asked,
        "groups": [
            {
                "kind": group.kind.word,
                "shape": group.shape.value,
                "checked": group.checked,
                "broken": group.broken,
                "counts": {verdict.value: n for verdict, n in group.counts.items()},
                "examples": [_example(example) for example in group.examples],
                "opened": [
                    {**_example(example), "shown": looked[example.finding]}
                    for example in group.sound
                    if example.finding in looked
                ],
            }
            for group in report.groups
        ],
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "finding": example.finding,
        "id": example.external_id,
        "verdict": example.verdict.value,
        "link": example.link,
        "names": example.names,
    }


def _tell(reports: Sequence[LinkReport], looked: dict[int, bool]) -> None:
    from callboard.cli import output
    from callboard.web import words

    columns = ("Source", "Kind", "Shape", "Checked", "Ok", "Broken", "No link", "Not asked")
    rows = [_row(report, group) for report in reports for group in report.groups]
    if rows:
        output.show(output.table(columns, rows, right=columns[3:]))
    for report, group in ((each, group) for each in reports for group in each.groups):
        for verdict in (verdict for verdict in group.counts if verdict.is_broken):
            n = group.counts[verdict]
            output.line(
                f"{report.source}, {words.KIND[group.kind][0]}: {words.count(n, 'link')}: {BROKEN[verdict.value]}."
            )
            first = next(each for each in group.examples if each.verdict is verdict)
            output.line(f"  finding {first.finding} ({first.external_id}) → {first.link}")
        for example in (each for each in group.sound if each.finding in looked):
            word = "shows it" if looked[example.finding] else "does not show it"
            output.line(f"{report.source}: the page of finding {example.finding} {word}: {example.link}")


def _row(report: LinkReport, group: Group) -> tuple[Cell, ...]:
    from callboard.domain.link import Verdict
    from callboard.web import words

    return (
        report.source,
        words.KIND[group.kind][0],
        group.shape.value.replace("-", " "),
        group.checked,
        group.counts.get(Verdict.OK, 0),
        group.broken,
        group.counts.get(Verdict.MISSING, 0),
        group.counts.get(Verdict.UNCHECKED, 0),
    )


def _say(done: _Done) -> None:
    from callboard.cli import output
    from callboard.web import words

    for report in done.reports:
        if report.not_asked:
            output.say(
                f"{report.source}: {words.count(report.unchecked, 'link')} could not be asked for at the source: "
                f"{report.not_asked}"
            )
        elif not report.groups:
            output.say(f"{report.source} has no findings to check.")
    for failure in done.failures:
        output.say(f"{failure['source']}: {failure['message']}" + (f" {failure['hint']}" if failure["hint"] else ""))
