"""The components in a row of work: those named and those only counted are as many as the row says."""

from __future__ import annotations

import re
from pathlib import Path

from callboard.domain.finding import Severity
from callboard.domain.instant import DAY
from callboard.domain.run import Scope
from callboard.ports import ProjectRecord
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.web.conftest import Door, HostileWorld, apart, opened


def fill(door: Door) -> None:
    """One rule: what is most urgent of it belongs to nobody, the rest to two components."""
    catalog = MadeUpCatalog()
    catalog.put(
        group("checkout", members=["ana"]),
        component("cart", "checkout", projects=["cart"]),
        component("bank", "checkout", projects=["bank"]),
    )
    world = HostileWorld(door.clock, name="wiz-main", page_size=50)
    world.scope = Scope(severities=tuple(Severity))
    for name in ("cart", "bank", "nobody"):
        world.projects[name] = ProjectRecord(external_id=name, name=name)
    now = door.clock.now()
    for name in ("cart", "bank"):
        world.add(f"of-{name}", severity="low", projects=(name,), resource=f"vm-{name}", rule="one", due=now + 90 * DAY)
    world.add("of-nobody", severity="critical", projects=("nobody",), resource="vm", rule="one", due=now - DAY)
    apart(read_catalog(door.store, catalog, clock=door.clock))
    apart(sync(door.store, world, clock=door.clock))


def test_the_components_of_a_row_add_up(tmp_path: Path) -> None:
    """None is named, since the most urgent finding is nobody's: then both are counted, and not less than both."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        fill(door)
        with door.signed_in() as reader:
            html = reader.get("/").text
    assert "in 2 components" in html
    chips = html.partition('<div class="chips">')[2].partition("</div>")[0]
    assert re.findall(r">([^<>]*\d[^<>]*)</a>", chips) == ["2 components"]
    assert "some without an owner" in chips
