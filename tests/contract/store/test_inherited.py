"""Findings of a base image belong to its owner, and who runs the image keeps seeing them. On both databases."""

from __future__ import annotations

import importlib
import itertools
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Readers, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.coverage import Cut
from callboard.domain.ownership.inherited import Bar
from callboard.errors import NotFoundError
from callboard.store import contested, schema
from callboard.store.counting import Ledger
from callboard.store.intake.recount import differences
from callboard.store.migrations.run import build_missing
from callboard.store.ownership import moving
from callboard.store.ownership.holdings import Holdings
from callboard.usecases import browse
from callboard.usecases.ownership import plan_mapping, queue_unmapped, report_ownership, speak_for
from callboard.web.to_wire.work import inherited_query
from tests.support.catalogs import component, group
from tests.support.dumps import dump
from tests.support.stages import Stage

SHOP, BANK = EntityRef("component:default/shop"), EntityRef("component:default/bank")
IMAGES = EntityRef("component:default/images")
RED, BLUE, GREEN = (EntityRef(f"group:default/{name}") for name in ("red", "blue", "green"))
BASE, CART, TILL = "registry.example/base", "registry.example/cart", "registry.example/till"


def put(stage: Stage, id_: str, resource: str, image: str, **fields: Any) -> None:
    """A vulnerability in a package of an image."""
    known = {"kind": "vulnerability", "package": "ssl", "fixed_version": "3.0.2", "resource": resource, "image": image}
    stage.world.add(id_, **(known | fields))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """A shop and a bank with an image each, built on what the team of the images builds, and two containers that run them."""
    stage.catalog.put(group("red"), group("blue"), group("green"))
    stage.catalog.put(
        component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]),
        component("images", "green", projects=["p3"]),
    )  # fmt: skip
    image: dict[str, Any] = {"resource_type": "CONTAINER_IMAGE"}
    put(stage, "base", "base-image", BASE, layer="own", projects=("p3",), **image)
    put(stage, "cart", "cart-image", CART, base=BASE, projects=("p1",), **image)
    put(stage, "cart-own", "cart-image", CART, base=BASE, projects=("p1",), layer="own", **image)
    put(stage, "cart-pod", "cart-pod", CART, projects=("p1",), fixed_version="")
    put(stage, "cart-pod-own", "cart-pod", CART, projects=("p1",), layer="own")
    put(stage, "till", "till-image", TILL, base=BASE, projects=("p2",), **image)
    put(stage, "vm", "vm", "", projects=("p2",))
    stage.sync()
    stage.read_catalog()
    return stage


INHERITED = {"cart", "cart-pod", "till"}


def trust(stage: Stage, ref: EntityRef = IMAGES) -> None:
    """Somebody who may map says whose the base image is."""
    stage.clock.advance(60)
    speak_for.confirm(stage.store, AT_THE_LAPTOP, "base-image", ref, clock=stage.clock)
    stage.check()


def routed(stage: Stage, ref: EntityRef) -> set[str]:
    """The findings that a component has to fix."""
    return {id_ for id_, row in stage.rows().items() if row.components == (ref,)}


def sees(stage: Stage, owner: EntityRef, depth: Depth = Depth.WORK) -> set[str]:
    """The findings in a team's sight."""
    return set(stage.rows(visibility=Readers(frozenset({owner}), depth)))


def test_what_came_with_the_base_goes_to_its_owner_and_stays_in_sight(company: Stage) -> None:
    """Once it is certain who builds it: with a fix and without one, on images and on what runs them; each finding once."""
    before = sees(company, RED), sees(company, BLUE)
    assert routed(company, IMAGES) == {"base"}
    trust(company)
    assert routed(company, IMAGES) == {"base", *INHERITED}
    assert routed(company, SHOP) == {"cart-own", "cart-pod-own"}
    assert (sees(company, RED), sees(company, BLUE)) == before
    assert sees(company, GREEN) == {"base", *INHERITED}
    assert len(company.rows()) == 7


