"""What is printed about rightness is what a careful person would count by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.ownership.evaluation import (
    CANNOT_TELL,
    NOBODY,
    SHARED,
    Answer,
    Case,
    Interval,
    Outcome,
    Truth,
    evaluate,
    kappa,
    measure,
    outcome,
    sample_size,
    truth_of,
    wilson,
)
from callboard.domain.ownership.verdict import Verdict

REFS = {name: entity_ref(name, kind="component") for name in "ABCD"}
OWNERS: dict[EntityRef, EntityRef | None] = {
    REFS["A"]: EntityRef("group:default/one"),
    REFS["B"]: EntityRef("group:default/two"),
    REFS["C"]: EntityRef("group:default/three"),
    REFS["D"]: EntityRef("group:default/one"),
}


def answer(names: str, tier: int = 2) -> Answer:
    """Routed to these, or to nobody."""
    if not names:
        return Answer()
    return Answer(routes=frozenset(REFS[name] for name in names), verdict=Verdict.MAPPED, tier=tier)


def case(number: int, label: str, names: str, *, stratum: str = "", tier: int = 2) -> Case:
    """A label and an answer side by side."""
    return Case(resource=f"r{number}", truth=truth_of(label), answer=answer(names, tier), stratum=stratum)


TOY = [
    case(number, label, names)
    for number, (label, names) in enumerate(
        [("A", "A"), ("A", "A"), ("A", "B"), ("B", "B"), ("B", ""), ("C", "C"), ("C", "A"), ("nobody", ""),
         ("nobody", "A"), ("shared: A, B", "AB")],
        start=1,
    )
]  # fmt: skip
"""The worked example that the measures are defined by: ten resources, one mapper."""


def shown(interval: Interval | None) -> tuple[float, float]:
    """The ends of an interval in percent, as it is printed."""
    assert interval is not None
    return round(interval.low * 100, 1), round(interval.high * 100, 1)


def share(interval: Interval | None) -> float:
    """The share itself."""
    assert interval is not None
    return interval.share


def test_the_toy_answer() -> None:
    """Ten resources: eight answered, five right, two wrong owners, one false claim, one miss, one right abstention."""
    found = evaluate(TOY, OWNERS).overall
    assert (found.cases, found.answered, found.right) == (10, 8, 5)
    assert share(found.precision) == 0.625
    assert share(found.recall) == 0.625
    assert share(found.coverage) == 0.8
    assert share(found.abstain_rate) == pytest.approx(0.2)
    assert share(found.wrong_owner_rate) == 2 / 8
    assert share(found.false_claim_rate) == 1 / 8
    assert (found.wrong_owner, found.false_claims, found.missed, found.abstained) == (2, 1, 1, 1)
    outcomes = {each.resource: outcome(each) for each in TOY}
    assert [name for name, each in outcomes.items() if each is Outcome.WRONG_OWNER] == ["r3", "r7"]
    assert outcomes["r5"] is Outcome.MISSED
    assert outcomes["r8"] is Outcome.ABSTAINED
    assert outcomes["r9"] is Outcome.FALSE_CLAIM


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (48, 50, 86.5, 98.9),
        (97, 100, 91.5, 99.0),
        (190, 200, 91.0, 97.3),
        (290, 300, 94.0, 98.2),
        (300, 300, 98.7, 100.0),
        (380, 400, 92.4, 96.7),
    ],
)
def test_printed_wilson_intervals(hits: int, n: int, low: float, high: float) -> None:
    """The intervals that the guide to sample sizes prints."""
    assert shown(wilson(hits, n)) == (low, high)


@pytest.mark.parametrize(("half", "p", "n"), [(0.05, 0.5, 385), (0.03, 0.95, 203), (0.02, 0.95, 457)])
def test_printed_sample_sizes(half: float, p: float, n: int) -> None:
    """How many labels an interval of that width needs."""
    assert sample_size(half, share=p) == n


def test_no_wrong_owner_in_three_hundred_bounds_it_near_one_percent() -> None:
    """None seen is not none there."""
    found = wilson(0, 300)
    assert found is not None
    assert found.low == 0
    assert 0.009 < found.high < 0.013


@given(n=st.integers(1, 5_000), data=st.data())
def test_an_interval_holds_its_share_and_stays_a_share(n: int, data: st.DataObject) -> None:
    """And looking at it from the other side mirrors it."""
    hits = data.draw(st.integers(0, n))
    found, mirrored = wilson(hits, n), wilson(n - hits, n)
    assert found is not None
    assert mirrored is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert math.isclose(found.low, 1 - mirrored.high, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], None),
        ([("a", "a")] * 5, None),
        ([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15, 0.4),
        ([("a", "b"), ("b", "a")], -1.0),
        ([("a", "a"), ("b", "b")], 1.0),
    ],
)
def test_agreement_of_two_labellers(pairs: list[tuple[str, str]], expected: float | None) -> None:
    """Against the worked example of Cohen's kappa (20, 5, 10, 15: 0.4), and its ends."""
    found = kappa(pairs)
    assert found == expected if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("label", "truth"),
    [
        ("payments", Truth(frozenset({EntityRef("component:default/payments")}))),
        (" Component:Team/Pay ", Truth(frozenset({EntityRef("component:team/pay")}))),
        ("nobody", NOBODY),
        ("None", NOBODY),
        ("cannot  tell", CANNOT_TELL),
        ("shared", SHARED),
        (
            "a, b",
            Truth(frozenset({EntityRef("component:default/a"), EntityRef("component:default/b")}), is_shared=True),
        ),
        ("system:shop", Truth(frozenset({EntityRef("system:default/shop")}))),
    ],
)
def test_labels(label: str, truth: Truth) -> None:
    """Words for people, references in any letter case."""
    assert truth_of(label) == truth


