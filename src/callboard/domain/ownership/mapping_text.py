"""Rule sets as people write them, in a file or in JSON, and back. Pure.

name: platform
rules:
  - name: shared network
    match: {account: "123456789012", tag: [tier=core, tier=edge]}
    owners: [component:default/network]
    reason: Run by the network team for everybody.
    until: 2027-06-30
vocabularies:
  - tag: service
    values: {pay: component:default/payments}
    reason: Set by the deployment pipeline.
    trusted: {reason: Only the pipeline can set it., until: 2027-01-31}
defaults:
  - account: legacy-prod
    owner: component:default/legacy
    reason: Nobody else deploys there.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.instant import Instant, to_datetime
from callboard.domain.ownership.coverage import end_of_day
from callboard.domain.ownership.mapping import (
    Default,
    Form,
    Problem,
    Rule,
    RuleSet,
    Term,
    Trust,
    Vocabulary,
    plain,
    spelled,
)

MOST_ENTRIES = 5_000
"""Entries of each sort in one set at most."""
MOST_VALUES = 1_000

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Values = Text | list[Text]


class _Trust(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Text
    until: Text


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Text
    match: dict[Form, Values]
    owners: list[Text]
    reason: Text
    until: Text | None = None


class _Vocabulary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Text
    tag: Text | None = None
    label: Text | None = None
    kinds: tuple[Text, ...] = ("component",)
    values: dict[Text, Text] = {}
    until: Text | None = None
    trusted: _Trust | None = None


class _Default(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    owner: Text
    reason: Text
    account: Text | None = None
    project: Text | None = None
    source: Text | None = None
    until: Text | None = None
    trusted: _Trust | None = None


class _Set(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    rules: Annotated[list[_Rule], msgspec.Meta(max_length=MOST_ENTRIES)] = []
    vocabularies: Annotated[list[_Vocabulary], msgspec.Meta(max_length=MOST_ENTRIES)] = []
    defaults: Annotated[list[_Default], msgspec.Meta(max_length=MOST_ENTRIES)] = []


class UnreadableError(Exception):
    """A document that is no rule set."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].reason)
        self.problems = problems
        """Everything that is wrong with it."""


def read(document: object, *, origin: str | None = None) -> RuleSet:
    """The rule set that a document (mappings, lists and text) says. Raises UnreadableError with everything that is wrong."""
    try:
        told = msgspec.convert(document, _Set)
    except msgspec.ValidationError as error:
        words, _, path = str(error).partition(" - at ")
        raise UnreadableError((Problem(path.strip("`") or "$", f"{words}."),)) from None
    reader = _Reader()
    found = RuleSet(
        name=told.name,
        origin=origin,
        rules=tuple(reader.rule(each) for each in told.rules),
        vocabularies=tuple(reader.vocabulary(each) for each in told.vocabularies),
        defaults=tuple(reader.default(each) for each in told.defaults),
    )
    if reader.problems:
        raise UnreadableError(tuple(reader.problems))
    return found


class _Reader:
    """Turns words into values, and remembers all that could not be turned."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def rule(self, told: _Rule) -> Rule:
        terms = []
        for form, values in told.match.items():
            many = [values] if isinstance(values, str) else values
            if not 0 < len(many) <= MOST_VALUES:
                self.problems.append(Problem(told.name, f"Its {form} needs 1 to {MOST_VALUES} values."))
            terms.append(Term(form, tuple(sorted({spelled(form, value) for value in many}))))
        owners = tuple(sorted({self._ref(told.name, ref) for ref in told.owners}))
        return Rule(
            " ".join(told.name.split()),
            tuple(sorted(terms)),
            owners,
            told.reason,
            until=self._day(told.name, told.until),
        )

    def vocabulary(self, told: _Vocabulary) -> Vocabulary:
        form, key = self._one(told, (Form.TAG, Form.LABEL))
        where = f"{form}:{key}"
        return Vocabulary(
            form, plain(key), told.reason, tuple(sorted(set(told.kinds))),
            tuple(sorted((plain(value), self._ref(where, ref)) for value, ref in told.values.items())),
            until=self._day(where, told.until), trust=self._trust(where, told.trusted),
        )  # fmt: skip

    def default(self, told: _Default) -> Default:
        form, value = self._one(told, (Form.ACCOUNT, Form.PROJECT, Form.SOURCE))
        where = f"{form}:{value}"
        return Default(
            form, spelled(form, value), self._ref(where, told.owner), told.reason, until=self._day(where, told.until),
            trust=self._trust(where, told.trusted),
        )  # fmt: skip

    def _one(self, told: _Vocabulary | _Default, forms: tuple[Form, ...]) -> tuple[Form, str]:
        given = [(form, value) for form in forms if (value := getattr(told, form.value)) is not None]
        if len(given) == 1:
            return given[0]
        words = ", ".join(forms[:-1]) + f" or {forms[-1]}"
        self.problems.append(Problem(told.reason[:60], f"It has to say one of {words}, and only one."))
        return forms[0], ""

    def _ref(self, where: str, text: str) -> EntityRef:
        try:
            return entity_ref(text, kind="component")
        except ValueError as error:
            self.problems.append(Problem(where, f"{error}."))
            return EntityRef("")

    def _day(self, where: str, text: str | None) -> Instant | None:
        """The end of a calendar day in UTC."""
        if text is None:
            return None
        try:
            return end_of_day(text.strip())
        except ValueError:
            self.problems.append(Problem(where, f"{text!r} is no date. Write it as 2027-06-30."))
            return None

    def _trust(self, where: str, told: _Trust | None) -> Trust | None:
        if told is None:
            return None
        return Trust("", Instant(0), told.reason, self._day(where, told.until) or Instant(0))


def write(rule_set: RuleSet) -> dict[str, Any]:
    """The set as a document that `read` reads as the same set; who and when is not part of it."""
    document: dict[str, Any] = {"name": rule_set.name}
    if rule_set.rules:
        document["rules"] = [
            {"name": each.name, "match": {term.form.value: _shortest(term.values) for term in each.terms}}
            | {"owners": list(each.owners), "reason": each.reason} | _until(each.until)
            for each in rule_set.rules
        ]  # fmt: skip
    if rule_set.vocabularies:
        document["vocabularies"] = [
            {each.form.value: each.key} | ({"kinds": list(each.kinds)} if each.kinds != ("component",) else {})
            | ({"values": dict(each.values)} if each.values else {}) | {"reason": each.reason} | _until(each.until)
            | _trusted(each.trust)
            for each in rule_set.vocabularies
        ]  # fmt: skip
    if rule_set.defaults:
        document["defaults"] = [
            {each.form.value: each.value, "owner": each.owner, "reason": each.reason} | _until(each.until)
            | _trusted(each.trust)
            for each in rule_set.defaults
        ]  # fmt: skip
    return document


def _shortest(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _until(until: Instant | None) -> dict[str, str]:
    return {} if until is None else {"until": day_of(until)}


def _trusted(trust: Trust | None) -> dict[str, Any]:
    return {} if trust is None else {"trusted": {"reason": trust.reason, "until": day_of(trust.until)}}


def day_of(until: Instant) -> str:
    """The calendar day, in UTC, at whose end something ends."""
    return to_datetime(until).date().isoformat()
