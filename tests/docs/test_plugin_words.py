"""What the plugin offers to say, and how it tells it, is what the service takes and the board says."""

from __future__ import annotations

import re
from pathlib import Path

from callboard.domain.decision import Decision, DecisionKind, Justification, Reason, Until
from callboard.domain.instant import Instant
from callboard.web import words
from callboard.web.pages.decide import DONE, UNTIL
from tests.support.browser import REPOSITORY

PLUGIN = REPOSITORY / "backstage" / "plugins" / "callboard" / "src" / "decide"


def told(name: str) -> str:
    """What a constant of the plugin's words holds, as it is written."""
    found = re.search(
        rf"\b{name}\b[^=]*= ([\[{{].*?)[\]}}](?: as const)?;", Path(PLUGIN / "words.ts").read_text(), re.DOTALL
    )
    assert found, name
    return found[1]


def test_reasons_are_those_of_the_service() -> None:
    """All of them, and no other."""
    assert set(re.findall(r"'([^']+)'", told("REASONS"))) == set(Reason)
    assert set(re.findall(r"'([^']+)'", told("JUSTIFICATIONS"))) == set(Justification)


def test_a_snooze_is_offered_as_on_the_board() -> None:
    """The same kinds by the same words."""
    pairs = re.findall(r"\['([^']+)', '([^']+)'\]", told("UNTIL"))
    assert pairs == [(each.value, UNTIL[each]) for each in Until]


def test_what_was_done_is_told_as_on_the_board() -> None:
    """Each act but the one that Callboard itself says."""
    pairs = re.findall(r"(?:'([^']+)'|(\w+)): '([^']+)'", told("DONE"))
    assert {quoted or bare: text for quoted, bare, text in pairs} == {
        kind.word: DONE[kind] for kind in DecisionKind if kind is not DecisionKind.RETURN
    }


def test_the_board_says_until_when_in_the_plugins_words() -> None:
    """The plugin's own test holds the same sentences."""
    tried = (PLUGIN / "words.test.ts").read_text()
    end = Instant(1_796_637_600_000_000)  # 7 December 2026, 10:00
    for snooze, kind, until in (
        (Until.WEEK, DecisionKind.SNOOZE, end),
        (Until.WORSE, DecisionKind.SNOOZE, end),
        (None, DecisionKind.ACCEPT, Instant(1_801_440_000_000_000)),  # 1 February 2027, 0:00
    ):
        text = words.aside(
            Decision(id=1, kind=kind, actor="user:default/bo", at=Instant(0), snooze=snooze, until_at=until)
        )
        assert f"'{text}'" in tried, text
