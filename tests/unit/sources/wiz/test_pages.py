"""Cutting records out of pages."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from callboard.domain.instant import from_text
from callboard.ports import RawNode
from callboard.sources.wiz.pages import Cutter


def cut(
    *records: object, field: str | None = "lastDetectedAt", detected: bool = True, indent: int | None = None
) -> list[RawNode]:
    """Records, cut as they come out of a page."""
    page = json.dumps(list(records), indent=indent, separators=None if indent else (",", ":")).encode()
    return Cutter(field, detected=detected).cut(msgspec.json.decode(page, type=list[Raw]))


def test_the_moving_field_is_no_part_of_what_is_compared() -> None:
    """A record that was only scanned again is the same record."""
    before, after, other = cut(
        {"lastDetectedAt": "2026-08-01T00:00:00Z", "id": "1", "a": 1},
        {"lastDetectedAt": "2026-08-02T00:00:00.5Z", "id": "1", "a": 1},
        {"lastDetectedAt": "2026-08-02T00:00:00.5Z", "id": "1", "a": 2},
    )
    assert bytes(before.stable) == bytes(after.stable) != bytes(other.stable)
    assert before.last_detected_at == from_text("2026-08-01T00:00:00Z")
    assert after.last_detected_at == from_text("2026-08-02T00:00:00.5Z")
    assert json.loads(bytes(before.raw))["lastDetectedAt"] == "2026-08-01T00:00:00Z"


def test_a_slice_is_not_a_copy() -> None:
    """Both views lie in the page."""
    (node,) = cut({"lastDetectedAt": "2026-08-01T00:00:00Z", "id": "1"})
    assert isinstance(node.stable, memoryview)
    assert isinstance(node.raw, memoryview)


def test_a_field_that_is_not_in_front_is_found() -> None:
    """Anywhere at the top, with spaces, but not inside another object."""
    before, after = cut(
        {"id": "1", "lastDetectedAt": "2026-08-01T00:00:00Z", "a": {"lastDetectedAt": "x"}},
        {"id": "1", "lastDetectedAt": "2026-08-09T00:00:00Z", "a": {"lastDetectedAt": "x"}},
        indent=1,
    )
    assert bytes(before.stable) == bytes(after.stable)
    assert b'"x"' in bytes(before.stable)
    assert before.last_detected_at == from_text("2026-08-01T00:00:00Z")


@pytest.mark.fault("F15")
def test_a_field_that_is_absent_null_or_odd_leaves_the_record_whole() -> None:
    """Nothing is cut that is not a date."""
    absent, null, odd, alone = cut(
        {"id": "1"},
        {"lastDetectedAt": None, "id": "1"},
        {"lastDetectedAt": "never", "id": "1"},
        {"lastDetectedAt": "2026-08-01T00:00:00Z"},
    )
    assert [node.last_detected_at for node in (absent, null, odd)] == [None, None, None]
    assert bytes(absent.stable) == b'{"id":"1"}'
    assert alone.last_detected_at == from_text("2026-08-01T00:00:00Z")


def test_an_issues_moving_field_is_no_date_of_detection() -> None:
    """It is cut and told to nobody."""
    before, after = cut(
        {"updatedAt": "2026-08-01T00:00:00Z", "id": "1"},
        {"updatedAt": "2026-08-02T00:00:00Z", "id": "1"},
        field="updatedAt",
        detected=False,
    )
    assert bytes(before.stable) == bytes(after.stable)
    assert before.last_detected_at is None


def test_a_kind_without_a_moving_field_is_compared_whole() -> None:
    """Projects."""
    (node,) = cut({"id": "1"}, field=None)
    assert bytes(node.stable) == bytes(node.raw) == b'{"id":"1"}'


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["lastDetectedAt", "id", "b"]),
            st.none() | st.text(max_size=60) | st.integers() | st.just("2026-08-01T00:00:00Z"),
        ),
        max_size=5,
    )
)
def test_no_record_is_lost_or_changed(records: list[dict[str, Any]]) -> None:
    """The raw bytes are the record, and equal records give equal bytes to compare."""
    nodes = cut(*records)
    assert [json.loads(bytes(node.raw)) for node in nodes] == records
    for record, node in zip(records, nodes, strict=True):
        others = [
            bytes(other.stable)
            for same, other in zip(records, nodes, strict=True)
            if list(same.items()) == list(record.items())
        ]
        assert set(others) == {bytes(node.stable)}
