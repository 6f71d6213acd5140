"""Questions about packages as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.instant import DAY, from_text, to_text
from callboard.domain.packages.package import Package
from callboard.domain.packages.version_range import read_range
from callboard.domain.packages.who_uses import read_period, read_wanted
from callboard.errors import InvalidQueryError


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("4.17.20", ["4.17.20", "v4.17.20"], ["4.17.21", "4.17.20-beta"]),
        (">=4, <4.17.21", ["4.0.0", "4.17.20", "4.17.21-rc.1"], ["3.9.9", "4.17.21"]),
        ("> 1.0.0 <= 2.0.0", ["1.0.1", "2.0.0"], ["1.0.0", "2.0.1"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "1.0.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0"]),
        ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]),
        ("4.x", ["4.0.0", "4.99.0"], ["5.0.0", "3.0.0"]),
        ("4.1.*", ["4.1.7"], ["4.2.0"]),
        ("<1 || >=3", ["0.9.0", "3.0.0"], ["1.0.0", "2.9.0"]),
        ("*", ["1.0.0", "whatever"], []),
    ],
)
def test_ranges(text: str, inside: list[str], outside: list[str]) -> None:
    """By the ecosystem's own order."""
    found = read_range(text)
    assert [found.holds("npm", each) for each in inside] == [True] * len(inside)
    assert [found.holds("npm", each) for each in outside] == [False] * len(outside)


def test_what_cannot_be_compared_is_neither_in_nor_out() -> None:
    """An ecosystem without an order, and a version that has none; the very same text is the same version."""
    assert read_range("<2").holds("docker", "1.0") is None
    assert read_range("<2").holds("npm", "workspace") is None
    assert read_range("latest").holds("docker", "latest") is True
    assert read_range("latest").holds("docker", "edge") is False
    assert read_range("<2 || latest").holds("docker", "latest") is True


@pytest.mark.parametrize("text", ["<", ">=<1", "^x", "1.0 <", "=" * 301])
def test_what_is_no_range_is_refused(text: str) -> None:
    """With a reason."""
    with pytest.raises(InvalidQueryError):
        read_range(text)


@given(st.text(max_size=40))
def test_any_text_is_a_question_or_refused(text: str) -> None:
    """And never anything else."""
    try:
        wanted = read_wanted(text)
    except InvalidQueryError:
        return
    assert wanted.name
    wanted.means(Package(ecosystem="npm", name="x", version="1.0.0"))


@pytest.mark.parametrize(
    ("text", "name", "ecosystem", "versions"),
    [
        ("lodash", "lodash", None, None),
        ("lodash@<4.17.21", "lodash", None, "<4.17.21"),
        ("@ctrl/tinycolor", "@ctrl/tinycolor", "npm", None),
        ("@ctrl/tinycolor@4.1.1", "@ctrl/tinycolor", "npm", "4.1.1"),
        ("pkg:npm/%40ctrl/tinycolor@4.1.1", "@ctrl/tinycolor", "npm", "=4.1.1"),
        ("pkg:pypi/zope.interface", "zope.interface", "PyPI", None),
        ("com.fasterxml.jackson.core:jackson-databind", "com.fasterxml.jackson.core:jackson-databind", None, None),
    ],
)
def test_names_ranges_and_package_urls(text: str, name: str, ecosystem: str | None, versions: str | None) -> None:
    """Each is understood as it is meant."""
    found = read_wanted(text)
    assert (found.name, found.ecosystem, found.versions.text if found.versions else None) == (name, ecosystem, versions)


def test_names_are_compared_as_their_ecosystem_does() -> None:
    """PyPI joins spellings; npm keeps them apart."""
    wanted = read_wanted("Zope_Interface")
    assert wanted.is_key(Package(ecosystem="PyPI", name="zope.interface", version="5").key)
    assert "zope-interface" in wanted.names()
    assert not read_wanted("Lodash").is_key(Package(ecosystem="npm", name="lodash", version="4").key)
    assert not read_wanted("pkg:npm/six").is_key(Package(ecosystem="PyPI", name="six", version="1").key)


def test_periods() -> None:
    """A day is the whole of it; two dates hold both their days."""
    at = read_period("2026-03-31", None)
    assert (at.start, at.end) == (from_text("2026-03-31T00:00:00Z"), from_text("2026-04-01T00:00:00Z"))
    between = read_period(None, ("2026-03-30", "2026-03-31"))
    assert between.end is not None
    assert between.start is not None
    assert between.end - between.start == 2 * DAY
    moment = read_period("2026-03-31T12:00:00+02:00", None)
    assert moment.start is not None
    assert to_text(moment.start) == "2026-03-31T10:00:00Z"
    assert read_period(None, None).start is None
    for wrong in ("tomorrow", "2026-13-01", "2026-01-01T00:00:00", "0000-01-01"):
        with pytest.raises(InvalidQueryError):
            read_period(wrong, None)
    for pair in (("2026-03-31", "2026-03-30"), ("x", "2026-03-30")):
        with pytest.raises(InvalidQueryError):
            read_period(None, pair)
    with pytest.raises(InvalidQueryError):
        read_period("2026-03-31", ("2026-03-30", "2026-03-31"))
