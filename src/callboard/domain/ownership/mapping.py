"""Mapping: what the operator has said about whose things are, as rule sets that are kept in revisions. Pure.

A rule set holds **rules** (what matches belongs to these entities), **vocabularies** (tag or label keys whose value names
an entity), and **defaults** (whatever lies in this account is theirs if nothing better is known). Each entry says who
wrote it, when and why, and until when it holds.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.glob import is_pattern, longest_piece
from callboard.domain.instant import DAY, Instant, to_text
from callboard.domain.ownership.claims import CLAIMING_KINDS, canonical
from callboard.domain.repository import IN_REPOSITORY

WARNED_DAYS = 14
"""So many days before an entry ends somebody is told."""

_SHORTEST_PIECE = 3
"""Characters that a pattern with `*` at both ends needs in one run."""


@enum.unique
class Form(enum.StrEnum):
    """What of a resource a rule looks at. The words are stored: never change one."""

    RESOURCE = "resource"
    """Its name, or one of its ids at the source and at its cloud."""
    PATH = "path"
    """A repository, or a folder in one with everything below it: `host/org/repo`, `host/org/repo//folder`."""
    TAG = "tag"
    """A tag: `key`, or `key=value`."""
    LABEL = "label"
    """A label of an object in Kubernetes: `key`, or `key=value`."""
    PROJECT = "project"
    """A project of the source, by id."""
    ACCOUNT = "account"
    """The account or subscription, by id or name."""
    TYPE = "type"
    """What it is, in the source's word."""
    SOURCE = "source"
    """The source, by the operator's name for it."""


_WITH_CASE = frozenset({Form.RESOURCE, Form.PROJECT, Form.SOURCE})
"""Forms whose values keep their letter case: ids of clouds do."""


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Tags, labels, accounts and names as they are compared: Unicode NFC, trimmed, one space between words, any case.

    Look-alike letters stay different.
    """
    text = " ".join(text.split())
    if text.isascii():
        return text.lower()
    # Decomposing first makes folding reach every letter; see Unicode 16.0, 3.13.5, canonical caseless matching.
    text = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).split())


def as_written(text: str) -> str:
    """Names of resources, projects and sources as they are compared: Unicode NFC, trimmed, in their own letter case."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def spelled(form: Form, value: str) -> str:
    """A value as rules compare it. Applying it twice changes nothing."""
    if form is Form.PATH:
        repository, mark, path = value.strip().strip("/").partition(IN_REPOSITORY)
        path = unicodedata.normalize("NFC", path).strip().strip("/")
        return canonical("repo", repository.strip("/")) + (mark + path if path else "")
    if form in _WITH_CASE:
        return as_written(value)
    if form in (Form.TAG, Form.LABEL):
        key, mark, text = value.partition("=")
        return plain(key) + (mark + plain(text) if mark else "")
    return plain(value)


class Term(msgspec.Struct, frozen=True, order=True):
    """One condition of a rule: the resource has one of these values."""

    form: Form
    values: tuple[str, ...]
    """Spelled as they are compared, sorted. `*` stands for any text."""


class Trust(msgspec.Struct, frozen=True, order=True):
    """Somebody trusts that only the right people can write this evidence: it then also opens what is sensitive."""

    by: str
    at: Instant
    reason: str
    until: Instant
    """Trust always ends."""


class Rule(msgspec.Struct, frozen=True, order=True):
    """Everything that meets all terms belongs to these entities, which share it where they are several."""

    name: str
    terms: tuple[Term, ...]
    owners: tuple[EntityRef, ...]
    reason: str
    by: str = ""
    at: Instant = Instant(0)
    until: Instant | None = None
    """None: until somebody takes it back."""


class Vocabulary(msgspec.Struct, frozen=True, order=True):
    """A tag or label key whose value names an entity."""

    form: Form
    """TAG or LABEL."""
    key: str
    reason: str
    kinds: tuple[str, ...] = ("component",)
    """Kinds of entities that the value may name."""
    values: tuple[tuple[str, EntityRef], ...] = ()
    """Values that mean an entity of another name."""
    by: str = ""
    at: Instant = Instant(0)
    until: Instant | None = None
    trust: Trust | None = None

    @property
    def name(self) -> str:
        """What tells it from the others in its set."""
        return f"{self.form}:{self.key}"


