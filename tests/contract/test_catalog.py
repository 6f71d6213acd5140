"""Catalogs: a live portal and files tell the same about the same company.

The small company always runs. The larger one is what a real Backstage 1.55.0 answered about catalog files that lie
beside the answers; it is skipped where that data is not at hand.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.file import FileCatalog
from callboard.domain.component import CatalogReading, Entity
from callboard.domain.ownership.claims import claims_of
from callboard.domain.ownership.groups import owner_problem
from callboard.errors import CatalogError, CatalogRefusedError, CatalogUnreachableError
from callboard.ports import Catalog
from tests.unit.catalog.portal import FIXTURES, Portal, catalog_of, company

Opened = AbstractAsyncContextManager[Catalog]
Opener = Callable[[], Opened]


@asynccontextmanager
async def files(root: Path, *paths: str) -> AsyncIterator[Catalog]:
    """A catalog of files."""
    yield FileCatalog(FileCatalogConfig(root=root, paths=paths))


def healthy_portal() -> Opened:
    """The small company as a portal."""
    return catalog_of(Portal(company()), page_size=5)


def healthy_files() -> Opened:
    """The small company as files."""
    return files(FIXTURES / "company", "catalog-info.yaml")


def unreachable_portal() -> Opened:
    """A portal that is not allowed to be where it is."""
    return catalog_of(Portal(company()), allow_private=False)


def unreachable_files() -> Opened:
    """A folder that is not there."""
    return files(FIXTURES / "nothing", ".")


@pytest.mark.parametrize("opened", [healthy_portal, healthy_files])
async def test_a_reading_is_whole_sorted_and_repeatable(opened: Opener) -> None:
    """Every entity once, by its reference, the same every time."""
    async with opened() as catalog:
        reading = await catalog.read()
        assert reading == await catalog.read()
        refs = [entity.ref for entity in reading.entities]
        assert refs == sorted(set(refs))
        assert reading.complete
        assert reading.problems == ()
        assert {entity.kind for entity in reading.entities} == {
            "api",
            "component",
            "domain",
            "group",
            "resource",
            "system",
            "user",
        }
        msgspec.json.encode(reading)


@pytest.mark.parametrize("opened", [healthy_portal, healthy_files])
async def test_relations_are_resolved(opened: Opener) -> None:
    """Owners, wholes, parents and members, each by full reference, whether they exist or not."""
    async with opened() as catalog:
        entities = {entity.ref.partition(":")[2]: entity for entity in (await catalog.read()).entities}
    assert entities["default/checkout-api"].name == "Checkout-API"
    assert entities["default/checkout-api"].owner == "group:default/team-shop"
    assert entities["default/checkout-api"].system == "system:default/shop"
    assert entities["lab/orphan"].owner == "group:lab/team-that-left"
    assert entities["lab/orphan"].system == "system:default/shop"
    assert entities["default/orders-db"].owner == "user:default/ana.ruiz"
    assert entities["default/shop"].system == "domain:default/retail"
    assert entities["default/retail"].system == "domain:default/trade"
    assert entities["default/trade"].system is None
    assert entities["default/team-shop"].parent == "group:default/harbour"
    assert entities["default/team-shop"].members == ("user:default/ana.ruiz", "user:default/bo")
    assert entities["default/team-pay"].members == ("user:default/ana.ruiz",)
    assert entities["default/team-shop"].title == "Shop team"
    assert len(claims_of(entities["default/checkout-api"])) == 3


@pytest.mark.parametrize("opened", [healthy_portal, healthy_files])
async def test_a_check_has_a_line_for_each_concern(opened: Opener) -> None:
    """Whether it was read, whether findings find a way, whether owners can act."""
    async with opened() as catalog:
        lines = await catalog.check()
    assert [line.ok for line in lines] == [True, True, False]


@pytest.mark.parametrize("opened", [unreachable_portal, unreachable_files])
async def test_nothing_read_is_an_error_and_not_an_empty_catalog(opened: Opener) -> None:
    """The error says what to do; a check says the same instead of failing."""
    async with opened() as catalog:
        with pytest.raises(CatalogError) as caught:
            await catalog.read()
        assert caught.value.hint
        (line,) = await catalog.check()
    assert (line.ok, line.message, line.hint) == (False, caught.value.message, caught.value.hint)


async def test_both_tell_the_same() -> None:
    """What Callboard works out from files is what the portal would resolve."""
    async with healthy_portal() as portal, healthy_files() as folder:
        assert _comparable(await portal.read()) == _comparable(await folder.read())


def _comparable(reading: CatalogReading) -> list[Entity]:
    """Without what only a portal adds: its own id, and where it read the file."""
    return [
        msgspec.structs.replace(
            entity,
            uid=None,
            location=None,
            annotations=tuple(pair for pair in entity.annotations if "managed-by" not in pair[0]),
        )
        for entity in reading.entities
    ]


class Recorded:
    """The answers of a real portal."""

    def __init__(self, shared_data: Path) -> None:
        self.folder = shared_data / "backstage"
        if not self.folder.is_dir():
            pytest.skip(
                f"no recorded answers at {self.folder}: the copy behind CALLBOARD_SHARED_DATA lacks that folder"
            )

    def answer(self, name: str) -> tuple[int, Any]:
        """Status and body of one answer."""
        recorded = json.loads((self.folder / "responses" / f"{name}.json").read_text())
        return recorded["status"], recorded["body"] or ""


@pytest.fixture
def recorded(shared_data: Path) -> Recorded:
    """The answers, or a skip."""
    return Recorded(shared_data)


async def test_recorded_pages_are_walked_by_their_cursors(recorded: Recorded) -> None:
    """Each page's cursor asks for the next; the locations among 23 entities are left out."""
    pages = [recorded.answer(f"by-query-page-{number}") for number in (1, 2, 3)]
    portal = Portal([])
    portal.script = list(pages)
    async with catalog_of(portal, page_size=8) as catalog:
        reading = await catalog.read()
    assert [request.query.get("cursor") for request in portal.asked] == [
        None,
        *(body["pageInfo"]["nextCursor"] for _, body in pages[:2]),
    ]
    assert (reading.complete, reading.problems, len(reading.entities)) == (True, (), 20)
    entities = {entity.ref: entity for entity in reading.entities}
    problems = {ref: owner_problem(entity, entities) for ref, entity in entities.items() if entity.kind == "component"}
    assert {ref: problem for ref, problem in problems.items() if problem} == {
        "component:default/ledger-batch": "owner does not exist"
    }


