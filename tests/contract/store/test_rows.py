"""One row is one piece of work: what bundles hold and say, in every holding, after whatever happens."""

from __future__ import annotations

import importlib
import random
from collections import Counter
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from callboard.domain.access import LAPTOP, Viewer, Visibility
from callboard.domain.bundle import action, image_of, key_of, remedy_of
from callboard.domain.ownership.inherited import base_of
from callboard.domain.query import Grouping, parse
from callboard.domain.remedy import Remedy
from callboard.store.intake.recount import differences
from callboard.usecases import ask
from tests.contract.store.test_browse import BLUE, RED, readers
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import observed

LIBRARIES = {"log": ["2.15.0", "2.17.1"], "web": ["5.3.9", "5.3.32", "6.1.13"], "ssl": ["3.0.2", "3.0.11"], "tar": [""]}


def library(draw: random.Random) -> dict[str, str]:
    """What a finding is in: a package of an image's base, of a machine's system or of neither, a setting, or nothing."""
    if draw.random() < 0.3:
        nothing = dict.fromkeys(("package", "version", "fixed_version", "image", "base", "system"), "")
        rule = draw.choice(["rule-1", "rule-2", "rule-3"])
        return {**nothing, "rule": rule, "settings": draw.choice(["", "BUCKET", "BUCKET", "DB_SERVER"])}
    package = draw.choice(sorted(LIBRARIES))
    fixed = draw.choice(LIBRARIES[package])
    installed = f"{draw.choice(['5', '6'])}.0.1" if package == "web" else ""
    image = f"registry.example/{draw.choice('abcdef')}" if package in ("ssl", "tar") else ""
    # A container does not tell what its image was built on, and two images of one name may not agree.
    base = f"registry.example/{'one' if image[-1] in 'abc' else 'two'}" if image and draw.random() < 0.2 else ""
    base = "registry.example/odd" if base and draw.random() < 0.1 else base
    system = draw.choice(["", "Linux", "Linux", "Windows"])
    return {
        "package": package, "version": installed, "fixed_version": fixed, "image": image, "base": base, "system": system,
        "settings": "",
    }  # fmt: skip


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with three components that use the same few packages."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(
        component("shop", "red", projects=["p1"]), component("cart", "red", projects=["p2"]),
        component("bank", "blue", projects=["p3"]),
    )  # fmt: skip
    draw = random.Random(3)  # noqa: S311 - repeats
    for number in range(60):
        kind: dict[str, Any] = {**library(draw), "kind": "vulnerability", "projects": draw.choice(PROJECTS)}
        stage.world.fill(1, start=number, **kind)
    stage.sync()
    stage.read_catalog()
    return stage


def built_on(company: Stage) -> dict[str, str | None]:
    """The base of each image, by everything that the world says of it."""
    told: dict[str, set[str]] = {}
    for record in company.world.records.values():
        told.setdefault(record.image, set()).update({record.base} - {""})
    return {image: base_of(found) for image, found in told.items()}


PROJECTS = [("p1",), ("p2",), ("p3",), ("p1", "p2"), ()]


def check(company: Stage, query: str, visibility: Visibility) -> None:
    """Each row's number is its list, all of it is closed by one action, and the sentence names the smallest that does."""
    viewer, now = Viewer("test", visibility, None), company.clock.now()
    page = ask.list_bundles(company.store, viewer, parse(query).grouped_by(Grouping.FIX), now=now, limit=100)
    assert page.total == len(page.rows)
    assert sum(row.findings for row in page.rows) == len(company.rows(query, visibility))
    bases = built_on(company)
    for row in page.rows:
        here = company.rows(row.query, visibility)
        assert row.findings == len(here), row.query
        told = [observed(company.world.records[id_]) for id_ in here]
        (key,) = {key_of(each, bases.get(image_of(each) or "")) for each in told}
        assert {each.bundle for each in here.values()} == {key}
        asked: Counter[Remedy] = Counter(remedy for each in told if (remedy := remedy_of(each)) is not None)
        assert row.fix == action(key).words(asked)


