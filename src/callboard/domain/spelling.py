"""Words that are spelled nearly alike, found without comparing all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

NEAR_LENGTH = 5
"""Letters of a word from which on another spelling of it is looked for: short words have too many neighbours."""


class Spellings:
    """Words that differ in one letter, found by what remains of both when a letter is left out.

    Two words at one edit (a letter more, less, other, or two swapped) always share such a remainder, so a lookup costs
    as many steps as the word has letters, whatever the number of words.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_rest: dict[str, list[str]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        for word in sorted(words):
            if len(word) >= NEAR_LENGTH:
                for rest in _rests(word):
                    self._by_rest.setdefault(rest, []).append(word)

    def near(self, word: str) -> tuple[str, ...]:
        """The known words at one edit from this one."""
        if len(word) < NEAR_LENGTH:
            return ()
        found = self._found.get(word)
        if found is None:
            from rapidfuzz.distance import OSA

            maybe = {other for rest in _rests(word) for other in self._by_rest.get(rest, ())}
            found = tuple(sorted(other for other in maybe if OSA.distance(word, other, score_cutoff=1) == 1))
            self._found[word] = found
        return found


def _rests(word: str) -> list[str]:
    return [word, *(word[:index] + word[index + 1 :] for index in range(len(word)))]