async def test_recorded_answers_equal_the_files_they_were_made_from(recorded: Recorded) -> None:
    """A real portal resolved these files; so did we."""
    portal = Portal([])
    portal.script = [recorded.answer(f"by-query-page-{number}") for number in (1, 2, 3)]
    async with catalog_of(portal) as live, files(recorded.folder / "catalog", "*.yaml") as folder:
        told, worked_out = _comparable(await live.read()), _comparable(await folder.read())
    assert told == worked_out


async def test_a_recorded_projection_is_enough(recorded: Recorded) -> None:
    """What the portal hands out with `fields=` holds owners and claims."""
    portal = Portal([])
    portal.script = [recorded.answer("by-query-fields")]
    async with catalog_of(portal) as catalog:
        reading = await catalog.read()
    owners = {entity.name: entity.owner for entity in reading.entities if entity.kind == "component"}
    assert owners["checkout-api"] == "group:default/team-checkout"
    assert owners["fraud-score"] == "user:default/chi.adeyemi"
    claims = {claim.value for entity in reading.entities for claim in claims_of(entity)}
    assert {"github.com/harbour/monorepo", "gitlab.com/harbour/risk/fraud-score"} <= claims


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("by-query-no-token", CatalogRefusedError, "Missing credentials"),
        ("by-query-wrong-token", CatalogRefusedError, "Illegal token"),
        ("by-query-bad-cursor", CatalogUnreachableError, "Malformed cursor"),
        ("by-query-bad-limit", CatalogUnreachableError, "400"),
        ("unknown-route", CatalogUnreachableError, "There is no catalog"),
    ],
)
async def test_recorded_refusals_become_sentences(
    recorded: Recorded, name: str, kind: type[CatalogError], sentence: str
) -> None:
    """The portal's own words are kept beside ours."""
    portal = Portal([])
    portal.script = [recorded.answer(name)]
    async with catalog_of(portal) as catalog:
        with pytest.raises(kind, match=sentence):
            await catalog.read()


async def test_a_recorded_empty_answer_is_not_believed(recorded: Recorded) -> None:
    """No entity at all is not a company without entities."""
    portal = Portal([])
    portal.script = [recorded.answer("by-query-empty")]
    async with catalog_of(portal) as catalog:
        assert not (await catalog.read()).complete