@pytest.mark.parametrize("label", ["", "  ", "shared:", "a b c", "component:"])
def test_labels_that_say_nothing(label: str) -> None:
    """Are refused with what was expected."""
    with pytest.raises(ValueError, match=r"label|component|reference"):
        truth_of(label)


def test_another_component_of_the_right_team_is_right_for_the_team() -> None:
    """Wrong component, right people: counted apart, and never as a right answer."""
    found = measure([case(1, "A", "D"), case(2, "A", "B")], OWNERS)
    assert (found.right, found.wrong_owner, found.team_right) == (0, 2, 1)


def test_part_of_a_shared_resource_is_neither_right_nor_a_wrong_owner() -> None:
    """Everybody who is named owns it."""
    assert outcome(case(1, "A, B", "A")) is Outcome.PARTLY
    assert outcome(case(1, "A, B", "AC")) is Outcome.WRONG_OWNER
    assert outcome(case(1, "A", "AB")) is Outcome.WRONG_OWNER
    assert outcome(case(1, "shared", "AB")) is Outcome.RIGHT
    assert outcome(case(1, "shared", "A")) is Outcome.PARTLY


def test_a_conflict_is_no_answer_and_has_a_precision_of_its_own() -> None:
    """It is real where people could not give the resource to one component either."""
    contradiction = Answer(routes=frozenset({REFS["A"], REFS["B"]}), verdict=Verdict.CONFLICT, tier=2)
    labels = ("A, B", "A", "cannot tell")
    cases = [Case(resource=label, truth=truth_of(label), answer=contradiction) for label in labels]
    found = evaluate(cases, OWNERS)
    assert found.overall.answered == 0
    assert found.overall.precision is None
    assert (found.overall.conflicts, found.overall.cannot_tell) == (2, 1)
    assert share(found.conflict_precision) == pytest.approx(2 / 3)
    assert found.by_tier == {}


def test_a_stratum_counts_as_large_as_it_is() -> None:
    """Ten drawn of a thousand weigh a hundred times what ten drawn of ten do."""
    large = [case(n, "A", "A" if n < 9 else "B", stratum="large") for n in range(10)]
    small = [case(n, "A", "B", stratum="small", tier=6) for n in range(10)]
    found = evaluate([*large, *small], OWNERS, sizes={"large": 1_000, "small": 10})
    assert share(found.overall.precision) == pytest.approx(9 / 20)
    assert share(found.weighted.precision) == pytest.approx(900 / 1_010)
    assert found.strata == {"large": (10, 1_000), "small": (10, 10)}
    assert found.weighted.precision is not None
    assert 10 < found.weighted.precision.n < 11
    assert {tier: each.right for tier, each in found.by_tier.items()} == {2: 9, 6: 0}


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "B", "nobody", "cannot tell", "A, B"]), st.sampled_from(["", "A", "B", "AB"]))
    )
)
def test_every_case_is_counted_once(pairs: list[tuple[str, str]]) -> None:
    """Whatever was labelled and answered, the outcomes add up; equal weights change no share."""
    cases = [case(number, label, names) for number, (label, names) in enumerate(pairs)]
    found = evaluate(cases, OWNERS)
    each = found.overall
    assert each.cases + each.cannot_tell == len(cases)
    assert each.answered == each.right + each.partly + each.wrong_owner + each.false_claims
    assert each.cases == each.answered + each.missed + each.abstained + each.conflicts
    assert each.right <= each.team_right <= each.answered
    for name in ("precision", "recall", "coverage", "wrong_owner_rate"):
        plain, weighted = getattr(each, name), getattr(found.weighted, name)
        assert (plain is None) == (weighted is None)
        if plain is not None:
            assert plain.share == pytest.approx(weighted.share)
            assert plain.low == pytest.approx(weighted.low)
