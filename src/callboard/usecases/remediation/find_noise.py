"""Find the rules that are noise to those who act on them, of what somebody may see."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.instant import Instant
from callboard.domain.query import parse
from callboard.domain.remediation.noise import RuleNoise, noise
from callboard.domain.remediation.question import Period
from callboard.store import Store
from callboard.store.remediation import noise as noise_store
from callboard.usecases import ask


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules are noise."""

    period: Period
    rules: tuple[RuleNoise, ...]
    """Those that somebody called not useful in the period or the one before, the noisiest first."""

    @property
    def noisiest(self) -> RuleNoise | None:
        """The one to do something about first. None: no rule is noisy enough, or nothing of it is open."""
        return next((each for each in self.rules if each.is_noisy and each.proposal is not None), None)


def find_noise(store: Store, viewer: Viewer, period: Period, *, now: Instant) -> Report:
    """What people called not useful in a period, beside the one as long before it."""
    start = Instant(period.start - (period.end - period.start))
    with store.read() as conn:
        acts = list(noise_store.acts(conn, viewer.visibility, start, period.start, period.end))
        useless = {each.rule for each in acts if each.useless}
        acts = [each for each in acts if each.rule in useless]
        rules = noise_store.rules(conn, viewer.visibility, useless)
        labels = noise_store.labels(conn, store.dialect, {each.finding for each in acts})
    found = noise(acts, rules, labels)
    return Report(period=period, rules=tuple(_counted(store, viewer, each, now) for each in found))


def _counted(store: Store, viewer: Viewer, each: RuleNoise, now: Instant) -> RuleNoise:
    """With how many findings the proposal is about: those of its list. Where none is left, nothing is proposed."""
    if each.proposal is None:
        return each
    n = ask.list_findings(store, viewer, parse(each.proposal.query), now=now, limit=1).total
    proposal = msgspec.structs.replace(each.proposal, findings=n) if n else None
    return msgspec.structs.replace(each, proposal=proposal)