def test_who_builds_a_base_sees_nothing_sensitive_of_what_others_run(company: Stage) -> None:
    """Trusted for the base image alone."""
    trust(company)
    assert sees(company, GREEN, Depth.SENSITIVE) == {"base"}
    assert sees(company, RED, Depth.SENSITIVE) == set()


def test_a_claim_that_anybody_can_write_moves_nothing(company: Stage) -> None:
    """A component that names the base image in its own catalog file gets the findings of that image, and no others."""
    before = sees(company, BLUE)
    company.catalog.put(component("bank", "blue", projects=["p2"], assets=["base-image"]))
    company.read_catalog(accept=True)
    assert routed(company, BANK) == {"base", "till", "vm"}
    assert sees(company, BLUE) == {*before, "base"}
    page = company.page("cart")
    assert page.base is not None
    assert (page.base.base, page.base.is_inherited, page.base.bar) == (BASE, False, Bar.UNTRUSTED)


def test_two_who_claim_the_base_get_nothing_of_others(company: Stage) -> None:
    """Two images of the base's name that were given to different teams agree on nobody."""
    trust(company)
    put(company, "base-2", "base-image-2", BASE, layer="own", projects=("p2",), resource_type="CONTAINER_IMAGE")
    company.sync()
    assert company.rows("is:inherited") == {}
    assert routed(company, SHOP) == {"cart", "cart-own", "cart-pod", "cart-pod-own"}
    page = company.page("cart")
    assert page.base is not None
    assert page.base.bar is Bar.CONTESTED
    company.clock.advance(60)
    speak_for.confirm(company.store, AT_THE_LAPTOP, "base-image-2", IMAGES, clock=company.clock)
    company.check()
    assert set(company.rows("is:inherited")) == INHERITED


def test_a_word_that_is_taken_back_gives_everything_back(company: Stage) -> None:
    """As if it had never been said."""
    before = {id_: row.components for id_, row in company.rows().items()}
    company.clock.advance(60)
    said = speak_for.confirm(company.store, AT_THE_LAPTOP, "base-image", IMAGES, clock=company.clock)
    assert said.moved_findings == 1 + len(INHERITED)
    company.clock.advance(60)
    speak_for.undo(company.store, AT_THE_LAPTOP, said.id, clock=company.clock)
    company.check()
    assert {id_: row.components for id_, row in company.rows().items()} == before


def test_queries_find_what_is_inherited(company: Stage) -> None:
    """`is:inherited` for both sides; `runs:` by the component that runs it, told to nobody who may not know of that."""
    trust(company)
    green, red = Readers(frozenset({GREEN}), Depth.WORK), Readers(frozenset({RED}), Depth.WORK)
    assert set(company.rows("is:inherited")) == INHERITED
    assert set(company.rows("is:inherited", green)) == INHERITED
    assert set(company.rows("is:inherited", red)) == {"cart", "cart-pod"}
    assert set(company.rows("runs:shop")) == {"cart", "cart-own", "cart-pod", "cart-pod-own"}
    assert set(company.rows("is:inherited runs:shop", red)) == {"cart", "cart-pod"}
    assert set(company.rows("-is:inherited runs:shop", red)) == {"cart-own", "cart-pod-own"}
    assert company.rows("runs:shop", green) == {}
    assert set(company.rows("component:images", red)) == {"cart", "cart-pod"}
    assert set(company.rows("tier:1")) == {"base", *INHERITED}
    assert set(company.rows("tier:2")) == set(company.rows()) - {"base", *INHERITED}


def test_the_page_says_whose_it_is_and_why(company: Stage) -> None:
    """Both sides are told as much as they may know."""
    trust(company)
    page = company.page("cart-pod")
    assert page.row.components == (IMAGES,)
    assert page.base is not None
    assert (page.base.image, page.base.base, page.base.is_inherited) == (CART, BASE, True)
    assert (page.base.builders, page.base.runners) == ((IMAGES,), (SHOP,))
    assert company.page("cart-own").base is None


