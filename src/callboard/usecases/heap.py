"""How the C library keeps memory: what is needed no more goes back to the system, instead of lying between what stays.

It is told once for the whole process. glibc listens; other C libraries do as they do.
"""

from __future__ import annotations

from contextlib import suppress

LARGE = 512 * 1024
"""Blocks from this size on (bytes) are mapped for themselves, as pages of a source are."""

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` in glibc's `malloc.h`."""
_ARENA_MAX = -8
"""`M_ARENA_MAX` there."""


def give_back_large_blocks() -> bool:
    """Have large blocks mapped for themselves, from now on. Returns whether they are.

    glibc does by itself only until the first of them is free: then it keeps room for as large ones, in which what is small
    and stays takes its place (measured: 300,000 findings synced for the first time held 7 to 12 MB more).
    """
    return _tell(_MMAP_THRESHOLD, LARGE)


def keep_one_heap() -> bool:
    """Have all threads share one heap. Returns whether they do. For processes that live long, before they have threads.

    glibc gives threads heaps of their own, up to eight for each processor, and what is free in one is of no use to the
    others: a server whose threads answer in turn grows for hours, though it needs no more than at first (measured on two
    processors, under load: 47 to 58 MB in use all the while, and what was free grew from 45 MB to 72 MB in six minutes; in
    one heap 8 to 23 MB are free, and it stays as large). Python's own lock and SQLite's let one thread at a time ask for
    memory in any case.
    """
    return _tell(_ARENA_MAX, 1)


def _tell(option: int, value: int) -> bool:
    import ctypes  # nobody else needs it, and a command starts with what it needs

    with suppress(AttributeError, OSError, TypeError):
        return bool(ctypes.CDLL(None).mallopt(option, value))
    return False
