"""What follows from a registry's word: dates, names of the company's own, and what nobody could be asked."""

from __future__ import annotations

import pytest

from callboard.domain.instant import DAY, Instant, from_text
from callboard.domain.packages.at_registry import Said, Terms, came_young, kept, not_evaluated, signs
from callboard.domain.packages.package import Package
from callboard.domain.packages.sign import Sign, sign_named

OUT = from_text("2026-03-01T10:30:00Z")
NPM = Terms(ecosystem="npm", young_days=7, internal=("@acme/*", "acme-*"), publishers=("acme-bot",))
PYPI = Terms(ecosystem="PyPI", young_days=3, internal=("Acme_*",))


def found(package: Package, said: Said | None, terms: Terms | None = NPM, *, days: float = 1) -> list[str]:
    """The signs, some days after the release."""
    answer = kept(package.ecosystem, {package.version}, said)
    return [each.advisory for each in signs(package, answer, terms, now=Instant(OUT + int(days * DAY)))]


def npm(name: str) -> Package:
    """Version 1.0.0 of it."""
    return Package(ecosystem="npm", name=name, version="1.0.0")


@pytest.mark.parametrize(("days", "expected"), [(0, True), (6.99, True), (7, False), (400, False)])
def test_a_release_is_young_for_some_days(days: float, *, expected: bool) -> None:
    """To the moment."""
    told = found(npm("left-pad"), Said(is_there=True, releases={"1.0.0": OUT, "0.9.0": Instant(0)}), days=days)
    assert (told == [Sign.YOUNG.id]) is expected


def test_what_is_said_of_a_young_release() -> None:
    """When, how long that is young, that it is a sign, and how often it is seen where nothing is wrong."""
    answer = kept("npm", {"1.0.0"}, Said(is_there=True, releases={"1.0.0": OUT}))
    (match,) = signs(npm("left-pad"), answer, NPM, now=OUT)
    assert match.because == "It was released on 2026-03-01 at 10:30 UTC, and came in within 7 days."
    assert match.young_until == OUT + 7 * DAY
    assert "4 times in 314" in match.summary
    sign = sign_named(match.advisory)
    assert sign is Sign.YOUNG
    assert "no proof" in sign.ask


@pytest.mark.parametrize(
    ("began", "at", "expected"), [(1, 2, True), (1, 9, True), (1, 10, False), (2, 2, False), (3, 2, False)]
)
def test_what_came_in_young(began: int, at: int, *, expected: bool) -> None:
    """After the manifest was first known, and before the release was no longer young."""
    assert came_young(began, at, Instant(10)) is expected


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("acme-cart", Said(is_there=False), [Sign.NAME_FREE.id]),
        ("acme-cart", Said(is_there=True), [Sign.NAME_TAKEN.id]),
        ("acme-cart", Said(is_there=True, publishers=("mallory",)), [Sign.NAME_TAKEN.id]),
        ("acme-cart", Said(is_there=True, publishers=("mallory", "acme-bot")), []),
        ("acme-cart", None, []),
        # Whose a scope is no answer tells.
        ("@acme/cart", Said(is_there=False), []),
        ("@acme/cart", Said(is_there=True, publishers=("mallory",)), [Sign.NAME_TAKEN.id]),
        ("acmecart", Said(is_there=False), []),
        ("@other/acme-cart", Said(is_there=False), []),
    ],
)
def test_names_of_the_companys_own(name: str, said: Said | None, expected: list[str]) -> None:
    """Free, somebody else's, or ours."""
    assert found(npm(name), said) == expected


def test_python_names_and_versions_have_several_spellings() -> None:
    """They compare as Python compares them."""
    package = Package(ecosystem="PyPI", name="acme.Cart", version="1.0")
    assert found(package, Said(is_there=True, releases={"1.0.0": OUT}), PYPI) == [Sign.YOUNG.id, Sign.NAME_TAKEN.id]
    assert found(package, Said(is_there=False), PYPI) == [Sign.NAME_FREE.id]


def test_without_a_registry_nothing_is_told() -> None:
    """Of an ecosystem that nobody configured, neither."""
    assert found(npm("acme-cart"), Said(is_there=False), None) == []
    assert list(signs(npm("acme-cart"), None, NPM, now=OUT)) == []


def test_only_what_was_asked_about_is_kept() -> None:
    """And that a version is not known there is an answer as well."""
    many = {f"1.0.{patch}": OUT for patch in range(100)}
    answer = kept("npm", {"1.0.7", "6.6.6"}, Said(is_there=True, releases=many))
    assert answer.asked == ("1.0.7", "6.6.6")
    assert answer.releases == {"1.0.7": OUT}


def test_what_nobody_could_be_asked_is_said() -> None:
    """For what is missing, and only for that."""
    (nobody,) = not_evaluated(())
    assert "nobody asks registries" in nobody
    assert not_evaluated((NPM, PYPI)) == ()
    told = not_evaluated((Terms(ecosystem="npm", young_days=7),), ["The registry is ill."], 2)
    assert [each.split(":")[0] for each in told] == [
        "The registry is ill.", "How new a release of PyPI is", "Internal names of npm and PyPI",
        "Internal names in scopes",
    ]  # fmt: skip


def test_each_sign_says_how_often_it_is_wrong_or_that_nobody_knows() -> None:
    """A figure with what it was measured in, or the words for what is not evaluated."""
    for sign in Sign:
        assert ("not evaluated: it depends" in sign.often) is (sign.measured is None)
    assert {sign for sign in Sign if sign.measured is None} == {Sign.NAME_FREE, Sign.NAME_TAKEN}
