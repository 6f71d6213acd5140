"""What a team leaves out of its own work list, on both databases: said, counted, and hidden from no total."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.domain.access import Depth, Everything, Readers, Right, Viewer
from callboard.domain.board import DoNow, RollupPage
from callboard.domain.component import EntityRef
from callboard.domain.query import parse
from callboard.errors import InvalidQueryError, NotAllowedError, NotFoundError
from callboard.store.people import audit
from callboard.usecases import ask, first_pages
from callboard.usecases.leave_out import leave_out
from tests.support.catalogs import component, group
from tests.support.stages import Stage

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


def member(name: str, *teams: EntityRef) -> Viewer:
    """Somebody of these teams, who may decide."""
    ref = EntityRef(f"user:default/{name}")
    return Viewer(ref, Readers(frozenset(teams), Depth.WORK), (ref, *teams), ref, frozenset({Right.DECIDE}))


ANA, IDA, BOTH = member("ana", RED), member("ida", BLUE), member("bea", RED, BLUE)
SAM = Viewer("user:default/sam", Everything("security"), (), "user:default/sam", frozenset({Right.DECIDE, Right.MAP}))


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams; a rule of which one has had enough, and what is not for a team to leave out."""
    stage.catalog.put(group("red", members=["ana"]), group("blue", members=["ida"]))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    for number in range(5):
        stage.world.add(f"loud{number}", rule="loud", severity="low", resource=f"a{number}", projects=("p1",))
    stage.world.add("good", rule="good", severity="critical", resource="b", projects=("p1",))
    stage.world.add("other", rule="loud", severity="low", resource="c", projects=("p2",))
    stage.sync()
    stage.read_catalog()
    return stage


def team(stage: Stage, viewer: Viewer, ref: EntityRef = RED) -> RollupPage:
    """A team's page."""
    return first_pages.rollup(stage.store, viewer, ref, now=stage.clock.now())


def first(stage: Stage, viewer: Viewer, text: str | None = None) -> DoNow:
    """The first page."""
    return first_pages.do_now(stage.store, viewer, text, now=stage.clock.now())


def told(page: RollupPage | DoNow) -> list[tuple[str, int]]:
    """What is said to be left out."""
    return [(part.term, part.findings) for part in page.left_out.parts] if page.left_out else []


def say(stage: Stage, viewer: Viewer, terms: str, ref: EntityRef = RED) -> None:
    """Leave it out."""
    stage.clock.advance(60)
    leave_out(stage.store, viewer, ref, terms, now=stage.clock.now())
    stage.check()


def test_the_list_is_shorter_and_no_number_is(company: Stage) -> None:
    """On the team's page and on the first page of who is in that team alone; each number is the list behind it."""
    before = team(company, ANA)
    assert (before.bundle_count, told(before)) == (2, [])
    say(company, ANA, "-rule:loud")
    after = team(company, ANA)
    assert ([row.title for row in after.bundles], after.bundle_count) == (["Rule good"], 1)
    assert after.numbers == before.numbers
    assert told(after) == [("-rule:loud", 5)]
    assert after.left_out is not None
    listed = ask.list_findings(company.store, ANA, parse(after.left_out.parts[0].query), now=company.clock.now())
    assert {row.external_id for row in listed.rows} == {f"loud{number}" for number in range(5)}
    for page in (first(company, ANA), first(company, SAM, f"owner:{RED}")):
        assert (page.bundle_count, told(page)) == (1, [("-rule:loud", 5)])
    assert [each.detail for each, _ in _noted(company)] == [(("terms", "-rule:loud"),)]
    say(company, ANA, "")
    assert team(company, ANA).bundle_count == 2


def _noted(stage: Stage) -> list[Any]:
    with stage.store.read() as conn:
        return [each for each in audit.chain(conn) if each[0].action == "team.leave-out"]


def test_it_is_of_one_team_alone(company: Stage) -> None:
    """The other team, and who is in several, see everything of theirs."""
    say(company, ANA, "-rule:loud")
    assert team(company, IDA, BLUE).bundle_count == 1
    assert told(first(company, BOTH)) == []
    assert first(company, BOTH).bundle_count == 2


def test_only_its_members_say_it(company: Stage) -> None:
    """Others may not, and of a team that one may not know of nothing is told; security may."""
    with pytest.raises((NotAllowedError, NotFoundError)):
        say(company, IDA, "-rule:loud")
    with pytest.raises(NotFoundError):
        say(company, ANA, "-rule:loud", EntityRef("group:default/nobody"))
    say(company, SAM, "-severity:low")
    assert told(team(company, ANA)) == [("-severity:low", 5)]


@pytest.mark.parametrize(
    "terms",
    ["rule:loud", "-is:open", "-owner:red", "loud", "-severity:critical", "-severity:low,critical", "-kind:malicious-package",
     " ".join(f"-rule:r{n}" for n in range(21)), "-nonsense:x"],
)  # fmt: skip
def test_what_leaves_nothing_out_is_refused(company: Stage, terms: str) -> None:
    """And so is what no team leaves out."""
    with pytest.raises(InvalidQueryError):
        say(company, ANA, terms)
    assert team(company, ANA).bundle_count == 2
