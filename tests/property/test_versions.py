"""Version orders are total, agree with their specifications, and never fall over."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from callboard.domain.packages.versions import ORDERS, Order, order_of
from callboard.domain.packages.versions.gem import gem_key
from callboard.domain.packages.versions.pep440 import pep440_key
from callboard.domain.packages.versions.semver import semver_key


def order(ecosystem: str) -> Order:
    """Of an ecosystem that has one."""
    found = order_of(ecosystem)
    assert found is not None
    return found


Row = tuple[str | tuple[str, ...], ...]

ROWS: tuple[tuple[str, Row], ...] = (
    (
        "npm",
        (
            "0.0.0-0",
            "0.0.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha-x",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            ("1.0.0", "v1.0.0", "=1.0.0", " =v1.0.0", "1.0.0+build.5", "1.0", "1"),
            "1.9.0",
            "1.10.0",
            "2.0.0-next.99999999999999999999",
            "2.0.0",
            "99999999999999999999.0.0",
        ),
    ),
    (
        "Go",
        (
            "v0.0.0-20190101000000-abcdefabcdef",
            "v0.0.0-20200101000000-000000000000",
            "v0.1.0",
            "v1.2.3-0.20200101000000-abcdefabcdef",
            ("v1.2.3", "1.2.3"),
            ("v2.0.0+incompatible", "v2.0.0"),
        ),
    ),
    ("crates.io", ("0.1.0-pre", ("0.1.0", "0.1.0+wasi"), "0.1.1")),
    ("Hex", ("1.0.0-rc.0", ("1.0.0", "1.0.0+x"), "1.0.1")),
    ("Pub", ("1.0.0-a", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+10", "1.0.0+a", "1.0.1")),
    (
        "PyPI",
        (
            "0.9",
            "1.dev0",
            "1.0.dev456",
            "1.0a1.dev1",
            "1.0a1",
            ("1.0a2", "1.0-alpha2", "1.0.ALPHA.2"),
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            ("1.0rc1", "1.0c1", "1.0-pre.1"),
            ("1.0", "1", "1.0.0", "v1.0", "01.0"),
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            ("1.0.post456.dev34",),
            ("1.0.post456", "1.0-456", "1.0.rev456"),
            "1.1.dev1",
            "1.1",
            "1.10",
            "2024.1",
            "1!0.1",
        ),
    ),
    (
        "RubyGems",
        (
            "0.9",
            ("1.a", "1.0.a", "1.0.0.a"),
            ("1.0.b1", "1.b.1"),
            ("1.0-x", "1.pre.x"),
            ("1", "1.0", "1.0.0"),
            "1.0.0.1",
            "1.1.rc1",
            "1.1",
            "1.9",
            "1.10",
        ),
    ),
    (
        "NuGet",
        (
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            ("1.0.0-beta", "1.0.0-BETA"),
            "1.0.0-beta2",
            ("1.0.0", "1.0", "1.0.0.0", "1.0.0+sha"),
            "1.0.0.1",
            "1.0.1",
        ),
    ),
    (
        "Packagist",
        (
            "1.0.0-dev",
            ("1.0.0-alpha1", "v1.0a1", "1.0-alpha.1"),
            "1.0.0-beta",
            "1.0.0-beta2",
            "1.0.0-beta10",
            "1.0.0-RC1-dev",
            "1.0.0-RC1",
            ("1.0.0", "1", "v1.0", "1.0.0.0", "1.0-stable"),
            ("1.0.0-p1", "1.0.0-patch1", "1.0.0pl1"),
            "1.0.1",
            "1.10",
        ),
    ),
    (
        "Maven",
        (
            ("1-a1", "1-alpha-1", "1alpha1"),
            "1-beta",
            "1-milestone",
            ("1-rc", "1-cr", "1.rc", "1RC"),
            "1-SNAPSHOT",
            ("1", "1.0", "1-ga", "1.ga", "1-0", "1.0.0", "1.0.0-final", "1.release"),
            "1-sp",
            "1-sp.1",
            ("1-foo2", "1.foo2"),
            "1-foo10",
            "1-sp.1".replace("sp", "xyz"),
            ("1-1", "1-ga-1"),
            "1-2",
            "1.1-rc1",
            "1.1",
            "1.10",
        ),
    ),
)


@pytest.mark.parametrize(("ecosystem", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_versions_stand_in_the_order_of_their_specification(ecosystem: str, row: Row) -> None:
    """Each before the next; those of one step are the same version."""
    key = order(ecosystem)
    keys = [[key(each) for each in ((step,) if isinstance(step, str) else step)] for step in row]
    for step, same in zip(row, keys, strict=True):
        assert same[0], step
        assert len(set(same)) == 1, step
    for (first, one), (second, other) in itertools.pairwise(zip(row, keys, strict=True)):
        assert (one[0] or b"") < (other[0] or b""), (first, second)


def test_every_order_has_its_row() -> None:
    """An order without known answers is a guess."""
    assert {name for name, _ in ROWS} == set(ORDERS)


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [
        ("npm", ""),
        ("npm", "latest"),
        ("npm", "1.2.3.4"),
        ("npm", "1.x"),
        ("npm", "^1.0.0"),
        ("npm", "1.0.0-"),
        ("npm", "1" * 251),
        ("npm", "1.0.٣"),
        ("PyPI", "2004d.final"),
        ("PyPI", "1.0 || 2"),
        ("RubyGems", "a.1"),
        ("NuGet", "1.2.3.4.5"),
        ("Packagist", "dev-main"),
        ("Packagist", "1.x-dev"),
        ("Maven", "[1,2)"),
        ("Maven", ""),
    ],
)
def test_what_is_no_version_has_no_key(ecosystem: str, text: str) -> None:
    """Nothing is guessed: who asks has to compare such texts as texts, or say that they were not evaluated."""
    assert order(ecosystem)(text) is None


def test_an_ecosystem_without_an_order_is_not_evaluated() -> None:
    """Names are OSV's, in their letter case; a release of a distribution is of no matter."""
    assert order_of("npm") is semver_key
    assert order_of("NPM") is None
    assert order_of("Debian:12") is None