class Default(msgspec.Struct, frozen=True, order=True):
    """Whose everything in one account, project or source is when nothing better is known."""

    form: Form
    """ACCOUNT, PROJECT or SOURCE."""
    value: str
    owner: EntityRef
    reason: str
    by: str = ""
    at: Instant = Instant(0)
    until: Instant | None = None
    trust: Trust | None = None

    @property
    def name(self) -> str:
        """What tells it from the others in its set."""
        return f"{self.form}:{self.value}"


Entry = Rule | Vocabulary | Default


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Entries that are kept, and changed, together."""

    name: str
    origin: str | None = None
    """The file that the set is kept in, where it is: then it is changed there, and nowhere else."""
    rules: tuple[Rule, ...] = ()
    vocabularies: tuple[Vocabulary, ...] = ()
    defaults: tuple[Default, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        return (*self.rules, *self.vocabularies, *self.defaults)


def rule_id(set_name: str, rule: Rule) -> str:
    """A rule's name among all sets."""
    return f"{set_name}/{rule.name}"


def holds(until: Instant | None, at: Instant) -> bool:
    """Whether something that ends then still holds."""
    return until is None or until > at


def in_force(rule_set: RuleSet, at: Instant) -> RuleSet:
    """The set without what has ended; trust that has ended is gone, what it was put in stays."""

    def without_trust(entry: Vocabulary | Default) -> Vocabulary | Default:
        ended = entry.trust is not None and not holds(entry.trust.until, at)
        return msgspec.structs.replace(entry, trust=None) if ended else entry

    return msgspec.structs.replace(
        rule_set,
        rules=tuple(each for each in rule_set.rules if holds(each.until, at)),
        vocabularies=tuple(without_trust(each) for each in rule_set.vocabularies if holds(each.until, at)),
        defaults=tuple(without_trust(each) for each in rule_set.defaults if holds(each.until, at)),
    )


def ends(sets: Iterable[RuleSet]) -> list[tuple[Instant, str, str]]:
    """Everything that ends some day, as (when, set, what), the soonest first."""
    found: list[tuple[Instant, str, str]] = []
    for rule_set in sets:
        for entry in rule_set.entries:
            if entry.until is not None:
                found.append((entry.until, rule_set.name, entry.name))
            if isinstance(entry, Vocabulary | Default) and entry.trust is not None:
                found.append((entry.trust.until, rule_set.name, f"trust in {entry.name}"))
    return sorted(found)


def stamped(draft: RuleSet, former: RuleSet | None, *, by: str, at: Instant) -> RuleSet:
    """The draft with who and when on every entry: the former's where an entry stays as it was, else these."""
    known = {} if former is None else {(type(each), each.name): each for each in former.entries}

    def stamp(entry: Entry) -> Entry:
        trust = getattr(entry, "trust", None)
        before = known.get((type(entry), entry.name))
        if before is not None and _words_of(entry) == _words_of(before):
            return before
        changes: dict[str, object] = {"by": by, "at": at}
        if trust is not None:
            old = getattr(before, "trust", None)
            same = old is not None and (old.reason, old.until) == (trust.reason, trust.until)
            changes["trust"] = old if same else msgspec.structs.replace(trust, by=by, at=at)
        return msgspec.structs.replace(entry, **changes)

    return msgspec.structs.replace(
        draft,
        rules=tuple(stamp(each) for each in draft.rules),
        vocabularies=tuple(stamp(each) for each in draft.vocabularies),
        defaults=tuple(stamp(each) for each in draft.defaults),
    )


