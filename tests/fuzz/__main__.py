"""Feed every reader with damaged input: `make fuzz ARGS="--seconds 60 --only yarn"`."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback

from tests.fuzz.mutating import Mutator
from tests.fuzz.targets import CORPUS, TARGETS, Target

SLOW_SECONDS = 5.0
"""CPU seconds for one input of at most 200,000 bytes. What takes longer is shown; it fails nothing, since machines differ."""


def main() -> int:
    """Exit code 1 when a reader answered with anything but a value or its own refusal; the input is kept."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds in all")
    parser.add_argument("--only", default="", help="targets whose names hold this")
    parser.add_argument("--seed", type=int, default=0, help="draw other damage")
    asked = parser.parse_args()
    targets = [each for each in TARGETS if asked.only in each.name]
    failed = 0
    for target in targets:
        failed += _feed(target, asked.seed, asked.seconds / len(targets))
    return 1 if failed else 0


def _feed(target: Target, seed: int, seconds: float) -> int:
    mutator, corpus = Mutator(seed), target.corpus
    fed = read = slowest = 0.0
    failed: set[str] = set()
    end = time.process_time() + seconds
    while time.process_time() < end:
        raw = mutator.next(corpus)
        began = time.process_time()
        fed += 1
        try:
            read += target.feed(raw)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            place = repr(traceback.extract_tb(error.__traceback__)[-1])
            if place not in failed:
                failed.add(place)
                path = CORPUS / target.name / hashlib.sha256(raw).hexdigest()[:12]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                traceback.print_exc()
                print(f"Kept as {path}", file=sys.stderr)
        slowest = max(slowest, time.process_time() - began)
    slow = " SLOW" if slowest > SLOW_SECONDS else ""
    print(
        f"{target.name}: {fed:.0f} inputs, {read:.0f} read, {len(failed)} wrong, slowest {slowest:.2f} s{slow}",
        flush=True,
    )
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
