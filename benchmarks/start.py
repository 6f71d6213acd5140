"""How soon a command answers: `python -m benchmarks.start` prints one JSON document, each command beside its floor.

A command and its floor take turns, so that both see the same machine; a ratio is taken pair by pair, the median counts.
Everything is a process of its own, from its start to its end, as the operating system accounts for it.
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

SOURCE = Path(__file__).parents[1] / "src"
NOTHING = ("-c", "pass")
DATABASE = ("-c", "import sqlalchemy")
PACKAGES = 3_000
"""Of the invented lockfile, some of them with advisories of ours."""

COMPLETION = {"_CALLBOARD_COMPLETE": "bash_complete", "COMP_WORDS": "callboard fin", "COMP_CWORD": "1"}


def once(arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> dict[str, float]:
    """One process: seconds of the processor and by the clock, and the most memory that it held in megabytes."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return {
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "wall_seconds": time.perf_counter() - began,
        "megabytes": used.ru_maxrss / 1024,
        "code": child.returncode,
    }


def beside(
    ours: Sequence[str],
    floor: Sequence[str],
    folder: Path,
    rounds: int,
    *,
    code: int = 0,
    environ: Mapping[str, str] = {},
    aims: Mapping[str, float] = {},
) -> dict[str, Any]:
    """A command and its floor in turn, after one of each that does not count."""
    pairs = [
        (once(ours, folder, environ), once(floor, folder, {})) for _ in range(rounds + 1)
    ][1:]  # fmt: skip
    wrong = {int(run["code"]) for run, _ in pairs} - {code}
    if wrong:
        raise click.ClickException(f"{' '.join(ours)} ended with {wrong}")

    def median(values: Iterator[float]) -> float:
        return statistics.median(values)

    return {
        "cpu_ratio": round(median(a["cpu_seconds"] / b["cpu_seconds"] for a, b in pairs), 2),
        "wall_ratio": round(median(a["wall_seconds"] / b["wall_seconds"] for a, b in pairs), 2),
        "cpu_seconds": round(median(a["cpu_seconds"] for a, _ in pairs), 4),
        "wall_seconds": round(median(a["wall_seconds"] for a, _ in pairs), 4),
        "best_wall_seconds": round(min(a["wall_seconds"] for a, _ in pairs), 4),
        "megabytes": round(max(a["megabytes"] for a, _ in pairs), 1),
        "floor": " ".join(floor),
        "floor_cpu_seconds": round(median(b["cpu_seconds"] for _, b in pairs), 4),
        "floor_wall_seconds": round(median(b["wall_seconds"] for _, b in pairs), 4),
        "aims": dict(aims),
    }


def lockfile() -> str:
    """Packages of which each asks for two others, and one that is known to be malicious."""
    blocks = [
        f'"pkg-{n}@^1.0.0":\n  version "1.0.{n}"\n  dependencies:\n    pkg-{(n * 2) % PACKAGES} "^1.0.0"\n'
        f'    pkg-{(n * 3 + 1) % PACKAGES} "^1.0.0"\n'
        for n in range(PACKAGES)
    ]
    return "# yarn lockfile v1\n\n" + "\n".join([*blocks, 'event-stream@3.3.6:\n  version "3.3.6"\n'])


def make_board(folder: Path) -> None:
    """A small board, and a configuration that names it."""
    database = f"sqlite:///{folder / 'board.db'}"
    command = [sys.executable, "-m", "callboard", "demo", "--once", "--size", "small", "--database", database]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "callboard.toml").write_text(f'[database]\nurl = "{database}"\n')
    (folder / "yarn.lock").write_text(lockfile())


@click.command()
@click.option("--rounds", default=20, show_default=True, help="Pairs, of which the median is quoted.")
@click.option(
    "--lockfile", "lock", type=click.Path(path_type=Path, exists=True, resolve_path=True), help="Another one."
)
@click.option("--index", type=click.Path(path_type=Path, exists=True, resolve_path=True), help="Another index.")
@click.option("--no-bytecode", is_flag=True, help="As where nothing was compiled beforehand: every start compiles.")
def main(*, rounds: int, lock: Path | None, index: Path | None, no_bytecode: bool) -> None:
    """Measure, and print one JSON document."""
    callboard = ("-m", "callboard")
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        click.echo("making a small board", err=True)
        make_board(folder)
        if no_bytecode:
            os.environ |= {"PYTHONPYCACHEPREFIX": str(folder / "none"), "PYTHONDONTWRITEBYTECODE": "1"}
        else:
            # What was edited since set-up would be compiled at every start where writing bytecode is switched off.
            compileall.compile_dir(SOURCE, quiet=2)
        match = (*callboard, "match", str(lock or "yarn.lock"), "--json")
        more = ("--index", str(index)) if index else ()
        found = {
            "help": beside((*callboard, "--help"), NOTHING, folder, rounds, aims={"cpu_ratio": 6}),
            "help_of_a_command": beside((*callboard, "findings", "--help"), NOTHING, folder, rounds),
            "version": beside((*callboard, "--version"), NOTHING, folder, rounds),
            "completion": beside(callboard, NOTHING, folder, rounds, environ=COMPLETION, aims={"cpu_ratio": 6}),
            "findings": beside((*callboard, "findings"), DATABASE, folder, rounds, aims={"cpu_ratio": 1.3}),
            "match": beside(
                (*match, "--fail-on", "never", *more),
                ("-c", "import msgspec"),
                folder,
                rounds,
                aims={"wall_seconds": 0.2, "megabytes": 40},
            ),
        }
    document = {"load": round(os.getloadavg()[0], 1), "bytecode": not no_bytecode, "rounds": rounds, **found}
    click.echo(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
