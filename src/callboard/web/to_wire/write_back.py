"""What is written where findings came from, to the API's JSON shapes."""

from __future__ import annotations

from callboard.domain.instant import to_text
from callboard.domain.remediation.write_back import Shown
from callboard.web.wire import write_back as wire


def write_back(shown: Shown) -> wire.WriteBack:
    """One write as JSON."""
    return wire.WriteBack(
        id=shown.id, operation=shown.operation.word, words=shown.words, state=shown.state.word, said=shown.said,
        decision=shown.decision_id, actor=shown.actor, made_at=to_text(shown.made_at),
        ended_at=None if shown.ended_at is None else to_text(shown.ended_at), attempts=shown.attempts,
    )  # fmt: skip
