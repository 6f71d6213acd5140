"""How costs grow with the number of findings: the same measurements at several sizes, and the slope of each on log-log.

python -m benchmarks.growth --sizes 10000,100000,1000000
python -m benchmarks.growth --only reads --sizes 10000,100000,1000000 --database postgresql

A slope of 1 is linear, 0 is constant.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

AIM_LINEAR = 1.05
AIM_CONSTANT = 0.1
"""What grows less than this is called constant: a ten times larger base costs a quarter more at most."""

STEPS = ("first", "unchanged", "changed", "redetected", "naive")


def slope(points: Mapping[int, float]) -> float | None:
    """By least squares through the logarithms; `None` where there are fewer than two."""
    known = {size: value for size, value in points.items() if value > 0}
    if len(known) < 2:
        return None
    found = statistics.linear_regression([math.log(n) for n in known], [math.log(value) for value in known.values()])
    return round(found.slope, 3)


def child(*command: str) -> dict[str, Any]:
    """One of the other benchmarks, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def syncs(sizes: Sequence[int], database: str, *, naive: bool) -> dict[str, Any]:
    """Each step of a sync at each size: seconds of work, its ratio to the floor, memory, and the slope of the work."""
    found: dict[str, dict[int, Any]] = {step: {} for step in STEPS}
    for size in sizes:
        options = ["--size", str(size), "--database", database, "--rounds", "1", "--only", "syncs"]
        document = child("benchmarks", *options, *(["--naive"] if naive else []))
        for step in STEPS:
            if step in document[database]:
                found[step][size] = document[database][step]
    return {
        step: {
            "slope_of_work": slope({size: each["cpu_seconds"] for size, each in at.items()}),
            "aim": AIM_LINEAR,
            "sizes": at,
        }
        for step, at in found.items()
        if at
    }


def reads(sizes: Sequence[int], database: str) -> dict[str, Any]:
    """Each read at each size: milliseconds of an answer that is kept, and of the first one after a change."""
    found: dict[str, dict[int, Any]] = {}
    for size in sizes:
        options = ("--size", str(size), "--database", database, "--clients", "1", "--seconds", "1")
        for name, figures in child("benchmarks.reads", *options)["1 clients"].items():
            found.setdefault(name, {})[size] = figures
    return {
        name: {
            "slope_of_kept": slope({size: each["p50_cpu_ms"] for size, each in at.items()}),
            "slope_of_first": slope({size: each["first_ms"] for size, each in at.items()}),
            "aim_of_kept": AIM_CONSTANT,
            "sizes": at,
        }
        for name, at in found.items()
    }


@click.command()
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Findings, with commas.")
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--only", type=click.Choice(["syncs", "reads"]), help="Measure only this.")
@click.option("--naive/--no-naive", default=True, help="Measure a naive program as well, which takes its time.")
def main(sizes: str, database: str, only: str | None, *, naive: bool) -> None:
    """Measure at each size, and print one JSON document with the slopes."""
    numbers = [int(size) for size in sizes.split(",")]
    document: dict[str, Any] = {"database": database, "sizes": numbers}
    if only != "reads":
        document["syncs"] = syncs(numbers, database, naive=naive)
    if only != "syncs":
        document["reads"] = reads(numbers, database)
    click.echo(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
