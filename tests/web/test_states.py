"""Every state of a page has its words: clean, filtered to nothing, not mapped, never read, stale, partial, held, refused, wrong.

Each is made through the use cases, not by hand. With CALLBOARD_SCREENSHOTS set to a folder, each is also written there as a
picture, light and dark, at 1280, 640 (what 1280 is when zoomed to 200 %), 360 and 320 pixels.

Loading has no picture: a page is sent whole, and live updates put the new rows in place of the old ones when they are there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Literal

import pytest

from callboard.domain.instant import HOUR, MINUTE, SECOND
from callboard.errors import SourceRefusedError, SourceUnreachableError
from callboard.ports import ProjectRecord
from callboard.usecases import browse
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.support.browser import OpenPage, complaints
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.worlds import World
from tests.web.conftest import Door, apart, enter, opened

pytestmark = pytest.mark.slow

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")
NOT_YOURS = "There is no such thing, or you may not see it"


@dataclass
class Board:
    """An open door, the made-up source behind it, and its catalog."""

    door: Door
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.door.clock, name="wiz-main", page_size=5)
        self.world.kind = "wiz"
        self.world.projects["pay"] = ProjectRecord(external_id="pay", name="Payments")

    def wait(self, span: int) -> None:
        """Let time go by."""
        self.door.clock.advance(span // SECOND)

    def read_catalog(self) -> None:
        """A team with two components, of which one is mapped."""
        catalog = MadeUpCatalog()
        catalog.put(
            group("checkout", members=["ana"]),
            component("checkout-api", "checkout", projects=["pay"], system="shop"),
            component("fraud-score", "checkout"),
        )
        apart(read_catalog(self.door.store, catalog, clock=self.door.clock))

    def sync(self) -> None:
        """A full sync, however it ends."""
        self.wait(MINUTE)
        with suppress(SourceRefusedError, SourceUnreachableError):
            apart(sync(self.door.store, self.world, clock=self.door.clock))


def empty(_board: Board) -> None:
    """Nothing is configured."""


def never_read(board: Board) -> None:
    """The first sync ends before anything was read."""
    board.read_catalog()
    board.world.failing["project/all"] = (0, SourceUnreachableError("no answer within 30 s"))
    for part in ("issue", "vulnerability", "misconfiguration"):
        for half in ("severe", "other"):
            board.world.failing[f"{part}/{half}"] = (0, SourceUnreachableError("no answer within 30 s"))
    board.sync()


def filled(board: Board) -> None:
    """Some work, read 12 minutes ago."""
    board.read_catalog()
    board.world.fill(30, projects=("pay",))
    board.sync()
    board.wait(12 * MINUTE)


def clean(board: Board) -> None:
    """All of it is closed."""
    board.read_catalog()
    for id_ in board.world.fill(8, projects=("pay",)):
        board.world.change(id_, state="fixed", fixed=board.door.clock.now())
    board.sync()
    board.wait(12 * MINUTE)


def stale(board: Board) -> None:
    """Nobody has synced since the day before yesterday."""
    filled(board)
    board.wait(50 * HOUR)


def refused(board: Board) -> None:
    """The token is not taken any more."""
    filled(board)
    board.wait(50 * HOUR)
    error = SourceRefusedError("the token was refused")
    for part in ("project/all", "issue/severe", "issue/other", "vulnerability/severe", "vulnerability/other"):
        board.world.failing[part] = (0, error)
    board.sync()


def partial(board: Board) -> None:
    """One list breaks off after its first page."""
    filled(board)
    board.world.failing["issue/severe"] = (1, SourceUnreachableError("no answer within 30 s"))
    board.sync()


def held(board: Board) -> None:
    """The source shows nothing any more."""
    filled(board)
    board.world.is_empty = True
    board.sync()


@dataclass(frozen=True)
class State:
    """A state, a page that it is seen on, and what has to stand there."""

    name: str
    make: Callable[[Board], None]
    path: str
    words: tuple[str, ...]
    status: int = 200


API = "/components/component/default/checkout-api"
UNMAPPED = "/components/component/default/fraud-score"
TEAM = "/teams/group/default/checkout"
STATES = (
    State("clean-do-now", clean, "/", ("No open findings", "Last checked 12 min ago")),
    State("clean-findings", clean, "/findings", ("No open findings", "Last checked 12 min ago by Wiz")),
    State("clean-component", clean, API, ("No open findings", "Last checked 12 min ago by Wiz")),
    State("clean-team", clean, TEAM, ("No open findings", "Last checked 12 min ago by Wiz")),
    State("filtered", filled, "/findings?q=is:open+no-such", ("No finding matches", "30 open without these filters")),
    State("not-mapped", filled, UNMAPPED, ("We cannot tell which findings belong here", "wiz.io/project-id")),
    State("not-mapped-table", filled, "/components", ("We cannot tell which findings belong here", "Map it")),
    State("off-do-now", empty, "/", ("No source of findings is configured.", "Not known yet", "callboard init")),
    State("off-sources", empty, "/sources", ("No source yet", "callboard init")),
    State("never-read-do-now", never_read, "/", ("Wiz has never been read completely.", "Not known yet")),
    State("never-read-component", never_read, API, ("Not known yet", "does not mean that there is none")),
    State("never-read-table", never_read, "/components", ("not known yet",)),
    State("never-read-sources", never_read, "/sources", ("never", "No answer within 30 s")),
    State("stale-do-now", stale, "/", ("Data of Wiz is 2 d old.", "older than promised", "Numbers below are from")),
    State("stale-sources", stale, "/sources", ("stale",)),
    State("refused", refused, "/", ("Wiz lets us read nothing.", "The token was refused", "callboard doctor")),
    State("partial", partial, "/", ("Wiz was read only in part.", "not counted as fixed until a full sync")),
    State(
        "held", held, "/", ("A sync of Wiz is held until a person has looked at it.", "Until then the numbers below")
    ),
    State("held-sources", held, "/sources", ("Held: run", "callboard sync --accept-held")),
    State("no-access-finding", filled, "/findings/999999", (NOT_YOURS, "Request"), 404),
    State("no-access-component", filled, "/components/component/default/nobody", (NOT_YOURS,), 404),
    State(
        "query-error", filled, "/findings?q=sevrity:high", ("This question cannot be answered", "severity:high"), 400
    ),
    State("broken", filled, "/sources", ("Something went wrong", "this request’s id", "Request"), 500),
)


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Callable[[Board], None]], Board]]:
    """Each board is made once."""
    made: dict[Callable[[Board], None], Board] = {}
    with ExitStack() as stack:

        def made_by(make: Callable[[Board], None]) -> Board:
            if make not in made:
                path = tmp_path_factory.mktemp(make.__name__) / "callboard.db"
                made[make] = Board(stack.enter_context(opened(path, filled=False)))
                make(made[make])
            return made[make]

        yield made_by


def _break(*_args: object, **_options: object) -> None:
    raise RuntimeError("SELECT secret FROM somewhere")


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_each_state_has_its_words(
    boards: Callable[[Callable[[Board], None]], Board],
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    state: State,
) -> None:
    """Acceptance test 6: in words, without a number that nobody knows, and without scrolling sideways."""
    door = boards(state.make).door
    if state.status == 500:
        monkeypatch.setattr(browse, "link_checks", _break)
    with door.signed_in() as reader:
        answer = reader.get(state.path)
    html = unescape(re.sub(r"<wbr>|</?(?:time|b|span|code|bdi)\b[^>]*>", "", answer.text))
    assert answer.status_code == state.status
    for word in state.words:
        assert word.lower() in re.sub(r"\s+", " ", html).lower(), word
    assert "somewhere" not in html
    assert "Traceback" not in html
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark") if SHOTS else ("light",)
    for scheme in schemes:
        for width in (1280, 640, 360, 320):
            page = open_page(color_scheme=scheme, width=width)
            enter(page, door)
            page.goto(door.url + state.path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
            if state.status == 200:
                assert complaints(page) == []
            if SHOTS:
                folder = Path(SHOTS)
                folder.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=folder / f"state-{state.name}-{scheme}-{width}.png", full_page=True)
            page.context.close()
