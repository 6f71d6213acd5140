"""One life of a board, drawn from a seed: a world that goes on, a source that fails, people, and a process that dies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.run import RunState
from callboard.store import Store
from callboard.usecases.people.audit_log import verify
from tests.simulation import catalog, happenings, runs, speaking
from tests.simulation.board import Board
from tests.support.dumps import dump

STEPS = 30

AROUND: Mapping[Callable[[Board], None], int] = {
    happenings.appear: 2,
    happenings.change: 6,
    happenings.change_much: 4,
    happenings.lose_many: 1,
    happenings.spoil: 1,
    happenings.step_clock: 1,
    happenings.let_days_pass: 1,
    catalog.change_catalog: 4,
}
"""What can happen around the board, and how often. The board knows nothing of it yet."""
ON_THE_BOARD: Mapping[Callable[[Board], None], int] = {
    runs.sync: 8,
    runs.sync_delta: 4,
    runs.judge: 2,
    catalog.read_catalog: 4,
    catalog.map_by_rule: 2,
    speaking.speak: 8,
    speaking.take_back: 3,
    speaking.tick: 2,
}
"""What can happen on the board."""
ACTIONS = {**AROUND, **ON_THE_BOARD}


class Lived(NamedTuple):
    """A life that went well."""

    steps: list[str]
    digest: str
    """Of the whole history that the board holds in the end."""


def live(store: Store, seed: int, *, steps: int = STEPS) -> Lived:
    """Live so many steps on an empty board.

    Raises AssertionError where the board is not what it must be, with all steps as a note.
    """
    board = Board(store, seed)
    try:
        for _ in range(board.draw.randint(0, 14)):
            happenings.appear(board)
        for _ in range(steps):
            action = board.draw.choices(list(ACTIONS), list(ACTIONS.values()))[0]
            board.steps.append(action.__name__)
            board.stage.clock.advance(board.draw.randint(1, 300))
            action(board)
            if action in ON_THE_BOARD:
                board.look()
        _end_well(board)
        return Lived(board.steps, hashlib.sha256(repr(dump(store)["history"]).encode()).hexdigest()[:16])
    except BaseException as error:
        told = "\n".join(f"{number:>4} {step}" for number, step in enumerate(board.steps))
        error.add_note(f'Seed {seed}: make simulate ARGS="--seed {seed}"\n{told}')
        raise
    finally:
        board.loop.close()


def _end_well(board: Board) -> None:
    """When nothing fails any more, the board equals the world, and the log of who did what is whole."""
    board.steps.append("the end")
    world = board.world
    world.broken, world.hidden = {}, set()
    board.stage.clock.advance(60)
    is_done = False
    while not is_done:
        world.handed = []
        report = board.stage.sync(safety=runs.SAFETY)
        runs.ended(board, report)
        if report.state is RunState.HELD:
            runs.agree(board)
        # A first run closes nothing: what an abandoned one before it had read, and is gone since, waits for the next.
        is_done = report.state is RunState.APPLIED and not report.resumed and not report.first
        board.look()
    for id_, record in world.visible().items():
        assert board.model.told[id_] == board.model.observed(record), id_
    open_here = {id_ for id_, told in board.model.told.items() if told.is_open and told.in_scope}
    assert open_here <= world.records.keys()
    assert verify(board.store, AT_THE_LAPTOP).holds
