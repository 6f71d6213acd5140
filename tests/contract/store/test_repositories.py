"""Reading repositories into the store, on both databases: what a reading may and may not change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from callboard import gathering
from callboard.domain.access import LAPTOP
from callboard.domain.alias import REPOSITORY, REPOSITORY_PATH
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Observed, Rejected
from callboard.domain.forge import RepositoryPage
from callboard.errors import NotFoundError, RepositoryRefusedError
from callboard.store import schema
from callboard.store.ownership.neighbours import Neighbourhood, neighbours_of
from callboard.usecases import browse
from callboard.usecases import repositories as looks
from callboard.usecases.read_repositories import RepositoriesReport, read_repositories
from tests.support.catalogs import component, group
from tests.support.forges import Forge, MadeUpRepository, commit, in_a_thread
from tests.support.stages import Stage
from tests.unit.repositories.opening import Waiting, github, gitlab

OWNERS = b"* @acme/pay\n/services/a/ @acme/shop\n"
FILES = {"CODEOWNERS": OWNERS, "services/a/go.mod": b"module a", "package.json": b"{}", "README.md": b"hello"}


@pytest.fixture
def forge() -> Iterator[Forge]:
    """Three repositories of an organisation."""
    found = Forge(*(MadeUpRepository(n, f"acme/r{n}", dict(FILES)) for n in (1, 2, 3)))
    found.repositories["acme/r1"].commits = [commit("ana", "2026-02-28T10:00:00Z", "services/a")]
    with in_a_thread(found):
        yield found


def read(stage: Stage, forge: Forge, **fields: Any) -> RepositoriesReport:
    """One reading."""
    stage.clock.advance(3_600)
    forge.asked.clear()

    async def go() -> RepositoriesReport:
        async with github(forge, Waiting(), **({"organisations": ("acme",)} | fields)) as reader:
            return await read_repositories(
                stage.store, reader, clock=stage.clock, activity_days=90, sections=(), gathering=gathering
            )

    return asyncio.run(go())


def shown(stage: Stage, name: str) -> RepositoryPage:
    """One repository."""
    return looks.shown(stage.store, name)


def test_a_reading_writes_down_what_repositories_tell(stage: Stage, forge: Forge) -> None:
    """Code owners, activity and places; the same again asks for the listing alone and changes nothing."""
    report = read(stage, forge)
    assert (report.state, report.repositories, report.read, report.unchanged) == ("complete", 3, 3, 0)
    page = shown(stage, "acme/r1")
    assert page.code_owners is not None
    assert [(each.pattern, each.owners) for each in page.code_owners.entries] == [
        ("*", ("@acme/pay",)), ("/services/a/", ("@acme/shop",)),
    ]  # fmt: skip
    assert [(each.folder, each.who) for each in page.contributions] == [("", "ana"), ("services/a", "ana")]
    assert [each.place.path for each in page.places] == ["package.json", "services/a/go.mod"]
    assert (page.repository.files, page.repository.code_owners_path, page.repository.problem) == (4, "CODEOWNERS", None)
    again = read(stage, forge)
    assert (again.read, again.unchanged, again.calls) == (0, 3, 1)
    assert shown(stage, "acme/r1").places == page.places
    (line, *_) = looks.listed(stage.store)
    assert (line.code_owner_lines, line.contributors, line.manifests) == (2, 1, 2)


def test_only_what_was_pushed_to_is_read_again(stage: Stage, forge: Forge) -> None:
    """And what it no longer says is forgotten; an unchanged CODEOWNERS file is not fetched."""
    read(stage, forge)
    one = forge.repositories["acme/r1"]
    one.pushed = "2026-03-01T10:00:00Z"
    del one.files["package.json"]
    report = read(stage, forge)
    assert (report.read, report.unchanged) == (1, 2)
    assert not any("/blobs/" in request.path for request in forge.asked)
    assert [each.place.path for each in shown(stage, "acme/r1").places] == ["services/a/go.mod"]
    assert shown(stage, "acme/r1").code_owners is not None
    del one.files["CODEOWNERS"]
    one.pushed = "2026-03-01T11:00:00Z"
    read(stage, forge)
    assert shown(stage, "acme/r1").code_owners is None
    # A push to another branch moves the time and not the tree.
    one.pushed = "2026-03-01T12:00:00Z"
    report = read(stage, forge)
    assert (report.read, report.unchanged, report.calls) == (0, 3, 2)


def test_a_repository_is_gone_after_two_complete_readings_without_it(stage: Stage, forge: Forge) -> None:
    """It is kept with all that it told; and it comes back as if nothing had been."""
    read(stage, forge)
    away = forge.repositories.pop("acme/r2")
    assert read(stage, forge).gone == 0
    assert shown(stage, "acme/r2").repository.gone_at is None
    assert read(stage, forge).gone == 1
    gone = shown(stage, "acme/r2")
    assert gone.repository.gone_at is not None
    assert len(gone.places) == 2
    assert read(stage, forge).gone == 0
    forge.repositories["acme/r2"] = away
    read(stage, forge)
    assert shown(stage, "acme/r2").repository.gone_at is None


def test_a_partial_reading_takes_nothing_for_gone(stage: Stage, forge: Forge) -> None:
    """However often it happens, and however it was cut short."""
    read(stage, forge)
    del forge.repositories["acme/r2"]
    forge.repositories["acme/r1"].pushed = "2026-03-01T10:00:00Z"
    forge.broken["/api/v3/repos/acme/r1/git/trees/main"] = (500, {}, {})
    for _ in range(3):
        report = read(stage, forge)
        assert (report.state, [each.where for each in report.unread]) == ("partial", ["acme/r1"])
    assert shown(stage, "acme/r2").repository.missed == 0
    broken = shown(stage, "acme/r1")
    assert broken.repository.problem is not None
    assert len(broken.places) == 2
    forge.broken.clear()
    assert read(stage, forge).state == "complete"
    assert shown(stage, "acme/r1").repository.problem is None
    forge.page_size = 1
    forge.script = [None, (502, b"", {}), (502, b"", {}), (502, b"", {}), (502, b"", {})]
    report = read(stage, forge)
    assert report.state == "partial"
    assert report.reason


def test_a_spent_budget_is_gone_on_with_by_the_next_reading(stage: Stage, forge: Forge) -> None:
    """What was read is kept, what was not is read later, nothing is read twice."""
    for number in range(4, 13):
        slug = f"acme/r{number}"
        forge.repositories[slug] = MadeUpRepository(number, slug, dict(FILES))
    reads = []
    for _ in range(6):
        report = read(stage, forge, calls_per_reading=10, at_once=1)
        reads.append(report.read)
        if report.state == "complete":
            break
        assert "10 calls" in str(report.reason)
    assert sum(reads) == 12
    assert len(reads) > 2


def test_a_refused_token_is_an_error_and_changes_nothing(stage: Stage, forge: Forge) -> None:
    """The last good reading stands, and the refusal is told."""
    read(stage, forge)
    before = [each.repository for each in looks.listed(stage.store)]
    forge.refused = {"a-token-of-the-tests"}
    report = read(stage, forge)
    assert (report.state, report.repositories) == ("partial", 0)
    assert report.reason is not None
    assert [each.repository for each in looks.listed(stage.store)] == before
    with pytest.raises(RepositoryRefusedError):
        asyncio.run(refused(stage, forge))


async def refused(stage: Stage, forge: Forge) -> None:
    """An app that gets no token."""
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048).as_pem(private=True).decode()
    forge.broken["/api/v3/app/installations/5/access_tokens"] = (404, {"message": "Integration not found"}, {})
    fields = {"token": None, "app_id": "1", "private_key": key, "installation_id": "5", "organisations": ()}
    async with github(forge, Waiting(), **fields) as reader:
        await reader._calls.get(f"{forge.url}/api/v3/rate_limit")  # type: ignore[attr-defined]


def test_slugs_of_the_catalog_are_read_and_a_renamed_one_suggests_its_new_name(stage: Stage, forge: Forge) -> None:
    """Also when it is not there: then it is told, and listed as such."""
    host = "127.0.0.1"
    forge.renamed["acme/old"] = "acme/r2"
    located = {"acme/r1": "a", "acme/old": "b", "acme/none": "c"}
    for slug, name in located.items():
        made = component(name)
        pair = ("backstage.io/source-location", f"url:https://{host}/{slug}/")
        stage.catalog.put(Entity(ref=made.ref, kind="component", name=name, annotations=(pair,)))
    stage.read_catalog()
    report = read(stage, forge, organisations=())
    assert [(each.slug, each.head.slug) for each in report.moved] == [("acme/old", "acme/r2")]
    assert report.absent == ("acme/none",)
    assert report.repositories == 2
    assert [(each.slug, each.moved_to, each.components) for each in looks.renamed(stage.store)] == [
        ("acme/old", "acme/r2", 1)
    ]
    assert shown(stage, "acme/none").repository.problem is not None
    assert shown(stage, "acme/r1").components == ("component:default/a",)
    read(stage, forge, organisations=())
    assert shown(stage, "acme/none").repository.gone_at is None
    read(stage, forge, organisations=())
    assert shown(stage, "acme/none").repository.gone_at is not None


def test_a_rename_is_seen_in_the_listing_by_the_id(stage: Stage, forge: Forge) -> None:
    """The old name says where it leads; it is not gone."""
    read(stage, forge)
    moved = forge.repositories.pop("acme/r3")
    moved.slug = "acme/renamed"
    forge.repositories["acme/renamed"] = moved
    for _ in range(3):
        read(stage, forge)
    old = shown(stage, "acme/r3").repository
    assert (old.moved_to, old.gone_at) == ("acme/renamed", None)
    assert shown(stage, "acme/renamed").repository.moved_to is None


def test_problems_are_told_and_stop_nobody(stage: Stage, forge: Forge) -> None:
    """A line that is no line, a file that is too large, a tree that is cut."""
    forge.repositories["acme/r1"].files["CODEOWNERS"] = b"!x @y\n* @z\n"
    forge.repositories["acme/r2"].files["CODEOWNERS"] = b"* @z\n" * 700_000
    forge.repositories["acme/r3"].files = {f"f{n}": b"" for n in range(20)}
    forge.cut_at = forge.folder_limit = 15
    assert read(stage, forge).state == "complete"
    problems = [str(each.repository.problem) for each in looks.listed(stage.store)]
    assert problems[0] == "CODEOWNERS line 1: GitHub does not know patterns that begin with !."
    assert problems[1].startswith("CODEOWNERS is too large")
    assert problems[2].startswith("Not all of it was read: GitHub shows only a part")


def test_activity_that_cannot_be_told_is_asked_again(stage: Stage, forge: Forge) -> None:
    """What was known of it stays until then."""
    read(stage, forge)
    one = forge.repositories["acme/r1"]
    one.pushed, one.files["x"] = "2026-03-01T10:00:00Z", b"new"
    forge.broken["/api/graphql"] = (200, {"errors": [{"message": "timeout"}]}, {})
    assert read(stage, forge).state == "complete"
    page = shown(stage, "acme/r1")
    assert "timeout" in str(page.repository.problem)
    assert page.contributions
    forge.broken.clear()
    assert read(stage, forge).read == 1
    assert shown(stage, "acme/r1").repository.problem is None


def test_gitlab_is_read_by_the_same_road(stage: Stage, forge: Forge) -> None:
    """Only the first call of an unchanged project is needed once it is quiet."""
    stage.clock.advance(60)

    async def go() -> RepositoriesReport:
        async with gitlab(forge, Waiting(), groups=("acme",)) as reader:
            return await read_repositories(
                stage.store, reader, clock=stage.clock, activity_days=90, sections=(), gathering=gathering
            )

    assert asyncio.run(go()).read == 3
    again = asyncio.run(go())
    assert (again.unchanged, again.calls) == (3, 1)


def test_who_is_near_a_resource_comes_from_its_repository(stage: Stage, forge: Forge) -> None:
    """By its aliases: a path tells more than the repository alone. Nobody sees more by it."""
    read(stage, forge)
    host = "127.0.0.1"
    teams = {"pay": "acme/pay", "shop": "acme/shop"}
    for name, slug in teams.items():
        made = group(name)
        stage.catalog.put(Entity(ref=made.ref, kind="group", name=name, annotations=(("github.com/team-slug", slug),)))
    ana = Entity(
        ref=EntityRef("user:default/ana"), kind="user", name="ana", annotations=((f"{host}/user-login", "Ana"),)
    )
    stage.catalog.put(ana)
    stage.world.fill(1)
    stage.sync()
    before = stage.rows()
    stage.read_catalog()
    with stage.store.write() as conn:
        resource = conn.execute(select(schema.resource.c.id)).scalars().first()
        rows = [
            (REPOSITORY, f"{host}/acme/r1", resource),
            (REPOSITORY_PATH, f"{host}/acme/r1//services/a/go.mod", resource),
        ]
        stage.store.dialect.insert(conn, schema.resource_alias, rows)
    with stage.store.read() as conn:
        assert resource is not None
        found = neighbours_of(conn, resource, now=stage.clock.now())
        assert [(each.entity, each.near.value) for each in found] == [
            ("group:default/shop", "code owner"), ("user:default/ana", "activity"),
        ]  # fmt: skip
        whole = Neighbourhood(conn, now=stage.clock.now()).of(conn, [(REPOSITORY, f"{host}/acme/r1")])
        assert [each.entity for each in whole] == ["group:default/pay", "user:default/ana"]
        stranger = Neighbourhood(conn, now=stage.clock.now()).of(conn, [(REPOSITORY, f"{host}/acme/other")])
        assert stranger == ()
    assert {row.components for row in stage.rows().values()} == {row.components for row in before.values()}


def test_a_component_tells_of_its_code(stage: Stage, forge: Forge) -> None:
    """Its folder's code owners, who worked there and what lies there, for who owns it; another folder's are not its own."""
    read(stage, forge)
    host = "127.0.0.1"
    place = ("backstage.io/source-location", f"url:https://{host}/acme/r1/tree/main/services/a/")
    part = msgspec.structs.replace(component("part", "shop"), annotations=(place,))
    whole = msgspec.structs.replace(
        component("whole", "shop"), annotations=((place[0], f"url:https://{host}/acme/r1/tree/main/"),)
    )
    shop = Entity(
        ref=EntityRef("group:default/shop"), kind="group", name="shop",
        annotations=(("github.com/team-slug", "acme/shop"),),
    )  # fmt: skip
    stage.catalog.put(part, whole, component("other", "shop"), shop)
    stage.read_catalog()
    page = browse.component(stage.store, LAPTOP, part.ref, now=stage.clock.now())
    assert page.code is not None
    (code,) = page.code
    assert (code.repository, code.folder, code.manifests) == (f"{host}/acme/r1", "services/a", ("services/a/go.mod",))
    assert [(each.entity, each.near.value) for each in code.near] == [(shop.ref, "code owner")]
    (code,) = browse.component(stage.store, LAPTOP, whole.ref, now=stage.clock.now()).code or ()
    assert (code.folder, code.manifest_count) == ("", 2)
    assert browse.component(stage.store, LAPTOP, EntityRef("component:default/other"), now=stage.clock.now()).code == ()


def test_what_repositories_tell_is_kept_beside_the_other_evidence(
    stage: Stage, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From when it is read, whichever comes first, until it is gone; it suggests, and maps nothing."""
    host = "127.0.0.1"
    parse = stage.world.parse

    def placed(part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        seen = parse(part_kind, raw)
        assert isinstance(seen, Observed)
        names = ((REPOSITORY, f"{host}/acme/r1"), (REPOSITORY_PATH, f"{host}/acme/r1//services/a/go.mod"))
        resource = msgspec.structs.replace(seen.resource, aliases=(*seen.resource.aliases, *names))
        return msgspec.structs.replace(seen, resource=resource)

    monkeypatch.setattr(stage.world, "parse", placed)

    def evidence() -> list[tuple[str, int, str, bool]]:
        table, entity = schema.candidate.c, schema.entity.c
        with stage.store.read() as conn:
            rows = conn.execute(
                select(entity.ref, table.tier, table.form, table.won)
                .join_from(schema.candidate, schema.entity, entity.id == table.entity_id)
                .order_by(table.form, entity.ref)
            )
            return [tuple(row) for row in rows]

    stage.world.add("f1", resource="r1")
    stage.catalog.put(
        Entity(
            ref=EntityRef("group:default/shop"), kind="group", name="shop",
            annotations=(("github.com/team-slug", "acme/shop"),),
        )
    )  # fmt: skip
    stage.read_catalog()
    stage.sync()
    assert evidence() == []
    read(stage, forge)
    shop = ("group:default/shop", 7, "code-owner", False)
    assert evidence() == [shop]
    ana = Entity(
        ref=EntityRef("user:default/ana"), kind="user", name="ana", annotations=((f"{host}/user-login", "Ana"),)
    )
    stage.catalog.put(ana)
    stage.read_catalog()
    assert evidence() == [("user:default/ana", 7, "activity", False), shop]
    stage.world.add("f2", resource="r2")
    stage.world.add("f3", resource="r3")
    stage.world.page_size = 1
    stage.sync()
    assert len(evidence()) == 6
    assert [row.components for row in stage.rows().values()] == [(), (), ()]
    read(stage, forge, name="second", organisations=(), from_catalog=False)
    assert evidence() == []


def test_a_section_that_is_gone_leaves_its_repositories_to_another(stage: Stage, forge: Forge) -> None:
    """They count as gone until then; a section that is still there keeps what it has."""
    read(stage, forge)
    report = read(stage, forge, name="second", organisations=(), from_catalog=False)
    assert report.repositories == 0
    assert shown(stage, "acme/r1").repository.gone_at is not None
    assert read(stage, forge, name="second").read == 3
    page = shown(stage, "acme/r1")
    assert (page.repository.reader, page.repository.gone_at, len(page.places)) == ("second", None, 2)


def test_answers_that_are_of_no_use_are_forgotten(stage: Stage, forge: Forge) -> None:
    """Only those of the last complete reading are kept."""
    forge.page_size = 1
    read(stage, forge)
    forge.page_size = 100
    del forge.repositories["acme/r3"]
    read(stage, forge)
    with stage.store.read() as conn:
        addresses = conn.execute(select(schema.kept_answer.c.address)).scalars().all()
    assert len(addresses) == 1


def test_an_unknown_repository_is_not_found(stage: Stage) -> None:
    """With a hint."""
    with pytest.raises(NotFoundError) as caught:
        shown(stage, "acme/nothing")
    assert caught.value.hint
