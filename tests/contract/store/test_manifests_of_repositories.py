"""Manifests read from repositories, on both databases: only what changed, each for the component whose folder it lies in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from callboard import gathering
from callboard.domain.access import LAPTOP
from callboard.domain.component import Entity, EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.composition import Missing
from callboard.domain.packages.who_uses import Period, read_wanted
from callboard.usecases.packages import manifests
from callboard.usecases.read_repositories import RepositoriesReport, read_repositories
from tests.support.catalogs import group
from tests.support.forges import Forge, MadeUpRepository, in_a_thread
from tests.support.stages import Stage
from tests.unit.manifests.seeds import SEEDS
from tests.unit.repositories.opening import Waiting, github

BERRY = b"""__metadata:
  version: 8

"app@workspace:packages/app":
  version: 0.0.0-use.local
  resolution: "app@workspace:packages/app"
  dependencies:
    left: "npm:^1.0.0"

"lib@workspace:packages/lib":
  version: 0.0.0-use.local
  resolution: "lib@workspace:packages/lib"
  dependencies:
    right: "npm:^1.0.0"

"root@workspace:.":
  version: 0.0.0-use.local
  resolution: "root@workspace:."

"left@npm:^1.0.0":
  version: 1.0.0
  resolution: "left@npm:1.0.0"
  dependencies:
    shared: "npm:^1.0.0"

"right@npm:^1.0.0":
  version: 1.0.0
  resolution: "right@npm:1.0.0"
  dependencies:
    shared: "npm:^1.0.0"

"shared@npm:^1.0.0":
  version: 1.0.0
  resolution: "shared@npm:1.0.0"
"""
PACKAGE = b'{"dependencies": {"left": "^1.0.0", "right": "^1.0.0"}}'
FILES = {
    "yarn.lock": BERRY,
    "package.json": b"{}",
    "packages/app/package.json": PACKAGE,
    "packages/lib/package.json": PACKAGE,
    "services/x/uv.lock": SEEDS["uv"],
    "README.md": b"hello",
}


def entity(name: str, folder: str | None, *, repository: str = "mono") -> Entity:
    """A component in a folder of a repository. None: all of it."""
    place = f"url:https://127.0.0.1/acme/{repository}/tree/main/{folder or ''}"
    return Entity(
        ref=EntityRef(f"component:default/{name}"), kind="component", name=name,
        owner=EntityRef("group:default/red"), annotations=(("backstage.io/source-location", place),),
    )  # fmt: skip


@pytest.fixture
def forge() -> Iterator[Forge]:
    """A repository of several projects."""
    found = Forge(MadeUpRepository(1, "acme/mono", dict(FILES)), MadeUpRepository(2, "acme/bare", {"x.md": b"x"}))
    with in_a_thread(found):
        yield found


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Three components in its folders, and others that nothing is known of."""
    stage.catalog.put(
        group("red"), entity("app", "packages/app"), entity("lib", "packages/lib"), entity("x", "services/x"),
        entity("bare", None, repository="bare"), entity("unread", None, repository="elsewhere"),
    )  # fmt: skip
    stage.read_catalog()
    return stage


def read(stage: Stage, forge: Forge) -> RepositoriesReport:
    """One reading, an hour later."""
    stage.clock.advance(3_600)
    forge.asked.clear()

    async def go() -> RepositoriesReport:
        async with github(forge, Waiting(), organisations=("acme",)) as reader:
            return await read_repositories(
                stage.store, reader, clock=stage.clock, activity_days=90, sections=(), gathering=gathering
            )

    return asyncio.run(go())


def fetched(forge: Forge) -> int:
    """How many files were fetched."""
    return sum("/blobs/" in request.path for request in forge.asked)


def push(forge: Forge, stage: Stage, **files: bytes | None) -> None:
    """Somebody pushes."""
    repository = forge.repositories["acme/mono"]
    for path, content in files.items():
        if content is None:
            del repository.files[path]
        else:
            repository.files[path] = content
    repository.pushed = f"2026-03-02T{stage.clock.now() // 3_600_000_000 % 24:02}:30:00Z"


def users(stage: Stage, text: str, at: Instant | None = None) -> dict[str, str]:
    """Component → manifest, of those who use it."""
    period = Period() if at is None else Period(at, Instant(at + 1))
    found = manifests.who_uses(stage.store, LAPTOP, read_wanted(text), period, limit=100)
    return {row.component.partition("/")[2]: row.manifest for row in found.rows}


def missing(stage: Stage) -> dict[str, Missing | None]:
    """Component → why nothing is known."""
    rows = manifests.coverage(stage.store, LAPTOP).rows
    return {row.component.partition("/")[2]: row.missing for row in rows}


