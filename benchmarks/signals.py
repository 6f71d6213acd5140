"""What each signal catches and how often it cries wolf, measured on real lockfiles; prints one JSON document.

python -m benchmarks.signals SHARED_DATA      the folder with lockfiles/, osv/ and typosquat/
"""

from __future__ import annotations

import gzip
import json
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

from callboard.domain.instant import DAY, from_text
from callboard.domain.packages.lock import Lock
from callboard.domain.packages.package import Package
from callboard.domain.packages.sign import Sign
from callboard.domain.packages.signals import (
    WellKnown,
    added,
    comparable,
    integrity_conflicts,
    look_alikes,
)
from callboard.domain.packages.versions import order_of
from callboard.manifests import read_manifest

NPM = ("yarn.lock", "yarn-classic.lock", "package-lock-v3.json", "package-lock-v1.json", "pnpm-lock-v9.yaml")
AS_IF_UPDATED = ("backstage-showcase-2025-02.yarn.lock", "rhdh.yarn.lock")
"""Two states of one portal, 18 months apart: what was added between them stands for additions."""
YOUNG_DAYS = 7
"""The default of `young_days`."""


def main() -> None:
    """Measure and print."""
    data = Path(sys.argv[1])
    known = WellKnown(json.loads((data / "typosquat" / "top-npm-packages.json").read_bytes())["packages"])
    locks = {
        file.name: read_manifest(file.name, file.read_bytes())
        for file in sorted((data / "lockfiles").iterdir())
        if file.name.endswith(NPM)
    }
    found = {
        "look_alike": look_alike(data, known, locks),
        "new_install_script": scripts(locks),
        "integrity_conflict": conflicts(list(locks.values())),
        "listed_hash": hashes(data, locks),
        "young_release": young(data),
    }
    print(json.dumps(found, indent=2))
    counted = {
        Sign.LOOK_ALIKE: found["look_alike"]["false_alarms_on_added_names"],
        Sign.NEW_SCRIPT: found["new_install_script"]["gained_between_versions"],
        Sign.NEW_WITH_SCRIPT: found["new_install_script"]["present"],
        Sign.INTEGRITY: found["integrity_conflict"]["false_alarms"],
        Sign.YOUNG: found["young_release"]["as_if_all_came_with_the_newest"],
    }
    stale = [
        sign
        for sign, told in counted.items()
        if sign.measured is None or (sign.measured.alarms, sign.measured.of) != (told["count"], told["of"])
    ]
    if stale:
        sys.exit(f"What Callboard says of {', '.join(stale)} is not what was measured: domain/packages/sign.py.")


def look_alike(data: Path, known: WellKnown, locks: dict[str, Lock]) -> dict[str, Any]:
    """Of malicious names, and of honest ones: all, and those that were added between two states of a portal."""
    bad = names_of_malware(data)
    honest = {entry.package.name for lock in locks.values() for entry in lock.foreign}
    flagged = sorted(name for name in honest if known.imitated(name))
    before, after = (locks[name] for name in AS_IF_UPDATED)
    new = added(before, after)
    alarms = list(look_alikes(new, known))
    return {
        "caught": rate(sum(known.imitated(name) is not None for name in bad), len(bad)),
        "false_alarms_on_all_names": rate(len(flagged), len(honest)),
        "false_alarms_on_added_names": rate(len(alarms), len(new)),
        "false_alarms": [signal.because for signal in alarms],
    }


def scripts(locks: dict[str, Lock]) -> dict[str, Any]:
    """Presence is what is not alarmed on; a planted change is caught by construction, which the unit tests hold."""
    telling = [lock for lock in locks.values() if any(entry.install_script is not None for entry in lock.foreign)]
    packages = [package for lock in telling for package in lock.packages()]
    present = [
        package.name
        for lock in telling
        for package, entries in lock.packages().items()
        if any(e.install_script for e in entries)
    ]
    # One lockfile tells, so that projects cannot be compared: versions of one name that stand beside each other are.
    versions: dict[str, list[bool]] = {}
    for lock in telling:
        for package, entries in sorted(lock.packages().items(), key=lambda item: _place(item[0])):
            versions.setdefault(package.name, []).append(any(each.install_script for each in entries))
    steps = [step for told in versions.values() for step in pairwise(told)]
    return {
        "lockfiles_that_tell": len(telling),
        "present": rate(len(present), len(packages)),
        "gained_between_versions": rate(sum(not old and new for old, new in steps), len(steps)),
    }


def _place(package: Package) -> tuple[str, bytes]:
    order = order_of(package.ecosystem)
    return package.name, (order(package.version) if order is not None else None) or b""


def conflicts(locks: list[Lock]) -> dict[str, Any]:
    """Between projects that have nothing to do with each other."""
    found = list(integrity_conflicts(locks))
    return {
        "false_alarms": rate(len(found), comparable(locks)),
        "which": [signal.package.purl for signal in found[:10]],
    }


def hashes(data: Path, locks: dict[str, Lock]) -> dict[str, Any]:
    """Files on a list of harmful ones: the list is short, and has to be right."""
    listed: set[str] = set()
    for file in (data / "osv").glob("*.jsonl.gz"):
        with gzip.open(file, "rb") as lines:
            for line in lines:
                if b"package_integrity" in line:
                    listed |= {word for word in line.decode().split('"') if word.startswith("sha512-")}
    values = {value for lock in locks.values() for entry in lock.foreign for value in entry.integrity}
    return {"listed": len(listed), "false_alarms": rate(len(values & listed), len(values))}


def young(data: Path) -> dict[str, Any]:
    """How old releases were when the newest of their lock came out: uv tells when each file was uploaded."""
    alarms = of = 0
    locks = sorted((data / "lockfiles").glob("*.uv.lock"))
    for file in locks:
        packages = tomllib.loads(file.read_text(encoding="utf-8"))["package"]
        files = [[*each.get("wheels", ()), *filter(None, (each.get("sdist"),))] for each in packages]
        uploaded = [[from_text(one["upload-time"]) for one in each if "upload-time" in one] for each in files]
        released = [min(each) for each in uploaded if each]
        alarms += sum(max(released) - each < YOUNG_DAYS * DAY for each in released)
        of += len(released)
    return {"lockfiles_that_tell": len(locks), "as_if_all_came_with_the_newest": rate(alarms, of)}


def names_of_malware(data: Path) -> set[str]:
    """Names of npm packages in records of malware."""
    names: set[str] = set()
    with gzip.open(data / "osv" / "npm-malicious-ossf.jsonl.gz", "rb") as lines:
        for line in lines:
            names |= {each["package"]["name"] for each in json.loads(line)["affected"]}
    return names


def rate(count: int, of: int) -> dict[str, float | int]:
    """A share with what it is a share of."""
    return {"count": count, "of": of, "percent": round(100 * count / of, 2) if of else 0.0}


if __name__ == "__main__":
    main()
