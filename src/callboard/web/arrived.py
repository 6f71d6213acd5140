"""Who comes by a link in a message: that is counted by the sort of channel, and the address loses the mark before it is shown.

The mark opens nothing: whoever comes with it has been let in already, and a mark that nobody made is only taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog
from litestar.background_tasks import BackgroundTask
from litestar.response import Redirect, Response

from callboard.domain.remediation.engagement import CHANNELS, VIA, Door
from callboard.errors import CallboardError
from callboard.usecases.remediation.note_engagement import note_arrived
from callboard.web import links
from callboard.web.view import View

Pairs = tuple[tuple[str, str], ...]

_log = structlog.get_logger("callboard.web")
_BY_WORD = {door.word: door for door in CHANNELS}


def by_message(view: View, found: Callable[[Pairs], Collection[int]]) -> Response[str] | None:
    """The way on to the same address without the mark; `found` tells which findings the address leads to. None: it has no mark.

    Counted is after the answer has left, and nothing for whoever asks not to be.
    """
    marks = [value for name, value in view.query if name == VIA]
    if not marks:
        return None
    rest = tuple(pair for pair in view.query if pair[0] != VIA)
    door = _BY_WORD.get(marks[0]) if len(marks) == 1 else None
    task = BackgroundTask(_arrived, view, door, rest, found) if door is not None and view.is_counted else None
    return Redirect(links.again(view.path, rest), status_code=303, background=task)


def _arrived(view: View, door: Door, rest: Pairs, found: Callable[[Pairs], Collection[int]]) -> None:
    try:
        note_arrived(view.store, view.visibility, found(rest), door, now=view.now)
    except CallboardError as error:
        _log.warning("not counted", reason=type(error).__name__)
