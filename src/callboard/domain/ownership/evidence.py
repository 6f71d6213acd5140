"""Evidence: everything that is known about whose things are, compiled for `domain.judging`. Pure.

Every rule, claim, vocabulary and default is found by the name or word that it is about, so that the cost of a decision
does not grow with how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.glob import matches
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import CLAIMING_KINDS, Claims
from callboard.domain.ownership.mapping import Default, Form, RuleSet, Vocabulary, in_force, plain, spelled
from callboard.domain.ownership.rule_index import Compiled, RuleIndex

RULE = "rule"
"""Form of a candidate that a mapping rule gives; its value is the rule's id."""
DECISION = "decision"
"""Form of a candidate that a person's word gives."""

START = Instant(0)
"""Before everything: nothing has ended."""


class Evidence(msgspec.Struct, frozen=True):
    """What the catalog and the operator say, found by what it is about."""

    claims: Claims
    owners: Mapping[EntityRef, EntityRef | None]
    """The entities that may own findings, with their owners."""
    names: Mapping[str, tuple[EntityRef, ...]]
    """Entities by their name, and by their reference, as vocabularies compare them."""
    trusted: frozenset[EntityRef]
    """Entities read from a location that only the right people can write: their annotations open what is sensitive."""
    locations: tuple[str, ...]
    """The trusted locations."""
    rules: RuleIndex
    words: Mapping[str, tuple[Vocabulary, ...]]
    """Vocabularies by their key."""
    defaults: Mapping[Form, Mapping[str, tuple[Default, ...]]]
    """Defaults by their form and value."""

    @classmethod
    def of(
        cls, entities: Iterable[Entity], sets: Iterable[RuleSet] = (), *, at: Instant = START,
        locations: Sequence[str] = (),
    ) -> Evidence:  # fmt: skip
        """Everything these entities and rule sets say. What ended before `at` says nothing any more."""
        entities = tuple(entities)
        claiming = {each.ref: each for each in entities if each.kind in CLAIMING_KINDS}
        names: dict[str, set[EntityRef]] = {}
        for each in claiming.values():
            for name in _names(each):
                names.setdefault(name, set()).add(each.ref)
        rules, words, defaults = _compiled(sets, at)
        return cls(
            claims=Claims.of(entities),
            owners={ref: each.owner for ref, each in claiming.items()},
            names={name: tuple(sorted(refs)) for name, refs in names.items()},
            trusted=frozenset(ref for ref, each in claiming.items() if is_trusted(each, locations)),
            locations=tuple(locations),
            rules=rules,
            words=words,
            defaults=defaults,
        )

    def under(self, sets: Iterable[RuleSet], *, at: Instant) -> Evidence:
        """The evidence of the same catalog under other rule sets."""
        rules, words, defaults = _compiled(sets, at)
        return msgspec.structs.replace(self, rules=rules, words=words, defaults=defaults)

    def after(self, before: Iterable[Entity], changed: Iterable[Entity]) -> Evidence:
        """The evidence once the entities `before` are gone and those `changed` have come: the same as of all anew."""
        old, new = tuple(before), tuple(changed)
        owners, names, trusted = dict(self.owners), dict(self.names), set(self.trusted)
        for each in old:
            owners.pop(each.ref, None)
            trusted.discard(each.ref)
            for name in _names(each):
                left = tuple(ref for ref in names.get(name, ()) if ref != each.ref)
                names[name] = left
                if not left:
                    del names[name]
        for each in new:
            if each.kind in CLAIMING_KINDS:
                owners[each.ref] = each.owner
                for name in _names(each):
                    names[name] = tuple(sorted({*names.get(name, ()), each.ref}))
                if is_trusted(each, self.locations):
                    trusted.add(each.ref)
        return msgspec.structs.replace(
            self, claims=self.claims.after(old, new), owners=owners, names=names, trusted=frozenset(trusted)
        )


def _compiled(
    sets: Iterable[RuleSet], at: Instant
) -> tuple[RuleIndex, dict[str, tuple[Vocabulary, ...]], dict[Form, dict[str, tuple[Default, ...]]]]:
    """What is left of rule sets at a moment, found by what it is about."""
    active = sorted((in_force(each, at) for each in sets), key=lambda each: each.name)
    words: dict[str, list[Vocabulary]] = {}
    defaults: dict[Form, dict[str, list[Default]]] = {}
    for each in active:
        for vocabulary in each.vocabularies:
            words.setdefault(plain(vocabulary.key), []).append(vocabulary)
        for default in each.defaults:
            of_form = defaults.setdefault(default.form, {})
            of_form.setdefault(spelled(default.form, default.value), []).append(default)
    return (
        RuleIndex.of(active),
        {key: tuple(found) for key, found in words.items()},
        {form: {value: tuple(found) for value, found in many.items()} for form, many in defaults.items()},
    )


def _names(entity: Entity) -> tuple[str, ...]:
    return (plain(entity.name), plain(entity.ref))


class Replaced(msgspec.Struct, frozen=True):
    """The rules that differ between the evidence of one catalog under former rule sets and under others."""

    gone: tuple[Compiled, ...]
    came: tuple[Compiled, ...]


def replaced(former: Evidence, other: Evidence) -> Replaced | None:
    """Which rules differ; a rule that changed is gone, and came. None: vocabularies or defaults differ as well."""
    if _words_of(former) != _words_of(other):
        return None
    before, after = ({each.id: each for each in evidence.rules.rules} for evidence in (former, other))
    return Replaced(
        tuple(each for id_, each in before.items() if after.get(id_) != each),
        tuple(each for id_, each in after.items() if before.get(id_) != each),
    )


def _words_of(evidence: Evidence) -> frozenset[object]:
    """What vocabularies and defaults say, whoever wrote them, when and why."""
    words = (each for many in evidence.words.values() for each in many)
    defaults = (each for of_form in evidence.defaults.values() for many in of_form.values() for each in many)
    return frozenset(
        {
            *((each.form, each.key, each.kinds, each.values, each.trust is not None) for each in words),
            *((each.form, each.value, each.owner, each.trust is not None) for each in defaults),
        }
    )


def is_trusted(entity: Entity, locations: Iterable[str]) -> bool:
    """Whether the catalog read the entity from a location that the operator trusts."""
    location = entity.location
    return location is not None and any(matches(each, location) for each in locations)
