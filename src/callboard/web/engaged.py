"""What people do here, noted after the answer has left, so that nobody waits for it: acts and looks, without who; and visits."""

from __future__ import annotations

import structlog
from litestar.background_tasks import BackgroundTask

from callboard.domain.decision import DecisionKind
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.errors import CallboardError
from callboard.usecases.first_pages import note_visit
from callboard.usecases.remediation.decide import Done
from callboard.usecases.remediation.note_engagement import note_acts, note_engagement, note_seen
from callboard.web.view import View

_log = structlog.get_logger("callboard.web")


def opened(view: View, finding_id: int) -> BackgroundTask | None:
    """That somebody opened a finding. None: it is not to be counted."""
    return BackgroundTask(_opened, view, finding_id) if view.is_counted else None


def acted(view: View, done: Done) -> BackgroundTask | None:
    """That somebody acted on findings. What was said is written already, and stands apart; taking it back is no act."""
    is_act = done.decision is not None and done.kind is not DecisionKind.UNDO and bool(done.findings)
    return BackgroundTask(_acted, view, done.findings) if is_act else None


def visited(view: View) -> BackgroundTask | None:
    """That a person looks at what to do now, through the portal: so that the next visit knows what is new. None: a program asks."""
    return BackgroundTask(_visited, view) if view.door is Door.PLUGIN else None


def _visited(view: View) -> None:
    try:
        note_visit(view.store, view.viewer, now=view.now)
    except CallboardError as error:
        _log.warning("visit not noted", reason=type(error).__name__)


def _opened(view: View, finding_id: int) -> None:
    try:
        note_engagement(view.store, view.visibility, finding_id, Engagement.OPENED, view.door, now=view.now)
        note_seen(view.store, view.viewer, (finding_id,), view.door, now=view.now)
    except CallboardError as error:
        _log.warning("not counted", reason=type(error).__name__)


def _acted(view: View, finding_ids: tuple[int, ...]) -> None:
    try:
        note_acts(view.store, view.visibility, finding_ids, view.door, now=view.now)
    except CallboardError as error:
        _log.warning("not counted", reason=type(error).__name__)
