"""Measures of findings: what is open, what was closed, and how long it took."""

from __future__ import annotations

from functools import partial

from callboard.domain.compliance.life import Life, Outcome, Spell
from callboard.domain.compliance.measure import (
    Duration,
    Measure,
    Need,
    Subject,
    until_answered,
    until_fixed,
    until_told,
)
from callboard.domain.compliance.period import Period
from callboard.domain.decision import DecisionKind
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import DAY

_STATE, _FLOW = (Need.STATE,), (Need.FLOW,)
LASTS = 30 * DAY
"""A fix that is undone within so long was none."""

_finding = partial(Measure, subject=Subject.FINDING)


def _every(_life: Life, _period: Period) -> bool:
    return True


def _is_open(life: Life, _period: Period) -> bool:
    return life.is_open


def _is_severe(life: Life, _period: Period) -> bool:
    return life.severity >= Severity.HIGH


def _is_open_and_severe(life: Life, period: Period) -> bool:
    return life.is_open and _is_severe(life, period)


def _is_rated(life: Life, _period: Period) -> bool:
    return life.severity is not Severity.UNKNOWN


def _is_dated(life: Life, _period: Period) -> bool:
    return life.due_at is not None


def _is_open_and_dated(life: Life, period: Period) -> bool:
    return life.is_open and _is_dated(life, period)


def _is_late(life: Life, period: Period) -> bool:
    return life.due_at is not None and life.due_at < period.until


def _is_mapped(life: Life, _period: Period) -> bool:
    return life.is_mapped is True


def _was_opened(life: Life, period: Period) -> bool:
    return any(period.holds(spell.opened_at) and spell.entered_at == spell.opened_at for spell in life.spells)


def _was_found(life: Life, period: Period) -> bool:
    return period.holds(life.opened_at)


def _ended(life: Life, period: Period, outcome: Outcome) -> bool:
    return any(spell.outcome is outcome and period.holds(spell.ended_at) for spell in life.spells)


def _was_fixed(life: Life, period: Period) -> bool:
    return _ended(life, period, Outcome.FIXED)


def _was_set_aside(life: Life, period: Period) -> bool:
    return _ended(life, period, Outcome.ASIDE)


def _went(life: Life, period: Period) -> bool:
    return _ended(life, period, Outcome.GONE)


def _was_to_do(life: Life, period: Period) -> bool:
    """Open when the period began, or opened in it."""
    return life.was_open_at(period.start) or _was_opened(life, period)


def _was_due(life: Life, period: Period) -> bool:
    """Fixed in the period with a due date, or open and past it at the end."""
    return _is_dated(life, period) and (_was_fixed(life, period) or (life.is_open and _is_late(life, period)))


def _was_on_time(life: Life, period: Period) -> bool:
    if life.due_at is None or life.is_open:
        return False
    fixed = [spell.ended_at for spell in life.spells if spell.outcome is Outcome.FIXED and period.holds(spell.ended_at)]
    return bool(fixed) and fixed[-1] is not None and fixed[-1] <= life.due_at


def _next(life: Life, spell: Spell) -> Spell | None:
    later = [each for each in life.spells if spell.ended_at is not None and each.entered_at >= spell.ended_at]
    return later[0] if later else None


def _fix_could_last(life: Life, period: Period) -> bool:
    """Fixed in the period, and so long before its end that it is known whether it lasted."""
    return any(
        spell.outcome is Outcome.FIXED
        and period.holds(spell.ended_at)
        and (spell.ended_at or 0) + LASTS <= period.until
        for spell in life.spells
    )


def _fix_lasted(life: Life, period: Period) -> bool:
    for spell in life.spells:
        if spell.outcome is not Outcome.FIXED or not period.holds(spell.ended_at):
            continue
        back = _next(life, spell)
        if back is not None and back.entered_at - (spell.ended_at or 0) <= LASTS:
            return False
    return True


def _came_back(life: Life, period: Period) -> bool:
    return any(period.holds(spell.entered_at) and spell is not life.spells[0] and spell.entered_at == spell.opened_at
               for spell in life.spells)  # fmt: skip


def _was_answered(life: Life, _period: Period) -> bool:
    return life.answered_at is not None


def _was_found_severe(life: Life, period: Period) -> bool:
    return _was_found(life, period) and _is_severe(life, period)


