"""Which parts a run reads, and that splitting one loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, Instant, from_text
from callboard.domain.run import Part, Scope
from callboard.sources.wiz.filters import Ask, Filter, filter_by, plan_delta, plan_full, split

NOW = from_text("2026-08-20T12:00:00.5Z")


def sent(part: Part, *, old_names: bool = False) -> Filter:
    """What a part asks for."""
    return filter_by(part.kind, Ask.decode(part.filter), old_names=old_names)


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


def leaves(part: Part, rounds: int, salt: int) -> list[Part]:
    """Some way of splitting a part and its parts again."""
    if rounds == 0 or (salt >> rounds) & 1:
        return [part]
    smaller = split(part)
    return [leaf for each in smaller for leaf in leaves(each, rounds - 1, salt * 31 + len(each.name))] or [part]


@given(
    at=st.integers(min_value=-(2**50), max_value=2**52),
    severity=st.sampled_from(["CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE"]),
    rounds=st.integers(0, 14),
    salt=st.integers(0, 2**31),
    inclusive=st.booleans(),
)
def test_however_a_part_is_split_every_row_falls_into_a_leaf(
    *, at: int, severity: str, rounds: int, salt: int, inclusive: bool
) -> None:
    """Whether Wiz includes the ends or not, and whether it compares microseconds or whole seconds."""
    part = Part(
        name="vulnerability/open", kind="vulnerability", filter=Ask(filter={"status": ["OPEN"]}, high=NOW).encode()
    )
    parts = leaves(part, rounds, salt)
    assert len({each.name for each in parts}) == len(parts)
    assert len({each.filter for each in parts}) == len(parts)

    def matches(each: Part) -> bool:
        wanted = sent(each)
        if severity not in wanted.get("severity", [severity]):
            return False
        between = wanted.get("firstSeenAt", {})
        low = from_text(between["after"]) if "after" in between else None
        high = from_text(between["before"]) if "before" in between else None
        if inclusive:
            return (low is None or at >= low) and (high is None or at <= high)
        return (low is None or at > low) and (high is None or at < high)

    assert 1 <= sum(matches(each) for each in parts) <= 2


def test_splitting_ends() -> None:
    """Down to a second of one severity, then it says that it cannot."""
    ask = Ask(filter={}, low=NOW, high=Instant(NOW + DAY), last=False)
    part = Part(name="vulnerability/x", kind="vulnerability", filter=ask.encode())
    for _ in range(40):
        smaller = split(part)
        if not smaller:
            break
        part = smaller[0]
    assert split(part) == ()
    assert part.name.endswith("/critical")
