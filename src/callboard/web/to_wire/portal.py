"""A portal's risk register as JSON shapes."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.component import EntityRef
from callboard.domain.instant import to_text
from callboard.domain.risk.register import Register, Risk
from callboard.domain.risk.scale import Factor
from callboard.web.wire import portal as wire_portal


def register(kept: Register, *, old: bool = False, portals: Sequence[str] = ()) -> wire_portal.RiskRegister:
    """All of it, for programs. `portals`: all that there is a register of; left out: this one alone."""
    return wire_portal.RiskRegister(
        portal=kept.portal,
        at=to_text(kept.at),
        formula=kept.formula,
        files=kept.files,
        production=kept.production,
        components=kept.estate.components,
        teams=kept.estate.teams,
        worst=None if kept.worst is None else kept.worst.word,
        bands={band.word: count for band, count in kept.bands},
        risks=tuple(_risk(each) for each in kept.risks),
        not_evaluated=kept.not_evaluated,
        old=old,
        portals=tuple(portals) or (kept.portal,),
    )


def delivered(ref: EntityRef, kept: Register) -> wire_portal.DeliveredJudgement:
    """For the pipeline that handed it in, which may not see the register by that."""
    return wire_portal.DeliveredJudgement(component=ref, portal=kept.portal, at=to_text(kept.at), risks=len(kept.risks))


def _risk(risk: Risk) -> wire_portal.RiskLine:
    score = risk.score
    return wire_portal.RiskLine(
        key=risk.key, area=risk.area, title=risk.title, band=risk.band.word, number=score.number, low=score.low,
        high=score.high, malicious=risk.malicious, likelihood=_factor(risk.likelihood), exposure=_factor(risk.exposure),
        blast_radius=_factor(risk.blast), action=risk.action,
        evidence=tuple(
            wire_portal.RiskEvidence(
                said=each.said,
                file=each.place.file if each.place else None,
                line=each.place.line if each.place else None,
                reference=each.reference,
            )
            for each in risk.evidence
        ),
    )  # fmt: skip


def _factor(factor: Factor) -> wire_portal.RiskFactor:
    return wire_portal.RiskFactor(low=factor.low, high=factor.high, because=factor.because)
