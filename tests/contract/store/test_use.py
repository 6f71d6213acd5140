"""Whether the board is of use, told for teams together and never for a person, on both databases."""

from __future__ import annotations

import pytest

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft
from callboard.domain.instant import DAY, SECOND
from callboard.domain.query import Query
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import read_period
from callboard.domain.remediation.use import Use
from callboard.usecases.remediation import decide, measure_flow
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.note_engagement import note_acts, note_engagement
from tests.support.catalogs import component, group
from tests.support.stages import Stage


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Six teams with two findings each."""
    teams = [f"team-{number}" for number in range(6)]
    stage.catalog.put(*map(group, teams))
    stage.catalog.put(*(component(f"of-{team}", team, projects=[team]) for team in teams))
    for team in teams:
        for number in range(2):
            stage.world.add(f"{team}-{number}", projects=(team,), resource=team)
    stage.sync()
    stage.read_catalog()
    return stage


def told(stage: Stage, viewer: Viewer = AT_THE_LAPTOP) -> Use:
    """The last four weeks."""
    now = stage.clock.now()
    return measure_flow.use(stage.store, viewer, Query(), read_period(None, None, now=now, usual=28), now=now)


def test_teams_that_act(board: Stage) -> None:
    """To look is no act; to follow a link or to take is. Through each door different findings are counted, and few are few."""
    now = board.clock.now()
    ids = [row.id for row in board.rows().values()]
    by_team = board.rows("owner:team-0,team-1,team-2")
    for id_ in ids[:7]:
        note_engagement(board.store, LAPTOP, id_, Engagement.OPENED, Door.PLUGIN, now=now)
    note_engagement(board.store, LAPTOP, by_team["team-0-0"].id, Engagement.FOLLOWED, Door.PAGE, now=now)
    take = Draft(kind=DecisionKind.TAKE)
    taken = (by_team["team-1-0"].id, by_team["team-1-1"].id)
    decide.decide(board.store, AT_THE_LAPTOP, take, Target(findings=taken), clock=board.clock)
    note_acts(board.store, LAPTOP, taken, Door.API, now=now)
    board.clock.advance(2 * DAY // SECOND)
    found = told(board)
    assert (found.teams_acting, found.teams_open, found.share, found.acted) == (2, 6, 2 / 6, 3)
    assert found.told(Engagement.OPENED, Door.PLUGIN) == 7
    assert found.told(Engagement.FOLLOWED, Door.PAGE) is None
    assert found.told(Engagement.ACTED, Door.API) is None
    assert found.told(Engagement.ACTED, Door.PAGE) == 0
    board.clock.advance(40 * DAY // SECOND)
    assert told(board).teams_acting == 0


def test_a_team_is_told_of_its_own(board: Stage) -> None:
    """And one team alone is too few for a share."""
    now = board.clock.now()
    for row in board.rows().values():
        note_engagement(board.store, LAPTOP, row.id, Engagement.FOLLOWED, Door.PAGE, now=now)
    board.clock.advance(2 * DAY // SECOND)
    red = EntityRef("group:default/team-0")
    found = told(board, Viewer("ana", Readers(frozenset({red}), Depth.WORK), (red,)))
    assert (found.teams_acting, found.teams_open, found.share, found.acted) == (1, 1, None, 2)
    assert told(board).told(Engagement.FOLLOWED, Door.PAGE) == 12
