"""Package URLs, by the specification's own tests and by what attackers write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.packages.purl import LONGEST, Purl, make_purl, read_purl
from callboard.errors import InvalidPurlError


def answer(test: dict[str, Any]) -> object:
    """What our reader or writer says to one of the specification's tests."""
    given_ = test["input"]
    if test["test_type"] == "build":
        return str(make_purl(**given_))
    purl = read_purl(given_)
    if test["test_type"] == "parse":
        parts = {name: getattr(purl, name) for name in ("type", "namespace", "name", "version", "subpath")}
        return {**parts, "qualifiers": dict(purl.qualifiers) or None}
    return str(purl)


def test_all_tests_of_the_specification_pass(shared_data: Path) -> None:
    """Every one of the 304: read, built, written back, or refused."""
    tried = 0
    for file in sorted((shared_data / "purl").glob("*/*-test.json")):
        for test in json.loads(file.read_text())["tests"]:
            tried += 1
            if test["expected_failure"]:
                with pytest.raises(InvalidPurlError):
                    answer(test)
            else:
                assert answer(test) == test["expected_output"], (file.name, test["description"])
    assert tried == 304


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with pkg:"),
        ("npm/lodash", "does not begin with pkg:"),
        ("pkg:npm", "pkg:type/name is the least"),
        ("pkg:npm/", "needs a name"),
        ("pkg:/lodash@1", "pkg:type/name is the least"),
        ("pkg:maven/artifact@1", "needs a namespace"),
        ("pkg:pypi/a/b@1", "has no namespace"),
        ("pkg:npm/a?x=1&X=2", "twice"),
        ("pkg:npm/a%00b@1", "control characters"),
        ("pkg:npm/a\ud800@1", "control characters"),
        ("pkg:npm/" + "a" * LONGEST, "at most 4,096"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    """A refusal names its reason, and shows the text without letting it act on a terminal."""
    with pytest.raises(InvalidPurlError, match=said) as refused:
        read_purl(text)
    assert refused.value.message.isprintable()


def test_a_bare_scope_and_an_encoded_one_are_the_same() -> None:
    """People write the @ as it is; the canonical form encodes it."""
    assert read_purl("pkg:npm/@babel/core@7.0.0") == read_purl("pkg:npm/%40babel/core@7.0.0")
    assert read_purl("pkg:npm/@babel/core").version is None


@given(st.text(max_size=200).map(lambda rest: f"pkg:{rest}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but InvalidPurlError comes out, and what is read is canonical: reading it again changes nothing."""
    try:
        purl = read_purl(text)
    except InvalidPurlError:
        return
    assert str(read_purl(str(purl))) == str(purl)


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(name=WORDS, version=WORDS, value=WORDS)
def test_what_is_written_is_read_back(name: str, version: str, value: str) -> None:
    """Whatever characters a name, a version or a qualifier holds."""
    purl = make_purl(type="generic", name=name, version=version, qualifiers={"checksum": value})
    assert isinstance(purl, Purl)
    assert read_purl(str(purl)) == purl
