"""Which parts a run reads, and how each is asked for."""

from __future__ import annotations

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import from_text
from callboard.domain.run import Part, Scope
from callboard.sources.wiz.filters import Ask, Filter, Words, filter_by, plan_delta, plan_full

NOW = from_text("2026-08-20T12:00:00.5Z")


def sent(part: Part, *, old_names: bool = False, words: Words | None = None) -> Filter:
    """What a part asks for."""
    return filter_by(part.kind, Ask.decode(part.filter), old_names=old_names, words=words)


def test_a_full_run_reads_what_matters_most_first() -> None:
    """Projects, open urgent ones, other open ones, then closed ones; names are unique."""
    parts = plan_full(Scope(), NOW)
    assert [part.name for part in parts] == [
        "project",
        "issue/open-critical-high",
        "issue/open-other",
        "vulnerability/open-critical-high",
        "vulnerability/open-other",
        "misconfiguration/open-critical-high",
        "misconfiguration/open-other",
        "issue/resolved",
        "issue/rejected",
        "vulnerability/resolved",
        "vulnerability/rejected",
        "misconfiguration/resolved",
        "misconfiguration/rejected",
    ]
    by_name = {part.name: sent(part) for part in parts}
    assert by_name["issue/open-other"] == {
        "status": ["OPEN", "IN_PROGRESS"],
        "severity": ["MEDIUM", "LOW", "INFORMATIONAL"],
    }
    assert by_name["vulnerability/open-other"]["severity"] == ["MEDIUM", "LOW", "NONE"]
    assert by_name["issue/resolved"] == {"status": ["RESOLVED"], "resolvedAt": {"after": "2025-08-20T12:00:00Z"}}
    assert by_name["vulnerability/rejected"] == {
        "status": ["REJECTED"],
        "statusUpdatedAt": {"after": "2025-08-20T12:00:00Z"},
    }


def test_the_scope_narrows_every_part() -> None:
    """Kinds, severities, states, projects, asset states; no closed ones when none are wanted."""
    scope = Scope(
        kinds=(Kind.ISSUE, Kind.VULNERABILITY, Kind.MISCONFIGURATION),
        severities=(Severity.CRITICAL, Severity.MEDIUM),
        states=(State.OPEN,),
        projects=("p1",),
        asset_statuses=("Active",),
        closed_days=0,
    )
    parts = {part.name: sent(part) for part in plan_full(scope, NOW)}
    assert parts["issue/open-critical-high"] == {
        "status": ["OPEN"],
        "severity": ["CRITICAL"],
        "project": ["p1"],
        "relatedEntity": {"status": ["Active"]},
    }
    assert parts["vulnerability/open-other"] == {
        "status": ["OPEN"],
        "severity": ["MEDIUM"],
        "projectIdV2": {"equals": ["p1"]},
        "assetStatus": ["Active"],
    }
    assert parts["misconfiguration/open-other"]["resource"] == {"projectId": ["p1"], "status": ["Active"]}
    assert len(parts) == 7


def test_a_reading_of_changes_uses_the_filters_that_wiz_names_for_it() -> None:
    """All states, so that closures are seen; the date of the status for issues, of the update for the others."""
    parts = {part.name: part for part in plan_delta(Scope(), from_text("2026-08-20T11:30:00Z"), NOW)}
    assert list(parts) == ["project", "issue/changed", "vulnerability/changed", "misconfiguration/changed"]
    after = {"after": "2026-08-20T11:30:00Z"}
    states = ["OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED"]
    assert sent(parts["issue/changed"]) == {"status": states, "statusChangedAt": after}
    assert sent(parts["vulnerability/changed"]) == {"status": states, "updatedAt": after}
    assert sent(parts["misconfiguration/changed"]) == {"status": states, "updatedAt": after, "includeDeleted": True}
    assert Ask.decode(parts["vulnerability/changed"].filter).order == "INCREMENTAL"
    assert Ask.decode(parts["issue/changed"].filter).order is None


def test_older_names_say_the_same() -> None:
    """A bare list where the newer name takes an object."""
    part = next(part for part in plan_full(Scope(projects=("p1", "p2")), NOW) if part.kind == "vulnerability")
    assert sent(part, old_names=True)["projectId"] == ["p1", "p2"]
    assert "projectIdV2" not in sent(part, old_names=True)


NEWER = {"severity": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE", "SEVERE"], "status": ["OPEN", "RESOLVED", "MUTED"]}


def test_words_that_wiz_adds_are_asked_for_once() -> None:
    """A new severity is among the parts of the open findings exactly once, a new status with each severity once."""
    parts = {part.name: part for part in plan_full(Scope(), NOW)}
    urgent = sent(parts["vulnerability/open-critical-high"], words=NEWER)
    other = sent(parts["vulnerability/open-other"], words=NEWER)
    assert urgent == {"status": ["OPEN", "IN_PROGRESS", "MUTED"], "severity": ["CRITICAL", "HIGH"]}
    assert other == {"status": ["OPEN", "IN_PROGRESS", "MUTED"], "severity": ["MEDIUM", "LOW", "NONE", "SEVERE"]}
    # Closed ones are not filtered by severity, and a status that nobody knows counts as open.
    assert sent(parts["vulnerability/resolved"], words=NEWER) == sent(parts["vulnerability/resolved"])
    changed = plan_delta(Scope(), NOW, NOW)[2]
    assert sent(changed, words=NEWER)["status"] == ["OPEN", "IN_PROGRESS", "RESOLVED", "REJECTED", "MUTED"]
    assert "severity" not in sent(changed, words=NEWER)


def test_words_that_wiz_adds_stay_out_of_a_narrower_scope() -> None:
    """Who names what is wanted gets that and no more; what the tenant does not tell changes nothing."""
    narrow = Scope(severities=(Severity.HIGH, Severity.LOW), states=(State.OPEN,))
    assert all(sent(part, words=NEWER) == sent(part) for part in plan_full(narrow, NOW))
    assert all(sent(part, words=NEWER) == sent(part) for part in plan_delta(narrow, NOW, NOW))
    assert all(sent(part, words={}) == sent(part) for part in plan_full(Scope(), NOW))
