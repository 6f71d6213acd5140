"""`callboard finding` says what to change: the command, where to type it, the lines that pin it, and the runbook."""

from __future__ import annotations

import asyncio

from callboard.store import open_store
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.cli.conftest import Folder
from tests.contract.store.test_guidance import Located, annotated
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import SettableClock

RUNBOOK = "https://wiki.example/red"


def test_a_finding_says_what_to_change(folder: Folder) -> None:
    """And of a hostile name nothing that could be copied into a shell."""
    clock, catalog = SettableClock(), MadeUpCatalog()
    catalog.put(annotated(group("red", members=["ana"]), RUNBOOK), component("shop", "red", projects=["p1"]))
    world = Located(clock)
    told = {"kind": "vulnerability", "version": "4.17.20", "fixed_version": "4.17.21", "projects": ("p1",)}
    world.add("good", note="/services/shop/package-lock.json", package="lodash", **told)
    world.add("evil", note="/a/package-lock.json", package="$(reboot)", **told)
    store = open_store(f"sqlite:///{folder.path / 'callboard.db'}")
    asyncio.run(sync(store, world, clock=clock))
    asyncio.run(read_catalog(store, catalog, clock=clock))
    store.close()
    said = folder.call("finding", "good").out
    assert "services/shop/package-lock.json: Go from 4.17.20 to 4.17.21." in said
    assert "  npm update lodash   (in services/shop)" in said
    assert '"lodash@4.17.20": "4.17.21"' in said
    assert f"Runbook of group:default/red: {RUNBOOK}" in said
    hostile = folder.call("finding", "evil").out
    assert "npm " not in hostile
    assert "overrides" not in hostile
