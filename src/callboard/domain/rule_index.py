"""Mapping rules, compiled: the rules that match a resource are looked up by its own words, never tried one by one.

Each rule hangs on one of its terms, the rarest. A value without `*` is found by itself, a pattern by the text before its
first `*`, after its last, or by the rarest three characters in its longest piece; only what is found so is compared in full.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from callboard.domain.alias import (
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_REPOSITORY,
)
from callboard.domain.component import EntityRef
from callboard.domain.glob import is_pattern, literal_length, longest_piece, matches
from callboard.domain.mapping import Form, RuleSet, Term, as_written, plain, rule_id
from callboard.domain.ownership import RESOURCE, Subject
from callboard.domain.repository import IN_REPOSITORY

Facts = dict[Form, tuple[str, ...]]
"""What rules can look at, by form, in the spelling that they compare."""

_NAMES = frozenset({WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY})
_IN_KUBERNETES = frozenset({KUBERNETES_NAMESPACE, KUBERNETES_ID})

_FIT = {
    Form.RESOURCE: RESOURCE,
    Form.PATH: 100_000,
    Form.PROJECT: 20_000,
    Form.TAG: 8_000,
    Form.LABEL: 8_000,
    Form.ACCOUNT: 2_000,
    Form.TYPE: 500,
    Form.SOURCE: 100,
}
"""How closely a term fits, as a share of its rule's specificity: the more particular, the more."""
_FOLDER = 1_000
_GRAM = 3


class _Condition(msgspec.Struct, frozen=True):
    """One term of a rule: the subject has one of these values."""

    form: Form
    exact: frozenset[str]
    patterns: tuple[str, ...]

    @classmethod
    def of(cls, term: Term) -> _Condition:
        """The term, taken apart."""
        patterns = tuple(value for value in term.values if is_pattern(value))
        return cls(term.form, frozenset(term.values).difference(patterns), patterns)


class Compiled(msgspec.Struct, frozen=True):
    """One rule, ready to be matched."""

    id: str
    owners: tuple[EntityRef, ...]
    fit: int
    """Specificity: of two rules that match, the one that says more about the resource wins."""
    conditions: tuple[_Condition, ...]
    set_name: str = ""


def _resource(subject: Subject) -> Iterator[str]:
    if subject.name:
        yield as_written(subject.name)
    for form, value in subject.aliases:
        if form in _NAMES:
            yield as_written(value)


def _path(subject: Subject) -> Iterator[str]:
    """Every repository and folder that the subject lies in, and itself."""
    for form, value in subject.aliases:
        if form == REPOSITORY:
            yield value
        elif form == REPOSITORY_PATH:
            at = value.find(IN_REPOSITORY)
            yield value[:at]
            at += len(IN_REPOSITORY)
            while (at := value.find("/", at)) > 0:
                yield value[:at]
                at += 1
            yield value


def _tag(subject: Subject) -> Iterator[str]:
    for key, value in subject.tags:
        yield from _tag_words(key, value)


@lru_cache(maxsize=65_536)
def _tag_words(key: str, value: str) -> tuple[str, str]:
    name = plain(key)
    return name, f"{name}={plain(value)}"


def _label(subject: Subject) -> Iterator[str]:
    return _tag(subject) if is_in_kubernetes(subject) else iter(())


def is_in_kubernetes(subject: Subject) -> bool:
    """Whether it is an object in a cluster, whose tags are its labels."""
    return any(form in _IN_KUBERNETES for form, _ in subject.aliases)


def _project(subject: Subject) -> Iterator[str]:
    return (as_written(each.external_id) for each in subject.projects or ())


def _account(subject: Subject) -> Iterator[str]:
    return map(plain, subject.accounts)


def _type(subject: Subject) -> Iterator[str]:
    return map(plain, subject.types)


def _source(subject: Subject) -> Iterator[str]:
    return iter((subject.source,))


_FACTS: Mapping[Form, Callable[[Subject], Iterator[str]]] = {
    Form.RESOURCE: _resource,
    Form.PATH: _path,
    Form.TAG: _tag,
    Form.LABEL: _label,
    Form.PROJECT: _project,
    Form.ACCOUNT: _account,
    Form.TYPE: _type,
    Form.SOURCE: _source,
}


def fit_of(terms: Sequence[Term]) -> int:
    """How much a rule says about what it matches; larger wins."""
    return sum(min(_fit_of(term.form, value) for value in term.values) for term in terms if term.values)


def _fit_of(form: Form, value: str) -> int:
    whole = _FIT[form]
    if is_pattern(value):
        return whole // 2 + min(literal_length(value), whole // 4)
    if form is Form.PATH:
        return whole + _FOLDER * value.count("/")
    return whole // 2 if form in (Form.TAG, Form.LABEL) and "=" not in value else whole


