"""Disturb acts at every moment of them: `python -m tests.support.moments FOLDER HOW STRIDE SERVER ACT...`.

A moment is a statement that writes, or a commit; for what happens to a disk, a commit, since SQLite writes nothing before,
and PostgreSQL hardly anything but its log. For room that a table does not get there, a statement as well.
For each moment a copy of the prepared board is disturbed at that moment in a process of its own, looked at, taken up again
in another one, and compared with a board that nobody disturbed. The loop ends when an act has passed untouched. STRIDE 3 tries
one moment in three; SERVER is an address of PostgreSQL on which databases may be made, or "-" for files of SQLite.

One process loads everything once and has no thread: each step is a fork of it. Prints what it did as JSON.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DBAPIError

from callboard.domain.access import LAPTOP
from callboard.domain.instant import Instant
from callboard.errors import StoreError
from callboard.store import Store, open_store
from callboard.usecases import browse, source_health
from tests.support.acts import ACTS, Act
from tests.support.failing_disk import SAYS, Disk
from tests.support.invariants import Board, check_between, check_same, is_whole, look
from tests.support.kernel import quota, refuse
from tests.support.postgres import Postgres, connect

KILLED = -signal.SIGKILL
FAILED = 3
"""How a process ends whose act was given up with a sentence."""
READING = ("SELECT", "PRAGMA", "BEGIN")
SAID = ("disk", "full", "readonly", "read-only", "terminat", "closed", "no space", "input/output", "server")
"""Words of which one is in what is said when a database fails."""
GROWING = ("full", "quota")
"""What a disk says when a table is to grow: of a server the rest goes on."""
MOST = 2_000
"""Moments; an act with more does not end."""


class Moments:
    """Counts, and does something at one of them."""

    def __init__(self, how: str, at: int) -> None:
        self._how = how
        self._at = at
        self._once = ExitStack()
        self.passed = 0
        self.store: Store | None = None

    def watch(self, store: Store) -> None:
        """Count what this store does."""
        self.store = store
        event.listen(store.engine, "commit", self._commit)
        event.listen(store.engine, "rollback", lambda _conn: self._once.close())
        if self._how == "kill" or (self._how in GROWING and _disk(store.engine.url)):
            event.listen(store.engine, "before_cursor_execute", self._see)

    def _see(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(READING):
            self._pass()

    def _commit(self, conn: Connection) -> None:
        if conn.get_execution_options().get("writing"):
            self._pass()

    def _pass(self) -> None:
        self._once.close()
        self.passed += 1
        if self.passed != self._at:
            return
        if self._how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self._how == "cut":
            self._cut()
        elif (disk := self._disk()) is not None:
            disk.fail(self._how)
            if self._how == "quota":
                self._once.callback(disk.heal)
        elif self._how == "quota":
            self._once.enter_context(quota())
        else:
            refuse(self._how)

    def _disk(self) -> Disk | None:
        assert self.store is not None
        return _disk(self.store.engine.url)

    def _cut(self) -> None:
        """The server ends every connection to this database, as when it fails over."""
        assert self.store is not None
        url = self.store.engine.url
        with connect(url.set(database="postgres")) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])


def _disk(url: URL) -> Disk | None:
    """The disk of a server that has one to be told; None: the file is on ours."""
    return Disk(url) if url.get_backend_name() == "postgresql" else None


def apart(work: Callable[[], int]) -> int:
    """Do it in a fork. Returns its status, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = work()
        except BaseException:  # noqa: BLE001 - told, and ends the fork
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Loop:
    """One act, disturbed in one way."""

    def __init__(self, name: str, how: str, folder: Path, make: Callable[[], str], drop: Callable[[str], None]) -> None:
        self._act: Act = ACTS[name]
        self._how = how
        self._folder = folder
        self._make = make
        self._drop = drop

    def run(self, stride: int) -> dict[str, int]:
        """Every moment, or one in so many. Returns what came of them."""
        url = self._make()
        self._step(lambda: self._undisturbed(url))
        self._drop(url)
        told = {"moments": 0, "disturbed": 0, "unharmed": 0}
        for moment in range(1, MOST, stride):
            url = self._make()
            status = apart(lambda url=url, moment=moment: self._disturb(url, moment))  # type: ignore[misc]
            untouched = self._folder / "untouched"
            is_over = untouched.exists()
            assert status in (0, KILLED if self._how == "kill" else FAILED), f"moment {moment}: status {status}"
            self._step(lambda url=url, status=status: self._look(url, status), f"moment {moment}")  # type: ignore[misc]
            self._drop(url)
            if is_over:
                return told | {"moments": int(untouched.read_text())}
            told["disturbed" if status else "unharmed"] += 1
        raise AssertionError("it never passed untouched")

    def _step(self, work: Callable[[], int], where: str = "undisturbed") -> None:
        assert apart(work) == 0, where

    def _undisturbed(self, url: str) -> int:
        boards = {"before": self._board(url)}
        self._act.do(url, lambda _store: None)
        boards["wanted"] = self._board(url)
        changes = self._act.again(url) if self._act.again else 0
        (self._folder / "boards").write_bytes(pickle.dumps((boards, changes)))
        return 0

    def _board(self, url: str) -> Board | None:
        """None: the schema is an older one."""
        try:
            store = open_store(url)
        except StoreError:
            return None
        try:
            return look(store)
        finally:
            store.close()

    def _disturb(self, url: str, moment: int) -> int:
        moments = Moments(self._how, moment)
        reader = self._reader(url)
        disk = _disk(make_url(url)) if self._how in SAYS else None
        try:
            self._act.do(url, moments.watch)
        except (StoreError, DBAPIError) as error:
            if self._how == "kill" or moments.passed < moment:
                raise
            said = error.message if isinstance(error, StoreError) else str(error.orig)
            assert any(word in said.lower() for word in SAID), said
            if disk is None or self._how in GROWING:  # otherwise the server gave itself up
                self._reads_on(reader)
            return FAILED
        finally:
            if disk is not None:
                disk.heal()
        if moments.passed < moment:
            (self._folder / "untouched").write_text(str(moments.passed))
        return 0

    def _reader(self, url: str) -> Store | None:
        """Somebody else who reads this board, with a connection that is open already."""
        if self._how == "kill" or not self._act.has_readers:
            return None
        reader = open_store(url)
        source_health.of_sources(reader, LAPTOP, now=Instant(0))
        return reader

    def _reads_on(self, reader: Store | None) -> None:
        """Nothing can be written, and whoever reads goes on."""
        if reader is not None:
            source_health.of_sources(reader, LAPTOP, now=Instant(0))
            assert browse.revision(reader) > 0

    def _look(self, url: str, status: int) -> int:
        boards, changes = pickle.loads((self._folder / "boards").read_bytes())  # noqa: S301 - our own
        before, wanted = boards["before"], boards["wanted"]
        broken = self._board(url)
        if broken is not None and before is not None:
            check_between(before, broken, allowed=[wanted])
            if self._act.is_whole:
                assert is_whole(broken, [before, wanted])
        if status:
            self._act.do(url, lambda _store: None)
        ended = self._board(url)
        assert ended is not None
        check_between(broken or wanted, ended, allowed=[wanted])
        check_same(wanted, ended)
        assert changes == (self._act.again(url) if self._act.again else 0)
        return 0


