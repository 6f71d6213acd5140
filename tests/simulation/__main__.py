"""Live many lives: `make simulate ARGS="--seed 4711"`, or `--seeds 200 --first 1`, on PostgreSQL with `--database URL`."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

import msgspec

from callboard.store import open_store
from tests.simulation.life import STEPS, live
from tests.support.stores import clear


class Result(msgspec.Struct, kw_only=True):
    """What came of many lives."""

    steps: int
    first: int
    lived: int = 0
    """Lives so far, from the first seed on."""
    wrong: dict[int, str] = {}
    """By seed, what was not as it must be."""
    cpu_seconds: float = 0
    done: dict[str, int] = {}
    """How often each thing was done."""


def main() -> int:
    """Exit code 1 when a life went wrong."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="live this one life")
    parser.add_argument("--first", type=int, default=1, help="the first seed of many")
    parser.add_argument("--seeds", type=int, default=200, help="how many")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each life")
    parser.add_argument("--database", default="sqlite://", help="SQLite in memory; whatever it is, it is emptied")
    parser.add_argument("--out", type=Path, help="keep the result here, and go on from it when asked again")
    asked = parser.parse_args()
    result = Result(steps=asked.steps, first=asked.first)
    if asked.out is not None and asked.out.exists():
        result = msgspec.json.decode(asked.out.read_bytes(), type=Result)
    if asked.seed is not None:
        asked.first, asked.seeds = asked.seed, 1
    last = asked.first + asked.seeds
    store = open_store(asked.database)
    for seed in range(result.first + result.lived if asked.seed is None else asked.seed, last):
        started = time.process_time()
        try:
            life = live(clear(store), seed, steps=asked.steps)
        except Exception as error:  # noqa: BLE001 - the next life goes on
            traceback.print_exc()
            result.wrong[seed] = str(error)[:400]
        else:
            for step in life.steps:
                word = step.split()[0]
                result.done[word] = result.done.get(word, 0) + 1
            if asked.seed is not None:
                print(life.digest)
        result.lived += 1
        result.cpu_seconds = round(result.cpu_seconds + time.process_time() - started, 3)
        if asked.out is not None and (result.lived % 20 == 0 or seed == last - 1):
            asked.out.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    store.close()
    told = f"{result.lived} lives of {result.steps} steps, {len(result.wrong)} went wrong: {sorted(result.wrong)}"
    print(f"{told}; {result.cpu_seconds:.1f} CPU seconds", file=sys.stderr)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