def test_the_component_that_runs_it_has_it_beside_its_own(company: Stage) -> None:
    """With whose it is, from which base, and a list of exactly these; who builds the base sees what is on others."""
    trust(company)
    red = Readers(frozenset({RED}), Depth.WORK)
    now = company.clock.now()
    shop = browse.component(company.store, red, SHOP, now=now)
    (each,) = shop.inherited
    assert (each.builder, each.owner, each.bases, each.open, each.critical_high) == (IMAGES, GREEN, (BASE,), 2, 2)
    assert shop.row.open.total == 2
    assert set(company.rows(inherited_query(shop, each).canonical, red)) == {"cart", "cart-pod"}
    images = browse.component(company.store, Readers(frozenset({GREEN}), Depth.WORK), IMAGES, now=now)
    assert (images.row.open.total, images.on_others, images.inherited) == (4, 3, ())
    assert browse.component(company.store, LAPTOP, BANK, now=now).row.open.total == 1


def test_coverage_counts_it_by_the_evidence_for_the_base(company: Stage) -> None:
    """Each number of the report is the list behind it, and no resource is counted twice."""
    put(company, "stray", "stray-pod", CART)
    company.sync()
    trust(company)
    report = report_ownership.report(company.store, AT_THE_LAPTOP, clock=company.clock)
    found = report.whole.findings
    assert found.all == len(company.rows("is:open"))
    assert found.by_tier == tuple(len(company.rows(f"is:open tier:{tier}")) for tier in range(1, 7))
    assert found.unmapped == len(company.rows("is:open is:unmapped")) == 0
    assert (report.whole.resources.all, report.whole.resources.unmapped) == (6, 1)
    by = report_ownership.report(company.store, AT_THE_LAPTOP, clock=company.clock, by=Cut.SEVERITY)
    assert sum(row.findings.all for row in by.rows) == found.all
    queue = queue_unmapped.queue_unmapped(company.store, AT_THE_LAPTOP, now=company.clock.now())
    assert (queue.resources, queue.findings) == (1, 0)


def told_on(stage: Stage, day: Instant) -> tuple[Any, Any]:
    """What the report of a moment says of findings and of resources, without what nobody can tell of a past one."""
    whole = report_ownership.report(stage.store, AT_THE_LAPTOP, clock=stage.clock, on=day).whole
    unknown = {"suggested": None, "disputed": None, "dropped": None}
    return tuple(msgspec.structs.replace(each, **unknown) for each in (whole.findings, whole.resources))


def test_a_past_day_is_told_by_what_was_inherited_then(company: Stage) -> None:
    """Whatever was said of base images since, and in whatever layer findings are found now."""
    moments: dict[Instant, Any] = {}

    def keep() -> None:
        now = company.clock.now()
        moments[now] = told_on(company, now)

    keep()
    trust(company)
    keep()
    company.clock.advance(60)
    speak_for.not_ours(company.store, AT_THE_LAPTOP, "base-image", IMAGES, clock=company.clock)
    keep()
    trust(company, BANK)
    for id_ in ("cart", "cart-own"):
        company.world.change(id_, layer="own")
    company.sync()
    keep()
    company.world.change("cart", layer="base")
    company.world.resolve("till")
    company.sync()
    keep()
    assert len({repr(each) for each in moments.values()}) == 5
    assert {at: told_on(company, at) for at in moments} == moments


def test_the_chip_names_the_evidence_for_the_base(company: Stage) -> None:
    """The tier that a list shows is that of what decided."""
    trust(company)
    ids = {id_: row.id for id_, row in company.rows().items()}
    with company.store.read() as conn:
        found = contested.tiers(conn, company.store.dialect, LAPTOP, set(ids.values()))
    assert {id_: found[number] for id_, number in ids.items()} == {
        id_: 1 if id_ in {"base", *INHERITED} else 2 for id_ in ids
    }


