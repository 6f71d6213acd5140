"""The report on noise as JSON shapes, and as lines of a table."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.domain.remediation.noise import FEWEST, RuleNoise
from callboard.usecases.remediation.find_noise import Report
from callboard.web.wire import noise as wire_noise


def noise(report: Report) -> wire_noise.Noise:
    """All of it."""
    noisiest = report.noisiest
    return wire_noise.Noise(
        first=report.period.first,
        last=report.period.last,
        noisiest=None if noisiest is None else _rule(noisiest),
        rules=tuple(_rule(each) for each in report.rules),
    )


def _rule(each: RuleNoise) -> wire_noise.NoiseRule:
    share, former, proposal = each.interval, each.former, each.proposal
    return wire_noise.NoiseRule(
        source=each.rule.source,
        rule=each.rule.id,
        name=each.rule.name,
        useless=_told(each.useless, each.acted),
        acted=_told(each.acted, each.acted),
        share=None if share is None else share.share,
        low=None if share is None else share.low,
        high=None if share is None else share.high,
        people=each.people,
        people_useless=each.people_useless,
        former_useless=_told(each.former_useless, each.former_acted),
        former_acted=_told(each.former_acted, each.former_acted),
        former_share=None if former is None else former.share,
        open=each.rule.open,
        proposal=None
        if proposal is None
        else wire_noise.NoiseProposal(words=proposal.words, query=proposal.query, findings=proposal.findings),
    )


def _told(n: int, acted: int) -> int | None:
    """A number, where it is not of few."""
    return None if 0 < acted < FEWEST else n


COLUMNS = (
    "source", "rule", "name", "useless", "acted", "share", "people", "people_useless", "former_useless", "former_acted",
    "former_share", "open", "proposal", "query",
)  # fmt: skip


def rows(report: Report) -> Iterator[list[object]]:
    """A line for each rule."""
    for each in noise(report).rules:
        told = each.proposal
        yield [
            each.source, each.rule, each.name, each.useless, each.acted, each.share, each.people, each.people_useless,
            each.former_useless, each.former_acted, each.former_share, each.open, told.words if told else None,
            told.query if told else None,
        ]  # fmt: skip
