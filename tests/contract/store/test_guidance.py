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
    assert json.loads(found.patch) == {"overrides": {"qs@6.5.2": "6.5.3"}}
    other = change(company, "bank")
    assert (other.commands, other.patch) == ((), "")
    assert "Go from 6.5.2 to 6.5.3" in other.say


def test_each_line_of_versions_has_its_own_way(company: Stage) -> None:
    """Of one package in several versions each goes to its own fixed one, and one that the advisory does not speak of stays."""
    lock = json.dumps({
        "name": "cart", "lockfileVersion": 3,
        "packages": {
            "": {"name": "cart", "dependencies": {"a": "1", "b": "1", "qs": "^6.5.0"}},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"qs": "^5.0.0"}},
            "node_modules/b": {"version": "1.0.0", "dependencies": {"qs": "^6.9.0"}},
            "node_modules/qs": {"version": "6.5.2"},
            "node_modules/a/node_modules/qs": {"version": "5.0.0"},
            "node_modules/b/node_modules/qs": {"version": "6.9.7"},
        },
    }).encode()  # fmt: skip
    now = company.clock.advance(3_600)
    arrival = Arrival(lock=read_manifest("services/cart/package-lock.json", lock), at=now, digest="2")
    manifests.deliver(company.store, AT_THE_LAPTOP, CART, "sbom", lambda: arrival, clock=company.clock)
    judge = Known()
    older = msgspec.structs.replace(QS, because="5.0.0 lies in: before 5.0.1", fixed="5.0.1", safe="5.0.1")
    judge.matches = {"pkg:npm/qs@6.5.2": (QS,), "pkg:npm/qs@5.0.0": (older,)}
    judge.version += 1
    asyncio.run(match_packages(company.store, judge, clock=company.clock))
    found = company.page(FINDING.format("cart")).changes
    assert [[each.text for each in change.commands] for change in found] == [
        ["npm update qs"],
        ["npm install qs@6.5.3"],
    ]
    assert [change.say for change in found] == ["Go from 5.0.0 to 5.0.1; a brings it.", "Go from 6.5.2 to 6.5.3."]


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


def test_a_manifest_that_was_read_says_more_than_a_source(company: Stage) -> None:
    """A source names a yarn.lock of ours: which Yarn, and what brings the package, is known from the file; without it both are told."""
    lock = (
        b'__metadata:\n  version: 8\n\n"cart@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "cart@workspace:."\n'
        b'  dependencies:\n    express: "npm:^4.0.0"\n  languageName: unknown\n  linkType: soft\n\n'
        b'"express@npm:^4.0.0":\n  version: 4.0.0\n  resolution: "express@npm:4.0.0"\n  dependencies:\n    qs: "npm:^6.5.0"\n'
        b"  languageName: node\n  linkType: hard\n\n"
        b'"qs@npm:^6.5.0":\n  version: 6.5.2\n  resolution: "qs@npm:6.5.2"\n  languageName: node\n  linkType: hard\n'
    )
    now = company.clock.advance(3_600)
    arrival = Arrival(lock=read_manifest("web/yarn.lock", lock), at=now, digest="3")
    manifests.deliver(company.store, AT_THE_LAPTOP, CART, "web/yarn.lock", lambda: arrival, clock=company.clock)
    company.catalog.put(component("cart", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    company.read_catalog()
    company.world = Located(company.clock)
    told = {"kind": "vulnerability", "package": "qs", "fixed_version": "6.5.3", "note": "/web/yarn.lock"}
    company.world.add("w1", version="6.5.2", projects=("p1",), **told)
    company.world.add("w2", version="6.5.1", projects=("p1",), **told)
    company.world.add("w3", version="6.5.2", projects=("p2",), resource="elsewhere", **told)
    company.sync()
    (known,) = company.page("w1").changes
    assert [each.text for each in known.commands] == ["yarn up -R qs"]
    assert "express brings it" in known.say
    (moved,) = company.page("w2").changes
    assert ([each.text for each in moved.commands], moved.say) == (["yarn up -R qs"], "Go from 6.5.1 to 6.5.3.")
    (unknown,) = company.page("w3").changes
    assert unknown.commands == ()
    assert json.loads(unknown.patch) == {"resolutions": {"qs": "6.5.3"}}