DEBIAN = "docker.io/library/debian"


def test_a_base_image_that_no_source_lists_can_be_somebodys(company: Stage) -> None:
    """It waits for an owner like anything else; a rule or a person says whose it is, and its owner may give it back."""
    for id_ in ("cart", "cart-own"):
        company.world.change(id_, base=DEBIAN)
    company.sync()
    page = company.page("cart")
    assert page.base is not None
    assert (page.base.base, page.base.bar) == (DEBIAN, Bar.UNMAPPED)
    company.clock.advance(60)
    speak_for.confirm(company.store, AT_THE_LAPTOP, DEBIAN, IMAGES, clock=company.clock)
    company.check()
    assert set(company.rows("is:inherited component:images")) == {"cart", "cart-pod"}
    green, red = Readers(frozenset({GREEN}), Depth.WORK), Readers(frozenset({RED}), Depth.WORK)
    told = speak_for.explain(company.store, Viewer("ann", green, (GREEN,)), DEBIAN)
    assert (told.components, told.open_findings) == ((IMAGES,), 0)
    with pytest.raises(NotFoundError):
        speak_for.explain(company.store, Viewer("bob", red, (RED,)), DEBIAN)
    ours = Viewer("ann", green, (GREEN,), "user:default/ann", frozenset({Right.DECIDE}))
    company.clock.advance(60)
    speak_for.not_ours(company.store, ours, DEBIAN, IMAGES, clock=company.clock)
    company.check()
    assert company.rows("is:inherited") == {}
    before = dump(company.store)
    company.sync()
    assert {id_: row for id_, row in dump(company.store).items() if id_ in ("resource", "finding", "candidate")} == {
        id_: row for id_, row in before.items() if id_ in ("resource", "finding", "candidate")
    }


OF_THE_BASE: dict[str, Any] = {
    "name": "main",
    "rules": [{"name": "base", "match": {"resource": ["base-image"]}, "owners": [IMAGES], "reason": "They build it."}],
}


def test_a_plan_tells_what_a_base_image_takes_along(company: Stage) -> None:
    """Just what applying it moves, and who would see how much more; nothing is written before."""
    before = {id_: row.components for id_, row in company.rows().items()}
    draft = mapping_text.read(OF_THE_BASE, origin=None)
    found = plan_mapping.plan_mapping(company.store, AT_THE_LAPTOP, draft, clock=company.clock)
    assert (found.moved_findings, found.inherited_findings, found.moved_resources) == (3, 3, 3)
    assert {(each.before, each.after): (each.findings, each.resources) for each in found.shifts} == {
        ((SHOP,), (IMAGES,)): (2, 2), ((BANK,), (IMAGES,)): (1, 1), ((IMAGES,), (IMAGES,)): (1, 1),
    }  # fmt: skip
    assert {each.owner: (each.gained, each.lost, each.gained_sensitive) for each in found.access} == {GREEN: (3, 0, 1)}
    assert {each.after: {one.evidence for one in each.examples} for each in found.shifts if each.before == (SHOP,)} == {
        (IMAGES,): {f"base image: {BASE}"}
    }
    assert {id_: row.components for id_, row in company.rows().items()} == before
    company.clock.advance(60)
    plan_mapping.apply_mapping(company.store, AT_THE_LAPTOP, draft, reason="test", clock=company.clock, agreed=True)
    company.check()
    assert {id_ for id_, row in company.rows().items() if row.components != before[id_]} == INHERITED