def prepare(name: str, url: str) -> None:
    """Bring a new database into the state that an act begins with."""

    def work() -> int:
        ACTS[name].prepare(url)
        return 0

    assert apart(work) == 0, name


def in_files(name: str, folder: Path) -> tuple[Callable[[], str], Callable[[str], None]]:
    """Makes and drops copies of a prepared file."""
    template, copy = folder / "template.db", folder / "board.db"
    prepare(name, f"sqlite:///{template}")

    def make() -> str:
        shutil.copy(template, copy)
        return f"sqlite:///{copy}"

    def drop(_url: str) -> None:
        for path in folder.glob("board.db*"):
            path.unlink()

    return make, drop


def on_server(name: str, postgres: Postgres) -> tuple[Callable[[], str], Callable[[str], None]]:
    """Makes and drops copies of a prepared database, which stays until all is done."""
    template = postgres.create()
    prepare(name, template)
    like = make_url(template).database
    return (lambda: postgres.create(like=like)), postgres.drop


def main(folder: str, how: str, stride: str, server: str, *names: str) -> None:
    """From the words of the command line."""
    told = {}
    postgres = None if server == "-" else Postgres(make_url(server))
    for name in names:
        place = Path(folder) / name
        place.mkdir()
        make, drop = in_files(name, place) if postgres is None else on_server(name, postgres)
        told[name] = Loop(name, how, place, make, drop).run(int(stride))
    print(json.dumps(told))  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    main(*sys.argv[1:])
