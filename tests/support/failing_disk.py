"""A PostgreSQL whose disk can be told to fail, and to be good again: the kernel asks us before it writes.

A filter on the server's processes hands their calls that write to a thread here (`seccomp_unotify(2)`, Linux 5.5), which lets
them pass or answers them with an error. Nothing is faked above the system, and it needs no rights.
What the disk says is written in a file beside the server's data, so that other processes can say it too (`Disk`).
A server that gives itself up is started again, as whoever runs it would, once its disk is good.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import resource
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.support.kernel import SECCOMP, install
from tests.support.postgres import SETTINGS, START_SECONDS, PrivateServer, connect

# Numbers of system calls: include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl of Linux 6.
CALLS = {
    "x86_64": {18: "pwrite64", 296: "pwritev", 285: "fallocate", 74: "fsync", 75: "fdatasync"},
    "aarch64": {68: "pwrite64", 70: "pwritev", 47: "fallocate", 82: "fsync", 83: "fdatasync"},
}
SAYS = {
    "full": errno.ENOSPC, "quota": errno.EDQUOT, "log full": errno.ENOSPC, "readonly": errno.EROFS, "broken": errno.EIO,
    "unsynced": errno.EIO,
}  # fmt: skip
"""No room for a table to grow, once or from now on; none for the log of writes; only reading; an error at each write, or
when all has to be on the disk by now."""

# struct seccomp_notif: id, pid, flags, and struct seccomp_data: number, architecture, instruction, six arguments.
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NEW_LISTENER, _ASK, _GO_ON = 8, 0x7FC00000, 1
_ON_DEATH_OF_PARENT = 1


class Disk:
    """What the disk of a server says, told from any process."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._says = Path(str(self._url.query["host"])) / "disk"

    def fail(self, how: str) -> None:
        """From now on."""
        self._says.write_text(how)

    def heal(self) -> None:
        """All is well again. Waits until the server is up."""
        self._says.write_text("")
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                connect(self._url.set(database="postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


class FailingServer(PrivateServer):
    """The server, and the thread that is asked."""

    settings: Mapping[str, str] = {
        **SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "off",
        "recovery_init_sync_method": "syncfs", "restart_after_crash": "off",
    }  # fmt: skip
    """What it writes has to survive, nobody but the tests writes, and a server that gives itself up ends.

    Left to itself, PostgreSQL 18.6 was seen to wait for ever for its own readers where its disk failed once more as it began anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self._says = self.folder / "disk"
        self._says.write_text("")
        self._is_over = threading.Event()
        self._server: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []

    def launch(self, command: list[str | Path]) -> None:
        """Start it again whenever it has ended. In a thread, on whose life the server's depends."""
        super().launch(["true"])  # whose keeper removes the folder, however we end
        thread = threading.Thread(target=self._keep, args=(command,), name="keeper", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._is_over.set()
        self._says.write_text("")
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
        for thread in self._threads:
            thread.join()
        super().stop()

    def _keep(self, command: list[str | Path]) -> None:
        while not self._is_over.is_set():
            ours, its = socket.socketpair()
            with ours, its, (self.folder / "log").open("ab") as log:
                self._server = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", user=self._user, group=self._group,
                    extra_groups=self._further_groups, start_new_session=True,
                    preexec_fn=lambda its=its: _be_asked(its),  # noqa: PLW1509 - takes no lock
                )  # fmt: skip
                _, fds, _, _ = socket.recv_fds(ours, 1, 1)
            try:
                self._answer(fds[0], self._server)
            finally:
                os.close(fds[0])  # from here on nobody is asked, and nobody waits
            while self._says.read_text() and not self._is_over.wait(0.02):
                pass  # nobody starts it while its disk is bad

    def _answer(self, listener: int, server: subprocess.Popen[bytes]) -> None:
        """Until all of its processes have ended."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        while True:
            [(_, event)] = poll.poll()
            if not event & select.POLLIN:
                break
            notice = bytearray(_NOTICE.size)
            # Whoever asks may be ended at any of these, which the kernel and /proc say each in their own way.
            with contextlib.suppress(FileNotFoundError, InterruptedError):
                fcntl.ioctl(listener, _RECEIVE, notice)
                id_, pid, _, number, _, _, *arguments = _NOTICE.unpack(notice)
                try:
                    error = self._error(pid, number, arguments)
                except OSError:
                    error = 0
                fcntl.ioctl(listener, _SEND, _ANSWER.pack(id_, 0, -error, 0 if error else _GO_ON))
        server.wait()

    def _error(self, pid: int, number: int, arguments: list[int]) -> int:
        how = self._says.read_text()
        if not how:
            return 0
        call, file = CALLS[platform.machine()][number], Path(f"/proc/{pid}/fd/{arguments[0]}")
        is_log = "/pg_wal/" in str(file.readlink())
        is_sync = call in ("fsync", "fdatasync")
        match how:
            case "full" | "quota":
                end = arguments[2] + arguments[3] if call == "fallocate" else arguments[3] + 1
                meant = not is_sync and not is_log and end > file.stat().st_size
            case "log full":
                meant = is_log and not is_sync
            case "unsynced":
                meant = is_sync
            case _:
                meant = not is_sync
        return SAYS[how] if meant else 0


def _be_asked(its: socket.socket) -> None:
    """In the child that becomes the server: have its writing calls asked for, and hand out by which file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_ON_DEATH_OF_PARENT, signal.SIGINT, 0, 0, 0)
    listener = install(list(CALLS[platform.machine()]), _ASK, _NEW_LISTENER)
    socket.send_fds(its, [b"."], [listener])
    os.close(listener)


def can_ask() -> bool:
    """Whether this kernel asks, tried in a child."""
    if platform.system() != "Linux" or platform.machine() not in SECCOMP:
        return False
    child = os.fork()
    if child == 0:
        try:
            install(list(CALLS[platform.machine()]), _ASK, _NEW_LISTENER)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
