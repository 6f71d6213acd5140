"""Syncs in a life: with and without faults, killed, gone on with, held and agreed to."""

from __future__ import annotations

from callboard.domain.reconcile import Safety
from callboard.domain.run import Mode, RunState
from callboard.errors import SourceUnreachableError
from callboard.usecases.sync import RunReport
from tests.simulation.board import Board, Died
from tests.simulation.happenings import appear, change
from tests.support.dumps import differences, dump
from tests.support.snapshots import snapshot

SAFETY = Safety(min_findings=4, close_share=0.5, new_share=0.5, owner_share=0.6)
"""Holds runs of a world as small as this one now and then."""
PARTS = [f"{kind}/{half}" for kind in ("issue", "vulnerability") for half in ("severe", "other")]
FAULTS = ("", "", "", "fails", "missed", "twice", "asking", "shift", "death", "death")


def sync(board: Board) -> None:
    """A whole run."""
    _run(board, Mode.FULL)


def sync_delta(board: Board) -> None:
    """A run that asks for what changed by date."""
    _run(board, Mode.DELTA)


def _run(board: Board, mode: Mode) -> None:
    draw, world = board.draw, board.world
    fault, part, page = draw.choice(FAULTS), draw.choice(PARTS), draw.randint(0, 2)
    board.note(mode.value, fault, part if fault else "", page if fault else "")
    _break(board, fault, part, page)
    world.handed = []
    moment = draw.randint(1, 200) if fault == "death" and draw.random() < 0.7 else None
    last_page = draw.randint(1, 6) if fault == "death" and moment is None else None
    looks_at = draw.randint(1, 12)
    pages = 0

    def on_page(_part: object, _number: int) -> None:
        nonlocal pages
        pages += 1
        if fault == "shift":
            board.stage.clock.advance(1)
            appear(board) if draw.random() < 0.3 else change(board, dated=True)
        if pages == looks_at and board.has_read_all:
            wrong = board.difference(board.model)
            assert wrong is None, f"While a run was read: {wrong}"
        if pages == last_page:
            raise Died

    world.on_page = on_page
    began, states = world.source_clock.now(), board.stage.run_states()
    try:
        with board.mortal(moment):
            report = board.stage.sync(mode, safety=SAFETY)
    except Died:
        board.note("died")
        _after_death(board, states)
        return
    finally:
        world.on_page = lambda _part, _number: None
        world.failing, world.slip, world.asking_fails = {}, {}, None
    ended(board, report)
    if report.state is RunState.APPLIED and not report.resumed and not fault:
        _compare(board, report)
    if report.state is RunState.APPLIED:
        board.asked_from = None if report.resumed else began


def _break(board: Board, fault: str, part: str, page: int) -> None:
    error = SourceUnreachableError("It broke.")
    match fault:
        case "fails":
            board.world.failing = {part: (page, error)}
        case "missed":
            board.world.slip = {part: (page, 1)}
        case "twice":
            board.world.slip = {part: (page, -1)}
        case "asking":
            board.world.asking_fails = error


def ended(board: Board, report: RunReport) -> None:
    """A run has ended by itself: what it had is applied, or waits for a person."""
    board.note(report.state.value, "first" if report.first else "", "resumed" if report.resumed else "")
    # What was missing is found anew by a run that goes on: of what it was told when it asked before nothing is kept.
    maybe = [each for each in board.maybe if not each.asked] if report.resumed else []
    board.maybe, board.held = [], ([], [])
    if report.state is RunState.HELD:
        board.held = (board.world.handed, maybe)
        return
    is_whole = (report.state, report.mode, report.first) == (RunState.APPLIED, Mode.FULL, False)
    board.take_over(board.model.after_run(board.world.handed, maybe, is_whole=is_whole))
    board.has_read_all |= report.state is RunState.APPLIED and report.mode is Mode.FULL


def _after_death(board: Board, former: list[str]) -> None:
    """Before the run is over a reader sees nothing of it, unless it is the first; and once it is over, all of it."""
    board.restart()
    states = board.stage.run_states()
    handed = board.world.handed
    if len(states) == len(former):
        if states[-1:] != ["fetching"]:
            assert not handed
            return
        handed = board.maybe + handed
    board.maybe, board.held = [], ([], [])
    if states[-1] == "held":
        board.held = ([], handed)
        return
    assert states[-1] == "fetching"
    board.maybe = handed
    if not board.has_read_all:
        board.take_over(board.model.after_run([], handed, is_whole=False))


def _compare(board: Board, report: RunReport) -> None:
    """A run without fault has everything that it could know; another one changes nothing."""
    world = board.world
    for id_, record in world.visible().items():
        is_told = report.mode is Mode.FULL or (board.asked_from is not None and record.updated >= board.asked_from)
        if is_told and id_ not in world.broken:
            assert board.model.told[id_] == board.model.observed(record), f"{id_}: the run has missed {record}"
    if report.first or report.mode is Mode.DELTA or board.draw.random() < 0.7:
        return
    content, stored = dump(board.store), snapshot(board.store)
    world.order, world.page_size = board.draw.randrange(4), board.draw.randint(1, 5)
    again = board.stage.sync(safety=SAFETY)
    if "id" in world.broken.values() and again.state is RunState.HELD:
        return  # what may not be closed is a larger share of what is still open now
    assert (again.state, again.changes) == (RunState.APPLIED, 0)
    different = differences(content | {"source": []}, dump(board.store) | {"source": []})
    assert not different, different
    assert snapshot(board.store) == stored


def judge(board: Board) -> None:
    """A person agrees to a held run, or throws it away."""
    states = board.stage.run_states()
    if states[-1:] != ["held"]:
        return
    if board.draw.random() < 0.4:
        board.note("discard")
        board.stage.discard(len(states))
        board.held = ([], [])
        return
    agree(board)


def agree(board: Board) -> None:
    """A person agrees to the run that is held."""
    board.note("accept")
    states = board.stage.run_states()
    world = board.world
    world.handed, world.asked = [], []
    report = board.stage.accept(len(states))
    sure, maybe = ([h for h in each if not (h.asked and h.record.id in world.asked)] for each in board.held)
    board.held = ([], [])
    is_whole = (report.state, report.mode) == (RunState.APPLIED, Mode.FULL)
    board.take_over(board.model.after_run([*sure, *world.handed], maybe, is_whole=is_whole))
    board.asked_from = None
