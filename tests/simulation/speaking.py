"""What people say in a life, and what ends by itself."""

from __future__ import annotations

from callboard.domain.access import LAPTOP, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.errors import ConflictError, NotFoundError
from callboard.usecases import browse
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Done, Target
from tests.simulation.board import Board, Died
from tests.simulation.model import DAY, DAYS, Word
from tests.simulation.people import PEOPLE

GROUPS = ("red", "blue", None)


def speak(board: Board) -> None:
    """Somebody says one thing about some findings, of which some may be out of sight, closed or taken."""
    draw, model = board.draw, board.model
    who = draw.choice(GROUPS)
    viewer = PEOPLE[who]
    ids = sorted(draw.sample(sorted(model.told), k=min(len(model.told), draw.choice((1, 1, 1, 3)))))
    if not ids:
        return
    draft, word = _drafted(board, viewer)
    seen = draw.choice((None, None, board.newest[-1], draw.choice(board.newest)))
    board.note(viewer.named, word.kind, word.snooze or word.to or "", *ids, "seen", seen)
    numbers = {browse.finding_by_external_id(board.store, LAPTOP, id_): id_ for id_ in ids}
    target = Target(findings=tuple(numbers))
    sight = model.sight(who) & set(ids)
    refused = {id_: model.refused(id_, word, seen=seen) for id_ in sight}
    about = {id_ for id_, why in refused.items() if why is None}
    after = model.copy()
    for id_ in about:
        after.say(id_, word)
    key = f"key-{len(board.steps)}"
    is_alone = len(ids) == 1 and about == set() and (not sight or set(refused.values()) != {"same"})

    def say() -> Done | None:
        try:
            return deciding.decide(board.store, viewer, draft, target, clock=board.stage.clock, seen=seen, key=key)
        except NotFoundError:
            assert not sight
        except ConflictError:
            assert is_alone
        return None

    done = _twice_if_dead(board, say, after, 60)
    if done is None:
        assert is_alone or not sight
        return
    assert {numbers[id_] for id_ in done.findings} == about, f"{done} and should be about {about}"
    assert (done.decision is None) == (not about)
    _noted(board, done, after)
    if done.decision is not None:
        assert done.decision == word.id
    again = say()
    assert again == done, "A request that came twice was answered otherwise."


def _drafted(board: Board, viewer: Viewer) -> tuple[Draft, Word]:
    id_, by, now = deciding.newest(board.store) + 1, viewer.named, board.stage.clock.now()
    match board.draw.choice(("take", "assign", "snooze", "snooze", "dismiss")):
        case "take":
            return Draft(kind=DecisionKind.TAKE), Word(id_, "take", by, by)
        case "assign" if board.model.groups or "sia" not in by:
            # Not everybody knows of every group: each names the own one.
            to = EntityRef(f"group:default/{'red' if by.endswith('ana') else 'blue'}")
            return Draft(kind=DecisionKind.ASSIGN, about=to), Word(id_, "assign", by, to)
        case "assign" | "snooze":
            until = board.draw.choice((Until.DAY, Until.WEEK, Until.MONTH, Until.WORSE))
            word = Word(id_, "snooze", by, until=now + DAYS[until] * DAY, snooze=until.value)
            return Draft(kind=DecisionKind.SNOOZE, snooze=until), word
    return Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED), Word(id_, "dismiss", by)


def _twice_if_dead(board: Board, work: object, after: object, most: int) -> Done | None:
    """Do it; when the process dies, whoever asked asks again."""
    try:
        with board.mortal(board.moment(most)):
            return work()  # type: ignore[operator]
    except Died:
        board.note("died")
        board.either(after, logged=1)  # type: ignore[arg-type]
        return work()  # type: ignore[operator]


def _noted(board: Board, done: Done, after: object) -> None:
    if board.model is not after:
        board.model = after  # type: ignore[assignment]
        board.audited += done.decision is not None
    if done.decision is not None:
        board.said.append(done.decision)


def take_back(board: Board) -> None:
    """Somebody takes back what was said, for all that it stands for and that is theirs to decide."""
    if not board.said:
        return
    who = board.draw.choice(GROUPS)
    viewer, of = PEOPLE[who], board.draw.choice(board.said)
    about = board.model.standing(of) & board.model.sight(who)
    board.note(viewer.named, of)
    after, number = board.model.copy(), deciding.newest(board.store) + 1
    for id_ in about:
        after.take_back(id_, of, by=number)
    key = f"key-{len(board.steps)}"

    def undo() -> Done | None:
        try:
            return deciding.undo(board.store, viewer, of, clock=board.stage.clock, key=key)
        except NotFoundError:
            assert not about
        return None

    done = _twice_if_dead(board, undo, after, 40)
    assert (done is None) == (not about)
    if done is not None:
        assert len(done.findings) == len(about)
        _noted(board, done, after)


def tick(board: Board) -> None:
    """What has come to its time or condition ends, and nothing else."""
    after = board.model.copy()
    ended = after.tick(board.stage.clock.now())
    board.note(ended)
    try:
        with board.mortal(board.moment(30)):
            done = deciding.bring_back(board.store, clock=board.stage.clock)
        assert done == sum(map(len, ended.values()))
    except Died:
        board.note("died")
        board.restart()
        deciding.bring_back(board.store, clock=board.stage.clock)
    newest = deciding.newest(board.store)
    for id_ in ended:
        after.newest[id_] = newest
    board.model = after
