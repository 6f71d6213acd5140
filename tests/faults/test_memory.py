"""A document eats more memory than there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.fault("F6")
def test_a_reader_without_memory_dies_alone(tmp_path: Path) -> None:
    """In a process that may have little more than it has: each document ends in an error, and the board is read and written on."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.starved", f"sqlite:///{tmp_path / 'board.db'}"],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["without memory"] >= 2, told
    assert told["findings"] == 12
