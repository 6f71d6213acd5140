"""What a run remembers of images' bases holds only as long as nobody else writes. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from callboard.domain import bundle
from callboard.domain.instant import DAY, Instant
from callboard.store import Store, schema
from callboard.store.intake import recount
from callboard.store.intake.apply import Applier
from callboard.store.intake.sources import ensure_source
from tests.support.worlds import Record, observed

NOW = Instant(400 * DAY)
CART, BASE = "registry.example/cart", "registry.example/base"


def met(id_: str, **fields: Any) -> Record:
    """A vulnerability in what came with an image of the cart, met where it runs."""
    known: dict[str, Any] = {
        "kind": "vulnerability", "package": "ssl", "fixed_version": "3.0.2", "image": CART, "resource": f"pod-{id_}",
        "first": NOW - DAY, "last": NOW, "changed": NOW - DAY, "updated": NOW,
    }  # fmt: skip
    return Record(id=id_, **(known | fields))


def write(store: Store, applier: Applier, *records: Record) -> None:
    """One page, in a transaction of its own, as a first run does."""
    with store.write() as conn:
        applier.apply(conn, [(observed(each), each.id.encode().ljust(16)) for each in records], now=NOW)
        applier.bump_revision(conn)


def bundles(store: Store) -> dict[str, str]:
    """The bundle of each finding."""
    f, b = schema.finding.c, schema.bundle.c
    with store.read() as conn:
        assert recount.differences(conn) == {}
        rows = conn.execute(select(f.external_id, b.key).join_from(schema.finding, schema.bundle, b.id == f.bundle_id))
        return {row.external_id: row.key for row in rows}


@pytest.fixture
def appliers(store: Store) -> list[Applier]:
    """Two sources, each with a run under way."""
    with store.write() as conn:
        rows = [ensure_source(conn, name, "made-up") for name in ("one", "other")]
    return [Applier(store, source_id=row.id, run_id=0) for row in rows]


def test_another_source_tells_the_base_between_two_pages(store: Store, appliers: list[Applier]) -> None:
    """What was stored goes to the base's bundle, and so does all that comes later."""
    one, other = appliers
    write(store, one, met("a"))
    write(store, one, met("b"))
    assert set(bundles(store).values()) == {bundle.base_key(CART, None)}
    write(store, other, met("image", resource="cart-image", resource_type="CONTAINER_IMAGE", base=BASE))
    write(store, one, met("c"))
    assert bundles(store) == dict.fromkeys(["a", "b", "c", "image"], bundle.base_key(CART, BASE))


def test_a_page_of_the_same_run_tells_the_base(store: Store, appliers: list[Applier]) -> None:
    """A base that was not known, then is, then is told otherwise by a second image of that name."""
    one, _ = appliers
    image = {"resource_type": "CONTAINER_IMAGE", "base": BASE}
    write(store, one, met("a"))
    write(store, one, met("b"), met("image", resource="cart-image", **image))
    write(store, one, met("c"))
    assert bundles(store) == dict.fromkeys(["a", "b", "c", "image"], bundle.base_key(CART, BASE))
    write(store, one, met("image-2", resource="cart-image-2", **(image | {"base": "registry.example/old"})))
    write(store, one, met("d"))
    assert set(bundles(store).values()) == {bundle.base_key(CART, None)}


def test_nothing_is_asked_again_while_nobody_else_writes(
    store: Store, appliers: list[Applier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look for an image, however many pages name it."""
    from callboard.store.ownership import lineage

    asked: list[str] = []
    bases = lineage.bases
    monkeypatch.setattr(lineage, "bases", lambda conn, images: (asked.extend(images), bases(conn, images))[1])
    for id_ in "abcde":
        write(store, appliers[0], met(id_))
    assert asked == [CART]