class RuleIndex:
    """All rules in force, found by what they look at."""

    def __init__(self, sets: Sequence[RuleSet]) -> None:
        self.rules = tuple(
            Compiled(
                rule_id(each.name, rule), rule.owners, fit_of(rule.terms), tuple(map(_Condition.of, rule.terms)), each.name
            )
            for each in sets
            for rule in each.rules
        )  # fmt: skip
        terms = [rule.terms for each in sets for rule in each.rules]
        self._exact: dict[Form, dict[str, list[Compiled]]] = {}
        self._starts: dict[Form, dict[str, list[Compiled]]] = {}
        self._ends: dict[Form, dict[str, list[Compiled]]] = {}
        self._grams: dict[Form, dict[str, list[Compiled]]] = {}
        rarity = Counter((term.form, value) for each in terms for term in each for value in term.values)
        grams = Counter(
            gram for each in terms for term in each for value in term.values for gram in _grams(longest_piece(value))
        )
        for rule, its in zip(self.rules, terms, strict=True):
            self._hang(rule, grams, min(its, key=lambda term: _cost(term, rarity)))
        self._start_lengths = {form: sorted({len(key) for key in found}) for form, found in self._starts.items()}
        self._end_lengths = {form: sorted({len(key) for key in found}) for form, found in self._ends.items()}
        self._look_for = {form: _one_of(found) for form, found in self._grams.items()}
        self._patterned = frozenset({*self._starts, *self._ends, *self._grams})
        self._anchors = tuple({*self._exact, *self._patterned})

    def _hang(self, rule: Compiled, grams: Counter[str], term: Term) -> None:
        for value in term.values:
            index, key = _place(value, grams)
            table: dict[Form, dict[str, list[Compiled]]] = getattr(self, f"_{index}")
            table.setdefault(term.form, {}).setdefault(key, []).append(rule)

    def matching(self, subject: Subject) -> list[Compiled]:
        """The rules whose every term the subject meets, each once."""
        if not self.rules:
            return []
        facts: Facts = {form: tuple(_FACTS[form](subject)) for form in self._anchors}
        likely: dict[str, Compiled] = {}
        for form in self._anchors:
            exact = self._exact.get(form, {})
            is_patterned = form in self._patterned
            for value in facts[form]:
                for rule in exact.get(value, ()):
                    likely[rule.id] = rule
                if is_patterned:
                    self._by_pieces(form, value, likely)
        return [rule for rule in likely.values() if _is_met(rule, subject, facts)]

    def _by_pieces(self, form: Form, value: str, likely: dict[str, Compiled]) -> None:
        """Add the rules whose patterns start, end, or have a piece as the value does."""
        size = len(value)
        if starts := self._starts.get(form):
            for length in self._start_lengths[form]:
                if length > size:
                    break
                for rule in starts.get(value[:length], ()):
                    likely[rule.id] = rule
        if ends := self._ends.get(form):
            for length in self._end_lengths[form]:
                if length > size:
                    break
                for rule in ends.get(value[size - length :], ()):
                    likely[rule.id] = rule
        if grams := self._grams.get(form):
            look_for = self._look_for[form]
            there = look_for.search(value)
            while there is not None:
                for rule in grams[there[0]]:
                    likely[rule.id] = rule
                there = look_for.search(value, there.start() + 1)


_BREADTH = {
    Form.RESOURCE: 0,
    Form.PATH: 1,
    Form.PROJECT: 2,
    Form.TAG: 2,
    Form.LABEL: 2,
    Form.ACCOUNT: 3,
    Form.TYPE: 5,
    Form.SOURCE: 6,
}
"""How many resources one value of a form is likely to be shared by, in steps of about ten times."""


def _cost(term: Term, rarity: Counter[tuple[Form, str]]) -> float:
    """How much work a term is likely to make: how many resources bring it up, times how many rules hang there."""
    return max((_cost_of(term.form, value, rarity) for value in term.values), default=math.inf)


def _cost_of(form: Form, value: str, rarity: Counter[tuple[Form, str]]) -> float:
    breadth = _BREADTH[form] + (form in (Form.TAG, Form.LABEL) and "=" not in value)
    return breadth + is_pattern(value) + math.log10(rarity[form, value])


def _grams(text: str) -> set[str]:
    return {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}


def _place(value: str, grams: Counter[str]) -> tuple[str, str]:
    """Where a value hangs, and under which key: of a piece inside, its three characters that the fewest others have."""
    if not is_pattern(value):
        return "exact", value
    first, last = value.partition("*")[0], value.rpartition("*")[2]
    if first and len(first) >= len(last):
        return "starts", first
    if last:
        return "ends", last
    return "grams", min(sorted(_grams(longest_piece(value))), key=lambda gram: grams[gram])


def _one_of(grams: Iterable[str]) -> re.Pattern[str]:
    """Finds the next place in a text where one of these stands; compared letter by letter, so that a miss costs little.

    Nobody's expression is run: it is made of single letters only, and looks at each place of the text once.
    """
    tree: dict[str, dict[str, list[str]]] = {}
    for gram in sorted(grams):
        tree.setdefault(gram[0], {}).setdefault(gram[1], []).append(gram[2])
    return re.compile(
        "|".join(
            re.escape(first)
            + "(?:"
            + "|".join(f"{re.escape(second)}[{re.escape(''.join(thirds))}]" for second, thirds in below.items())
            + ")"
            for first, below in tree.items()
        )
    )


def _is_met(rule: Compiled, subject: Subject, facts: Facts) -> bool:
    for condition in rule.conditions:
        there = facts.get(condition.form)
        if there is None:  # nothing hangs on this form: only rules that are found by another ask for it
            there = facts[condition.form] = tuple(_FACTS[condition.form](subject))
        if condition.exact.isdisjoint(there) and not _is_like(condition.patterns, there):
            return False
    return True


def _is_like(patterns: Iterable[str], values: Iterable[str]) -> bool:
    return any(matches(pattern, value) for pattern in patterns for value in values)
