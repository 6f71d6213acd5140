"""The loop behind `callboard serve` asks registries beside everything else, and tells what follows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callboard.config import load
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant, to_text
from callboard.domain.packages.lock import Entry, Lock
from callboard.domain.packages.manifest_series import Arrival
from callboard.domain.packages.package import Package
from callboard.usecases import source_health
from callboard.usecases.packages import manifests
from callboard.usecases.read_catalog import read_catalog
from callboard.wiring.services import Services
from callboard.worker.loop import Background
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.registries import serving

CART = EntityRef("component:default/cart")


def deliver(services: Services, at: Instant, *names: str) -> None:
    """Hand in what the component consists of."""
    entries = tuple(
        Entry(package=Package(ecosystem="npm", name=name, version="1.0.0"), line=3, direct=True) for name in names
    )
    arrival = Arrival(
        lock=Lock(path="sbom", format="test", version="", entries=entries, edges=()), at=at, digest=str(at)
    )
    manifests.deliver(services.store, AT_THE_LAPTOP, CART, "sbom", lambda: arrival, clock=services.clock)


def suspicious(services: Services) -> int:
    """Findings that the board has of packages."""
    found = [
        each
        for each in source_health.of_sources(services.store, LAPTOP, now=services.clock.now())
        if each.name == "packages"
    ]
    return sum(each.findings for each in found)


async def test_a_young_release_comes_onto_the_board_by_itself(tmp_path: Path) -> None:
    """Nobody waits for the registry's word; once it is there it is told."""
    async with serving() as registry:
        file = tmp_path / "callboard.toml"
        file.write_text(f'[[registry]]\nkind = "npm"\nurl = "{registry.url}"\nallow_private = true\n')
        with Services.open(load(file, environ={}), create=True) as services:
            now = services.clock.now()
            registry.npm("fresh", {"1.0.0": to_text(Instant(now - DAY))})
            catalog = MadeUpCatalog()
            catalog.put(group("red"), component("cart", "red"))
            await read_catalog(services.store, catalog, clock=services.clock, safety=services.config.safety)
            deliver(services, Instant(now - 2 * HOUR), "old")
            deliver(services, Instant(now - HOUR), "old", "fresh")
            loop = Background(services)
            await loop.once()
            await asyncio.gather(*loop._beside.values())
            assert registry.asked == ["fresh"]
            await loop.once()
            await asyncio.gather(*loop._beside.values())
            assert suspicious(services) == 1
            assert registry.asked == ["fresh"]
