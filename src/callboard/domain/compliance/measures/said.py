"""Measures of what people said: decisions, and risks that were accepted."""

from __future__ import annotations

from functools import partial

from callboard.domain.compliance.facts import DecisionFact
from callboard.domain.compliance.life import Life
from callboard.domain.compliance.measure import Measure, Need, Subject
from callboard.domain.compliance.period import Period
from callboard.domain.decision import DecisionKind, Reason
from callboard.domain.finding import State

_finding = partial(Measure, subject=Subject.FINDING, needs=(Need.STATE,))


def _any(_decision: DecisionFact, _period: Period) -> bool:
    return True


def _is_dismissal(decision: DecisionFact, _period: Period) -> bool:
    return decision.kind is DecisionKind.DISMISS


def _is_accepted(life: Life, _period: Period) -> bool:
    return life.state is State.ACCEPTED


def _is_expired(life: Life, period: Period) -> bool:
    word = life.last_word(DecisionKind.ACCEPT)
    return word is None or word.until_at is None or word.until_at < period.until


def _is_by_two(life: Life, _period: Period) -> bool:
    word = life.last_word(DecisionKind.ACCEPT)
    return word is not None and word.asked_by is not None and word.asked_by != word.actor


def _is_mitigated(life: Life, _period: Period) -> bool:
    word = life.last_word(DecisionKind.DISMISS)
    return life.state is State.DISMISSED and word is not None and word.reason is Reason.MITIGATED


def _has_end(life: Life, _period: Period) -> bool:
    word = life.last_word(DecisionKind.DISMISS)
    return word is not None and word.until_at is not None


DECISIONS = Measure(
    key="decisions", words="Decisions in the period", subject=Subject.DECISION, counts=_any,
    proves="Each with who, when, why and until when; what was taken back is there with who took it back.",
)  # fmt: skip
DISMISSALS = Measure(
    key="dismissals", words="Dismissals in the period", subject=Subject.DECISION, counts=_is_dismissal, among=_any,
    proves="Each with one of five reasons.",
)  # fmt: skip
ACCEPTED = _finding(
    key="accepted", words="Findings whose risk was accepted at the end", counts=_is_accepted,
    proves="Agreed to here. What the source itself calls ignored is not among them.",
)  # fmt: skip
EXPIRED = _finding(
    key="accepted-expired", words="Accepted risks past their day", counts=_is_expired, among=_is_accepted,
    proves="None is as it should be: they come back by themselves.",
)  # fmt: skip
BY_TWO = _finding(
    key="accepted-by-two", words="Accepted risks on which two people agreed", counts=_is_by_two, among=_is_accepted,
    proves="Who agreed is not who asked, by their names in the log.",
)  # fmt: skip
MITIGATED = _finding(
    key="mitigated", words="Findings said to be mitigated at the end", counts=_is_mitigated,
    proves="Somebody said so with a reason. That the measure works was not tried.",
)  # fmt: skip
MITIGATED_DATED = _finding(
    key="mitigated-dated", words="Mitigated findings with an end", counts=_has_end, among=_is_mitigated,
    proves="Those without one are looked at again only when somebody does.",
)  # fmt: skip

ALL = (DECISIONS, DISMISSALS, ACCEPTED, EXPIRED, BY_TWO, MITIGATED, MITIGATED_DATED)
