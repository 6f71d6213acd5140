"""Runs `tests.support.moments` in a process of its own, which has loaded everything once and forks for each moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

Told = dict[str, dict[str, int]]
"""By act, how many moments it has and what came of them."""


def disturb(folder: Path, how: str, *acts: str, stride: int = 1, server: str = "-") -> Told:
    """Disturb acts at every moment, or at one in `stride`. Fails with what the process told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.moments", str(folder), how, str(stride), server, *acts],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    assert done.returncode == 0, done.stderr.decode()
    told: Told = json.loads(done.stdout)
    assert list(told) == list(acts)
    return told
