"""Mapping rules, compiled: the rules that match a resource are looked up by its own words, never tried one by one.

Each rule hangs on one of its terms, the rarest. A value without `*` is found by itself, a pattern by the text before its
first `*`, after its last, or by three characters in its longest piece; only what is found so is compared in full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
from callboard.domain.mapping import Form, RuleSet, Term, plain, rule_id, spelled
from callboard.domain.ownership import RESOURCE, Subject
from callboard.domain.repository import IN_REPOSITORY

Facts = Mapping[Form, frozenset[str]]
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


class Compiled(msgspec.Struct, frozen=True):
    """One rule, ready to be matched."""

    id: str
    owners: tuple[EntityRef, ...]
    fit: int
    """Specificity: of two rules that match, the one that says more about the resource wins."""
    terms: tuple[Term, ...]
    set_name: str = ""


def facts_of(subject: Subject, forms: Iterable[Form]) -> Facts:
    """What a subject is, in the forms that any rule asks about."""
    return {form: frozenset(_FACTS[form](subject)) for form in forms}


def _resource(subject: Subject) -> Iterator[str]:
    if subject.name:
        yield spelled(Form.RESOURCE, subject.name)
    for form, value in subject.aliases:
        if form in _NAMES:
            yield spelled(Form.RESOURCE, value)


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
        name = plain(key)
        yield name
        yield f"{name}={plain(value)}"


def _label(subject: Subject) -> Iterator[str]:
    return _tag(subject) if is_in_kubernetes(subject) else iter(())


def is_in_kubernetes(subject: Subject) -> bool:
    """Whether it is an object in a cluster, whose tags are its labels."""
    return any(form in _IN_KUBERNETES for form, _ in subject.aliases)


def _project(subject: Subject) -> Iterator[str]:
    return (spelled(Form.PROJECT, each.external_id) for each in subject.projects or ())


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

    def __init__(self, sets: Iterable[RuleSet]) -> None:
        self.rules = tuple(
            Compiled(rule_id(each.name, rule), rule.owners, fit_of(rule.terms), rule.terms, each.name)
            for each in sets
            for rule in each.rules
        )
        self._exact: dict[Form, dict[str, list[Compiled]]] = {}
        self._starts: dict[Form, dict[str, list[Compiled]]] = {}
        self._ends: dict[Form, dict[str, list[Compiled]]] = {}
        self._grams: dict[Form, dict[str, list[Compiled]]] = {}
        rarity = Counter((term.form, value) for rule in self.rules for term in rule.terms for value in term.values)
        for rule in self.rules:
            self._hang(rule, min(rule.terms, key=lambda term: _cost(term, rarity)))
        self._start_lengths = {form: sorted({len(key) for key in found}) for form, found in self._starts.items()}
        self._end_lengths = {form: sorted({len(key) for key in found}) for form, found in self._ends.items()}
        self._forms = tuple({term.form for rule in self.rules for term in rule.terms})

    def _hang(self, rule: Compiled, term: Term) -> None:
        for value in term.values:
            index, key = _place(value)
            table: dict[Form, dict[str, list[Compiled]]] = getattr(self, f"_{index}")
            table.setdefault(term.form, {}).setdefault(key, []).append(rule)

    def matching(self, subject: Subject) -> Iterator[Compiled]:
        """The rules whose every term the subject meets, each once."""
        if not self.rules:
            return
        facts = facts_of(subject, self._forms)
        seen: set[str] = set()
        for rule in self._found(facts):
            if rule.id not in seen:
                seen.add(rule.id)
                if all(_meets(term, facts) for term in rule.terms):
                    yield rule

    def _found(self, facts: Facts) -> Iterator[Compiled]:
        for form, values in facts.items():
            exact, starts = self._exact.get(form), self._starts.get(form)
            ends, grams = self._ends.get(form), self._grams.get(form)
            for value in values:
                if exact and (found := exact.get(value)):
                    yield from found
                if starts:
                    for length in self._start_lengths[form]:
                        yield from starts.get(value[:length], ()) if length <= len(value) else ()
                if ends:
                    for length in self._end_lengths[form]:
                        yield from ends.get(value[-length:], ()) if length <= len(value) else ()
                if grams:
                    for gram in {value[at : at + _GRAM] for at in range(len(value) - _GRAM + 1)}:
                        yield from grams.get(gram, ())


def _cost(term: Term, rarity: Counter[tuple[Form, str]]) -> tuple[int, int, int]:
    """How many subjects a term is likely to bring up: terms of other rules tell, then what it looks at."""
    shared = max((rarity[term.form, value] for value in term.values), default=0)
    return (sum(is_pattern(value) for value in term.values), shared, -_FIT[term.form])


def _place(value: str) -> tuple[str, str]:
    """Where a value hangs, and under which key."""
    if not is_pattern(value):
        return "exact", value
    first, last = value.partition("*")[0], value.rpartition("*")[2]
    if first and len(first) >= len(last):
        return "starts", first
    if last:
        return "ends", last
    return "grams", longest_piece(value)[:_GRAM]


def _meets(term: Term, facts: Facts) -> bool:
    there = facts[term.form]
    return any(
        any(matches(value, each) for each in there) if is_pattern(value) else value in there for value in term.values
    )
