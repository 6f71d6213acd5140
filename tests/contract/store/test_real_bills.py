"""Real lockfiles and the releases of past attacks, stored and asked for."""

from __future__ import annotations

import json
from pathlib import Path

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.packages.lock import Draft, Entry, Lock, Origin
from callboard.domain.packages.manifest_series import Arrival, Standing
from callboard.domain.packages.manifest_use import uses_of
from callboard.domain.packages.package import Package, package_of
from callboard.domain.packages.who_uses import Period, read_wanted
from callboard.gathering import BILL_FORMATS, bill_of, read_bill, read_locks
from callboard.store import Store
from callboard.usecases.packages import manifests
from tests.support.catalogs import component, group
from tests.support.stages import Stage


def company(store: Store, *names: str) -> Stage:
    """A board with these components."""
    stage = Stage(store)
    stage.catalog.put(group("red"), *(component(name, "red") for name in names))
    stage.read_catalog()
    return stage


def ref(name: str) -> EntityRef:
    """A component's reference."""
    return EntityRef(f"component:default/{name}")


def test_real_lockfiles_are_stored_as_they_are(sqlite_store: Store, shared_data: Path) -> None:
    """Every package once, by its true way; taken out again they are the same, and so is the bill of a bill."""
    folder = shared_data / "lockfiles"
    files = [folder / name for name in ("rhdh.yarn.lock", "litestar.uv.lock", "warehouse.package-lock-v3.json")]
    locks, refused = read_locks(files)
    assert not refused
    stage = company(sqlite_store, *(f"c{number}" for number in range(len(locks))))
    for number, lock in enumerate(locks):
        arrival = Arrival(lock=lock, at=stage.clock.now(), digest=lock.path)
        taken = manifests.deliver(
            stage.store, AT_THE_LAPTOP, ref(f"c{number}"), "sbom", lambda arrival=arrival: arrival, clock=stage.clock
        )
        uses = uses_of(lock)
        assert taken.packages == len(lock.packages()) == len(uses)
        page = manifests.composition(stage.store, LAPTOP, ref(f"c{number}"))
        assert (page.packages, page.manifests[0].edges) == (len({each.named for each in uses}), len(lock.edges))
        (kept,) = manifests.locks(stage.store, LAPTOP, ref(f"c{number}"))
        assert kept[0] == lock
        deepest = max(uses, key=lambda each: (uses[each].depth, each))
        found = manifests.who_uses(stage.store, LAPTOP, read_wanted(deepest.named), Period(), limit=10)
        (row,) = [each for each in found.rows if each.component == ref(f"c{number}")]
        assert len(row.path) == uses[deepest].depth > 1
        assert (row.path[-1].name, row.line) == (deepest.name, uses[deepest].line)
        raw = bill_of("x", [(lock, stage.clock.now())], BILL_FORMATS[0])
        stage.clock.advance(60)
        again = read_bill("x", raw, now=stage.clock.now())
        assert {each.named for each in again.lock.packages()} >= {each.named for each in uses if each.version}


def test_who_had_the_releases_of_past_attacks(sqlite_store: Store, shared_data: Path) -> None:
    """Each harmful release in one component for three days: asked about any day, exactly it is told, and no neighbour."""
    vectors = json.loads((shared_data / "osv" / "incident-vectors.json").read_text())
    bad = [package_of(each["purl"]) for each in vectors["malicious"]]
    clean = [package_of(each["purl"]) for each in vectors["clean_neighbours"] + vectors["trap"]]
    stage = company(sqlite_store, "hit", "spared")
    start = stage.clock.now()

    def hand_in(name: str, packages: list[Package], day: int) -> None:
        lock = _lock(packages)
        stage.clock.at = Instant(start + day * DAY)
        arrival = Arrival(lock=lock, at=stage.clock.now(), digest=f"{name}{day}")
        taken = manifests.deliver(stage.store, AT_THE_LAPTOP, ref(name), "sbom", lambda: arrival, clock=stage.clock)
        assert taken.standing is Standing.CURRENT

    hand_in("spared", clean, 1)
    hand_in("hit", clean, 1)
    hand_in("hit", [*clean, *bad], 3)
    hand_in("hit", clean, 6)

    def users(package: Package, day: int, days: int = 1) -> set[str]:
        period = Period(Instant(start + day * DAY), Instant(start + (day + days) * DAY))
        found = manifests.who_uses(stage.store, LAPTOP, read_wanted(package.named), period, limit=10)
        return {row.component.partition("/")[2] for row in found.rows}

    assert len(bad) == len(set(bad)) > 100
    for package in bad:
        assert [users(package, day) for day in (2, 3, 5, 6)] == [set(), {"hit"}, {"hit"}, set()], package
        assert users(package, 0, 100) == {"hit"}
        assert manifests.who_uses(stage.store, LAPTOP, read_wanted(package.named), Period(), limit=10).total == 0
    for package in clean:
        assert users(package, 2) == users(package, 4) == users(package, 7) == {"hit", "spared"}, package


def _lock(packages: list[Package]) -> Lock:
    draft = Draft("made-up", "made-up")
    own = draft.add(Entry(package=Package(ecosystem="npm", name="it", version=""), line=1, origin=Origin.WORKSPACE))
    for package in dict.fromkeys(packages):
        draft.edge(own, draft.add(Entry(package=package, line=1)))
    return draft.finish()
