"""A risk register told: as JSON, as SARIF for code scanning, and as Markdown for a meeting."""

from __future__ import annotations

import msgspec

from callboard.checks import sarif
from callboard.domain.finding import Severity
from callboard.domain.instant import to_text
from callboard.domain.posture import Place
from callboard.domain.risk.register import Register, Risk
from callboard.domain.risk.scale import Band, Factor

_SEVERITIES = {
    Band.CRITICAL: Severity.CRITICAL,
    Band.HIGH: Severity.HIGH,
    Band.MEDIUM: Severity.MEDIUM,
    Band.LOW: Severity.LOW,
}
_FEW = 5
"""Evidence of one line in Markdown; JSON has all of it."""


class RiskFactor(msgspec.Struct, frozen=True, kw_only=True):
    """One factor, 1 to 5. Both ends are the same where it is known."""

    low: int
    high: int
    because: str


class RiskEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a line rests on."""

    said: str
    file: str | None
    line: int | None
    reference: str | None


class RiskLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    key: str
    area: str
    title: str
    band: str
    """critical, high, medium or low."""
    number: int
    """1 to 125: the geometric middle of `low` and `high`."""
    low: int
    high: int
    malicious: bool
    likelihood: RiskFactor
    exposure: RiskFactor
    blast_radius: RiskFactor
    action: str
    evidence: tuple[RiskEvidence, ...]


class RiskRegister(msgspec.Struct, frozen=True, kw_only=True):
    """A register."""

    portal: str
    at: str
    formula: int
    files: tuple[str, ...]
    production: bool
    components: int | None
    teams: int | None
    worst: str | None
    bands: dict[str, int]
    """How many lines each band has."""
    risks: tuple[RiskLine, ...]
    not_evaluated: tuple[str, ...]


def as_wire(register: Register) -> RiskRegister:
    """All of it, for programs."""
    bands = [risk.band for risk in register.risks]
    return RiskRegister(
        portal=register.portal,
        at=to_text(register.at),
        formula=register.formula,
        files=register.files,
        production=register.production,
        components=register.estate.components,
        teams=register.estate.teams,
        worst=None if register.worst is None else register.worst.word,
        bands={band.word: bands.count(band) for band in reversed(Band)},
        risks=tuple(_risk(each) for each in register.risks),
        not_evaluated=register.not_evaluated,
    )


def _risk(risk: Risk) -> RiskLine:
    score = risk.score
    return RiskLine(
        key=risk.key, area=risk.area, title=risk.title, band=risk.band.word, number=score.number, low=score.low,
        high=score.high, malicious=risk.malicious, likelihood=_factor(risk.likelihood), exposure=_factor(risk.exposure),
        blast_radius=_factor(risk.blast), action=risk.action,
        evidence=tuple(
            RiskEvidence(
                said=each.said,
                file=each.place.file if each.place else None,
                line=each.place.line if each.place else None,
                reference=each.reference,
            )
            for each in risk.evidence
        ),
    )  # fmt: skip


def _factor(factor: Factor) -> RiskFactor:
    return RiskFactor(low=factor.low, high=factor.high, because=factor.because)


def as_sarif(register: Register, version: str) -> dict[str, object]:
    """A SARIF 2.1.0 log: a rule for each line, a result for each piece of its evidence."""
    strongest = register.files[-1] if register.files else "app-config.yaml"
    rules = [
        sarif.Rule(key=each.key, title=each.title, why=why(each), help=each.action, severity=_SEVERITIES[each.band])
        for each in register.risks
    ]
    results = [
        sarif.Result(
            rule=each.key,
            severity=_SEVERITIES[each.band],
            text=f"{one.said} {each.action}",
            place=one.place or Place(strongest),
            mark=one.reference or one.said,
        )
        for each in register.risks
        for one in each.evidence
    ]
    return sarif.log(version, rules, results, [(None, f"Not evaluated: {each}.") for each in register.not_evaluated])


def why(risk: Risk) -> str:
    """The three factors of a line with their reasons, in a sentence each."""
    return (
        f"Likelihood {risk.likelihood.words}: {risk.likelihood.because}. "
        f"Exposure {risk.exposure.words}: {risk.exposure.because}. "
        f"Blast radius {risk.blast.words}: {risk.blast.because}."
    )


def number(risk: Risk) -> str:
    """`80`, or `29 (16 to 50)` where something of it is not known."""
    score = risk.score
    return str(score.number) if score.low == score.high else f"{score.number} ({score.low} to {score.high})"


def as_markdown(register: Register) -> str:
    """For people who read it away from a terminal."""
    wire = as_wire(register)
    counts = ", ".join(f"{count} {band}" for band, count in wire.bands.items())
    lines = [
        f"# Risk register of {register.portal}",
        "",
        f"{wire.at}, formula {wire.formula}: likelihood × exposure × blast radius, 1 to 5 each. {counts}.",
        "",
        "| # | Risk | Band | Number | Likelihood | Exposure | Blast radius | Next |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for place, risk in enumerate(register.risks, 1):
        cells = (
            str(place), risk.title, risk.band.word, number(risk), risk.likelihood.words, risk.exposure.words,
            risk.blast.words, risk.action,
        )  # fmt: skip
        lines.append(f"| {' | '.join(_cell(each) for each in cells)} |")
    for place, risk in enumerate(register.risks, 1):
        lines += ["", f"## {place}. {_cell(risk.title)} ({risk.band.word})", "", _cell(why(risk)), ""]
        lines += [f"- {_cell(each.said)}{_at(each.place)}" for each in risk.evidence[:_FEW]]
        if len(risk.evidence) > _FEW:
            lines.append(f"- and {len(risk.evidence) - _FEW} more")
    if register.not_evaluated:
        lines += ["", "## Not evaluated", "", *(f"- {_cell(each)}." for each in register.not_evaluated)]
    return "\n".join(lines) + "\n"


def _at(place: Place | None) -> str:
    return " (set nowhere)" if place is None else f" ({place})"


def _cell(text: str) -> str:
    """A stranger's text that ends no cell, opens no tag and makes no link of its own."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return plain.replace("[", "\\[").replace("`", "\\`")