VIEWS = [("is:open -is:flapping", LAPTOP), ("is:open -is:flapping", readers(RED)), ("is:open", readers(BLUE)),
         ("is:open -is:flapping component:shop", LAPTOP), ("severity:high,low", LAPTOP)]  # fmt: skip


def test_rows_say_what_closes_just_their_findings(company: Stage) -> None:
    """For everybody, a team and a component, after random changes of package, version, image, state and project."""
    draw = random.Random(8)  # noqa: S311 - repeats
    for _ in range(4):
        for id_ in draw.sample(sorted(company.world.records), 12):
            change: dict[str, Any] = draw.choice([
                library(draw), {"severity": draw.choice(["high", "low"])}, {"state": "open", "fixed": None},
                {"state": "fixed", "fixed": company.clock.now()},
                {"projects": draw.choice(PROJECTS)},
            ])  # fmt: skip
            company.world.change(id_, **change)
        company.sync()
        for query, visibility in VIEWS:
            check(company, query, visibility)


def test_a_new_advisory_changes_the_version_and_not_the_row(company: Stage) -> None:
    """Its findings stay in their bundle, and the link that somebody saved stays good."""
    query = "is:open -is:flapping bundle:package:log"
    before = company.rows(query)
    company.world.fill(1, start=900, kind="vulnerability", package="log", fixed_version="2.99", projects=("p1",))
    company.world.fill(1, start=901, kind="vulnerability", package="log", fixed_version="2.17.1", projects=("p3",))
    company.sync()
    now, viewer = company.clock.now(), Viewer("test", LAPTOP, None)
    (row,) = ask.list_bundles(company.store, viewer, parse(query), now=now, limit=5).rows
    assert (row.findings, row.fix) == (len(before) + 2, "Upgrade log to 2.99")
    (apart,) = ask.list_bundles(company.store, viewer, parse(f"{query} component:bank"), now=now, limit=5).rows
    assert apart.fix == "Upgrade log to 2.17.1"


def test_packages_are_found_whatever_their_row_is(company: Stage) -> None:
    """A package of a base image too, by name and by text; and it has a fix."""
    of_base = {id_: row for id_, row in company.rows("package:ssl").items() if not row.bundle.startswith("package:")}
    of_machines = {id_ for id_, row in company.rows("package:web").items() if row.bundle.startswith("system:")}
    assert of_base
    assert of_machines
    assert of_machines <= set(company.rows("has:fix"))
    assert set(of_base) <= set(company.rows("ssl"))
    assert set(of_base) <= set(company.rows("has:fix"))
    assert not set(company.rows("package:tar")) & set(company.rows("has:fix"))


@pytest.mark.fault("F26")
def test_the_steps_to_these_rows_and_back(company: Stage) -> None:
    """Counters are right after each, and what a package asks for is known again after going there and back."""
    versions = "callboard.store.migrations.versions"
    older = [importlib.import_module(f"{versions}.{name}") for name in ("0008_together", "0007_rows")]
    before = company.rows()
    kinds = {row.bundle.partition(":")[0] for row in before.values()}
    assert kinds >= {"package", "nofix", "nofix-system", "base", "image", "system", "settings", "rule"}
    with company.store.write() as conn, Operations.context(MigrationContext.configure(conn)):
        for step in older:
            step.downgrade()
        for step in reversed(older):
            step.upgrade()
        assert differences(conn) == {}
    after = company.rows()
    for id_, row in before.items():
        match row.bundle.partition(":")[0]:
            case "base" | "image" | "system":
                assert row.fix is not None
                assert after[id_].bundle == f"package:{company.world.records[id_].package}"
            case "nofix-system":
                assert after[id_].bundle == f"nofix:{company.world.records[id_].package}"
            case "settings":
                assert after[id_].bundle == f"rule:{row.rule_id}"
            case _:
                assert (after[id_].bundle, after[id_].fix) == (row.bundle, row.fix)
    company.world.parser_version += 1
    company.sync()
    assert {id_: row.bundle for id_, row in company.rows().items()} == {id_: row.bundle for id_, row in before.items()}