def test_a_plan_that_takes_the_base_back_says_so(company: Stage) -> None:
    """A base image that would be another's takes them along from the one who has them."""
    trust(company)
    to_bank = {**OF_THE_BASE, "rules": [{**OF_THE_BASE["rules"][0], "owners": [BANK]}]}
    company.clock.advance(60)
    explained = speak_for.explain(company.store, AT_THE_LAPTOP, "base-image")
    speak_for.undo(company.store, AT_THE_LAPTOP, explained.spoken[0].id, clock=company.clock)
    draft = mapping_text.read(to_bank, origin=None)
    found = plan_mapping.plan_mapping(company.store, AT_THE_LAPTOP, draft, clock=company.clock)
    assert {(each.before, each.after): each.findings for each in found.shifts} == {
        ((IMAGES,), (BANK,)): 1, ((SHOP,), (BANK,)): 2,
    }  # fmt: skip


def test_an_explanation_tells_what_a_resource_was_built_on(company: Stage) -> None:
    """And whose that is, or why it stays."""
    before = speak_for.explain(company.store, AT_THE_LAPTOP, "cart-pod").base
    assert before is not None
    assert (before.base, before.bar) == (BASE, Bar.UNTRUSTED)
    trust(company)
    after = speak_for.explain(company.store, AT_THE_LAPTOP, "cart-pod").base
    assert after is not None
    assert (after.is_inherited, after.builders, after.runners) == (True, (IMAGES,), (SHOP,))
    assert speak_for.explain(company.store, AT_THE_LAPTOP, "vm").base is None


def test_it_follows_the_catalog_and_the_labels(company: Stage) -> None:
    """A base image that goes to somebody else takes them along; an image on another base leaves; a new image joins."""
    trust(company)
    trust(company, BANK)
    company.clock.advance(60)
    assert set(company.rows("component:bank is:inherited")) == {"cart", "cart-pod"}
    for id_ in ("cart", "cart-own"):
        company.world.change(id_, base="registry.example/other")
    company.sync()
    assert routed(company, SHOP) == {"cart", "cart-own", "cart-pod", "cart-pod-own"}
    put(
        company,
        "late",
        "late-image",
        "registry.example/late",
        base=BASE,
        projects=("p1",),
        resource_type="CONTAINER_IMAGE",
    )
    company.sync()
    assert set(company.rows("is:inherited")) == {"late"}
    company.catalog.drop("bank")
    company.read_catalog(accept=True)
    assert company.rows("is:inherited") == {}


def test_a_base_image_with_another_name_lets_go(company: Stage) -> None:
    """Who runs what was built on it has it again, and who is told as its base later gets it."""
    trust(company)
    company.world.change("base", image="registry.example/renamed")
    company.sync()
    assert company.rows("is:inherited") == {}
    for id_ in ("cart", "cart-own"):
        company.world.change(id_, base="registry.example/renamed")
    company.sync()
    assert set(company.rows("is:inherited")) == {"cart", "cart-pod"}


def spells(stage: Stage) -> list[Any]:
    """What is inherited, with since when and until when, each resource's in order."""
    s = schema.inherited_spell.c
    query = select(s.resource_id, s.from_at, s.to_at, s.holding_id, s.base_id).order_by(s.resource_id, s.from_at)
    with stage.store.read() as conn:
        return [tuple(row) for row in conn.execute(query)]


def standing(stage: Stage) -> list[Any]:
    """What is inherited now, by the resources themselves."""
    r = schema.resource.c
    query = select(r.id, r.inherited_id, r.base_id).where(r.inherited_id != r.holding_id).order_by(r.id)
    with stage.store.read() as conn:
        return [tuple(row) for row in conn.execute(query)]


def anew(stage: Stage) -> dict[int, int]:
    """What `inherited_id` of every resource should be, decided from nothing; those that differ."""
    with stage.store.write() as conn:
        holdings = Holdings(conn, stage.store)
        ids = list(conn.execute(select(schema.resource.c.id)).scalars())
        found = moving.settle(conn, stage.store.dialect, holdings, ids, Ledger(), now=stage.clock.now())
        return dict(found.inherited)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_it_is_as_if_decided_at_once(company: Stage, seed: int) -> None:
    """Counters equal their rows after each step, and order decides nothing."""
    draw = random.Random(seed)  # noqa: S311 - repeats
    for step in _steps(company, draw):
        step()
        assert anew(company) == {}
        told = spells(company)
        assert [(id_, holding_id, base_id) for id_, _, to_at, holding_id, base_id in told if to_at is None] == standing(
            company
        )
        for (one, *_, ended, _, _), (other, began, *_) in itertools.pairwise(told):
            assert one != other or (ended is not None and ended <= began)
    assert differences_of(company) == {}


