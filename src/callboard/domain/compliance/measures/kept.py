"""Measures of Callboard's own work: readings of sources, the log of who did what, and what was laid down."""

from __future__ import annotations

from functools import partial

from callboard.domain.compliance.facts import EntryFact, FeedFact, MessageFact, PolicyFact, RunFact, SourceFact
from callboard.domain.compliance.measure import Measure, Need, Subject
from callboard.domain.compliance.period import Period
from callboard.domain.instant import DAY
from callboard.domain.run import Mode, RunState

FRESH_DAYS = 7
"""A source that was read whole within so long is up to date."""
QUARTER_DAYS = 92
MONTH_DAYS = 31
REVIEW_DAYS = 366

_source = partial(Measure, subject=Subject.SOURCE)
_run = partial(Measure, subject=Subject.RUN, needs=(Need.RUNS,))
_entry = partial(Measure, subject=Subject.ENTRY, needs=(Need.LOG,))


def _every(_thing: SourceFact | RunFact | EntryFact | PolicyFact | FeedFact, _period: Period) -> bool:
    return True


def _is_fresh(source: SourceFact, period: Period) -> bool:
    return bool(source.whole) and (source.is_own or period.until - source.whole[-1] <= FRESH_DAYS * DAY)


def _has_no_gap(source: SourceFact, period: Period, days: int) -> bool:
    gap = source.longest_gap(period.start, period.until)
    return gap is not None and (source.is_own or gap <= days)


def _is_whole(run: RunFact, _period: Period) -> bool:
    return run.mode is Mode.FULL and run.state is RunState.APPLIED


def _failed(run: RunFact, _period: Period) -> bool:
    return run.state is not RunState.APPLIED


def _is_denied(entry: EntryFact, _period: Period) -> bool:
    return entry.action == "access.denied"


def _is_grant(entry: EntryFact, _period: Period) -> bool:
    return entry.action.startswith(("token.", "policy."))


def _is_due_policy(policy: PolicyFact, _period: Period) -> bool:
    return policy.kind == "due"


def _is_new(feed: FeedFact, period: Period) -> bool:
    return period.until - feed.read_at <= FRESH_DAYS * DAY


def _arrived(message: MessageFact, _period: Period) -> bool:
    return message.at is not None


def _was_under_way(message: MessageFact, period: Period) -> bool:
    return message.at is None or period.holds(message.made_at)


def _is_missing(message: MessageFact, _period: Period) -> bool:
    return message.at is None


def _is_recent(policy: PolicyFact, period: Period) -> bool:
    return policy.at > period.until - REVIEW_DAYS * DAY


SOURCES = _source(
    key="sources", words="Sources that are read", counts=_every,
    proves="Those that had been read, or tried, by the end. What is not connected is not in it.",
)  # fmt: skip
FRESH = _source(
    key="sources-fresh", words="Sources read whole in the last 7 days", counts=_is_fresh, among=_every,
    proves="A whole reading saw everything in its scope. Files that are imported are never whole.",
)  # fmt: skip
QUARTERLY = _source(
    key="sources-quarterly", words="Sources never longer than a quarter without a whole reading",
    counts=partial(_has_no_gap, days=QUARTER_DAYS), among=_every,
    proves="That Callboard read, not that the scanner behind the source scanned.",
)  # fmt: skip
MONTHLY = _source(
    key="sources-monthly", words="Sources never longer than a month without a whole reading",
    counts=partial(_has_no_gap, days=MONTH_DAYS), among=_every, proves="The same for 31 days.",
)  # fmt: skip
RUNS = _run(
    key="runs", words="Readings that began in the period", counts=_every,
    proves="Each with when it began and ended, and how.",
)  # fmt: skip
WHOLE = _run(
    key="runs-whole", words="Whole readings", counts=_is_whole, among=_every,
    proves="They read everything in scope and were applied. The others read what had changed, or a file.",
)  # fmt: skip
FAILED = _run(
    key="runs-not-applied", words="Readings that were not applied in full", counts=_failed, among=_every,
    proves="Partial, refused, given up, or waiting for a person at the end. None of them closed a finding.",
)  # fmt: skip
ENTRIES = _entry(
    key="log-entries", words="Entries in the log of who did what", counts=_every,
    proves="Each covers the one before it by its hash; the chain was followed up to the end of the period.",
)  # fmt: skip
DENIED = _entry(
    key="denied", words="Requests that were refused", counts=_is_denied,
    proves="Who showed nothing at all is only counted in the process’s own log.",
)  # fmt: skip
GRANTS = _entry(
    key="grants", words="Changes of who may do what", counts=_is_grant,
    proves="Tokens and policies here. Groups are changed in the catalog, which has its own history.",
)  # fmt: skip
POLICIES = Measure(
    key="policies", words="Policies and rule sets in force", subject=Subject.POLICY, counts=_every,
    proves="Laid down here in revisions, with who and why. What stands in the configuration has no history.",
)  # fmt: skip
DUE_POLICY = Measure(
    key="due-policy", words="A policy of due dates looked at within a year", subject=Subject.POLICY, counts=_is_recent,
    among=_is_due_policy, needs=(Need.POLICY,), proves="When its last revision was laid down, and by whom.",
)  # fmt: skip

MESSAGES = Measure(
    key="messages", words="Messages that arrived in the period", subject=Subject.MESSAGE, counts=_arrived,
    needs=(Need.NOTICES,), proves="Digests and what could not wait, by team and channel. Who read them is not known, and not kept.",
)  # fmt: skip

FEEDS = Measure(
    key="feeds", words="Lists of advisories and of what is exploited that were at hand", subject=Subject.FEED, counts=_every,
    needs=(Need.FEEDS,), proves="Those with which packages were last matched by the end, each with when it was fetched.",
)  # fmt: skip
FEEDS_FRESH = Measure(
    key="feeds-fresh", words="Lists fetched in the last 7 days", subject=Subject.FEED, counts=_is_new, among=_every,
    needs=(Need.FEEDS,), proves="When they were fetched, not when their publisher last changed them.",
)  # fmt: skip
MISSING = Measure(
    key="messages-missing", words="Messages made in the period that had not arrived by its end", subject=Subject.MESSAGE,
    counts=_is_missing, among=_was_under_way, needs=(Need.NOTICES, Need.FAILURES),
    proves="Refused, tried in vain, or not tried yet. That one arrived does not say that somebody read it.",
)  # fmt: skip

ALL = (
    SOURCES, FRESH, QUARTERLY, MONTHLY, RUNS, WHOLE, FAILED, ENTRIES, DENIED, GRANTS, POLICIES, DUE_POLICY, MESSAGES, MISSING,
    FEEDS, FEEDS_FRESH,
)  # fmt: skip
