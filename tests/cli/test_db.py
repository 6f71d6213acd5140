"""callboard db: status and check."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from callboard.config import load
from callboard.domain.instant import HOUR, Instant
from callboard.domain.remediation.engagement import hour_of
from callboard.domain.retention import months
from callboard.store.schema import HEAD
from callboard.wiring.machine import SystemClock
from callboard.wiring.services import Services
from callboard.worker.loop import Background
from tests.cli.conftest import Folder
from tests.cli.stub_wiz import StubWiz, issue


def test_status(board: Folder) -> None:
    """Where it is and what it holds; the password of an address is covered."""
    done = board.call("db", "status", "--json").json
    assert (done["usable"], done["findings"], done["components"]) == (True, 6, 2)
    assert "callboard.db" in board.call("db", "status").out


def test_status_without_a_database(folder: Folder) -> None:
    """Exit code 1, and none is made."""
    assert "no board yet" in folder.call("db", "status", "--json", code=1).json["problem"]
    assert not (folder.path / "callboard.db").exists()


def test_check_recounts_everything(board: Folder) -> None:
    """A counter that is off by one is found."""
    done = board.call("db", "check", "--json").json
    assert (done["ok"], done["findings"], done["wrong"]) == (True, 6, [])
    assert "agree" in board.call("db", "check").out
    database = sqlite3.connect(board.path / "callboard.db")
    database.execute("update cube set n = n + 1 where rowid = (select min(rowid) from cube)")
    database.commit()
    database.close()
    said = board.call("db", "check", "--json", code=1).json
    assert (said["ok"], len(said["wrong"])) == (False, 1)
    assert said["wrong"][0]["kept"] == said["wrong"][0]["counted"] + 1
    assert "1 counter" in board.call("db", "check", code=1).out


def test_migrate_makes_a_database_once(folder: Folder) -> None:
    """The second time there is nothing to do; reading then shows an empty board instead of an error."""
    assert folder.call("db", "migrate", "--json").json["applied"] == ["nothing"]
    assert "there was nothing to do" in folder.call("db", "migrate").out
    assert folder.call("findings", "--json").json["total"] == 0


def test_a_newer_database_is_left_alone(board: Folder) -> None:
    """Written by a newer Callboard: exit code 2 and a hint, from every command."""
    database = sqlite3.connect(board.path / "callboard.db")
    database.execute("update alembic_version set version_num = '9999'")
    database.commit()
    database.close()
    for args in (["findings"], ["db", "migrate"], ["sync"]):
        assert "newer Callboard" in board.call(*args, code=2).err


def test_the_environment_moves_the_board_to_postgresql(
    folder: Folder, wiz: StubWiz, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything reads and writes there, and no file is made."""
    wiz.issues = [issue(1), issue(2)]
    folder.configure(wiz)
    monkeypatch.setenv("CALLBOARD_DATABASE_URL", postgres_url)
    folder.call("db", "migrate")
    assert folder.call("sync", "--json").json["sources"][0]["new"] == 2
    assert folder.call("findings", "--component", "checkout-api", "--json").json["total"] == 2
    assert folder.call("db", "check", "--json").json["ok"] is True
    assert folder.call("db", "status", "--json").json["database"].startswith("postgresql")
    assert not (folder.path / "callboard.db").exists()


async def _do_what_is_due(services: Services) -> None:
    loop = Background(services)
    await loop.once()
    await asyncio.gather(*loop._beside.values())


@pytest.mark.parametrize("how", ["sync", "loop", "retention apply"])
def test_clicks_are_forgotten_after_thirteen_months(board: Folder, how: str) -> None:
    """By a sync and by the loop of `callboard serve`, once a day, and by the command; younger ones stay."""
    now = SystemClock().now()
    ages = [months(13) + 2 * HOUR, months(13) - 2 * HOUR, 0]
    with closing(sqlite3.connect(board.path / "callboard.db")) as database, database:
        database.executemany(
            "INSERT INTO engagement (finding_id, kind, door, hour, finding_kind, rule_id) VALUES (1, 1, 1, ?, 1, 1)",
            [(hour_of(Instant(now - age)),) for age in ages],
        )
        # The sync of the fixture has dropped what was old; this is another day.
        database.execute("DELETE FROM meta WHERE key = 'retention-done'")
    if how == "loop":
        with Services.open(load(board.path / "callboard.toml", environ={}), create=False) as services:
            asyncio.run(_do_what_is_due(services))
    else:
        board.call(*how.split())
    with closing(sqlite3.connect(board.path / "callboard.db")) as database:
        kept = [hour for (hour,) in database.execute("SELECT hour FROM engagement ORDER BY hour DESC")]
    assert kept == [hour_of(now), hour_of(Instant(now - ages[1]))]


def test_one_step_back_is_said_first(folder: Folder) -> None:
    """Without --yes nothing changes; after it this program asks for a migration, which leads back to where it was."""
    folder.call("db", "migrate")
    said = folder.call("db", "downgrade", "--json", code=1).json
    assert (said["done"], said["before"]) == (False, HEAD)
    assert said["takes"]
    assert folder.call("db", "status", "--json").json["usable"]
    assert "takes:" in folder.call("db", "downgrade", code=1).out
    assert folder.call("db", "downgrade", "--yes", "--json").json["after"] == said["after"]
    assert "db migrate" in folder.call("findings", code=2).err
    assert folder.call("db", "migrate", "--json").json["applied"] == [said["after"]]
    assert folder.call("findings", "--json").json["total"] == 0
