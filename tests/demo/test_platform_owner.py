"""What was made to harm is the first thing that whoever has to act on it sees, in the made-up company."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner

from callboard.cli.root import callboard
from callboard.domain.access import AT_THE_LAPTOP, Rules, Viewer, viewer_of
from callboard.domain.board import BundleRow, DoNow
from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.person import Person
from callboard.domain.query import parse
from callboard.store import Store, open_store
from callboard.usecases import ask, first_pages
from callboard.usecases.packages import keep_register


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The board that the demo fills."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'callboard.db'}"
    done = CliRunner().invoke(callboard, ["demo", "--once", "--size", "small", "--database", url])
    assert done.exit_code == 0, done.output
    with closing(open_store(url)) as store:
        yield store


def of_team(name: str) -> Viewer:
    """Somebody of a team that owns components."""
    person = Person(ref=EntityRef(f"user:default/somebody-of-{name}"), groups=(EntityRef(f"group:default/{name}"),))
    return viewer_of(person, Rules(), key=name, owns=True)


def first_page(board: Store, viewer: Viewer) -> DoNow:
    """What this reader does now."""
    return first_pages.do_now(board, viewer, None, now=Instant(time.time_ns() // 1_000))


def is_harm(row: BundleRow) -> bool:
    """Whether it stands where it does because of a package that was made to harm."""
    return "made to harm" in row.why


def test_the_owner_of_the_platform_sees_the_planted_package_first(board: Store) -> None:
    """With the component that has it, what to do, and why it stands there: before what is late for a year."""
    page = first_page(board, of_team("developer-experience"))
    first, second = page.bundles[:2]
    assert {first.fix, second.fix} == {"Remove event-stream", "Remove flatmap-stream"}
    assert first.components == (EntityRef("component:default/developer-portal"),)
    assert first.severity is Severity.CRITICAL
    assert first.why.startswith("First because: made to harm")
    assert page.numbers.overdue > 0
    assert not any(is_harm(each) for each in page.bundles[2:])


def test_so_does_the_team_whose_library_it_is_and_who_sees_everything(board: Store) -> None:
    """Each sees what is theirs; others have nothing of it on their page."""
    first, *others = first_page(board, of_team("shopfront")).bundles
    assert (first.fix, first.components) == ("Remove ua-parser-js", (EntityRef("component:default/storefront-web"),))
    assert not any(is_harm(each) for each in others)
    everything = first_page(board, AT_THE_LAPTOP).bundles
    assert [is_harm(each) for each in everything] == [True] * 3 + [False] * (len(everything) - 3)
    assert not any(is_harm(each) for each in first_page(board, of_team("checkout")).bundles)


def test_the_portals_register_begins_with_the_same_packages(board: Store) -> None:
    """The page of the portal's risks and the work list tell of one world."""
    register = keep_register.newest(board, AT_THE_LAPTOP).register
    assert register is not None
    assert {each.key for each in register.risks[:2]} == {"malware:npm:event-stream", "malware:npm:flatmap-stream"}


def test_what_is_odd_is_told_to_whose_it_is_as_a_question(board: Store) -> None:
    """One version with two files, and what came lately and runs code: signs, each where it is, and nothing else is one."""
    query = parse("kind:suspicious-package is:open")
    page = ask.list_findings(board, AT_THE_LAPTOP, query, now=Instant(time.time_ns() // 1_000))
    assert {row.external_id for row in page.rows} == {
        "component:default/account-pages|npm|sharp|SIGN-NEW-WITH-INSTALL-SCRIPT",
        "component:default/driver-app|npm|webpack|SIGN-INTEGRITY-CONFLICT",
    }
    assert not any(is_harm(each) for each in first_page(board, of_team("routing")).bundles)
