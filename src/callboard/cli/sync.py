"""`callboard sync`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import NUMBER, Door, answers, examples
from callboard.cli.errors import DONE, FAILED, INCOMPLETE, USAGE, end

if TYPE_CHECKING:
    from callboard.cli.running import Round
    from callboard.config import Section
    from callboard.wiring.services import Services

PACKAGES = "packages"
"""The source that needs no configuration: what components consist of, matched with advisories."""


@explained.command(
    epilog=examples(
        "callboard sync",
        "callboard sync main --full",
        "callboard sync --estimate",
        "callboard sync --catalog-only",
        "callboard sync --accept-held 42",
    )
)
@click.argument("source", nargs=-1)
@click.option(
    "--full", "mode", flag_value="full", help="Read everything, which is what can tell that something is fixed."
)
@click.option("--delta", "mode", flag_value="delta", help="Read only what has changed.")
@click.option(
    "--estimate", is_flag=True, help="Only count: how much a first run would read, and how long it would take."
)
@click.option("--catalog-only", is_flag=True, help="Read the catalogs and no source.")
@click.option("--accept-held", metavar="RUN", help="Apply a held run, by number; or a held catalog, by name.")
@click.option("--discard-held", metavar="RUN", type=NUMBER, help="Throw a held run away, by number.")
@answers
@click.pass_obj
def sync(
    door: Door,
    /,
    *,
    source: tuple[str, ...],
    mode: str | None,
    estimate: bool,
    catalog_only: bool,
    accept_held: str | None,
    discard_held: int | None,
    as_json: bool,
) -> None:
    """Read the catalogs and the sources: all of them, or those named.

    What components consist of is a source as well, called packages: it is matched with the advisories at hand whenever one
    of the two has changed, or when it is named.

    Without --full or --delta each source is read whole when its last whole reading is old enough, else only what changed.
    Ends with 1 when something is held for a person or is read by another sync just now, with 3 when something could not be read completely.
    """
    chosen = [bool(mode), estimate, catalog_only, accept_held is not None, discard_held is not None]
    if sum(chosen) > 1 or (source and (catalog_only or accept_held or discard_held)):
        raise click.UsageError("These options do not go together: each asks for something else.")
    door.log()
    config = door.config
    named = dict.fromkeys(source)
    packages = None if not source else PACKAGES in named
    named.pop(PACKAGES, None)
    sections = tuple(map(config.source, named)) if source else config.sources
    with door.services(create=True) as services:
        if accept_held is not None or discard_held is not None:
            code = _decide(services, accept_held, discard_held, as_json=as_json)
        elif estimate:
            code = _estimate(services, sections, as_json=as_json)
        else:
            code = _sync(
                services, () if catalog_only else sections, mode, with_catalogs=not source,
                packages=False if catalog_only else packages, as_json=as_json,
            )  # fmt: skip
    end(code)


def _sync(
    services: Services, sections: tuple[Section, ...], mode: str | None, *, with_catalogs: bool,
    packages: bool | None, as_json: bool,
) -> int:  # fmt: skip
    from callboard.cli import output, running
    from callboard.domain.run import Mode
    from callboard.errors import ConfigError

    catalogs = services.config.catalogs if with_catalogs else ()
    if not sections and not catalogs and not packages:
        raise ConfigError(
            "There is nothing to read: no source or catalog is configured.", hint="`callboard init` sets them up."
        )
    running.look_after(services)
    with running.progress() as listen:
        done = asyncio.run(
            running.everything(
                services, sections, catalogs, mode=Mode(mode) if mode else None, listen=listen, packages=packages
            )
        )
    running.watch_ownership(services)
    running.bring_back(services)
    if as_json:
        output.document(done)
    else:
        _tell(done)
    for failure in done.failures:
        output.say(f"{failure.what} {failure.name}: {failure.message}" + (f" {failure.hint}" if failure.hint else ""))
    return _code(done)


def _code(done: Round) -> int:
    from callboard.domain.run import RunState

    states = {*(report.state for report in done.sources), *(report.state for report in done.catalogs)}
    codes = {failure.exit_code for failure in done.failures}
    if USAGE in codes:
        return USAGE
    if INCOMPLETE in codes or RunState.PARTIAL in states:
        return INCOMPLETE
    # What somebody else is at just now was not read badly; it was not read.
    return FAILED if codes or RunState.HELD in states else DONE


def _tell(done: Round) -> None:
    from callboard.cli import output
    from callboard.web import words

    for catalog in done.catalogs:
        output.line(
            f"Catalog {catalog.catalog}: {catalog.state}. {words.count(catalog.components, 'component')}, "
            f"{words.count(catalog.entities, 'entity', 'entities')}; {words.number(catalog.new)} new, "
            f"{words.number(catalog.changed)} changed, {words.number(catalog.gone)} gone."
            + (f" {words.count(catalog.moved_findings, 'finding')} moved." if catalog.moved_findings else "")
        )
        if catalog.reason:
            output.line(f"  {catalog.reason}")
        if catalog.state == "held":
            output.line(f"  Apply it with `callboard sync --accept-held {catalog.catalog}`.")
        problems = [line for each in catalog.problems if (line := f"{each.where}: {each.reason}") != catalog.reason]
        for problem in problems[:10]:
            output.line(f"  {problem}")
        if len(problems) > 10:
            output.line(f"  and {words.number(len(problems) - 10)} more")
    for report in done.sources:
        output.line(
            f"Source {report.source}: {report.mode.value} run {report.run} {report.state.value}"
            f"{', after an interruption' if report.resumed else ''}. "
            f"{words.number(report.seen)} seen on {words.count(report.pages, 'page')} in {report.seconds:,.1f} s."
        )
        output.line(
            f"  {words.number(report.new)} new, {words.number(report.changed)} changed, {words.number(report.reopened)} reopened, "
            f"{words.number(report.closed)} closed, {words.number(report.unchanged)} unchanged, "
            f"{words.number(report.rejected)} could not be read."
        )
        if report.reason:
            output.line(f"  {report.reason}")
        if report.state.value == "partial":
            output.line("  `callboard doctor` says what is in the way, and what to do about it.")
        if report.state.value == "held":
            output.line(
                f"  Apply it with `callboard sync --accept-held {report.run}`, or drop it with `--discard-held {report.run}`."
            )


def _decide(services: Services, accept: str | None, discard: int | None, *, as_json: bool) -> int:
    from callboard.cli import output, running

    if accept is not None and not accept.isdecimal():
        section = next((each for each in services.config.catalogs if each.name == accept), None)
        if section is None:
            raise click.UsageError(f"{accept!r} is neither the number of a run nor the name of a catalog.")
        running.look_after(services)
        done = asyncio.run(
            running.everything(services, (), (section,), mode=None, listen=None, accept=True, packages=False)
        )
    elif accept is not None:
        running.look_after(services)
        done = asyncio.run(running.accept(services, int(accept)))
    else:
        asyncio.run(running.discard(services, discard or 0))
        if as_json:
            output.document({"discarded": discard})
        else:
            output.line(f"Run {discard} is discarded; nothing of it was applied.")
        return DONE
    if as_json:
        output.document(done)
    else:
        _tell(done)
    return _code(done)


def _estimate(services: Services, sections: tuple[Section, ...], *, as_json: bool) -> int:
    from callboard.cli import output, running
    from callboard.errors import ConfigError
    from callboard.web import words

    if not sections:
        raise ConfigError("No source is configured.", hint="`callboard init` sets one up.")
    estimates = asyncio.run(running.estimates(services, sections))
    if as_json:
        output.document({"sources": estimates})
        return DONE
    for each in estimates:
        output.line(f"Source {each.source}")
        rows = [
            (size.part, f"{words.number(size.count)}{' or more' if size.capped else ''}", size.calls)
            for size in each.parts
        ]
        rows.append(
            ("findings together", f"{words.number(each.findings)}{' or more' if each.capped else ''}", each.calls)
        )
        output.show(output.table(("Part", "Records", "Calls"), rows, right=("Records", "Calls")))
        output.line(
            f"A first run takes about {each.minutes:,.0f} min and {each.megabytes:,.0f} MB of disk."
            if each.minutes >= 1
            else f"A first run takes less than a minute and about {each.megabytes:,.0f} MB of disk."
        )
    return DONE
