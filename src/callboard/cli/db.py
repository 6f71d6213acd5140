"""`callboard db …`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end


@explained.group(
    epilog=examples("callboard db status", "callboard db migrate", "callboard db check", "callboard db digest"),
)
def db() -> None:
    """Look after the database."""


@db.command(epilog=examples("callboard db migrate", "CALLBOARD_DATABASE_URL=postgresql://… callboard db migrate"))
@answers
@click.pass_obj
def migrate(door: Door, /, *, as_json: bool) -> None:
    """Make the database, or bring it up to this program's schema. Make a backup first."""
    from callboard.cli import output
    from callboard.config import hide_password
    from callboard.store.migrations.run import upgrade
    from callboard.store.schema import HEAD

    door.log()
    url = door.config.database.url
    done = upgrade(url)
    if as_json:
        output.document({"database": hide_password(url), "schema": HEAD, "applied": done})
    else:
        told = f"brought up from {done[0]} to {HEAD}" if done else f"at schema {HEAD}; there was nothing to do"
        output.line(f"{hide_password(url)} is {told}.")


@db.command(epilog=examples("callboard db downgrade", "callboard db downgrade --yes"))
@click.option("--yes", is_flag=True, help="Go back, with what the step takes with it.")
@answers
@click.pass_obj
def downgrade(door: Door, /, *, yes: bool, as_json: bool) -> None:
    """Take the database one step back, for the version of Callboard before. Make a backup first.

    Without --yes it says what the step takes with it, changes nothing and ends with 1.
    """
    from callboard.cli import output
    from callboard.config import hide_password
    from callboard.errors import StoreError
    from callboard.store.migrations import run

    door.log()
    url = door.config.database.url
    before = run.level(url)
    if before in (run.NOTHING, "0001"):
        raise StoreError("There is no older schema to go back to.")
    takes = run.step_back(before)
    if yes:
        before, after = run.downgrade(url)
    else:
        after = f"{int(before) - 1:04}"
    if as_json:
        output.document({"database": hide_password(url), "before": before, "after": after, "takes": takes, "done": yes})
    elif yes:
        output.line(f"{hide_password(url)} went back from {before} to {after}. It took: {takes}.")
    else:
        output.line(f"Going back from {before} to {after} takes: {takes}.\nNothing was changed; --yes does it.")
    end(DONE if yes else FAILED)


@db.command(epilog=examples("callboard db status", "callboard db status --json"))
@answers
@click.pass_obj
def status(door: Door, /, *, as_json: bool) -> None:
    """Say where the database is, which schema it has, and what it holds. Ends with 1 when it cannot be used."""
    from callboard.cli import output
    from callboard.config import hide_password
    from callboard.domain.access import LAPTOP
    from callboard.errors import StoreError
    from callboard.store.schema import HEAD
    from callboard.usecases import browse
    from callboard.wiring.services import database_file

    url = door.config.database.url
    file = database_file(url)
    told: dict[str, object] = {"database": hide_password(url), "wanted_schema": HEAD, "usable": False, "problem": None}
    try:
        with door.services() as services:
            board = browse.board(services.store, LAPTOP, now=services.clock.now())
    except StoreError as error:
        told |= {"problem": error.message, "hint": error.hint}
    else:
        told |= {
            "usable": True,
            "findings": board.totals.findings,
            "open": board.totals.open.total,
            "components": board.totals.components,
            "revision": board.revision,
            "megabytes": None if file is None else round(_size(str(file)) / 1e6, 1),
        }
    if as_json:
        output.document(told)
    else:
        names = {name: name.replace("_", " ").capitalize() for name in told}
        output.show(output.facts((names[name], str(value)) for name, value in told.items() if value is not None))
    end(DONE if told["usable"] else FAILED)


def _size(file: str) -> int:
    from pathlib import Path

    return sum(each.stat().st_size for each in (Path(file), Path(f"{file}-wal")) if each.exists())


@db.command(epilog=examples("callboard db check", "callboard db check --json"))
@answers
@click.pass_obj
def check(door: Door, /, *, as_json: bool) -> None:
    """Recount every counter from the findings and compare. Ends with 1 when one is wrong."""
    from callboard.cli import output
    from callboard.usecases import upkeep
    from callboard.web import words

    with door.services() as services:
        check = upkeep.check_counters(services.store)
    wrong = [
        {"table": table, "counter": "/".join(map(str, key)), "kept": kept, "counted": counted}
        for table, cells in check.wrong.items()
        for key, (counted, kept) in sorted(cells.items(), key=str)
    ]
    if as_json:
        output.document({"ok": not wrong, "counters": check.counters, "findings": check.findings, "wrong": wrong})
    elif wrong:
        columns = ("Table", "Counter", "Kept", "Counted")
        rows = [tuple(str(value) for value in each.values()) for each in wrong]
        output.show(output.table(columns, rows, right=columns[2:]))
        output.line(f"{words.count(len(wrong), 'counter')} of {words.number(check.counters)} are wrong.")
    else:
        output.line(f"All {words.number(check.counters)} counters agree with {words.count(check.findings, 'finding')}.")
    end(FAILED if wrong else DONE)


@db.command(epilog=examples("callboard db digest", "callboard db digest --json"))
@answers
@click.pass_obj
def digest(door: Door, /, *, as_json: bool) -> None:
    """Say in short what the board holds, so that two boards can be compared: a backup that was restored, or another database.

    Row numbers, versions and the times of reading are left out. Reads everything, so it takes a while.
    """
    from callboard.cli import output
    from callboard.usecases.upkeep import digests

    with door.services() as services:
        found = digests(services.store)
    if as_json:
        output.document({"tables": found})
        return
    rows = [(name, f"{each.rows:,}", each.digest) for name, each in sorted(found.items())]
    output.show(output.table(("What", "Rows", "Digest"), rows, right=("Rows",)))