def _is_open_and_late(life: Life, period: Period) -> bool:
    return life.is_open and _is_late(life, period)


def _was_told(life: Life, _period: Period) -> bool:
    return life.notice.at is not None


def _was_told_late(life: Life, _period: Period) -> bool:
    return life.notice.overdue_at is not None


def _has_ticket(life: Life, _period: Period) -> bool:
    return life.ticket_at is not None


def _is_of(life: Life, _period: Period, kinds: frozenset[Kind]) -> bool:
    return life.is_open and life.kind in kinds


def _was_malicious(life: Life, period: Period) -> bool:
    return life.kind is Kind.MALICIOUS_PACKAGE and _was_to_do(life, period)


def _was_called_useless(life: Life, period: Period) -> bool:
    return any(each.kind is DecisionKind.NOT_USEFUL and period.holds(each.at) for each in life.words)


def _was_spoken_of(life: Life, period: Period) -> bool:
    return any(period.holds(each.at) for each in life.words)


OPEN = _finding(
    key="open", words="Findings open at the end", counts=_is_open, needs=_STATE,
    proves="What the sources had found and nobody had closed or set aside. What no source looks at is not in it.",
)  # fmt: skip
OPEN_SEVERE = _finding(
    key="open-severe", words="Critical and high findings open at the end", counts=_is_severe, among=_is_open, needs=_STATE,
    proves="By the severity that the source gave at the end.",
)  # fmt: skip
RATED = _finding(
    key="rated", words="Open findings whose severity is known", counts=_is_rated, among=_is_open, needs=_STATE,
    proves="What has no severity is not taken for low. A severity is a rating, and no measure of impact here.",
)  # fmt: skip
DATED = _finding(
    key="dated", words="Open findings with a due date", counts=_is_dated, among=_is_open, needs=_STATE,
    proves="That a limit was set. Informational ones have none by default.",
)  # fmt: skip
OVERDUE = _finding(
    key="overdue", words="Open findings past their due date at the end", counts=_is_late, among=_is_open_and_dated,
    needs=_STATE, proves="By the date that held at the end; it never moves later without a decision.",
)  # fmt: skip
OPEN_MAPPED = _finding(
    key="open-mapped", words="Open findings that had an owner", counts=_is_mapped, among=_is_open,
    needs=(Need.STATE, Need.OWNERS), proves="Whose it was by the evidence stored then, not that this was right.",
)  # fmt: skip
OPEN_CONFIGURATION = _finding(
    key="open-configuration", words="Settings that break a rule at the end",
    counts=partial(_is_of, kinds=frozenset({Kind.MISCONFIGURATION, Kind.POSTURE})), needs=_STATE,
    proves="Only what the source’s rules look at. What passed them is not told by most sources.",
)  # fmt: skip
OPEN_SUPPLY = _finding(
    key="open-supply-chain", words="Findings in packages open at the end",
    counts=partial(_is_of, kinds=frozenset({Kind.DEPENDENCY, Kind.MALICIOUS_PACKAGE, Kind.SUSPICIOUS_PACKAGE})), needs=_STATE,
    proves="Packages of components whose bills are known, by the advisories at hand.",
)  # fmt: skip
OPENED = _finding(
    key="opened", words="Findings opened in the period", counts=_was_opened, needs=_FLOW,
    proves="By the source’s own dates, those that came back included.",
)  # fmt: skip
FIXED = _finding(
    key="fixed", words="Findings fixed in the period", counts=_was_fixed, needs=_FLOW,
    proves="By the source’s word, or by absence from a whole reading. Who fixed it is not known.",
)  # fmt: skip
SET_ASIDE = _finding(
    key="set-aside", words="Findings set aside in the period", counts=_was_set_aside, needs=_FLOW,
    proves="Dismissed, accepted, or ignored at the source: no fix.",
)  # fmt: skip
GONE = _finding(
    key="gone", words="Findings that went with their resource", counts=_went, needs=_FLOW,
    proves="The thing was removed: no fix, and no risk any more.",
)  # fmt: skip
ON_TIME = _finding(
    key="on-time", words="Fixed by their due date", counts=_was_on_time, among=_was_due, needs=_FLOW,
    proves="Out of those fixed in the period and those still open past their date. Not yet due ones are left out.",
)  # fmt: skip
CAPACITY = _finding(
    key="capacity", words="Fixed of all there was to fix", counts=_was_fixed, among=_was_to_do, needs=_FLOW,
    proves="Out of those open when the period began and those opened in it.",
)  # fmt: skip
CAME_BACK = _finding(
    key="came-back", words="Findings that came back in the period", counts=_came_back, needs=_FLOW,
    proves="Closed, and found again by the same source under the same identity.",
)  # fmt: skip
LASTED = _finding(
    key="lasted", words="Fixes that lasted 30 days", counts=_fix_lasted, among=_fix_could_last, needs=_FLOW,
    proves="Fixes of the last 30 days are left out: nobody can tell yet.",
)  # fmt: skip
ANSWERED = _finding(
    key="answered", words="Findings found in the period that somebody has answered", counts=_was_answered,
    among=_was_found, needs=_FLOW,
    proves="Taken, assigned, put off, dismissed or commented on here. What is handled elsewhere without a word is not seen.",
)  # fmt: skip
SEVERE_ANSWERED = _finding(
    key="severe-answered", words="Critical and high open findings with a decision", counts=_was_answered,
    among=_is_open_and_severe, needs=_STATE, proves="That a response was chosen. Not that it was a good one.",
)  # fmt: skip
SEVERE_TOLD = _finding(
    key="severe-told", words="Critical and high findings found in the period that a message told at once",
    counts=_was_told, among=_was_found_severe, needs=(*_FLOW, Need.NOTICES),
    proves="That a message about it arrived, with when. Not that somebody read it; what a digest tells is not counted.",
)  # fmt: skip
OVERDUE_TOLD = _finding(
    key="overdue-told", words="Findings past their due date at the end of which a message said so", counts=_was_told_late,
    among=_is_open_and_late, needs=(*_STATE, Need.NOTICES),
    proves="That it arrived at the team’s channel. Who is above the team is told by nobody here.",
)  # fmt: skip
TICKETED = _finding(
    key="fixed-with-ticket", words="Findings fixed in the period that had a ticket", counts=_has_ticket, among=_was_fixed,
    needs=_FLOW, proves="Made or linked here by the end. A ticket that nobody linked is not known.",
)  # fmt: skip
MALICIOUS = _finding(
    key="malicious", words="Packages made to harm that were in use", counts=_was_malicious, needs=_FLOW,
    proves="By the advisories at hand, at some time of the period. None is no proof that there were none.",
)  # fmt: skip
NOT_USEFUL = _finding(
    key="not-useful", words="Findings called not useful", counts=_was_called_useless, among=_was_spoken_of, needs=_STATE,
    proves="Out of those about which somebody said something in the period.",
)  # fmt: skip
FIX_MEDIAN = Duration(
    key="fix-median", words="Days until half are fixed", watch=until_fixed, needs=_FLOW,
    proves="By Kaplan and Meier over the period; what is still open counts, what was closed within a day does not.",
)  # fmt: skip
FIX_30 = Duration(
    key="fixed-in-30-days", words="Share fixed within 30 days", watch=until_fixed, share_by=30, needs=_FLOW,
    proves="The same curve at day 30. What was set aside leaves it and is no fix.",
)  # fmt: skip
ANSWER_MEDIAN = Duration(
    key="answer-median", words="Days until half are answered", watch=until_answered, needs=_FLOW,
    proves="From the source’s first detection to the first word of a person here; a view is no answer.",
)  # fmt: skip
TOLD_MEDIAN = Duration(
    key="told-median", words="Days until half of the critical and high findings are told at once", watch=until_told,
    needs=(*_FLOW, Need.NOTICES),
    proves="From the source’s first detection to the first message about it that arrived; what nobody was told of counts too.",
)  # fmt: skip

ALL = (
    OPEN, OPEN_SEVERE, RATED, DATED, OVERDUE, OPEN_MAPPED, OPEN_CONFIGURATION, OPEN_SUPPLY, OPENED, FIXED, SET_ASIDE, GONE,
    ON_TIME, CAPACITY, CAME_BACK, LASTED, ANSWERED, SEVERE_ANSWERED, MALICIOUS, NOT_USEFUL, FIX_MEDIAN, FIX_30,
    ANSWER_MEDIAN, SEVERE_TOLD, OVERDUE_TOLD, TICKETED, TOLD_MEDIAN,
)  # fmt: skip
