"""A risk register told: as SARIF for code scanning, and as Markdown for a meeting."""

from __future__ import annotations

from callboard.checks import sarif
from callboard.domain.finding import Severity
from callboard.domain.instant import to_text
from callboard.domain.posture import Place
from callboard.domain.risk.register import Register, Risk
from callboard.domain.risk.scale import Band

_SEVERITIES = {
    Band.CRITICAL: Severity.CRITICAL,
    Band.HIGH: Severity.HIGH,
    Band.MEDIUM: Severity.MEDIUM,
    Band.LOW: Severity.LOW,
}
_FEW = 5
"""Evidence of one line in Markdown; JSON has all of it."""


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
    counts = ", ".join(f"{count} {band.word}" for band, count in register.bands)
    lines = [
        f"# Risk register of {register.portal}",
        "",
        f"{to_text(register.at)}, formula {register.formula}: likelihood × exposure × blast radius, 1 to 5 each. {counts}.",
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