@pytest.mark.parametrize("ecosystem", ORDERS)
@given(text=st.text(max_size=300))
def test_any_text_is_answered(ecosystem: str, text: str) -> None:
    """A key or None, never an error."""
    key = order(ecosystem)(text)
    assert key is None or key


LOOKS_LIKE_A_VERSION = st.from_regex(
    re.compile(r"v?\d{1,3}([.-](\d{1,3}|0|a|b|rc|sp|x|alpha|dev|post\d)){0,5}(\+[a-z0-9]{1,3})?", re.ASCII),
    fullmatch=True,
)


@pytest.mark.parametrize("ecosystem", ORDERS)
@given(text=LOOKS_LIKE_A_VERSION)
def test_a_nearly_right_version_is_answered(ecosystem: str, text: str) -> None:
    """As above, for what a manifest may well hold."""
    key = order(ecosystem)(text)
    assert key is None or key


NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 10**12)).map(str)
WORDS = st.from_regex(re.compile(r"[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*", re.ASCII), fullmatch=True).filter(
    lambda word: len(word) < 12
)
SEMVERS = st.builds(
    lambda core, pre: ".".join(core) + ("-" + ".".join(pre) if pre else ""),
    st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.lists(st.one_of(NUMBERS, WORDS), max_size=3),
)


def precedence(version: str) -> tuple[list[int], bool, list[tuple[bool, int, str]]]:
    """Section 11 of the specification, said plainly."""
    core, _, pre = version.partition("-")
    parts = [
        (not each.isdigit(), int(each) if each.isdigit() else 0, "" if each.isdigit() else each)
        for each in pre.split(".")
    ]
    return [int(each) for each in core.split(".")], not pre, parts if pre else []


@given(one=SEMVERS, other=SEMVERS)
def test_semver_keys_agree_with_a_plain_comparison(one: str, other: str) -> None:
    """Less, same and greater alike."""
    first, second = semver_key(one), semver_key(other)
    assert first is not None
    assert second is not None
    assert (first < second, first == second) == (
        precedence(one) < precedence(other),
        precedence(one) == precedence(other),
    )


PYTHON = st.from_regex(
    re.compile(
        r"([0-2]!)?\d{1,3}(\.(0|\d{1,3})){0,3}((a|b|rc)\d{1,2})?(\.post\d{1,2})?(\.dev\d{1,2})?(\+[a-z0-9]{1,3}(\.[a-z0-9]{1,3})?)?",
        re.ASCII,
    ),
    fullmatch=True,
)


@given(one=PYTHON, other=PYTHON)
def test_python_keys_agree_with_packaging(one: str, other: str) -> None:
    """Less, same and greater alike."""
    first, second = pep440_key(one), pep440_key(other)
    assert first is not None
    assert second is not None
    assert (first < second, first == second) == (Version(one) < Version(other), Version(one) == Version(other))


@given(text=st.text("0123456789.abrcdevpost!+-_ ", max_size=20))
def test_python_versions_are_those_of_packaging(text: str) -> None:
    """What packaging refuses has no key, and the other way round."""
    try:
        Version(text)
    except InvalidVersion:
        assert pep440_key(text) is None
    else:
        assert pep440_key(text)


GEMS = st.from_regex(re.compile(r"\d{1,2}(\.(0|0|\d{1,2}|a|b|rc1)){0,6}", re.ASCII), fullmatch=True)


def gem_parts(version: str) -> list[int | str]:
    """Segments, zeros at the end of the numbers and of all dropped."""
    parts: list[int | str] = [int(each) if each.isdigit() else each for each in re.findall(r"\d+|[a-z]+", version)]
    words = next((place for place, part in enumerate(parts) if isinstance(part, str)), len(parts))
    head, tail = parts[:words], parts[words:]
    for some in (head, tail):
        while some and some[-1] == 0:
            some.pop()
    return head + tail


def gem_compare(one: str, other: str) -> int:
    """Part by part, a missing one being 0, a word less than a number."""
    for first, second in itertools.zip_longest(gem_parts(one), gem_parts(other), fillvalue=0):
        if first == second:
            continue
        if isinstance(first, int) and isinstance(second, int):
            return -1 if first < second else 1
        if isinstance(first, str) and isinstance(second, str):
            return -1 if first < second else 1
        return -1 if isinstance(first, str) else 1
    return 0


@given(one=GEMS, other=GEMS)
def test_gem_keys_agree_with_a_plain_comparison(one: str, other: str) -> None:
    """Padding with zeros included, which a row of bytes does not do by itself."""
    first, second = gem_key(one), gem_key(other)
    assert first is not None
    assert second is not None
    assert (first > second) - (first < second) == gem_compare(one, other)
