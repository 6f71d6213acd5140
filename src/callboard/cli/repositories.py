"""`callboard repositories …`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, INCOMPLETE, USAGE, end

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.config import Config, Section
    from callboard.domain.forge import RepositoryLine, RepositoryPage
    from callboard.domain.instant import Instant
    from callboard.usecases.read_repositories import RepositoriesProgress, RepositoriesReport
    from callboard.wiring.services import Services

SHOWN = 20
"""Lines of each kind that `show` prints for people; --json has all."""


@explained.group(
    epilog=examples(
        "callboard repositories read", "callboard repositories list", "callboard repositories show acme/shop"
    ),
)
def repositories() -> None:
    """Source repositories: who looks after what, who committed lately, and where manifests lie.

    They are read, never written to, and nothing in them is run.
    """


@repositories.command(epilog=examples("callboard repositories read", "callboard repositories read github --json"))
@click.argument("name", nargs=-1)
@answers
@click.pass_obj
def read(door: Door, /, *, name: tuple[str, ...], as_json: bool) -> None:
    """Read the repositories of all [[repositories]] sections, or of those named.

    What has not changed costs hardly a call. Ends with 3 when something could not be read; then nothing is taken for gone.
    """
    from callboard.cli import output

    door.log()
    sections = _sections(door.config, name)
    with door.services(create=True) as services:
        reports, failures = asyncio.run(_read(services, sections))
    if as_json:
        output.document({"repositories": reports, "failures": [failure for failure, _ in failures]})
    else:
        for report in reports:
            _tell(report)
    for failure, _ in failures:
        output.say(f"{failure['name']}: {failure['message']}" + (f" {failure['hint']}" if failure["hint"] else ""))
    codes = {code for _, code in failures}
    is_whole = not codes and all(report.state == "complete" for report in reports)
    end(USAGE if USAGE in codes else DONE if is_whole else INCOMPLETE)


@repositories.command(name="list", epilog=examples("callboard repositories list", "callboard repositories list --json"))
@answers
@click.pass_obj
def list_(door: Door, /, *, as_json: bool) -> None:
    """List the repositories that are known."""
    from callboard.cli import output
    from callboard.usecases import repositories as looks

    with door.services() as services:
        now = services.clock.now()
        found = looks.listed(services.store)
    if as_json:
        output.document({"repositories": [_line(each) for each in found]})
        return
    columns = ("Repository", "Branch", "Files", "Code owners", "People", "Manifests", "Components", "Read", "Remark")
    if found:
        output.show(output.table(columns, (_row(each, now) for each in found), right=columns[2:7]))
    else:
        output.say("No repository has been read: `callboard repositories read` does it.")


@repositories.command(
    epilog=examples("callboard repositories show acme/shop", "callboard repositories show github.com/acme/shop --json")
)
@click.argument("slug")
@answers
@click.pass_obj
def show(door: Door, /, *, slug: str, as_json: bool) -> None:
    """Everything that is known of one repository."""
    from callboard.cli import output
    from callboard.usecases import repositories as looks

    with door.services() as services:
        now = services.clock.now()
        page = looks.shown(services.store, slug)
    if as_json:
        output.document(_page(page))
    else:
        _show(page, now)


def _sections(config: Config, names: Sequence[str]) -> tuple[Section, ...]:
    from callboard.errors import ConfigError

    there = {section.name: section for section in config.repositories}
    if not there:
        raise ConfigError(
            "No repositories are configured.",
            hint="Add a [[repositories]] section; docs/howto/connect-repositories.md shows how.",
        )
    for name in names:
        if name not in there:
            raise ConfigError(f"No repositories are called {name!r}.", hint=f"There is {', '.join(there)}.")
    return tuple(there[name] for name in dict.fromkeys(names)) if names else config.repositories


async def _read(
    services: Services, sections: Sequence[Section]
) -> tuple[list[RepositoriesReport], list[tuple[dict[str, str | None], int]]]:
    from callboard.cli.errors import exit_code
    from callboard.errors import CallboardError
    from callboard.worker import reading

    reports = []
    failures: list[tuple[dict[str, str | None], int]] = []
    with _progress() as listen:
        for section in sections:
            try:
                report, _ = await reading.one_place(services, section, listen(section.name))
            except CallboardError as error:
                failure = {"name": section.name, "message": error.message, "hint": error.hint}
                failures.append((failure, exit_code(error)))
            else:
                reports.append(report)
    return reports, failures


@contextmanager
def _progress() -> Iterator[Callable[[str], Callable[[RepositoriesProgress], object] | None]]:
    """A bar on a terminal; elsewhere nothing, since the report tells it all."""
    from callboard.cli import output

    if not output.err().is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=output.err(),
        transient=True,
    ) as bar:

        def begin(name: str) -> Callable[[RepositoriesProgress], object]:
            task = bar.add_task(name, total=None)
            return lambda progress: bar.update(task, completed=progress.done, total=progress.listed)

        yield begin


def _tell(report: RepositoriesReport) -> None:
    from callboard.cli import output
    from callboard.web import words

    output.line(
        f"{report.reader}: {report.state}. {words.count(report.repositories, 'repository', 'repositories')}: "
        f"{words.number(report.read)} read, {words.number(report.unchanged)} unchanged, "
        f"{words.number(report.gone)} gone. {words.count(report.calls, 'call')}."
    )
    if report.reason:
        output.line(f"  {report.reason}")
    for moved in report.moved[:SHOWN]:
        output.line(
            f"  {moved.slug} has moved to {moved.head.slug}: correct the slug where the catalog still says the old one."
        )
    for slug in report.absent[:SHOWN]:
        output.line(f"  {slug} is named by the catalog and does not exist, or is not shown to Callboard.")
    for unread in report.unread[:SHOWN]:
        output.line(f"  {unread.where}: {unread.reason}")
    left_out = sum(max(len(each) - SHOWN, 0) for each in (report.moved, report.absent, report.unread))
    if left_out:
        output.line(f"  and {words.number(left_out)} more; --json has them all")


def _row(line: RepositoryLine, now: Instant) -> tuple[Cell, ...]:
    from callboard.web import words

    each = line.repository
    return (
        each.key,
        each.branch,
        each.files,
        line.code_owner_lines,
        line.contributors,
        line.manifests,
        line.components,
        "never" if each.read_at is None else words.ago(each.read_at, now),
        _remark(line),
    )


def _remark(line: RepositoryLine) -> str:
    each = line.repository
    if each.moved_to is not None:
        return f"moved to {each.moved_to}"
    if each.gone_at is not None:
        return "gone"
    return each.problem or ("archived" if each.archived else "")


def _line(line: RepositoryLine) -> dict[str, Any]:
    return {
        **_facts(line),
        "code_owner_lines": line.code_owner_lines,
        "contributors": line.contributors,
        "manifests": line.manifests,
        "components": line.components,
    }


def _facts(line: RepositoryLine | RepositoryPage) -> dict[str, Any]:
    from callboard.domain.instant import to_text

    each = line.repository
    return {
        "repository": each.key,
        "host": each.host,
        "slug": each.slug,
        "section": each.reader,
        "branch": each.branch,
        "head": each.head,
        "files": each.files,
        "archived": each.archived,
        "moved_to": each.moved_to,
        "gone_at": None if each.gone_at is None else to_text(each.gone_at),
        "read_at": None if each.read_at is None else to_text(each.read_at),
        "seen_at": to_text(each.seen_at),
        "problem": each.problem,
    }


def _page(page: RepositoryPage) -> dict[str, Any]:
    from callboard.domain.instant import to_text

    return {
        **_facts(page),
        "code_owners_path": page.repository.code_owners_path,
        "code_owners": list(page.code_owners.entries) if page.code_owners else [],
        "activity": [
            {"who": each.who, "folder": each.folder, "commits": each.commits, "last_at": to_text(each.last_at)}
            for each in page.contributions
        ],
        "manifests": [
            {
                "path": each.place.path,
                "kind": each.place.kind.value,
                "ecosystem": each.place.ecosystem,
                "bytes": each.size,
            }
            for each in page.places
        ],
        "components": page.components,
    }


def _show(page: RepositoryPage, now: Instant) -> None:
    from callboard.cli import output
    from callboard.web import words

    each = page.repository
    output.show(
        output.facts(
            (
                ("Repository", each.key),
                ("Branch", each.branch),
                ("Read", "never" if each.read_at is None else words.ago(each.read_at, now)),
                ("Files", each.files),
                ("Moved to", each.moved_to),
                ("Gone", None if each.gone_at is None else words.ago(each.gone_at, now)),
                ("Remark", each.problem),
                ("Components", ", ".join(page.components) or "none names it"),
                ("Code owners", each.code_owners_path or "no CODEOWNERS file"),
            )
        )
    )
    entries = page.code_owners.entries if page.code_owners else ()
    parts: tuple[tuple[tuple[str, ...], list[tuple[Cell, ...]]], ...] = (
        (
            ("Line", "Paths", "Owners", "Section"),
            [
                (one.line, f"{'!' * one.excludes}{one.pattern}", " ".join(one.owners) or "nobody", one.section)
                for one in entries
            ],
        ),
        (
            ("Folder", "Who", "Commits", "Last"),
            [(one.folder or "(all)", one.who, one.commits, words.ago(one.last_at, now)) for one in page.contributions],
        ),
        (
            ("Manifest", "Kind", "Ecosystem"),
            [(one.place.path, one.place.kind.value, one.place.ecosystem) for one in page.places],
        ),
    )
    for columns, rows in parts:
        if rows:
            output.line("")
            output.show(output.table(columns, rows[:SHOWN]))
            if len(rows) > SHOWN:
                output.line(f"and {words.number(len(rows) - SHOWN)} more; --json has them all")
