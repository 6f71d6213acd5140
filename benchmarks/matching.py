"""Advisories and lockfiles, each figure beside reading the same bytes and doing nothing else; prints one JSON document.

python -m benchmarks.matching SHARED_DATA      the folder with lockfiles/ and osv/

Seconds are of the processor, since a shared machine says little about walls; the wall is told beside them. The floor of a
process is Python that starts and reads the same files; that of the index unpacks and splits the same records.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import most_megabytes

ROUNDS = 7
LOCK = "backstage-demo.yarn.lock"


def main() -> None:
    """Measure and print."""
    data = Path(sys.argv[1])
    records = sorted(str(file) for file in (data / "osv").glob("*.jsonl.gz"))
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "advisories.idx"
        build = [anew(index, records) for _ in range(3)]
        again = [process("-c", _BUILD, str(index), *records) for _ in range(3)]
        floor = [process("-c", _SPLIT, *records) for _ in range(3)]
        lock = data / "lockfiles" / LOCK
        match = ["-m", "callboard", "match", str(lock), "--index", str(index), "--json", "--fail-on", "never"]
        matched = [process(*match) for _ in range(ROUNDS)]
        bare = [process("-c", _READ, str(lock), str(index)) for _ in range(ROUNDS)]
        found = {
            "index_all_records": beside(build, floor, {"wall_seconds": 4.0}),
            "index_again_unchanged": beside(again, floor, {}),
            "lockfile_to_matches": beside(matched, bare, {"wall_seconds": 0.2, "megabytes": 40}),
            "rematch_all_packages": rematch(data, index),
        }
        found["index_all_records"]["megabytes_of_index"] = round(index.stat().st_size / 1e6, 1)
    print(json.dumps(found, indent=2))


_BUILD = """
import sys
from pathlib import Path
from callboard.advisories.reading import documents
from callboard.advisories.updating import updating
with updating(Path(sys.argv[1]), 1) as update:
    for name in sys.argv[2:]:
        update.take(documents(Path(name)), name)
    update.finish(Path(sys.argv[1]))
"""
_SPLIT = """
import gzip, sys, msgspec
for name in sys.argv[1:]:
    for line in gzip.open(name):
        msgspec.json.decode(line)
"""
_READ = """
import sys
for name in sys.argv[1:]:
    open(name, "rb").read()
"""


def anew(index: Path, records: list[str]) -> dict[str, float]:
    """An index from nothing: where one lies already, an update has hardly anything to do."""
    index.unlink(missing_ok=True)
    return process("-c", _BUILD, str(index), *records)


def process(*arguments: str) -> dict[str, float]:
    """A fresh Python: seconds of processor and wall, and the most memory that it held."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL) as child:
        peak = 0
        while child.poll() is None:
            peak = max(peak, most_megabytes(child.pid))
            time.sleep(0.005)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode:
        raise RuntimeError(f"{arguments[:3]} ended with {child.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_seconds": round(cpu, 3), "wall_seconds": round(wall, 3), "megabytes": peak}


def beside(runs: list[dict[str, float]], floor: list[dict[str, float]], aims: dict[str, float]) -> dict[str, Any]:
    """Medians, the best wall, and how often the floor goes into it."""
    median = {key: statistics.median(run[key] for run in runs) for key in ("cpu_seconds", "wall_seconds", "megabytes")}
    below = {key: statistics.median(run[key] for run in floor) for key in ("cpu_seconds", "wall_seconds", "megabytes")}
    return {
        **median,
        "best_wall_seconds": min(run["wall_seconds"] for run in runs),
        "floor": below,
        "times_the_floor": round(median["cpu_seconds"] / max(below["cpu_seconds"], 0.001), 1),
        "aims": aims,
    }


def rematch(data: Path, path: Path) -> dict[str, Any]:
    """Every distinct package version of all lockfiles against an open index, and looking each name up only."""
    from callboard.advisories.answering import answer
    from callboard.advisories.index import Index
    from callboard.manifests import is_manifest_name, read_manifest

    packages = {}
    for file in sorted((data / "lockfiles").iterdir()):
        if file.is_file() and is_manifest_name(file.name) and not file.name.endswith((".toml", ".mod")):
            packages |= dict.fromkeys(read_manifest(file.name, file.read_bytes()).packages(), ())
    started = time.process_time()
    report = answer(Index.open(path), packages)
    cpu = time.process_time() - started
    index = Index.open(path)
    started = time.process_time()
    for package in packages:
        index.about(package.key)
    return {
        "packages": len(packages),
        "matches": len(report.matches),
        "cpu_seconds": round(cpu, 3),
        "floor": {"cpu_seconds": round(time.process_time() - started, 3)},
        "aims": {"cpu_seconds": 0.2},
    }


if __name__ == "__main__":
    main()
