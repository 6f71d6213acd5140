"""Every face of a question has the same rows: badge, list, groups, facets and file; and what that makes of a team's work."""

from __future__ import annotations

import random
import statistics

from callboard.domain.access import LAPTOP, Viewer
from callboard.domain.query import Grouping, parse
from callboard.usecases import ask, first_pages
from callboard.usecases.export_findings import export_findings
from callboard.usecases.rows_per_team import rows_per_team
from tests.contract.store.test_browse import RED, company, queries, readers
from tests.support.stages import Stage

__all__ = ["company"]


def test_badge_list_groups_and_file_agree_for_200_questions(company: Stage) -> None:
    """Acceptance test 4: badge = list total = sum of groups = rows of the file, for 200 random queries."""
    draw = random.Random(23)  # noqa: S311 - repeats
    now, store = company.clock.now(), company.store
    found = set()
    for number in range(200):
        viewer = Viewer("test", draw.choice([LAPTOP, readers(RED)]), None)
        query = parse(queries(draw) if number % 4 else f"is:transient {queries(draw)}")
        badge = ask.list_findings(store, viewer, query, now=now, limit=1).total
        rows = company.rows(query.canonical, viewer.visibility)
        file = export_findings(store, viewer, query, now=now)
        assert badge == len(rows) == file.total == len(list(file.rows)), query.canonical
        groups = ask.list_bundles(store, viewer, query.grouped_by(draw.choice(list(Grouping))), now=now, limit=100)
        assert sum(row.findings for row in groups.rows) == badge, query.canonical
        for facet in ask.list_facets(store, viewer, query, now=now):
            if facet.key in ("severity", "kind", "source") and not query.values(facet.key):
                asked = [term for term in query.terms if getattr(term, "key", "") == facet.key]
                assert asked or sum(n for _, _, n in facet.values) == badge, (query.canonical, facet.key)
        found.add(badge)
    assert len(found) > 10


def test_rows_per_team_are_those_of_its_page(company: Stage) -> None:
    """Findings and rows are what the team's page shows, over all teams and in the middle; who has nothing is left out."""
    now, viewer = company.clock.now(), Viewer("test", LAPTOP, None)
    found = rows_per_team(company.store, viewer, now=now)
    assert {each.team for each in found.teams} == {"group:default/red", "group:default/blue"}
    for each in found.teams:
        assert each.findings == len(company.rows(f"is:open -is:flapping owner:{each.team}"))
        assert each.rows == first_pages.rollup(company.store, viewer, each.team, now=now).bundle_count
    total = sum(each.rows for each in found.teams)
    assert found.findings_per_row == round(sum(each.findings for each in found.teams) / total, 2)
    assert found.median_rows == statistics.median(each.rows for each in found.teams)


def test_without_findings_there_is_no_ratio(stage: Stage) -> None:
    """None is unknown, not zero."""
    found = rows_per_team(stage.store, Viewer("test", LAPTOP, None), now=stage.clock.now())
    assert (found.teams, found.findings_per_row, found.median_rows) == ((), None, None)
