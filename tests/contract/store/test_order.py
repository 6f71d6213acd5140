"""Whatever order the parts and pages of a run come in, the board that they make is the same (invariant I7)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.file import FileCatalog
from callboard.demo.company.catalog import write_catalog
from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.company.world import World as Company
from callboard.demo.company.world import make_world
from callboard.demo.wizsim import WizSim
from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.reconcile import Safety
from callboard.domain.run import Mode, RunState
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.source import WizSource
from callboard.store import Store
from callboard.store.canonical import Digest, digests
from callboard.store.intake import recount
from callboard.usecases import staged_run
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.support.clocks import SettableClock
from tests.support.companies import mixed
from tests.support.dealt import Card, cards_of, dealt
from tests.support.dumps import differences, dump
from tests.support.stores import clear
from tests.support.worlds import World

CALM = Safety(min_findings=1_000_000)
FINDINGS = 300
PAGE = 12
CHANGES = Evolution(new=0.05, resolved=0.05, reopened=0.02, flapping=0.01, changed=0.05, moved=0.2)
"""On the second day much has happened, resources that are in another project included."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[WizSource, FileCatalog, Instant, list[list[Card]]]:
    """A company's source and catalog, its first day, and the pages of every kind that its tenant hands out on two days."""
    world = make_world(seed=8, sizes=mixed(FINDINGS))
    folder = tmp_path_factory.mktemp("catalog")
    write_catalog(folder, world)
    began = Instant(world.now * SECOND)
    source, days = asyncio.run(two_days(world))
    return source, FileCatalog(FileCatalogConfig(root=folder)), began, days


async def two_days(world: Company) -> tuple[WizSource, list[list[Card]]]:
    """What a look-alike of this company hands out today and tomorrow."""
    sim = WizSim(world)
    address = await sim.start()
    config = WizConfig(
        client_id=address.client_id, client_secret=address.client_secret, api_url=address.api_url,
        token_url=address.token_url, allow_private=True, calls_per_second=1000.0, timeout_seconds=10, page_size=PAGE,
    )  # fmt: skip
    source = WizSource(config, user_agent="callboard-tests/1")
    try:
        first = await cards_of(source, now=Instant(world.now * SECOND))
        world.now += DAY // SECOND
        evolve(world, CHANGES)
        return source, [first, await cards_of(source, now=Instant(world.now * SECOND))]
    finally:
        await source.close()
        await sim.stop()


async def live(
    store: Store, company: tuple[WizSource, FileCatalog, Instant, list[list[Card]]], orders: Sequence[Sequence[int]]
) -> list[dict[str, Digest]]:
    """A first run and a later one, their pages in these orders. Returns what the board holds after each."""
    source, catalog, began, days = company
    clock = SettableClock(began)
    await read_catalog(store, catalog, clock=clock)
    held = []
    for day, (cards, order) in enumerate(zip(days, orders, strict=True)):
        clock.at = Instant(began + day * DAY + SECOND)
        report = await sync(store, dealt(source, cards, order), clock=clock, safety=CALM, workers=1)
        assert report.state is RunState.APPLIED, report.reason
        with store.read() as conn:
            assert recount.differences(conn) == {}
            held.append(digests(conn))
    return held


