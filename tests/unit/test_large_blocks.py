"""Memory of large blocks goes back to the system. In a process of its own, as the C library is told once for all."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

HOLDING = """
from callboard.usecases.large_blocks import give_back_large_blocks

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are told nothing")
def test_pages_leave_no_room_behind() -> None:
    """Forty megabytes are free, and something small that stays lies behind each: nearly nothing of them is held."""
    done = subprocess.run([sys.executable, "-c", HOLDING], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 5_000_000
