"""The generated company: the same for a seed, believable, and with the awkward cases that every real one has."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.demo.company.frameworks import subcategories
from callboard.demo.company.ids import FindingIds, spread
from callboard.demo.company.ledger import IN_PROGRESS, RESOLVED
from callboard.demo.company.rules import make_rules
from callboard.demo.company.weaknesses import make_weaknesses
from callboard.demo.company.world import Sizes, World, make_world
from tests.support.companies import mixed

NOW = 1_780_000_000
DAY = 86_400


@pytest.fixture(scope="module")
def world() -> World:
    """A middling company."""
    return make_world(seed=2, sizes=mixed(6_000), now=NOW)


def _facts(world: World) -> list[object]:
    organisation = world.organisation
    facts: list[object] = [p.id for p in organisation.projects]
    facts += [(r.id, r.external_id, r.tags, [p.id for p in r.projects]) for r in organisation.resources]
    for ledger in world.ledgers.values():
        facts += [bytes(ledger.status), list(ledger.cause), list(ledger.created), list(ledger.seen)]
    return facts


def test_the_same_seed_makes_the_same_company() -> None:
    """Down to every date; another seed makes another one."""
    assert _facts(make_world(seed=9, sizes=mixed(500), now=NOW)) == _facts(
        make_world(seed=9, sizes=mixed(500), now=NOW)
    )
    assert _facts(make_world(seed=9, sizes=mixed(500), now=NOW)) != _facts(
        make_world(seed=10, sizes=mixed(500), now=NOW)
    )


def test_sizes_are_what_was_asked_for() -> None:
    """Exactly, kind by kind, also when more is asked than there are pairs."""
    world = make_world(seed=1, sizes=Sizes(issues=7, vulnerabilities=70_000, configurations=3_000), now=NOW)
    assert [len(ledger) for ledger in world.ledgers.values()] == [7, 70_000, 3_000]


def test_dates_make_sense(world: World) -> None:
    """Nothing lies in the future, nothing is resolved before it appeared, and history spans the year."""
    for ledger in world.ledgers.values():
        columns = (
            ledger.created,
            ledger.updated,
            ledger.changed,
            ledger.resolved,
            ledger.reopened,
            ledger.seen,
            ledger.status,
        )
        for created, updated, changed, resolved, reopened, seen, status in zip(*columns, strict=True):
            assert NOW - 366 * DAY <= created < NOW
            assert created <= changed <= updated <= NOW
            assert created <= seen <= NOW
            assert reopened == 0 or created < reopened <= changed
            if status == RESOLVED:
                assert created <= resolved == changed
        assert max(ledger.created) - min(ledger.created) > 300 * DAY


def test_nothing_is_found_before_it_was_published(world: World) -> None:
    """A scanner cannot know an unpublished vulnerability."""
    ledger, weaknesses = world.vulnerabilities, world.organisation.weaknesses
    for cause, created in zip(ledger.cause, ledger.created, strict=True):
        assert created >= min(weaknesses[cause].published_at, NOW - 3_600)


def test_history_has_every_kind_of_life(world: World) -> None:
    """Open, set aside, fixed, come back, and gone within a day."""
    ledger = world.vulnerabilities
    assert set(ledger.status) == {0, 1, 2, 3}
    assert any(ledger.reopened)
    lives = [r - c for r, c, s in zip(ledger.resolved, ledger.created, ledger.status, strict=True) if s == RESOLVED]
    assert min(lives) < DAY < 100 * DAY < max(lives)
    assert any(s == IN_PROGRESS for s in world.issues.status)


def test_teams_differ_in_pace(world: World) -> None:
    """So that comparing teams shows something true."""
    ledger, resources = world.vulnerabilities, world.organisation.resources
    still_open: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for resource, status in zip(ledger.resource, ledger.status, strict=True):
        component = resources[resource].component
        if component:
            total[component.team.name] += 1
            still_open[component.team.name] += status != RESOLVED
    quick, slow = (
        sum(still_open[name] for name in names) / sum(total[name] for name in names)
        for names in (("ledger", "checkout", "identity"), ("warehouse", "reporting", "routing"))
    )
    assert quick < slow


def test_what_is_found_together_is_mended_together(world: World) -> None:
    """A weakness stands in code, images and what runs them at once, and most of its copies in a team share their state."""
    ledger, organisation = world.vulnerabilities, world.organisation
    states: dict[tuple[str, int], list[bool]] = {}
    kinds: dict[tuple[str, int], set[str]] = {}
    for cause, place, status in zip(ledger.cause, ledger.resource, ledger.status, strict=True):
        resource = organisation.resources[place]
        if resource.component:
            states.setdefault((resource.component.team.name, cause), []).append(status == RESOLVED)
            kinds.setdefault((resource.component.team.name, cause), set()).add(resource.type)
    copies = [each for each in states.values() if len(each) > 1]
    assert sum(map(len, copies)) / len(copies) > 5
    alike = sum(max(each.count(True), each.count(False)) for each in copies) / sum(map(len, copies))
    assert alike > 0.85
    assert sum(len(each) > 2 for each in kinds.values()) > len(kinds) / 4


def test_no_pair_is_told_twice_in_small_worlds(world: World) -> None:
    """The same rule on the same resource is one issue."""
    for ledger in (world.issues, world.vulnerabilities):
        pairs = list(zip(ledger.cause, ledger.resource, strict=True))
        assert len(set(pairs)) == len(pairs)


def test_projects_are_folders_and_leaves(world: World) -> None:
    """A resource of a component counts in its leaf and in the folder above."""
    projects = world.organisation.projects
    assert {p.level for p in projects} == {0, 1}
    assert {p.business_unit for p in projects} >= {"", None}
    assert any(p.archived for p in projects)
    mapped = [r for r in world.organisation.resources if r.component and r.projects]
    assert all(r.projects[0].is_folder and not r.projects[-1].is_folder for r in mapped)


def test_awkward_resources_exist(world: World) -> None:
    """Unmapped, claimed by two, without tags, without region, gone, without a provider's id."""
    resources = world.organisation.resources
    leaves = [sum(1 for p in r.projects if p.component) for r in resources]
    assert min(leaves) == 0
    assert max(leaves) == 2
    assert any(r.tags is None for r in resources)
    assert any(r.region == "" for r in resources)
    assert any(r.deleted_at for r in resources)
    assert any(r.provider_id == "" for r in resources)
    assert len({r.id for r in resources}) == len(resources)
    branch = next(r for r in resources if r.branch)
    assert branch.repository is not None
    assert branch.branch is not None
    assert branch.external_id == f"github.com##{branch.repository.slug}##{branch.branch.name}"


