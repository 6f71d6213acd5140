"""`callboard backup …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.store.backup.making import Backup

_FILE = click.Path(path_type=Path, dir_okay=False)


@explained.group(
    epilog=examples(
        "callboard backup create board.backup", "callboard backup verify board.backup", "callboard backup drill"
    ),
)
def backup() -> None:
    """Backups of the database: made while it is in use, looked at, brought back, and tried."""


@backup.command(
    epilog=examples("callboard backup create board.backup", "callboard backup create --portable board.backup")
)
@click.argument("path", type=_FILE)
@click.option(
    "--portable", is_flag=True, help="Rows that either database takes, also where a copy of the file would do."
)
@answers
@click.pass_obj
def create(door: Door, /, *, path: Path, portable: bool, as_json: bool) -> None:
    """Write down everything that the database holds at one moment. Syncs and people go on meanwhile.

    The file is new, and only its owner can read it. It holds security weaknesses in clear.
    """
    from callboard.usecases import keep_backups
    from callboard.wiring.machine import SystemClock

    door.log()
    found = keep_backups.create(door.config.database.url, path, clock=SystemClock(), portable=portable)
    _say(found, "is written", as_json=as_json)


@backup.command(epilog=examples("callboard backup verify board.backup"))
@click.argument("path", type=_FILE)
@answers
def verify(*, path: Path, as_json: bool) -> None:
    """Read a backup to its end and say what it holds. Ends with 2 when it is damaged or cut off."""
    from callboard.usecases import keep_backups

    _say(keep_backups.verify(path), "is whole", as_json=as_json)


@backup.command(
    epilog=examples("callboard backup restore board.backup", "callboard backup restore board.backup --replace")
)
@click.argument("path", type=_FILE)
@click.option("--replace", is_flag=True, help="Give up what the database holds now.")
@answers
@click.pass_obj
def restore(door: Door, /, *, path: Path, replace: bool, as_json: bool) -> None:
    """Bring a backup back into an empty database, all of it or nothing. Stop Callboard first.

    What is there then is compared with the backup, row by row.
    """
    from callboard.usecases import keep_backups

    door.log()
    found = keep_backups.restore(door.config.database.url, path, replace=replace)
    _say(found, "is back, and nothing is missing", as_json=as_json)


@backup.command(epilog=examples("callboard backup drill", "callboard backup drill --portable --json"))
@click.option("--portable", is_flag=True, help="Try the form that either database takes.")
@answers
@click.pass_obj
def drill(door: Door, /, *, portable: bool, as_json: bool) -> None:
    """Make a backup, bring it back in a place of its own, compare every row, and say how long each took.

    The board goes on meanwhile. SQLite needs room for two copies in the folder for temporary files; on PostgreSQL the place
    is a schema of its own in the same database, which is removed again.
    """
    from callboard.cli import output
    from callboard.usecases import keep_backups
    from callboard.web import words
    from callboard.wiring.machine import SystemClock

    door.log()
    done = keep_backups.drill(door.config.database.url, clock=SystemClock(), portable=portable)
    if as_json:
        output.document(
            {
                **_told(done.backup),
                "path": None,
                "counters": done.counters,
                "seconds": {
                    "create": round(done.made_seconds, 3),
                    "restore": round(done.restored_seconds, 3),
                    "compare": round(done.compared_seconds, 3),
                },
            }
        )
        return
    output.line(
        f"{words.count(done.backup.rows, 'row')} in {done.backup.bytes / 1e6:,.1f} MB: written and read again in "
        f"{done.made_seconds:.1f} s, brought back and compared in {done.restored_seconds:.1f} s."
    )
    output.line(
        f"All rows are the same, the audit log holds, and {words.count(done.counters, 'counter')} agree "
        f"({done.compared_seconds:.1f} s)."
    )


def _say(found: Backup, what: str, *, as_json: bool) -> None:
    from callboard.cli import output
    from callboard.web import words

    if as_json:
        output.document(_told(found))
    else:
        output.line(
            f"{found.path} {what}: {words.count(found.rows, 'row')} at schema {found.level}, {found.bytes / 1e6:,.1f} MB."
        )


def _told(found: Backup) -> dict[str, object]:
    return {
        "path": str(found.path),
        "schema": found.level,
        "portable": found.portable,
        "bytes": found.bytes,
        "rows": found.rows,
        "tables": {name: each.rows for name, each in sorted(found.sums.items())},
    }
