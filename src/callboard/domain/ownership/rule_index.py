"""Mapping rules, compiled: the rules that match a resource are looked up by its own words, never tried one by one.

Each rule hangs on one of its terms, the rarest. A value without `*` is found by itself, a pattern by the text before its
first `*`, after its last, or by the rarest three characters in its longest piece; only what is found so is compared in full.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.glob import is_pattern, literal_length, longest_piece, matches
from callboard.domain.ownership.facts import FACTS, Facts, tag_words
from callboard.domain.ownership.mapping import Form, RuleSet, Term, rule_id
from callboard.domain.ownership.verdict import RESOURCE, Subject

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

REMEMBERED = 65_536
"""Tags of which an index remembers where they lead, at most."""


class Condition(msgspec.Struct, frozen=True):
    """One term of a rule: the subject has one of these values."""

    form: Form
    exact: frozenset[str]
    patterns: tuple[str, ...]

    @classmethod
    def of(cls, term: Term) -> Condition:
        """The term, taken apart."""
        patterns = tuple(value for value in term.values if is_pattern(value))
        return cls(term.form, frozenset(term.values).difference(patterns), patterns)

    @property
    def values(self) -> tuple[str, ...]:
        """All of them, sorted."""
        return tuple(sorted((*self.exact, *self.patterns)))


class Compiled(msgspec.Struct, frozen=True):
    """One rule, ready to be matched."""

    id: str
    owners: tuple[EntityRef, ...]
    fit: int
    """Specificity: of two rules that match, the one that says more about the resource wins."""
    conditions: tuple[Condition, ...]
    set_name: str = ""


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


class _Hung(msgspec.Struct, frozen=True):
    """A rule where it is found."""

    rule: Compiled
    pattern: str
    """What the value that leads here has to match. Empty: being led here is enough."""
    rest: tuple[Condition, ...]
    """The other conditions."""


class _Hooks:
    """What hangs on the values of one form."""

    def __init__(self) -> None:
        self.exact: dict[str, list[_Hung]] = {}
        self.starts: dict[str, list[_Hung]] = {}
        self.ends: dict[str, list[_Hung]] = {}
        self.grams: dict[str, list[_Hung]] = {}

    def finish(self) -> None:
        """After the last rule was hung."""
        self._start_lengths = sorted({len(key) for key in self.starts})
        self._shortest = self._start_lengths[0] if self.starts else 0
        self._heads = frozenset(key[: self._shortest] for key in self.starts)
        self._end_lengths = sorted({len(key) for key in self.ends})
        self._look_for = _one_of(self.grams) if self.grams else None
        pieces = [len(longest_piece(each.pattern)) for many in self.grams.values() for each in many]
        self._least_piece = min(pieces, default=0)
        self.is_patterned = bool(self.starts or self.ends or self.grams)

    def hung_on(self, values: Iterable[str]) -> list[_Hung]:
        """The rules that these values may lead to."""
        likely: list[_Hung] = []
        exact, is_patterned = self.exact, self.is_patterned
        for value in values:
            if exact and (found := exact.get(value)):
                likely += found
            if is_patterned:
                self._by_pieces(value, likely)
        return likely

    def _by_pieces(self, value: str, likely: list[_Hung]) -> None:
        """Add the rules whose patterns start, end, or have a piece as the value does."""
        size = len(value)
        if value[: self._shortest] in self._heads:
            for length in self._start_lengths:
                if length > size:
                    break
                if found := self.starts.get(value[:length]):
                    _add(found, value, likely)
        for length in self._end_lengths:
            if length > size:
                break
            if found := self.ends.get(value[size - length :]):
                _add(found, value, likely)
        if self._look_for is not None and size >= self._least_piece:
            search = self._look_for.search
            there = search(value)
            while there is not None:
                _add(self.grams[there[0]], value, likely)
                there = search(value, there.start() + 1)


def _add(found: Iterable[_Hung], value: str, likely: list[_Hung]) -> None:
    """Add those whose pattern the value matches."""
    likely += [each for each in found if not each.pattern or matches(each.pattern, value)]


class RuleIndex:
    """All rules in force, found by what they look at."""

    def __init__(self, rules: Iterable[Compiled]) -> None:
        self.rules = tuple(rules)
        values = [(each.form, value) for rule in self.rules for each in rule.conditions for value in each.values]
        rarity = Counter(values)
        grams = Counter(gram for _, value in values for gram in _grams(longest_piece(value)))
        hooks: dict[Form, _Hooks] = {}
        for rule in self.rules:
            anchor = min(range(len(rule.conditions)), key=lambda at: _cost(rule.conditions[at], rarity))
            _hang(hooks.setdefault(rule.conditions[anchor].form, _Hooks()), rule, grams, anchor)
        for each in hooks.values():
            each.finish()
        self._tags = hooks.pop(Form.TAG, None)
        self._of_tag = lru_cache(maxsize=REMEMBERED)(self._hung_on_tag)
        self._hooks = tuple((form, FACTS[form], each) for form, each in hooks.items())

    @classmethod
    def of(cls, sets: Iterable[RuleSet]) -> RuleIndex:
        """The rules of these sets."""
        return cls(
            Compiled(
                rule_id(each.name, rule), rule.owners, fit_of(rule.terms), tuple(map(Condition.of, rule.terms)), each.name
            )
            for each in sets
            for rule in each.rules
        )  # fmt: skip

    def matching(self, subject: Subject) -> list[Compiled]:
        """The rules whose every term the subject meets, each once."""
        facts: Facts = {}
        likely: list[_Hung] = []
        if self._tags is not None:
            for key, value in subject.tags:
                likely += self._of_tag(key, value)
        for form, tell, hooks in self._hooks:
            there = facts[form] = tell(subject)
            likely += hooks.hung_on(there)
        met: dict[str, Compiled] = {}
        for hung in likely:
            rule = hung.rule
            if rule.id not in met and (not hung.rest or _is_met(hung.rest, subject, facts)):
                met[rule.id] = rule
        return list(met.values())

    def _hung_on_tag(self, key: str, value: str) -> tuple[_Hung, ...]:
        """The rules that one tag may lead to: the same for every subject that has it, and many have."""
        return () if self._tags is None else tuple(self._tags.hung_on(tag_words(key, value)))


def _hang(hooks: _Hooks, rule: Compiled, grams: Counter[str], anchor: int) -> None:
    """Hang a rule on every value of one of its terms, the `anchor`-th."""
    rest = tuple(each for at, each in enumerate(rule.conditions) if at != anchor)
    for value in rule.conditions[anchor].values:
        table, key, is_all = _place(value, grams)
        found: dict[str, list[_Hung]] = getattr(hooks, table)
        found.setdefault(key, []).append(_Hung(rule, "" if is_all else value, rest))


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


def _cost(term: Condition, rarity: Counter[tuple[Form, str]]) -> float:
    """How much work a term is likely to make: how many resources bring it up, times how many rules hang there."""
    return max((_cost_of(term.form, value, rarity) for value in term.values), default=math.inf)


def _cost_of(form: Form, value: str, rarity: Counter[tuple[Form, str]]) -> float:
    breadth = _BREADTH[form] + (form in (Form.TAG, Form.LABEL) and "=" not in value)
    return breadth + is_pattern(value) + math.log10(rarity[form, value])


def _grams(text: str) -> set[str]:
    return {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}


def _place(value: str, grams: Counter[str]) -> tuple[str, str, bool]:
    """Where a value hangs, under which key, and whether being found by it is all that it asks for.

    Of a piece inside it is the three characters that the fewest others have.
    """
    if not is_pattern(value):
        return "exact", value, True
    first, last = value.partition("*")[0], value.rpartition("*")[2]
    if first and len(first) >= len(last):
        return "starts", first, value == f"{first}*"
    if last:
        return "ends", last, value == f"*{last}"
    return "grams", min(sorted(_grams(longest_piece(value))), key=lambda gram: grams[gram]), False


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


def _is_met(conditions: Iterable[Condition], subject: Subject, facts: Facts) -> bool:
    for condition in conditions:
        there = facts.get(condition.form)
        if there is None:  # nothing hangs on this form: only rules that are found by another ask for it
            there = facts[condition.form] = FACTS[condition.form](subject)
        if condition.exact.isdisjoint(there) and not (condition.patterns and _is_like(condition.patterns, there)):
            return False
    return True


def _is_like(patterns: Iterable[str], values: Iterable[str]) -> bool:
    return any(matches(pattern, value) for pattern in patterns for value in values)
