"""The `~()'` dialect: what is written is read again, published links are understood, and nothing makes the reader stumble."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain import fragment

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
UUID = "a4c0f7f6-1f2b-4a8b-9c58-6b0d4a3b2c1d"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (f"~(issue~'{UUID})", {"issue": UUID}),
        (f"~(filters~(status~())~issue~'{UUID})", {"filters": {"status": {}}, "issue": UUID}),
        (
            "~(filters~(status~(equals~(~'OPEN~'IN_PROGRESS))~sourceRule~(equals~(~'wc-id-1232)))~groupBy~'none)",
            {
                "filters": {"status": {"equals": ["OPEN", "IN_PROGRESS"]}, "sourceRule": {"equals": ["wc-id-1232"]}},
                "groupBy": "none",
            },
        ),
        (f"~(entity~(~'{UUID}*2cSECURITY_TOOL_FINDING))", {"entity": [f"{UUID},SECURITY_TOOL_FINDING"]}),
        (f"~(issue~%27{UUID})", {"issue": UUID}),
        ("~()", {}),
        ("~(~)", []),
        ("~'", ""),
        ("~'a!b*20c**20ac", "a$b c€"),
        ("~(a~1~b~true~c~'x)", {"a": None, "b": None, "c": "x"}),
    ],
)
def test_published_forms_are_read(text: str, meaning: fragment.Value) -> None:
    """Objects, lists, texts and their escapes."""
    assert fragment.read(text) == meaning


@pytest.mark.parametrize(
    "text",
    ["", "issue", "~", "~(", "~(a", "~(a~)", "~(a~'x", "~(a~'x)y", "~'a*zz", "~'a*2", "~(~'a", "~(a~'x~a~'y)", "~(" * 900, "~(~" * 600],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    """Torn, nested without end, or with one name twice: then it is not clear what a page would show."""
    assert fragment.read(text) is None


@given(ANY)
def test_any_text_comes_back(text: str) -> None:
    """Every character, lone surrogates too, in characters that no reader of addresses takes for marks."""
    written = fragment.encode(text)
    assert written.isascii()
    assert not set(written) & set("~()'%#&\"<> \\")
    assert fragment.decode(written) == text
    assert fragment.read(f"~(issue~'{written})") == {"issue": text}


@given(st.text(alphabet="~()'*!a1%", max_size=80))
def test_nothing_makes_it_stumble(text: str) -> None:
    """It answers."""
    fragment.read(text)
