"""Application services told by some records of a resource: strong where the source has them from the portal."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.component import EntityRef
from callboard.domain.finding import Observed, Rejected, Service
from callboard.store import schema
from tests.contract.store.test_evidence import check
from tests.support.catalogs import component, group
from tests.support.stages import Stage

CART = EntityRef("component:default/cart")


@pytest.fixture(autouse=True)
def told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note `services: a, +b` tells two, the second from the portal; without one the record does not tell."""
    parse = stage.world.parse

    def telling(part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        seen = parse(part_kind, raw)
        if isinstance(seen, Rejected):
            return seen
        mark, _, names = str(seen.detail.description or "").partition(":")
        if mark != "services":
            return seen
        words = sorted(word for part in names.split(",") if (word := part.strip()))
        return msgspec.structs.replace(
            seen, services=tuple(Service(word.lstrip("+"), word.startswith("+")) for word in words)
        )

    monkeypatch.setattr(stage.world, "parse", telling)
    stage.catalog.put(group("red", members=["ann"]), component("cart", "red"))
    stage.read_catalog()


def evidence_of(stage: Stage) -> list[tuple[int, str, bool]]:
    """Tier, evidence and whether it won, of everything that names a component for the one resource."""
    table = schema.candidate.c
    with stage.store.read() as conn:
        rows = conn.execute(schema.candidate.select().order_by(table.tier, table.evidence))
        return [(row.tier, row.evidence, row.won) for row in rows]


STRONG = (3, "application service from the catalog: cart", True)
WEAK = (7, "application service: cart", False)


@pytest.mark.parametrize(("note", "evidence"), [("services:+Cart", [STRONG]), ("services:cart", [WEAK])])
def test_a_service_from_the_portal_maps_and_another_suggests(
    stage: Stage, note: str, evidence: list[tuple[int, str, bool]]
) -> None:
    """Names are compared in any letter case."""
    stage.world.add("f1", resource="r1", note=note)
    stage.sync()
    assert evidence_of(stage) == evidence
    check(stage)


def test_a_record_that_does_not_tell_takes_nothing_away(stage: Stage) -> None:
    """Configuration findings tell no services, and may be newer."""
    stage.world.add("f1", resource="r1", note="services:+cart")
    stage.sync()
    stage.clock.advance(60)
    stage.world.add("f2", resource="r1", resource_name="another name")
    stage.sync()
    assert evidence_of(stage) == [STRONG]
    check(stage)


@pytest.mark.parametrize("first", ["silent", "telling"])
def test_order_decides_nothing(stage: Stage, first: str) -> None:
    """A newer record that does not tell comes before or after an older one that does."""
    older, newer = ("a", "b") if first == "telling" else ("b", "a")
    stage.world.add(older, resource="r1", note="services:+cart")
    stage.clock.advance(60)
    stage.world.add(newer, resource="r1", resource_name="another name")
    stage.world.page_size = 1
    stage.sync()
    assert evidence_of(stage) == [STRONG]
    check(stage)


def test_the_newest_word_counts(stage: Stage) -> None:
    """In no service any more is a word as well."""
    stage.world.add("f1", resource="r1", note="services:+cart")
    stage.world.add("f2", resource="r2", note="services:")
    stage.sync()
    stage.clock.advance(60)
    stage.world.change("f1", note="services:")
    stage.world.change("f2", note="services:+cart")
    stage.sync()
    assert evidence_of(stage) == [STRONG]
    check(stage)


def test_a_component_that_comes_later_is_found_by_the_name_of_the_service(stage: Stage) -> None:
    """Without a new reading of the source."""
    stage.world.add("f1", resource="r1", note="services:+basket")
    stage.sync()
    assert evidence_of(stage) == []
    stage.catalog.put(component("basket", "red"))
    stage.read_catalog(accept=True)
    assert evidence_of(stage) == [(3, "application service from the catalog: basket", True)]
    check(stage)
