"""The portal against tickets, as the API's JSON shape, as rows of a file and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from callboard.domain.finding import Severity
from callboard.domain.remediation.channels import DOUBLING, Channel, Channels, Compared, Design, Mix, Stratum
from callboard.domain.remediation.times import FEW
from callboard.web import words
from callboard.web.wire import metrics as wire

TITLES: Final[Mapping[Design, str]] = {
    Design.LANDMARK: "What had happened within a week",
    Design.CHANGING: "From the day a channel is used",
}
ASSUMPTIONS: Final = (
    "Nobody was told by lot to use the portal or a ticket, so this is what goes together, and not what causes what.",
    "Compared is within severity, source and whether somebody owns the finding; what else tells them apart is not known.",
    "Findings that are not fixed yet count for as long as they were watched, and leaving the watch says nothing of speed.",
    "The ratio is taken to be the same at every age.",
    "Severity and owner are those of today, also where a source has moved them since.",
)


def compared(each: Compared, sources: Mapping[int, str]) -> wire.ChannelComparison:
    """One comparison."""
    rank = each.log_rank
    return wire.ChannelComparison(
        design=each.design.value,
        sentence=sentence(each),
        refusal=each.refusal,
        groups=[
            wire.ChannelArm(channel=channel.value, findings=each.groups[channel].n, fixed=each.groups[channel].fixed)
            for channel in Channel
        ],
        hazard_ratio=_number(each.ratio),
        interval=None if each.ratio is None else wire.Interval(low=_number(each.low), high=_number(each.high)),
        p=_number(each.p),
        log_rank_chi_square=None if rank is None else _number(rank.chi_square),
        log_rank_p=None if rank is None else _number(rank.p),
        fixes=each.fixes,
        smallest_ratio_seen=_number(each.smallest),
        teams=each.teams,
        error_by_team=each.by_team,
        mix=[_mix(one, sources) for one in each.mix],
    )


def _mix(one: Mix, sources: Mapping[int, str]) -> wire.ChannelMix:
    return wire.ChannelMix(
        severity=Severity(one.stratum.severity).word, source=sources.get(one.stratum.source_id, ""),
        is_owned=one.stratum.is_owned, portal_findings=few(one.portal.n), portal_fixed=few(one.portal.fixed),
        ticket_findings=few(one.ticket.n), ticket_fixed=few(one.ticket.fixed),
    )  # fmt: skip


def few(n: int) -> int | None:
    """A number of findings that is told. None: few."""
    return n if n == 0 or n >= FEW else None


def _number(value: float | None) -> float | None:
    """What JSON can hold; an end that is not bounded is null."""
    return None if value is None or not math.isfinite(value) else round(value, 6)


def sentence(each: Compared) -> str:
    """What may be said: what goes with what, and how sure that is."""
    if each.refusal is not None:
        return each.refusal
    assert each.ratio is not None  # noqa: S101 - what is not refused has all three
    assert each.low is not None  # noqa: S101
    assert each.high is not None  # noqa: S101
    span = f"{each.low:.2f} to {each.high:.2f}" if math.isfinite(each.high) else "not bounded"
    if each.low > 1 or each.high < 1:
        way = "faster" if each.ratio > 1 else "more slowly"
        told = f"Being acted on in the portal is associated with being fixed {way} than with a ticket"
    else:
        told = "No difference between the portal and tickets can be told"
    small = " So few fixes can only show a doubling of speed." if each.fixes < DOUBLING else ""
    return f"{told}: ratio {each.ratio:.2f}, 95 % {span}, p = {each.p:.3f}, {each.fixes:,} fixes.{small}"


def rows(found: Channels, sources: Mapping[int, str]) -> list[Sequence[object]]:
    """The rows of a file, as `to_wire_effect.COLUMNS` names them: what is compared with what."""
    return [
        (
            each.design.value, arm, Severity(one.stratum.severity).word, sources.get(one.stratum.source_id, ""),
            one.stratum.is_owned, None, few(side.n), few(side.fixed), None,
        )
        for each in found.compared
        for one in each.mix
        for arm, side in (("portal", one.portal), ("ticket", one.ticket))
    ]  # fmt: skip


def mixed(each: Compared, sources: Mapping[int, str]) -> list[tuple[str, Mix]]:
    """The strata of a comparison in words."""
    return [(_told(one.stratum, sources), one) for one in each.mix]


def _told(stratum: Stratum, sources: Mapping[int, str]) -> str:
    whose = "owned" if stratum.is_owned else "of nobody"
    return f"{Severity(stratum.severity).word}, {sources.get(stratum.source_id, '')}, {whose}"


def left_out(found: Channels) -> str:
    """What was left out, in a sentence."""
    parts = [
        f"{words.count(found.untimed, 'finding')} with a ticket of which nobody tells when it was made"
        if found.untimed
        else "",
        f"{words.count(found.came_back, 'finding')} that came back" if found.came_back else "",
        f"of the first comparison {words.count(found.late, 'finding')} first stored here later than a week after the opening"
        if found.late
        else "",
    ]
    told = [part for part in parts if part]
    return f"Left out: {'; '.join(told)}." if told else ""
