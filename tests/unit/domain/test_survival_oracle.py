"""Survival against an established library, on random data with ties, late entry, strata and weights."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from callboard.domain.survival import Lives, curve, hazard, log_rank, table

_each = st.builds(
    lambda entered, lived, fixed: Lives(entered, entered + lived, 1, fixed=fixed),
    st.integers(0, 12), st.integers(1, 25), st.booleans(),
)  # fmt: skip
_from_birth = st.builds(
    lambda lived, fixed: Lives(0, lived, 1, fixed=fixed), st.integers(1, 20), st.sampled_from([True, True, False])
)
_group = st.lists(_from_birth, min_size=4, max_size=20)


def _ages(lives: list[Lives]) -> np.ndarray:
    return np.array([each.left for each in lives], dtype=float)


def _fixed(lives: list[Lives]) -> np.ndarray:
    return np.array([each.fixed for each in lives], dtype=float)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(_each, min_size=3, max_size=40))
def test_the_curve_agrees(lives: list[Lives]) -> None:
    """Shares and Greenwood's errors, with late entry."""
    assume(any(each.fixed for each in lives))
    found = curve(lives)
    # The library takes entry as before an age, we as at it: whole days that are cut off.
    entry = np.array([each.entered - 0.5 for each in lives])
    theirs = SurvfuncRight(_ages(lives), _fixed(lives), entry=entry)
    known = dict(zip(theirs.surv_times, theirs.surv_prob, strict=True))
    for step in found.steps:
        assert math.isclose(step.open, known[step.age], abs_tol=1e-9)
    # With late entry the library has no error of its own that can be compared; from birth it has.
    born = [Lives(0, each.left, 1, fixed=each.fixed) for each in lives]
    theirs = SurvfuncRight(_ages(born), _fixed(born))
    errors = dict(zip(theirs.surv_times, theirs.surv_prob_se, strict=True))
    for step in curve(born).steps:
        if step.open > 1e-9:
            assert math.isclose(step.error, errors[step.age], rel_tol=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(_group, _group), min_size=1, max_size=3))
def test_the_comparisons_agree(strata: list[tuple[list[Lives], list[Lives]]]) -> None:
    """Log-rank and Cox by stratum, ties by Efron."""
    tables = [table(*each) for each in strata]
    rank, ours = log_rank(tables), hazard(tables)
    assume(rank.variance > 1e-6)
    lives = [one for pair in strata for group in pair for one in group]
    group = np.array([number for pair in strata for number, one in enumerate(pair) for _ in one])
    stratum = np.array([number for number, pair in enumerate(strata) for one in pair for _ in one])
    # Where one alone is at risk the library divides by nought, warns, and has no answer to compare with.
    with np.errstate(divide="ignore", invalid="ignore"):
        chi_square, p = survdiff(_ages(lives), _fixed(lives), group, strata=stratum)
    assume(math.isfinite(chi_square))
    assert math.isclose(rank.chi_square, chi_square, rel_tol=1e-6, abs_tol=1e-9)
    assert math.isclose(rank.p, p, rel_tol=1e-6, abs_tol=1e-9)
    assert ours is not None
    # Where one group fixes nothing, or all of it first, the library wanders off and we say that nothing bounds the ratio.
    assume(math.isfinite(ours.log) and abs(ours.log) < 8)
    with np.errstate(all="ignore"):
        theirs = PHReg(
            _ages(lives), group[:, None].astype(float), status=_fixed(lives), strata=stratum, ties="efron"
        ).fit()
    assert math.isclose(ours.log, theirs.params[0], abs_tol=1e-4)
    assert math.isclose(ours.error, theirs.bse[0], rel_tol=1e-3)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(_each, min_size=1, max_size=15), st.integers(2, 5))
def test_many_alike_are_many(lives: list[Lives], times: int) -> None:
    """Findings that were watched alike may be told one by one or as a number of them."""
    told = [Lives(each.entered, each.left, times, fixed=each.fixed) for each in lives]
    assert curve(told) == curve(lives * times)
