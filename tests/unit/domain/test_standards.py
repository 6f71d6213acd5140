"""Names, tags and entries against what a company asks of them, by team."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import EntityRef
from callboard.domain.ownership.standards import Check, Report, Standards, Thing, component_thing, examine
from tests.support.catalogs import component, group

PAY, SHOP = EntityRef("group:default/pay"), EntityRef("group:default/shop")


def thing(kind: str, name: str, *teams: EntityRef, **fields: Any) -> Thing:
    """A thing of these teams."""
    return Thing(kind=kind, key=name, name=name, teams=teams, **fields)


def sentences(report: Report) -> list[str]:
    """What is not as asked."""
    return [each.sentence for each in report.breaches]


def test_nothing_is_asked_unless_it_is() -> None:
    """Standards without an entry make no check, so nothing is measured."""
    report = examine([thing("project", "x"), thing("component", "y", PAY), thing("resource", "z")], Standards())
    assert (report.asked, report.scores, report.breaches) == (0, (), ())


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("prod-pay", True),
        ("PROD-Pay", True),
        (" prod- ", True),
        ("pay-prod", False),
        ("stage-a-db", True),
        ("stage-a", False),
    ],
)
def test_names_by_patterns(name: str, is_kept: bool) -> None:  # noqa: FBT001 - a table of cases
    """One of the patterns has to match the whole name, in any letter case."""
    asked = Standards(project_names=("prod-*", "stage-*-db"))
    report = examine([thing("project", name)], asked)
    assert (report.kept == 1) is is_kept
    if not is_kept:
        assert sentences(report) == [f"“{name}” is not named like `prod-*` or `stage-*-db`."]


def test_what_projects_and_components_need() -> None:
    """Each missing piece is one breach, and its sentence names it."""
    asked = Standards(
        project_owner=True, project_unit=True, component_owner=True, component_system=True, component_description=True,
        component_annotations=("wiz.io/project-id",),
    )  # fmt: skip
    bare, full = component("bare", "nobody"), component("full", "pay", projects=["p1"], system="s")
    entities = {
        each.ref: each for each in (bare, msgspec.structs.replace(full, description="What it is"), group("pay"))
    }
    things = [thing("project", "p"), thing("project", "q", PAY, has_owner=True, has_unit=True)]
    things += [component_thing(each, entities) for each in entities.values() if each.kind == "component"]
    report = examine(things, asked)
    assert sentences(report) == [
        "“p” has no owner in Wiz.",
        "“p” has no business unit.",
        "“bare” has no owner that exists.",
        "“bare” has no system.",
        "“bare” has no description.",
        "“bare” has no annotation wiz.io/project-id.",
    ]
    assert (report.asked, report.kept) == (12, 6)
    assert {each.team for each in report.scores if each.kept < each.asked} == {None}


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ((("Team", "pay"), ("ENV", "Prod-1")), []),
        ((("team", ""), ("env", "stage")), []),
        ((("env", "dev"),), ["“r” has no tag team.", "The tag env of “r” is not like `prod*` or `stage`."]),
        ((("team", "x"), ("env", " ")), ["“r” has no tag env."]),
        ((), ["“r” has no tag env.", "“r” has no tag team."]),
    ],
)
def test_tags(tags: tuple[tuple[str, str], ...], said: list[str]) -> None:
    """A key that has to be there, and one that has to hold one of some values."""
    report = examine([thing("resource", "r", tags=tags)], Standards(resource_tags=("team", "env=prod*", "env=stage")))
    assert sorted(sentences(report)) == sorted(said)
    assert report.asked == 2


def test_scores_are_by_team_and_the_whole_counts_each_thing_once() -> None:
    """What two teams own counts for both, and once in the whole."""
    asked = Standards(resource_names=("a*",))
    report = examine([thing("resource", "a", PAY), thing("resource", "b", PAY, SHOP), thing("resource", "c")], asked)
    assert [(each.team, each.asked, each.kept) for each in report.scores] == [(PAY, 2, 1), (SHOP, 1, 0), (None, 1, 0)]
    assert (report.asked, report.kept) == (3, 1)
    assert all(each.check is Check.RESOURCE_NAME for each in report.scores)


@given(
    st.lists(
        st.builds(
            thing,
            st.sampled_from(["project", "component", "resource"]),
            st.text(max_size=8),
            st.sampled_from([PAY, SHOP]),
        )
    ),
    st.lists(st.text(min_size=1, max_size=4), max_size=3).map(tuple),
)
def test_what_is_kept_and_what_is_not_is_all(things: list[Thing], patterns: tuple[str, ...]) -> None:
    """Whatever is asked of whatever."""
    asked = Standards(
        project_names=patterns,
        component_names=patterns,
        resource_names=patterns,
        resource_tags=patterns,
        project_owner=True,
    )
    report = examine(things, asked)
    assert report.kept + len(report.breaches) == report.asked
    assert sum(each.asked for each in report.scores) == report.asked
    assert sum(each.kept for each in report.scores) == report.kept