def test_each_component_gets_what_lies_in_its_folder(company: Stage, forge: Forge) -> None:
    """Of one lock for several projects its share; what has not changed is not fetched again."""
    read(company, forge)
    assert fetched(forge) == 5  # two locks, three package.json beside the one
    assert users(company, "left") == {"app": "yarn.lock"}
    assert users(company, "right") == {"lib": "yarn.lock"}
    assert users(company, "shared") == {"app": "yarn.lock", "lib": "yarn.lock"}
    assert users(company, "pkg:pypi/plain") == {"x": "services/x/uv.lock"}
    assert missing(company) == {
        "app": None, "lib": None, "x": None, "bare": Missing.NO_MANIFEST, "unread": Missing.NOT_READ,
    }  # fmt: skip
    revision = company.revision()
    assert read(company, forge).unchanged == 2
    push(forge, company, **{"README.md": b"hello again"})
    assert read(company, forge).read == 1
    assert (fetched(forge), company.revision()) == (0, revision)


def test_what_is_pushed_is_read_and_what_was_is_remembered(company: Stage, forge: Forge) -> None:
    """A package that goes was used until then; a lock that goes takes all of its packages along."""
    read(company, forge)
    before = company.clock.now()
    without = BERRY.replace(b'    left: "npm:^1.0.0"', b'    right: "npm:^1.0.0"')
    push(forge, company, **{"yarn.lock": without, "services/x/uv.lock": None})
    read(company, forge)
    assert fetched(forge) == 4
    assert users(company, "left") == users(company, "pkg:pypi/plain") == {}
    assert users(company, "right") == {"app": "yarn.lock", "lib": "yarn.lock"}
    assert users(company, "left", before) == {"app": "yarn.lock"}
    assert users(company, "right", before) == {"lib": "yarn.lock"}
    assert users(company, "pkg:pypi/plain", before) == {"x": "services/x/uv.lock"}
    assert missing(company)["x"] is Missing.NO_LOCKFILE
    push(forge, company, **{"services/x/uv.lock": SEEDS["uv"]})
    read(company, forge)
    assert users(company, "pkg:pypi/plain") == {"x": "services/x/uv.lock"}


def test_a_broken_lock_leaves_the_good_one(company: Stage, forge: Forge) -> None:
    """Whether it cannot be read or cannot be fetched; and is looked at again."""
    read(company, forge)
    push(forge, company, **{"yarn.lock": b"<<<<<<< ours\n" + BERRY})
    assert read(company, forge).state == "complete"
    assert users(company, "left") == {"app": "yarn.lock"}
    rows = {row.component: row for row in manifests.coverage(company.store, LAPTOP).rows}
    assert rows[EntityRef("component:default/app")].missing is None
    push(forge, company, **{"yarn.lock": BERRY + b"\n"})
    assert users(company, "left") == {"app": "yarn.lock"}
    read(company, forge)
    assert users(company, "left") == {"app": "yarn.lock"}
    uv = SEEDS["uv"] + b"\n"
    push(forge, company, **{"services/x/uv.lock": uv})
    path = next(request.path for request in forge.asked if "/blobs/" in request.path).rpartition("/")[0]
    from tests.support.forges import digest

    forge.broken[f"{path}/{digest(uv)}"] = (404, {}, {})
    read(company, forge)
    assert users(company, "pkg:pypi/plain") == {"x": "services/x/uv.lock"}
    (row,) = manifests.composition(company.store, LAPTOP, EntityRef("component:default/x")).manifests
    assert row.problem is not None
    forge.broken.clear()
    read(company, forge)
    (row,) = manifests.composition(company.store, LAPTOP, EntityRef("component:default/x")).manifests
    assert (row.problem, row.format) == (None, "uv 1")


def test_the_catalog_says_whose_it_is(company: Stage, forge: Forge) -> None:
    """A component that comes gets its share without reading anything; one that moves takes it along; the past stays."""
    read(company, forge)
    before = company.clock.now()
    company.catalog.put(entity("whole", ""))
    company.catalog.put(entity("app", "packages/lib"))
    company.read_catalog()
    assert users(company, "left") == {"whole": "yarn.lock"}
    assert users(company, "right") == {"whole": "yarn.lock", "app": "yarn.lock", "lib": "yarn.lock"}
    assert users(company, "left", before) == {"app": "yarn.lock", "whole": "yarn.lock"}
    company.catalog.drop("lib", "app", "x")
    company.read_catalog()
    company.read_catalog()
    assert users(company, "right") == {"whole": "yarn.lock"}
    assert users(company, "pkg:pypi/plain") == {"whole": "services/x/uv.lock"}
