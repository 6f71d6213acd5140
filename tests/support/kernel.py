"""The kernel refuses: a process asks it to answer some of its own calls with an error, as a full or broken disk would.

Nothing is faked above the system: SQLite calls write, and the kernel says no. It needs no rights, and lasts until the
process ends; `quota` is the one refusal that can be taken back.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# Numbers of system calls: include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl of Linux 6.
CALLS = {
    "x86_64": {"pwrite64": 18, "ftruncate": 77, "fallocate": 285, "fsync": 74, "fdatasync": 75, "unlink": 87},
    "aarch64": {"pwrite64": 68, "ftruncate": 46, "fallocate": 47, "fsync": 82, "fdatasync": 83},
}
SECCOMP = {"x86_64": 317, "aarch64": 277}

WRITING = ("pwrite64", "ftruncate", "fallocate")
REFUSALS = {
    "full": (WRITING, errno.ENOSPC),
    "readonly": ((*WRITING, "unlink"), errno.EROFS),
    "broken": (WRITING, errno.EIO),
    "unsynced": (("fsync", "fdatasync"), errno.EIO),
}
"""What a disk can say: no room, only reading, an error at each write, an error when all has to be on the disk by now."""

_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


class _Step(ctypes.Structure):
    """`struct sock_filter`."""

    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def can_refuse() -> bool:
    """Whether this kernel takes filters, tried in a child."""
    if platform.system() != "Linux" or platform.machine() not in SECCOMP:
        return False
    child = os.fork()
    if child == 0:
        try:
            refuse("unsynced")
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def refuse(how: str) -> None:
    """From now on, in all threads of this process, for good. Raises OSError where the kernel takes no filter."""
    names, error = REFUSALS[how]
    known = CALLS[platform.machine()]
    install([known[name] for name in names if name in known], _ERROR | error, _ALL_THREADS)


def install(numbers: Sequence[int], verdict: int, flags: int) -> int:
    """Have these calls of this process answered so. Returns what the kernel says: nought, or a file to be asked by.

    Raises OSError where the kernel takes no filter.
    """
    steps = [_Step(_LOAD, 0, 0, 0)]  # the number of the call stands first in what a filter is given
    steps += [_Step(_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    steps += [_Step(_RETURN, 0, 0, _ALLOW), _Step(_RETURN, 0, 0, verdict)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    libc = ctypes.CDLL(None, use_errno=True)
    told = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(
        SECCOMP[platform.machine()], _SET_FILTER, flags, ctypes.byref(program)
    )
    if told < 0:
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")
    return int(told)


@contextmanager
def quota(limit: int = 0) -> Iterator[None]:
    """No file may grow beyond so many bytes, for as long as this lasts: writes there fail with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
