"""Patterns of paths."""

from __future__ import annotations

import fnmatch
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.path_pattern import ANY, name_matches, name_pattern, path_matches


@given(st.text(alphabet="ab*?[]!-", max_size=8), st.text(alphabet="ab-", max_size=6))
def test_names_match_as_the_standard_library_says(pattern: str, name: str) -> None:
    """An independent reading of stars and question marks; brackets are tried below, where shells differ less."""
    plain = pattern.translate(str.maketrans("", "", "[]"))
    assert name_matches(name_pattern(plain, choices=False), name) == fnmatch.fnmatchcase(name, plain)


def test_choices() -> None:
    """Ranges, negation in both spellings, and a bracket that is never closed."""
    for text, fits, misses in (
        ("[a-c]x", "bx", "dx"),
        ("[!a-c]x", "dx", "bx"),
        ("[^a]x", "bx", "ax"),
        ("[ax", "[ax", "ax"),
    ):
        pattern = name_pattern(text, choices=True)
        assert name_matches(pattern, fits)
        assert not name_matches(pattern, misses)
    assert name_matches(name_pattern("[a]", choices=False), "[a]")


def test_paths_match_as_trying_everything_does() -> None:
    """Every short pattern against every short path, compared with a plain recursion."""
    a, star = name_pattern("a", choices=False), name_pattern("*", choices=False)

    def plainly(pattern: tuple[object, ...], path: tuple[str, ...]) -> bool:
        if not pattern:
            return not path
        if pattern[0] is ANY:
            return plainly(pattern[1:], path) or (bool(path) and plainly(pattern, path[1:]))
        return bool(path) and name_matches(pattern[0], path[0]) and plainly(pattern[1:], path[1:])  # type: ignore[arg-type]

    for length, depth in product(range(5), range(5)):
        for pattern in product((a, star, ANY), repeat=length):
            for path in product(("a", "b"), repeat=depth):
                assert path_matches(pattern, path) == plainly(pattern, path)


def test_a_hostile_pattern_costs_no_more_than_its_length_times_the_path() -> None:
    """Stars that would make a regular expression try for ever are answered at once: the test ends."""
    assert not name_matches(name_pattern("*a" * 500 + "b", choices=False), "a" * 4_000)
    assert not path_matches(
        (ANY, name_pattern("a", choices=False)) * 500 + (name_pattern("b", choices=False),), ["a"] * 2_000
    )
