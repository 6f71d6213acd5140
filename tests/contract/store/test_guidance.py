"""What to change to mend a finding, on both databases: where the component uses the package, and its owners' runbook."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Observed, Rejected, Severity
from callboard.domain.guidance import Change
from callboard.domain.packages.manifest_series import Arrival
from callboard.domain.packages.package_match import Matched
from callboard.manifests import read_manifest
from callboard.usecases.package_source import match_packages
from callboard.usecases.packages import manifests
from tests.contract.store.test_package_matches import Known
from tests.support.bills import bill, reading
from tests.support.catalogs import component, group
from tests.support.stages import Stage
from tests.support.worlds import World

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
FINDING = "component:default/{}|npm|qs|GHSA-qs"
QS = Matched(
    advisory="GHSA-qs", aliases=(), group=("GHSA-qs",), summary="Prototype pollution", severity=Severity.HIGH, score=7.5,
    malicious=False, because="6.5.2 lies in: before 6.5.3", fixed="6.5.3", safe="6.5.3", exploited=None, likelihood=None,
    reference=None,
)  # fmt: skip
LOCK = json.dumps({
    "name": "cart", "lockfileVersion": 3,
    "packages": {
        "": {"name": "cart", "dependencies": {"express": "^4.0.0"}},
        "node_modules/express": {"version": "4.0.0", "dependencies": {"qs": "^6.5.0"}},
        "node_modules/qs": {"version": "6.5.2"},
    },
}).encode()  # fmt: skip


def annotated(entity: Entity, runbook: str) -> Entity:
    """With the address of a runbook."""
    told = tuple(sorted((*entity.annotations, ("callboard.dev/runbook", runbook))))
    return msgspec.structs.replace(entity, annotations=told)


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Cart has a lockfile and a team with a runbook; bank a bill that tells no package manager, and a runbook of its own."""
    stage.catalog.put(
        annotated(group("red", members=["ana"]), "https://wiki.example/red"), group("blue", members=["bo"]),
        component("cart", "red"), annotated(component("bank", "blue"), "https://wiki.example/bank"),
    )  # fmt: skip
    stage.read_catalog()
    lock = read_manifest("services/cart/package-lock.json", LOCK)
    now = stage.clock.advance(3_600)
    arrival = Arrival(lock=lock, at=now, digest="1")
    manifests.deliver(stage.store, AT_THE_LAPTOP, CART, "sbom", lambda: arrival, clock=stage.clock)
    raw = bill("express@4.0.0 -> qs@6.5.2", at=now)
    manifests.deliver(stage.store, AT_THE_LAPTOP, BANK, "sbom", reading(raw, now), clock=stage.clock)
    judge = Known()
    judge.matches = {"pkg:npm/qs@6.5.2": (QS,)}
    stage.clock.advance(60)
    asyncio.run(match_packages(stage.store, judge, clock=stage.clock))
    return stage


def change(stage: Stage, name: str) -> Change:
    """What to do about the finding of a component."""
    (found,) = stage.page(FINDING.format(name)).changes
    return found


def test_the_command_is_that_of_the_manifest(company: Stage) -> None:
    """What brings it is named, and the lines that pin it; a bill of npm packages tells no manager, and so no command."""
    found = change(company, "cart")
    assert [each.text for each in found.commands] == ["npm update qs"]
    assert "express brings it" in found.say
    assert "bump express, which" in found.otherwise
    assert json.loads(found.patch) == {"overrides": {"qs": "6.5.3"}}
    other = change(company, "bank")
    assert (other.commands, other.patch) == ((), "")
    assert "Go from 6.5.2 to 6.5.3" in other.say


def test_the_runbook_is_the_nearest(company: Stage) -> None:
    """The component's own, else that of its owner; one that is no https address is none."""
    assert [(each.of, each.url) for each in company.page(FINDING.format("bank")).runbooks] == [
        (BANK, "https://wiki.example/bank")
    ]
    assert [(each.component, each.of) for each in company.page(FINDING.format("cart")).runbooks] == [
        (CART, "group:default/red")
    ]
    for address in (
        "javascript:alert(1)",
        "http://wiki.example/red",
        "https://a@wiki.example/",
        "https://x y/",
        "https://",
    ):
        company.catalog.put(annotated(group("red", members=["ana"]), address))
        company.read_catalog()
        assert company.page(FINDING.format("cart")).runbooks == ()


class Located(World):
    """A source that tells where in a repository it found a package."""

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record, whose note is the place."""
        found = super().parse(part_kind, raw)
        if isinstance(found, Rejected):
            return found
        fixed = str(found.fix).rpartition(":")[2]
        detail = msgspec.structs.replace(found.detail, location=found.detail.description, fixed_version=fixed)
        return msgspec.structs.replace(found, detail=detail)


def test_a_source_that_names_a_lockfile_is_enough(stage: Stage) -> None:
    """Whether it is asked for is not known, so that nothing is installed anew; what is closed needs nothing."""
    stage.world = Located(stage.clock)
    told = {"kind": "vulnerability", "package": "lodash", "version": "4.17.20", "fixed_version": "4.17.21"}
    stage.world.add("w1", note="/services/cart/package-lock.json:12", **told)
    stage.world.add("w2", note="/usr/lib/node_modules/lodash/package.json", **told)
    stage.world.add("w3", note="/services/cart/package-lock.json", state="fixed", fixed=stage.clock.now(), **told)
    stage.world.add("w4", note="/a/package-lock.json", **(told | {"package": "$(reboot)"}))
    stage.sync()
    (found,) = stage.page("w1").changes
    assert (found.where, found.folder) == ("services/cart/package-lock.json", "services/cart")
    assert [each.text for each in found.commands] == ["npm update lodash"]
    assert stage.page("w2").changes == stage.page("w3").changes == ()
    (hostile,) = stage.page("w4").changes
    assert (hostile.commands, hostile.patch, hostile.otherwise) == ((), "", "")
