"""A board beside its model: everything is looked at after every step, and a process may die in the middle of any."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator

from sqlalchemy import event

from callboard.domain.query import parse
from callboard.store import Store
from callboard.store.people import audit
from callboard.usecases import ask
from callboard.usecases.remediation import decide as deciding
from tests.simulation.model import Component, Model, Told
from tests.simulation.one_thread import OneThread
from tests.simulation.people import PEOPLE
from tests.simulation.upstream import Handed, Upstream
from tests.support.catalogs import group
from tests.support.snapshots import Seen, Snapshot, check_step, snapshot
from tests.support.stages import Stage

TEAMS = ("red", "blue")
"""They look in turn."""
DECIDED = audit.Wanted(action="finding.")


class Died(Exception):  # noqa: N818 - it is no error of anybody
    """The process ends here."""


class Quiet(Stage):
    """A stage that looks only when it is told to: its own look is no part of what a process does."""

    def check(self) -> None:
        """Not now."""


class Board:
    """One board and all around it."""

    def __init__(self, store: Store, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - repeats
        self.loop = OneThread(self.wait)
        self.stage = Quiet(store, run=self.loop.live)
        self.world = self.stage.world = Upstream(self.stage.clock)
        self.model = Model()
        self.store = store
        self.steps: list[str] = []
        """What was done, for whoever has to understand a failure."""
        self.count = 0
        """Findings that the world ever had."""
        self.maybe: list[Handed] = []
        """What an unfinished run was given before its worker died."""
        self.held: tuple[list[Handed], list[Handed]] = ([], [])
        """What a run was given that waits for a person: for sure, and perhaps."""
        self.has_read_all = False
        """Some whole run was applied: from then on readers see nothing of a run before it is applied."""
        self.asked_from: int | None = None
        """When, by the source's clock, the last run began that was applied. None: nobody can say."""
        self.newest = [0]
        """The newest decisions that somebody may know of."""
        self.looks = 0
        self.claims: dict[str, Component] = {}
        """What the catalog says of components, whether it has them now or had them."""
        self.said: list[int] = []
        """Decisions, whether they stand or not."""
        self.audited = 0
        """Decisions that have to be in the log."""
        self.stage.catalog.put(group("red", members=["ana"]), group("blue", members=["bo"]))
        self.before = snapshot(store)

    def wait(self, seconds: float) -> None:
        """Nothing is left to do but to wait so long."""
        self.stage.clock.advance(seconds)

    def note(self, *words: object) -> None:
        """Say more of what is done."""
        self.steps[-1] = " ".join([self.steps[-1], *map(str, words)])

    # Looking

    def look(self) -> None:
        """The board is what the model says, for everybody; nothing is lost, and every change has its event."""
        Stage.check(self.stage)
        after = snapshot(self.store)
        check_step(self.before, after)
        self.before = after
        wrong = self.difference(self.model, after)
        assert wrong is None, wrong
        self.newest.append(deciding.newest(self.store))

    def difference(self, model: Model, stored: Snapshot | None = None) -> str | None:
        """Where the board is not what a model says."""
        stored = snapshot(self.store) if stored is None else stored
        told = {id_: as_told(seen) for id_, seen in stored.items()}
        for id_ in told.keys() | model.told.keys():
            if told.get(id_) != model.told.get(id_):
                return f"{id_}: it is {told.get(id_)} and should be {model.told.get(id_)}"
        self.looks += 1
        for who in (None, TEAMS[self.looks % 2]):
            viewer, now = PEOPLE[who], self.stage.clock.now()
            page = ask.list_findings(self.store, viewer, parse(""), now=now, cursor=None, limit=500)
            rows = {row.external_id: row for row in page.rows}
            if not len(rows) == len(page.rows) == page.total or rows.keys() != model.sight(who):
                return f"{viewer.named} sees {sorted(rows)} and should see {sorted(model.sight(who))}"
            for id_, row in rows.items():
                found = (row.state.word, {ref.rpartition("/")[2] for ref in row.components}, row.taken_by)
                wanted = (model.shown(id_), set(model.owning(id_)[0]), model.doer(id_))
                if found != wanted:
                    return f"{id_}: it is {found} and should be {wanted}"
        with self.store.read() as conn:
            logged = audit.count(conn, DECIDED)
        return None if logged == self.audited else f"{logged} decisions in the log, and {self.audited} were made"

    def take_over(self, options: dict[str, list[Told | None]]) -> None:
        """What the board has made of each finding, where that is one of what it may be."""
        stored = snapshot(self.store)
        for id_, may_be in options.items():
            found = as_told(stored[id_]) if id_ in stored else None
            assert found in may_be, f"{id_}: it is {found} and should be one of {may_be}"
            if found is not None:
                self.model.told[id_] = found

    # Dying

    @contextlib.contextmanager
    def mortal(self, moment: int | None) -> Iterator[None]:
        """The process dies at this statement or commit, if it comes to it; nothing of it goes on."""
        passed = 0

        def pass_moment(*_: object) -> None:
            nonlocal passed
            passed += 1
            if moment is not None and passed >= moment:
                raise Died

        names = ("before_cursor_execute", "commit")
        for name in names:
            event.listen(self.store.engine, name, pass_moment)
        try:
            yield
        finally:
            for name in names:
                event.remove(self.store.engine, name, pass_moment)

    def moment(self, most: int) -> int | None:
        """When to die; mostly never."""
        return self.draw.randint(1, most) if self.draw.random() < 0.2 else None

    def restart(self) -> None:
        """Another process begins: what the dead one remembered is gone, and what it held is known to be abandoned."""
        self.store.known = self.store.laid_down = None
        self.stage.hold_lease(None)

    def either(self, after: Model, *, logged: int = 0) -> bool:
        """After a death: the board is as it was, or as it was to be. Whether it is the latter."""
        self.restart()
        if self.difference(self.model) is None:
            return False
        self.model = after
        self.audited += logged
        return True


def as_told(seen: Seen) -> Told:
    """A finding as the board has it from its source. What somebody set aside is open there."""
    return Told(
        "open" if seen.state.is_set_aside else seen.state.word, seen.severity.word, tuple(json.loads(seen.project_set)),
        seen.first, seen.last, seen.updated, seen.reopened, seen.in_scope,
    )  # fmt: skip