def _words_of(entry: Entry) -> Entry:
    """The entry without who and when."""
    trust = getattr(entry, "trust", None)
    changes: dict[str, object] = {"by": "", "at": Instant(0)}
    if trust is not None:
        changes["trust"] = msgspec.structs.replace(trust, by="", at=Instant(0))
    return msgspec.structs.replace(entry, **changes)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """How one revision of a set differs from another, by names of entries."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def changes(former: RuleSet | None, draft: RuleSet) -> Changes:
    """What a draft adds, changes and removes."""
    before = {} if former is None else {each.name: _words_of(each) for each in former.entries}
    after = {each.name: _words_of(each) for each in draft.entries}
    return Changes(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        removed=tuple(name for name in before if name not in after),
    )


class Problem(msgspec.Struct, frozen=True):
    """Why a set cannot be applied."""

    where: str
    """The entry."""
    reason: str
    """What is wrong and what to do about it, in sentences."""


def problems(
    draft: RuleSet, others: Iterable[RuleSet], entities: Mapping[EntityRef, Entity], *, now: Instant
) -> tuple[Problem, ...]:
    """Everything about a set that has to be put right first. `others` are the other sets in force."""
    found: list[Problem] = []
    names: set[str] = set()
    for entry in draft.entries:
        where = entry.name
        if where in names:
            found.append(Problem(where, "Two entries have this name. Give each its own."))
        names.add(where)
        found += [Problem(where, reason) for reason in _wrong_with(entry, entities, now)]
    found += _contradictions(draft, others)
    return tuple(found)


def _wrong_with(entry: Entry, entities: Mapping[EntityRef, Entity], now: Instant) -> Iterable[str]:
    if not entry.reason.strip():
        yield "It says no reason. Write why, for whoever reads it later."
    if not holds(entry.until, now):
        yield f"It ended on {to_text(entry.until or now)[:10]}. Give it a later date, or take it out."
    match entry:
        case Rule():
            owners = entry.owners
            if not owners:
                yield "It names no owner. Name the component that answers for what it matches."
            if not entry.terms:
                yield "It matches everything. Say what it is about: a tag, an account, a path, a type, a resource."
            yield from _wrong_patterns(entry)
        case Vocabulary():
            owners = tuple(ref for _, ref in entry.values)
            odd = sorted(set(entry.kinds) - CLAIMING_KINDS)
            if odd:
                yield f"Entities of kind {', '.join(odd)} own no findings. Use {', '.join(sorted(CLAIMING_KINDS))}."
            yield from _wrong_trust(entry.trust, now)
        case Default():
            owners = (entry.owner,)
            yield from _wrong_trust(entry.trust, now)
    for ref in owners:
        yield from _wrong_owner(ref, entities)


def _wrong_owner(ref: EntityRef, entities: Mapping[EntityRef, Entity]) -> Iterable[str]:
    entity = entities.get(ref)
    if entity is None:
        yield f"{ref} is not in the catalog. Correct the reference, or add the entity to the catalog first."
    elif entity.kind not in CLAIMING_KINDS:
        yield f"{ref} is a {entity.kind}, which owns no findings itself. Name one of its components."


def _wrong_patterns(rule: Rule) -> Iterable[str]:
    for term in rule.terms:
        if not term.values or not all(term.values):
            yield f"Its {term.form} is empty. Say which, or leave it out."
        for value in term.values:
            is_open = value.startswith("*") and value.endswith("*")
            if is_pattern(value) and (
                not longest_piece(value) or (is_open and len(longest_piece(value)) < _SHORTEST_PIECE)
            ):
                yield f"{value!r} is too wide for a {term.form}. Give at least {_SHORTEST_PIECE} characters between the *."


def _wrong_trust(trust: Trust | None, now: Instant) -> Iterable[str]:
    if trust is None:
        return
    if not trust.reason.strip():
        yield "It is trusted without a reason. Write why only the right people can set it."
    if not holds(trust.until, now):
        yield f"Trust in it ended on {to_text(trust.until)[:10]}. Give it a later date, or take it out."
    elif trust.until - now > 366 * DAY:
        yield "It is trusted for more than a year. Choose an earlier date, and look at it again then."


def _contradictions(draft: RuleSet, others: Iterable[RuleSet]) -> Iterable[Problem]:
    """Two rules that match exactly the same and name others; two defaults for one account."""
    known: dict[object, tuple[str, tuple[EntityRef, ...]]] = {}
    for other in others:
        for each in other.rules:
            known[each.terms] = (rule_id(other.name, each), each.owners)
        for entry in other.defaults:
            known[entry.form, entry.value] = (f"{other.name}/{entry.name}", (entry.owner,))
    stated = [(each.terms, each.name, each.owners) for each in draft.rules]
    for key, name, owners in (*stated, *(((d.form, d.value), d.name, (d.owner,)) for d in draft.defaults)):
        former = known.get(key)
        if former is not None and set(former[1]) != set(owners):
            yield Problem(
                name,
                f"{former[0]} matches exactly the same and names {', '.join(former[1])}. "
                "Keep one of the two, or name all owners in one rule: then they share what it matches.",
            )
        known.setdefault(key, (f"{draft.name}/{name}", owners))