def differences_of(stage: Stage) -> dict[str, Any]:
    """Counters that are wrong."""
    with stage.store.read() as conn:
        return differences(conn)


def _steps(stage: Stage, draw: random.Random) -> Iterator[Any]:
    names = [BASE, CART, TILL, "registry.example/other"]
    for number in range(12):
        match draw.randrange(5):
            case 0:
                yield lambda: trust(stage, draw.choice([IMAGES, BANK, SHOP]))
            case 1:
                id_ = draw.choice(sorted(stage.world.records))
                stage.world.change(id_, base=draw.choice(["", *names]), image=draw.choice(names))
                yield stage.sync
            case 2:
                id_ = draw.choice(sorted(stage.world.records))
                stage.world.change(id_, layer=draw.choice(["base", "own"]), projects=(draw.choice(["p1", "p2", "p3"]),))
                yield stage.sync
            case 3:
                put(
                    stage, f"more-{number}", f"more-{number}", draw.choice(names), base=draw.choice(["", *names]),
                    projects=(draw.choice(["p1", "p2", "p3"]),), resource_type=draw.choice(["CONTAINER_IMAGE", "POD"]),
                    layer=draw.choice(["base", "own"]),
                )  # fmt: skip
                yield stage.sync
            case _:
                ids = draw.sample(["base-image", "cart-pod"], draw.randrange(3))
                stage.catalog.put(component("shop", "red", projects=["p1"], assets=ids))
                yield lambda: stage.read_catalog(accept=True)


@pytest.mark.fault("F26")
def test_the_step_to_this_schema_and_back(company: Stage) -> None:
    """Going back gives every finding to whoever runs it; going there again and one run give them to the base's owner."""
    step = importlib.import_module("callboard.store.migrations.versions.0009_inherited")
    trust(company)
    with company.store.write() as conn, Operations.context(MigrationContext.configure(conn)):
        step.downgrade()
        step.upgrade()
        assert differences(conn) == {}
    assert company.rows("is:inherited", LAPTOP) == {}
    assert routed(company, IMAGES) == {"base"}
    company.world.parser_version += 1
    company.sync()
    assert set(company.rows("is:inherited")) == INHERITED


def test_the_step_to_images_that_findings_name(company: Stage) -> None:
    """One run after it each finding names its image again, so that it follows what that was built on."""
    step = importlib.import_module("callboard.store.migrations.versions.0028_images")
    company.world.add("word", resource="cart-pod", projects=("p1",))
    company.sync()
    before = dump(company.store)
    with company.store.write() as conn, Operations.context(MigrationContext.configure(conn)):
        step.downgrade()
        step.upgrade()
    assert build_missing(company.store) == ("ix_finding_image",)
    company.world.parser_version += 1
    company.sync()
    assert dump(company.store)["finding"] == before["finding"]
    for id_ in ("cart", "cart-own"):
        company.world.change(id_, base="registry.example/other")
    company.sync()
    assert company.page("cart-pod-own").row.bundle == company.page("cart-own").row.bundle


def test_the_step_to_dated_inheritance(company: Stage) -> None:
    """What is inherited when the step is taken is known since the base image was said to be somebody's; before, nothing is."""
    step = importlib.import_module("callboard.store.migrations.versions.0013_inherited_spells")
    trust(company)
    before = spells(company)
    assert len(before) == len(INHERITED)
    with company.store.write() as conn, Operations.context(MigrationContext.configure(conn)):
        step.downgrade()
        step.upgrade()
    assert spells(company) == before