def test_parts_in_any_order_make_the_same_board(
    store: Store,
    company: tuple[WizSource, FileCatalog, Instant, list[list[Card]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Projects last, findings of one resource scattered: the first run, and one a day later with much that has changed.

    Of that as well only a few are written at a time, as of a large one.
    """
    monkeypatch.setattr(staged_run, "GROUP", 20)
    *_, days = company
    wanted = asyncio.run(live(store, company, [range(len(cards)) for cards in days]))
    assert {card.kind for card in days[0]} == {"project", "issue", "vulnerability", "misconfiguration"}
    for seed in range(2):
        draw = random.Random(seed)  # noqa: S311 - repeats
        orders = [list(reversed(range(len(cards)))) for cards in days]
        for order in orders if seed else ():
            draw.shuffle(order)
        found = asyncio.run(live(clear(store), company, orders))
        for day in range(2):
            differing = {name for name in wanted[day] if wanted[day][name] != found[day][name]}
            assert not differing, f"order {seed}, day {day}"


def test_two_versions_of_one_finding_leave_the_history_of_the_newer_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later run is told of one finding on two pages, which are not written together: nobody has seen the older version."""
    monkeypatch.setattr(staged_run, "GROUP", 1)
    found = []
    for order in ([0, 1, 2], [2, 1, 0]):
        clock = SettableClock()
        world = World(clock, page_size=50)
        world.fill(3, kind="issue", resource="shared")
        asyncio.run(sync(clear(store), world, clock=clock))
        cards: list[Card] = []
        for changes in ({"severity": "low", "projects": ("p1",)}, {"severity": "critical", "due": 1}, {"note": "x"}):
            clock.advance(60)
            world.change("f0001", **changes)
            pages = asyncio.run(cards_of(world, now=clock.now()))
            cards += [Card(page.kind, (node,)) for page in pages for node in page.nodes if b"f0001" in node.raw]
        clock.advance(60)
        report = asyncio.run(sync(store, dealt(world, cards, order), clock=clock, mode=Mode.DELTA, workers=1))
        assert (report.state, report.changes) == (RunState.APPLIED, 1)
        with store.read() as conn:
            assert recount.differences(conn) == {}
            found.append(digests(conn))
    assert found[0] == found[1]


CART, ALPINE, DEBIAN = "registry.example/cart", "registry.example/alpine", "registry.example/debian"
IMAGE = {"kind": "vulnerability", "package": "ssl", "fixed_version": "3.0.2", "image": CART}


def images(world: World) -> list[dict[str, Any]]:
    """Findings of one image on three days, each a minute newer than the one before: what differs from the day before.

    Containers run it, and what was said last of one of them does not name it. On the first day images of its name tell two
    bases and one stops to tell any, on the second day all agree on one, and on the third nobody tells any.
    """
    for id_, fields in {
        "pod": {**IMAGE, "resource": "pod"},
        "pod-of-other": {**IMAGE, "resource": "other-pod", "image": "registry.example/other"},
        "first": {**IMAGE, "resource": "image-1", "resource_type": "CONTAINER_IMAGE", "base": ALPINE},
        "second": {**IMAGE, "resource": "image-2", "resource_type": "CONTAINER_IMAGE", "base": DEBIAN},
        "later": {**IMAGE, "resource": "image-2", "resource_type": "CONTAINER_IMAGE"},
        "third": {**IMAGE, "resource": "image-3", "resource_type": "CONTAINER_IMAGE", "base": DEBIAN},
        "issue": {"resource": "pod"},
        "renamed": {"resource": "other-pod", "image": CART},
    }.items():
        world.clock.advance(60)
        world.add(id_, **fields)
    of_images = ("first", "second", "later", "third")
    agreed = {id_: {"base": ALPINE} for id_ in of_images} | {"pod": {"note": "again"}}
    silent = {id_: {"base": ""} for id_ in of_images} | {"issue": {"note": "again"}}
    return [{}, agreed, silent]


def test_what_an_image_was_built_on_does_not_depend_on_order(store: Store) -> None:
    """In which bundle its findings are, on three days: forwards, backwards, shuffled, and with a part that is read twice."""
    found = []
    for seed in range(8):
        draw = random.Random(seed)  # noqa: S311 - repeats
        clock = SettableClock()
        world = World(clock, page_size=50)
        clear(store)
        held = []
        for changes in images(world):
            for id_, fields in changes.items():
                clock.advance(60)
                world.change(id_, **fields)
            pages = asyncio.run(cards_of(world, now=clock.now()))
            cards = [Card(page.kind, (node,)) for page in pages for node in page.nodes]
            order = sorted(range(len(cards)), reverse=seed == 1)
            if seed > 1:
                draw.shuffle(order)
                order.insert(draw.randrange(len(order)), draw.choice(order))
            clock.advance(60)
            report = asyncio.run(sync(store, dealt(world, cards, order), clock=clock, safety=CALM, workers=1))
            assert report.state is RunState.APPLIED, report.reason
            with store.read() as conn:
                assert recount.differences(conn) == {}
            held.append(dump(store))
        found.append(held)
    for day, told in enumerate(found[0]):
        for seed, held in enumerate(found):
            assert differences(told, held[day]) == "", f"order {seed}, day {day}"
    keys = [{row[12] for row in held["finding"] if row[1] in ("pod", "first", "third")} for held in found[0]]
    assert keys == [{f"image:{CART}"}, {f"base:{ALPINE}"}, {f"image:{CART}"}]
