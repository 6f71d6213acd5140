"""SARIF 2.1.0, as far as code scanning reads it: rules, results with a place, and what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.posture import Place

_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
"""SARIF knows three (SARIF 2.1.0, 3.27.10); what is below medium is a note."""
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""`security-severity` as GitHub's code scanning reads it (its documentation on SARIF support, 2026-11)."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What can be wrong."""

    key: str
    title: str
    why: str
    help: str
    severity: Severity


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong somewhere."""

    rule: str
    severity: Severity
    text: str
    place: Place
    mark: str
    """What tells it from others of its rule in its file, also when lines move."""


def log(
    version: str, rules: Iterable[Rule], results: Iterable[Result], notes: Sequence[tuple[str | None, str]]
) -> dict[str, object]:
    """A whole log of one run. Each note is a warning, about a rule or about the run."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Callboard", "version": version, "rules": [_rule(each) for each in rules]}},
                "results": [_result(each) for each in results],
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": [_note(*each) for each in notes]}
                ],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.key,
        "name": rule.key,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": _LEVELS.get(rule.severity, "note")},
        "properties": {"security-severity": _SCORES.get(rule.severity, "0.0"), "tags": ["security"]},
    }


def _result(result: Result) -> dict[str, object]:
    place = result.place
    return {
        "ruleId": result.rule,
        "level": _LEVELS.get(result.severity, "note"),
        "message": {"text": result.text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place.file},
                    "region": {"startLine": place.line or 1},
                }
            }
        ],
        "partialFingerprints": {"callboard/v2": f"{result.rule}:{place.file}:{result.mark}"},
    }


def _note(rule: str | None, text: str) -> dict[str, object]:
    about = {} if rule is None else {"associatedRule": {"id": rule}}
    return {"level": "warning", "message": {"text": text}, **about}
