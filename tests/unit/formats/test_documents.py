"""YAML as Backstage reads it, at a bounded cost."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callboard.formats import documents
from callboard.formats.documents import Document, DocumentError, read_documents


def values(text: str) -> list[object]:
    """The values of all documents; errors as their reasons."""
    found = read_documents(text.encode())
    return [each.value if isinstance(each, Document) else each.reason for each in found]


def failure(raw: bytes) -> tuple[int | None, str]:
    """Line and reason of the only thing in a file."""
    (error,) = read_documents(raw)
    assert isinstance(error, DocumentError)
    return error.line, error.reason


def test_words_that_yaml_once_took_for_something_else_are_text() -> None:
    """YAML 1.2, as in the portal: a country called "no" stays one."""
    assert values("{a: on, b: no, c: 12:30, d: 2026-01-01, e: 1_000, f: '12', g: !!str 12, h: <, i: \"~\"}") == [
        {"a": "on", "b": "no", "c": "12:30", "d": "2026-01-01", "e": "1_000", "f": "12", "g": "12", "h": "<", "i": "~"}
    ]


def test_null_true_false_and_numbers_are_told_apart_from_text() -> None:
    """An annotation written as a bare number is a mistake that has to be seen; only whole ones are told."""
    assert values("[~, null, , true, FALSE]".replace(", ,", ", '',")) == [[None, None, "", True, False]]
    assert values("a:\nb: 12\nc: -1.5e3\nd: 0x1F\ne: .inf\nf: 0o7\n") == [
        {"a": None, "b": 12, "c": 0.5, "d": 0.5, "e": 0.5, "f": 0.5}
    ]


def test_aliases_and_merges_work() -> None:
    """Own keys before merged ones, earlier merged ones before later."""
    assert values("x: &x {a: one, b: one}\ny: &y {b: two, c: two}\nz: {<<: [*x, *y], c: own}\nw: *x\n") == [
        {
            "x": {"a": "one", "b": "one"},
            "y": {"b": "two", "c": "two"},
            "z": {"a": "one", "b": "one", "c": "own"},
            "w": {"a": "one", "b": "one"},
        }
    ]


def test_each_document_knows_its_lines() -> None:
    """A mistake is shown where it stands, or at the nearest key above it."""
    first, second = read_documents(b"# a comment\na: x\n---\nmetadata:\n  annotations:\n    k: v\n")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.line == 2
    assert second.line == 4
    assert second.line_of(("metadata", "annotations", "k")) == 6
    assert second.line_of(("metadata", "labels", "x")) == 4
    assert second.line_of(("spec",)) == 4


def test_one_bad_document_hides_only_what_it_must() -> None:
    """A key that comes twice spoils its own document, a syntax error also those behind it."""
    assert values("a: x\na: y\n---\nb: z\n---\n---\nc: [}\n---\nd: w\n")[:2] == ["the key 'a' comes twice", {"b": "z"}]
    assert len(values("b: z\n---\nc: [}\n---\nd: w\n")) == 2


def billion_laughs() -> bytes:
    """Ten levels of ten aliases each: ten thousand million values in half a kilobyte."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    for level in range(9):
        name, inner = "bcdefghij"[level], "abcdefghi"[level]
        lines.append(f"{name}: &{name} [{','.join([f'*{inner}'] * 10)}]")
    return "\n".join(lines).encode()


@pytest.mark.attack("A14")
@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (billion_laughs(), 6, "aliases multiplied out"),
        (b"a: &a [*a]", 1, "stands inside what it refers to"),
        (b"a: *b", 1, "undefined alias"),
        (b"[" * 200_000, 1, "inside each other"),
        (b"{a: " * 200_000, 1, "inside each other"),
        (b"- " * 200_000, 1, "inside each other"),
        (b"a: &a x\n" + b"b: [" + b"*a," * 2_000 + b"]", 2, "1,000 aliases"),
        (b"--- x\n" * 10_001, 10_001, "10,000 documents"),
        (b"- x\n" * 500_001, 500_000, "500,000 keys and values"),
        (b"#" * 5_000_001, None, "larger than 5,000,000 bytes"),
        (b"a: x\nb: \xff", 2, "UTF-8"),
        (b"a: \x00", None, "not valid YAML: control characters"),
        (b"a: x\n\tb: y", 2, "not valid YAML: .*tab"),
        (b"? [a]\n: b", 1, "text as the key"),
        (b"<<: x", 1, "after <<"),
        (b"a: !!python/object/apply:os.system [x]\nb: {", 3, "not valid YAML"),
    ],
)
def test_what_is_costly_or_broken_is_refused_with_its_line(raw: bytes, line: int | None, reason: str) -> None:
    """In the time that reading the file takes, whatever it would become."""
    found_line, found = failure(raw)
    assert re.search(reason, found), found
    assert found_line == line


def test_tags_of_programs_are_only_text() -> None:
    """Nothing is ever constructed from a tag."""
    assert values("a: !!python/object/apply:os.system [x]\nb: !secret y\n") == [{"a": ["x"], "b": "y"}]


def test_a_long_number_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are recognised, never worked out."""
    assert values("a: " + "9" * 1_000_000) == [{"a": 0.5}]
    assert values("a: " + "1:59" * 100_000) == [{"a": "1:59" * 100_000}]
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    assert values("a: " + "9" * 10) == ["the file is larger than 10 bytes"]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_values_or_reasons(raw: bytes) -> None:
    """Reading never raises."""
    for each in read_documents(raw):
        assert isinstance(each, Document | DocumentError)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))
def test_what_a_writer_quotes_comes_back(value: object) -> None:
    """Text, lists and mappings survive being written and read."""
    written = yaml.safe_dump(value, default_style='"', allow_unicode=False)
    assert values(written) == [value]
