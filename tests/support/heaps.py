"""The heaps that a process has from glibc beside its first one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

HEAP = 64 * 1024 * 1024
"""Bytes that glibc sets aside for one, on a multiple of itself (`HEAP_MAX_SIZE` of 64-bit machines)."""


def heaps_of_threads(pid: int | str = "self") -> int:
    """How many there are: memory in use at such a place, and the rest of it set aside behind."""
    maps = []
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        where, rights, *_, inode = line.split()[:5]
        begin, end = (int(each, 16) for each in where.split("-"))
        maps.append((begin, end, rights, inode == "0"))
    return sum(
        used and spare and rights == "rw-p" and rest == "---p" and end == behind and begin % HEAP == 0 == last % HEAP
        for (begin, end, rights, used), (behind, last, rest, spare) in pairwise(maps)
    )
