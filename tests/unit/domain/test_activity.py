"""Who is near a place."""

from __future__ import annotations

import random

import pytest

from callboard.domain.activity import (
    MAX_FOLDERS,
    Commit,
    Near,
    count,
    directory_of,
    folders_worth_asking,
    handle_of,
    is_bot,
    neighbours,
)
from callboard.domain.component import Entity, EntityRef
from callboard.domain.forge import Contribution
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.codeowners import Dialect, parse

NOW = Instant(1_795_311_700_000_000)


@pytest.mark.parametrize(
    ("login", "mail", "handle"),
    [
        ("Ana", "x@corp.example", "ana"),
        (None, "123+Ana-R@users.noreply.github.com", "ana-r"),
        (None, "49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]"),
        (None, "77-bo@users.noreply.gitlab.com", "bo"),
        (None, "Bo@Corp.Example", "bo@corp.example"),
        (None, "nonsense", None),
        ("", None, None),
    ],
)
def test_an_author_is_called_by_handle_else_by_address(login: str | None, mail: str | None, handle: str | None) -> None:
    """A no-reply address holds a handle."""
    assert handle_of(login, mail) == handle


@pytest.mark.parametrize(
    "who", ["dependabot[bot]", "renovate", "web-flow", "project_12_bot_ab", "deploy", "x[bot]@corp.example"]
)
def test_programs_are_recognised(who: str) -> None:
    """By suffix, by GitLab's names, by the well-known list, by what the operator names."""
    assert is_bot(who, {"deploy"})


@pytest.mark.parametrize("who", ["robot", "ana", "abbot@corp.example", "project_bot"])
def test_persons_are_not_taken_for_programs(who: str) -> None:
    """A name that only looks like one."""
    assert not is_bot(who, {"deploy"})


def test_commits_are_counted_within_the_window_and_without_programs() -> None:
    """The busiest first."""
    commits = [
        Commit("ana", NOW),
        Commit("bo", NOW),
        Commit("ana", Instant(NOW - DAY)),
        Commit("x[bot]", NOW),
        Commit("bo", Instant(NOW - 9 * DAY)),
    ]
    found = count("src", commits, since=Instant(NOW - 5 * DAY))
    assert [(each.who, each.commits, each.last_at) for each in found] == [("ana", 2, NOW), ("bo", 1, NOW)]


def test_the_folders_of_a_monorepo_are_asked_before_its_top_folders() -> None:
    """The whole repository first, and never more than a bound."""
    assert folders_worth_asking(["services/a", "services/b", ""], ["services", "docs", ".github"]) == (
        "", "services/a", "services/b", "docs", "services",
    )  # fmt: skip
    assert len(folders_worth_asking([f"s/{n}" for n in range(100)], [])) == MAX_FOLDERS


PEOPLE = [
    Entity(
        ref=EntityRef("group:default/pay"),
        kind="group",
        name="pay",
        annotations=(("github.com/team-slug", "acme/pay"),),
    ),
    Entity(
        ref=EntityRef("group:default/shop"), kind="group", name="shop", annotations=(("github.com/team-slug", "Shop"),)
    ),
    Entity(
        ref=EntityRef("user:default/ana"), kind="user", name="ana", annotations=(("github.com/user-login", "Ana-R"),)
    ),
    Entity(
        ref=EntityRef("user:default/bo"),
        kind="user",
        name="bo",
        annotations=(("microsoft.com/email", "bo@corp.example"),),
    ),
    Entity(
        ref=EntityRef("user:default/eve"), kind="user", name="eve", annotations=(("github.com/user-login", "twin"),)
    ),
    Entity(
        ref=EntityRef("user:default/eva"), kind="user", name="eva", annotations=(("github.com/user-login", "twin"),)
    ),
    Entity(
        ref=EntityRef("component:default/c"),
        kind="component",
        name="c",
        annotations=(("github.com/team-slug", "acme/c"),),
    ),
]
OWNERS = parse("* @acme/pay @stranger\n/services/a/ @acme/shop @ana-r @twin\n/services/none/\n", Dialect.GITHUB)


def did(who: str, folder: str, commits: int) -> Contribution:
    """What somebody did."""
    return Contribution(who=who, folder=folder, commits=commits, last_at=NOW)


CONTRIBUTIONS = (
    did("ana-r", "", 9),
    did("bo@corp.example", "services/a", 3),
    did("renovate", "services/a", 50),
    did("nobody", "services/a", 1),
)


def near(
    path: str, *, is_folder: bool = False, contributions: tuple[Contribution, ...] = CONTRIBUTIONS
) -> list[tuple[str, str]]:
    """Who is near, with the reason."""
    directory = directory_of(PEOPLE, {"github.com"})
    found = neighbours(path, OWNERS, contributions, directory, organisation="acme", is_folder=is_folder, seen_at=NOW)
    return [(each.entity, each.near.value) for each in found]


def test_code_owners_come_before_who_committed_to_the_innermost_folder() -> None:
    """Team slugs with and without their organisation; an ambiguous handle and a stranger name nobody."""
    assert near("services/a/go.mod") == [
        ("group:default/shop", "code owner"),
        ("user:default/ana", "code owner"),
        ("user:default/bo", "activity"),
    ]
    assert near("services/b/x") == [("group:default/pay", "code owner"), ("user:default/ana", "activity")]
    assert near("services/none/x") == [("user:default/ana", "activity")]
    assert near("", is_folder=True) == [("group:default/pay", "code owner"), ("user:default/ana", "activity")]


def test_evidence_tells_what_it_rests_on() -> None:
    """The line of the file, and the share of commits among persons."""
    directory = directory_of(PEOPLE, {"github.com"})
    found = neighbours(
        "services/a/x", OWNERS, CONTRIBUTIONS, directory, organisation="acme", is_folder=False, seen_at=NOW
    )
    assert found[0].evidence == "CODEOWNERS line 2 (/services/a/) names @acme/shop"
    assert found[-1].near is Near.ACTIVITY
    assert found[-1].evidence.startswith("3 of 4 commits in services/a lately, the last on ")
    assert found[-1].share == 0.75


def test_order_of_the_input_does_not_matter() -> None:
    """The same people in the same order however they came."""
    expected = near("services/a/x")
    mixed = list(CONTRIBUTIONS)
    for seed in range(20):
        random.Random(seed).shuffle(mixed)  # noqa: S311 - an order, no secret
        assert near("services/a/x", contributions=tuple(mixed)) == expected
