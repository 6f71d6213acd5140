"""What happens in the world of a life, and to the clock."""

from __future__ import annotations

from tests.simulation.board import Board
from tests.support.worlds import STATES

SEVERITIES = ("critical", "high", "medium", "low", "info")
PROJECTS: tuple[tuple[str, ...], ...] = ((), ("p1",), ("p2",), ("p1", "p2"))
HOUR = 3600


def pick(board: Board) -> str | None:
    """One of the world's findings; a few have most of the adventures."""
    ids = sorted(board.world.records)
    return ids[min(board.draw.randrange(len(ids)), board.draw.randrange(len(ids)))] if ids else None


def appear(board: Board) -> None:
    """A new finding, on a resource of its own."""
    id_ = f"f{board.count:03}"
    board.count += 1
    board.world.add(
        id_, severity=board.draw.choice(SEVERITIES), kind=board.draw.choice(("issue", "vulnerability")),
        projects=board.draw.choice(PROJECTS), resource=f"r-{id_}",
    )  # fmt: skip


DATED = ("close", "close", "reopen", "reopen", "note", "remove")
UNDATED = ("redetect", "severity", "project", "project")


def change(board: Board, *, dated: bool = False) -> None:
    """One finding changes; some changes are dated by the source, others are not."""
    if (id_ := pick(board)) is None:
        return
    how = board.draw.choice(DATED if dated else DATED + UNDATED)
    board.note(how, id_)
    world, draw = board.world, board.draw
    match how:
        case "close" if STATES[world.records[id_].state].is_open:
            world.resolve(id_, state=draw.choice(("fixed", "rejected", "gone")))
        case "reopen" if not STATES[world.records[id_].state].is_open:
            world.reopen(id_)
        case "note":
            world.change(id_, note=str(draw.random()))
        case "redetect":
            world.redetect(id_)
        case "severity":
            world.change_quietly(id_, severity=draw.choice(SEVERITIES))
        case "project":
            world.change_quietly(id_, projects=draw.choice(PROJECTS))
        case "remove":
            world.remove(id_)


def change_much(board: Board) -> None:
    """Much happens at once."""
    for _ in range(board.draw.randint(2, 6)):
        board.draw.choice([appear, change])(board)


def lose_many(board: Board) -> None:
    """The source forgets many."""
    for id_ in sorted(board.world.records):
        if board.draw.random() < 0.5:
            board.world.remove(id_)


def spoil(board: Board) -> None:
    """Some records come malformed, or in no list though the source knows them; or all come well again."""
    draw = board.draw
    ids = sorted({id_ for id_ in (pick(board), pick(board)) if id_ is not None})
    board.world.broken = {id_: draw.choice(("field", "field", "id")) for id_ in ids} if draw.random() < 0.5 else {}
    board.world.hidden = set(ids) if draw.random() < 0.3 else set()
    board.world.order = draw.randrange(4)
    board.note("broken", board.world.broken, "hidden", sorted(board.world.hidden))


def step_clock(board: Board) -> None:
    """The board's clock is put right, or wrong."""
    seconds = board.draw.choice([-HOUR, HOUR, -300, 300, -1, 1, 2 * HOUR])
    board.note(seconds)
    board.world.source_clock.step(seconds)


def let_days_pass(board: Board) -> None:
    """Nobody does anything for a while."""
    days = board.draw.choice([1, 1, 2, 8, 31])
    board.note(days)
    board.stage.clock.advance(days * 24 * HOUR)
