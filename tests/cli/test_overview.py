"""The overview that lies ready is the one that would be drawn, on every terminal on which it is shown."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

DRAWN = "from callboard.cli.root import callboard; callboard(prog_name='callboard')"
READY = "from callboard.cli import main; main()"

VARIABLES = {"COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS", "TERM", "TERMINAL_WIDTH", "COLORTERM"}


def call(code: str, folder: Path, *, columns: int | None, **variables: str) -> str:
    """What `callboard --help` prints: into a pipe, or on a terminal of so many columns."""
    command = [sys.executable, "-c", code, "--help"]
    environ = {name: value for name, value in os.environ.items() if name not in VARIABLES} | variables
    if columns is None:
        done = subprocess.run(
            command, cwd=folder, env=environ, check=True, capture_output=True, stdin=subprocess.DEVNULL
        )
        return done.stdout.decode()
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (25, columns))
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        said = b""
        try:
            while more := os.read(ours, 65_536):
                said += more
        except OSError:  # so Linux says that the other end is closed
            pass
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize(
    ("columns", "variables"),
    [
        (None, {}),
        (None, {"COLUMNS": "110"}),
        (None, {"NO_COLOR": "1"}),
        (None, {"FORCE_COLOR": "1"}),
        (80, {"TERM": "xterm-256color"}),
        (200, {"TERM": "xterm", "COLORTERM": "truecolor"}),
        (97, {"TERM": "xterm"}),
        (80, {"TERM": "dumb"}),
        (120, {"TERM": "xterm", "NO_COLOR": "1"}),
    ],
)
def test_it_looks_as_drawn(tmp_path: Path, columns: int | None, variables: dict[str, str]) -> None:
    """Width, colours and all."""
    said = call(READY, tmp_path, columns=columns, **variables)
    assert "The notice board for security work" in said
    assert said == call(DRAWN, tmp_path, columns=columns, **variables)
