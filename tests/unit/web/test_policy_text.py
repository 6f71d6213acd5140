"""A policy in YAML or JSON is read as it is written, or refused."""

from __future__ import annotations

import pytest

from callboard.domain.policy import Due
from callboard.errors import MappingRefusedError
from callboard.web import policy_text


@pytest.mark.parametrize(
    "text", ["policy: due\ndays: {critical: 3, high: 14, low: 0}\n", '{"policy": "due", "days": {"critical": 3, "high": 14, "low": 0}}']
)  # fmt: skip
def test_days_are_the_numbers_that_are_written(text: str) -> None:
    """In both forms."""
    assert policy_text.read(text.encode()) == Due(days={"critical": 3, "high": 14, "low": 0})


@pytest.mark.parametrize(
    "days", ["3.5", "1e1", "0x3", "-3", "99999999999", ".inf", "three", "true", "null", "[3]", '"3"']
)
def test_what_is_no_number_of_days_is_refused(days: str) -> None:
    """Never taken for no date."""
    with pytest.raises(MappingRefusedError, match="days"):
        policy_text.read(f"policy: due\ndays: {{critical: {days}}}".encode())