def test_one_malicious_package_is_planted(world: World) -> None:
    """In one branch, once."""
    weaknesses = world.organisation.weaknesses
    hits = [row for row, cause in enumerate(world.vulnerabilities.cause) if weaknesses[cause].malicious]
    assert len(hits) == 1


def test_rules_are_many_and_complete() -> None:
    """Each has words for people, a way out, and a place in three frameworks."""
    rules = make_rules(1, NOW)
    assert len(rules) >= 60
    assert len({r.id for r in rules}) == len({r.name for r in rules}) == len(rules)
    for rule in rules:
        assert rule.description.endswith(".")
        assert rule.remediation.startswith("### ")
        assert "* " in rule.remediation
        assert {s.category.framework.name.split()[0] for s in rule.subcategories} == {"CIS", "NIST", "ISO/IEC"}
    assert len(subcategories()) > 50


def test_weaknesses_are_many_and_complete() -> None:
    """At least 150 published ids, with and without a fix, exploited and not."""
    weaknesses = make_weaknesses()
    assert len({w.cve for w in weaknesses}) >= 150
    assert {w.kev for w in weaknesses} == {w.exploit for w in weaknesses} == {True, False}
    assert any(w.fixed is None for w in weaknesses)
    assert all(0 < w.epss < 1 and 0 < w.score <= 10 for w in weaknesses)


@given(row=st.integers(0, 2**31), seed=st.integers(0, 50), kind=st.sampled_from(["issue", "vulnerability"]))
def test_an_id_leads_back_to_its_row(row: int, seed: int, kind: str) -> None:
    """And to no row of another seed or kind."""
    ids = FindingIds(seed, kind)
    text = ids.of(row)
    assert ids.row(text) == row
    assert text[14] == ("4" if kind == "issue" else "5")
    assert FindingIds(seed + 1, kind).row(text) is None


@pytest.mark.parametrize("text", ["", "nothing", "00000000-0000-4000-8000-000000000000", "zz"])
def test_a_foreign_id_has_no_row(text: str) -> None:
    """Whatever it looks like."""
    assert FindingIds(1, "issue").row(text) is None


def test_luck_is_spread_evenly() -> None:
    """Each quarter of the range gets about a quarter of the rows."""
    quarters = Counter(spread(row, 5) >> 14 for row in range(20_000))
    assert all(4_500 < quarters[quarter] < 5_500 for quarter in range(4))
