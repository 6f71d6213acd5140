"""The most memory that one process has held since its program began."""

from __future__ import annotations

from pathlib import Path


def most_megabytes(process: int | str = "self") -> int:
    """In MB of 1,024 KB; 0 for a process that has gone.

    From the kernel's own words of that program: what `getrusage` tells begins with what the starting process held, so that
    a benchmark which has just recorded a million findings would be told as the memory of everything that it starts.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
