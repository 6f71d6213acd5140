"""Catalog readings: whose findings are whose, and what a bad reading may not do."""

from __future__ import annotations

import pytest

from callboard.domain.component import CatalogProblem, EntityRef
from callboard.errors import CatalogUnreachableError
from callboard.ports import ProjectRecord
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage

SHOP, BANK = "component:default/shop", "component:default/bank"


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each; twenty findings of the shop, ten of the bank, five of nobody."""
    stage.catalog.put(group("red", members=["ann"]), group("blue", members=["bob"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(20, projects=("p1",))
    stage.world.fill(10, start=20, projects=("p2",))
    stage.world.fill(5, start=30)
    stage.sync()
    stage.read_catalog()
    return stage


def owners(stage: Stage) -> dict[str, int]:
    """How many findings each component has; those of nobody under their reason."""
    found: dict[str, int] = {}
    for row in stage.rows().values():
        name = ", ".join(row.components) or str(row.reason)
        found[name] = found.get(name, 0) + 1
    return found


NOBODY = "it is in no project, and no annotation names it"


def test_a_catalog_that_comes_after_the_findings_gives_them_to_their_components(company: Stage) -> None:
    """The first catalog moves everything from nobody to somebody, and that is no surprise."""
    assert owners(company) == {SHOP: 20, BANK: 10, NOBODY: 5}
    assert company.history("f0000")[-1] == ("owner", "catalog", "nobody", "shop")


def test_the_same_catalog_again_changes_nothing(company: Stage) -> None:
    """Reading is idempotent, and readers' ETags stay good."""
    before, revision = dump(company.store), company.revision()
    report = company.read_catalog()
    assert (report.state, report.new, report.changed, report.gone, report.moved_findings) == ("applied", 0, 0, 0, 0)
    assert differences(before, dump(company.store)) == ""
    assert company.revision() == revision


def test_findings_that_come_after_the_catalog_are_given_at_once(company: Stage) -> None:
    """The next sync knows the catalog."""
    company.world.fill(3, start=40, projects=("p2",))
    company.sync()
    assert owners(company)[BANK] == 13


def test_a_component_that_changes_its_owner_touches_no_finding(company: Stage) -> None:
    """What is its stays its: no finding row is written."""
    versions, before = company.versions(), dump(company.store)
    company.catalog.put(component("shop", "blue", projects=["p1"]))
    report = company.read_catalog()
    assert (report.changed, report.moved_findings) == (1, 0)
    after = dump(company.store)
    assert company.versions() == versions
    assert (after["finding"], after["cube"], after["spell"]) == (before["finding"], before["cube"], before["spell"])
    assert after["entity"] != before["entity"]


def test_a_project_that_changes_moves_the_owner(company: Stage) -> None:
    """A finding that goes to another project goes to another component, with the words in its history."""
    company.world.change_quietly("f0000", projects=("p2",))
    report = company.sync()
    assert report.moved_owner == 1
    assert company.row("f0000").components == (BANK,)
    assert ("owner", "catalog", "shop", "bank") in company.history("f0000")
    assert ("projects", "source", "P1", "P2") in company.history("f0000")


def test_two_claims_of_two_teams_are_a_conflict(company: Stage) -> None:
    """Both are shown, and the totals say so."""
    company.catalog.put(component("bank", "blue", projects=["p2", "p1"]))
    company.read_catalog(accept=True)
    row = company.row("f0000")
    assert (row.verdict, row.components) == ("conflict", (BANK, SHOP))
    assert row.reason == "components of different owners claim it"
    company.catalog.put(component("bank", "blue", projects=["p2"]))
    company.read_catalog(accept=True)
    assert company.row("f0000").verdict == "mapped"


@pytest.mark.fault("F22")
def test_a_reading_with_problems_takes_nothing_for_gone(company: Stage) -> None:
    """One file could not be read: what it held may still be there."""
    company.catalog.drop("bank")
    company.catalog.put(component("cart", "red", projects=["p9"]))
    company.catalog.problems = (CatalogProblem(where="bank.yaml", reason="is not YAML"),)
    report = company.read_catalog()
    assert (report.state, report.reason, report.gone, report.new) == ("partial", "bank.yaml: is not YAML", 0, 1)
    assert owners(company)[BANK] == 10


