"""Memory that is free goes back to the system. In processes of their own, as the C library is told once for all."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are told nothing")

HOLDING = """
from callboard.usecases.heap import give_back_large_blocks

def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

assert give_back_large_blocks()
before = held()
for _ in range(3):
    large, small = [], []
    for _ in range(40):
        large.append(bytearray(b"x") * 1_000_000)
        small.append(bytearray(b"x") * 5_000)
    large.clear()
print(held() - before)
"""

THREADS = """
from threading import Barrier, Thread
from callboard.usecases.heap import keep_one_heap
from tests.support.heaps import heaps_of_threads

def work():
    together.wait()
    kept.append(bytearray(b"x") * 5_000)
    together.wait()

assert {first}
kept, together = [], Barrier(8)
threads = [Thread(target=work) for _ in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(heaps_of_threads())
"""


def printed(program: str) -> int:
    """The number that a program prints."""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    return int(done.stdout)


def test_pages_leave_no_room_behind() -> None:
    """Forty megabytes are free, and something small that stays lies behind each: nearly nothing of them is held."""
    assert printed(HOLDING) < 5_000_000


def test_threads_share_one_heap() -> None:
    """Eight threads at once get none of their own, of which they get some when nobody says so."""
    assert printed(THREADS.format(first="keep_one_heap()")) == 0
    assert printed(THREADS.format(first="True")) > 0
