"""What a command may import: one table, so that nothing heavy creeps into a start unseen.

Time is not measured here (`benchmarks/start.py` does): what is imported is what costs, and that can be told on any machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callboard.cli.overview import ASKED
from tests.cli.conftest import Folder

CLICK = frozenset({"click"})
VALUES = frozenset({"msgspec", "typing_extensions"})
HASHES = frozenset({"xxhash"})
DATABASE = frozenset({"sqlalchemy", "greenlet"})

MAY: dict[tuple[str, ...], frozenset[str]] = {
    ("--help",): frozenset(),
    ("-h",): frozenset(),
    ("--version",): CLICK,
    ("version",): CLICK,
    ("completion", "bash"): CLICK,
    ("match", "yarn.lock"): VALUES | HASHES,
    ("match", "--purl", "pkg:npm/left-pad@1.3.0", "--json"): VALUES | HASHES,
    ("findings",): CLICK | VALUES | DATABASE,
    ("findings", "severity:high", "--json"): CLICK | VALUES | DATABASE,
    ("finding", "1"): CLICK | VALUES | DATABASE,
    ("components",): CLICK | VALUES | DATABASE,
}
"""Packages that are not Python's own and not ours, by command."""

HEAVY = {
    "--help": ("argparse", "asyncio", "dataclasses", "email", "importlib.metadata", "inspect", "logging", "pathlib", "re", "typing"),
    "-h": ("inspect", "pathlib", "re", "typing"),
    "version": ("asyncio", "email", "logging", "ssl"),
    "completion": ("asyncio", "email", "logging", "ssl"),
    "match": ("asyncio", "email", "http", "importlib.metadata", "logging", "sqlite3", "ssl"),
    # SQLAlchemy brings asyncio along, and with it ssl and logging.
    "findings": (
        "callboard.domain.survival",
        "callboard.store.backup",
        "callboard.store.board.components",
        "callboard.store.board.rollups",
        "callboard.store.dialect.postgresql",
        "callboard.store.migrations",
        "callboard.web.params.board",
        "callboard.web.routes",
        "http.client",
        "multiprocessing",
        "sqlalchemy.dialects.mysql",
        "sqlalchemy.dialects.postgresql",
        "sqlalchemy.orm",
        "urllib.request",
    ),
}  # fmt: skip
"""Modules of Python and of ours that have no business there, by the first word."""

OURS = {"callboard", "cython_runtime"}
"""And what compiled packages make up when they are loaded; what begins with an underscore is somebody's inside."""

SAY = """
import sys
before = set(sys.modules)
import os
said, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
sys.argv = ["callboard", *sys.argv[1:]]
from callboard.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted(set(sys.modules) - before), sep="\\n", file=said)
"""

LOOK = """
import gc, os, sys
said, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
sys.argv = ["callboard", *sys.argv[1:]]
from callboard.cli import main
gc.collect()
began = [generation["collections"] for generation in gc.get_stats()]
try:
    main()
except SystemExit:
    pass
print(*(after["collections"] - before for before, after in zip(began, gc.get_stats())), file=said)
"""

LOCK = '# yarn lockfile v1\n\nevent-stream@3.3.6:\n  version "3.3.6"\n'


def imported(words: tuple[str, ...], folder: Path) -> set[str]:
    """The modules that a process of its own has after the command."""
    command = [sys.executable, "-c", SAY, *words]
    # The environment by name: readline, which a debugger loads, puts COLUMNS into the one that is inherited without it.
    # And without what asks for another look of the help, which then has to be drawn.
    environ = {name: value for name, value in os.environ.items() if name not in ASKED}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("words", MAY, ids=" ".join)
def test_a_start_imports_what_it_may_and_no_more(board: Folder, words: tuple[str, ...]) -> None:
    """Of packages, those of the table; of Python's own and ours, nothing that only other commands need."""
    (board.path / "yarn.lock").write_text(LOCK)
    found = imported(words, board.path)
    packages = {name.partition(".")[0] for name in found if name[0] != "_"} - OURS - sys.stdlib_module_names
    assert sorted(packages - MAY[words]) == []
    assert sorted(found.intersection(HEAVY.get(words[0], ()))) == []


@pytest.mark.parametrize("words", ["findings", "findings --json", "components", "bundles --json"])
def test_a_short_command_never_looks_for_rings(board: Folder, words: str) -> None:
    """What it makes, it needs until it ends: each look at all of that would cost a tenth of the command."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *words.split()], cwd=board.path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "0", "0"]