def test_a_component_that_is_gone_leaves_its_findings_to_nobody(company: Stage) -> None:
    """A whole reading without it: its findings are unmapped, and its page says since when."""
    company.catalog.drop("bank")
    report = company.read_catalog(accept=True)
    assert (report.state, report.gone) == ("applied", 1)
    assert owners(company) == {SHOP: 20, NOBODY: 5, "its project is claimed by nobody": 10}
    company.catalog.put(component("bank", "blue", projects=["p2"]))
    company.read_catalog(accept=True)
    assert owners(company)[BANK] == 10


def test_a_catalog_that_cannot_be_read_changes_nothing(company: Stage) -> None:
    """The last good ownership is served."""
    before = dump(company.store)
    company.catalog.error = CatalogUnreachableError("It is down.")
    with pytest.raises(CatalogUnreachableError):
        company.read_catalog()
    assert differences(before, dump(company.store)) == ""


def test_a_catalog_that_shrank_is_held_until_a_person_agrees(company: Stage) -> None:
    """Fewer than nine in ten entities: refused, with the numbers; the same reading may be accepted."""
    company.catalog.put(*(component(f"c{number}", "red") for number in range(20)))
    company.read_catalog()
    company.catalog.drop(*(f"c{number}" for number in range(4)))
    before = dump(company.store)
    report = company.read_catalog()
    assert (report.state, report.reason) == ("held", "It holds 20 entities where the last one held 24.")
    assert differences(before, dump(company.store)) == ""
    report = company.read_catalog(accept=True)
    assert (report.state, report.gone) == ("applied", 4)


@pytest.mark.fault("F22")
def test_an_empty_catalog_is_held_however_small_the_last_one_was(company: Stage) -> None:
    """A catalog that suddenly holds nothing has gone wrong; it would take away every owner."""
    company.catalog.put(component("shop", "red"))
    company.read_catalog(accept=True)
    company.catalog.entities.clear()
    assert company.read_catalog().state == "held"
    assert owners(company)[BANK] == 10
    assert company.read_catalog(accept=True).state == "applied"
    assert BANK not in owners(company)


def test_a_catalog_that_moves_many_owners_is_held(company: Stage) -> None:
    """Claims that change hands for twenty resources wait for a person."""
    company.catalog.put(component("shop", "red"), component("bank", "blue", projects=["p1", "p2"]))
    before = dump(company.store)
    report = company.read_catalog()
    assert report.state == "held"
    assert report.reason == "It would change whose 20 of 35 resources are (57%)."
    assert differences(before, dump(company.store)) == ""
    assert company.read_catalog(accept=True).moved_findings == 20
    assert owners(company)[BANK] == 30


def test_an_entity_stays_with_the_catalog_that_had_it_first(company: Stage) -> None:
    """A second catalog cannot take a component over by naming it."""
    from tests.support.catalogs import MadeUpCatalog

    other = MadeUpCatalog("other")
    other.put(component("shop", "blue", projects=["p2"]), component("more", "blue"))
    first, company.catalog = company.catalog, other
    company.read_catalog()
    assert owners(company) == {SHOP: 20, BANK: 10, NOBODY: 5}
    company.catalog = first
    assert company.read_catalog().gone == 0


def test_a_project_that_becomes_a_folder_loses_to_the_project_itself(company: Stage) -> None:
    """A claim on a folder is weaker than one on the project; the listing tells which is which."""
    company.world.fill(3, start=50, projects=("p1", "p2"))
    company.world.projects = {id_: ProjectRecord(external_id=id_, name=id_) for id_ in ("p1", "p2")}
    company.sync()
    assert company.row("f0050").verdict == "conflict"
    company.world.projects["p1"] = ProjectRecord(external_id="p1", name="p1", is_folder=True)
    company.sync()
    assert company.row("f0050").components == (EntityRef(BANK),)
