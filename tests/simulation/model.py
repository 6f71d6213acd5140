"""What a board must show, as plain dictionaries: the oracle of a life. It shares no code with Callboard."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import msgspec

from tests.simulation.upstream import Handed
from tests.support.worlds import Record

WORSE = ("info", "low", "unknown", "medium", "high", "critical")
ASIDE = {"snooze": "snoozed", "dismiss": "dismissed", "accept": "accepted"}
HANDS = ("take", "assign")
DAY = 86_400_000_000
DAYS = {"1d": 1, "7d": 7, "30d": 30, "worse": 365}


class Told(msgspec.Struct, frozen=True):
    """A finding as its source has told it."""

    state: str
    severity: str
    projects: tuple[str, ...]
    first: int
    last: int
    updated: int
    reopened: int = 0
    in_scope: bool = True

    @property
    def is_open(self) -> bool:
        """By its source."""
        return self.state in ("open", "in_progress")


class Word(msgspec.Struct, frozen=True):
    """Something that somebody said about one finding, and that stands."""

    id: int
    kind: str
    by: str
    to: str | None = None
    until: int | None = None
    snooze: str | None = None
    severity: str = ""
    reopened: int = 0
    """The last two as they were when it was said."""


class Component(msgspec.Struct, frozen=True):
    """One entity of the catalog that claims things."""

    owner: str | None
    projects: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    missing: bool = False


class Model(msgspec.Struct):
    """All that is known of one board."""

    told: dict[str, Told] = {}
    said: dict[str, tuple[Word, ...]] = {}
    replaced: dict[tuple[str, int], tuple[Word, ...]] = {}
    newest: dict[str, int] = {}
    components: dict[str, Component] = {}
    rules: dict[str, str] = {}
    groups: dict[str, None] = {}
    """Those that a catalog has told of."""

    def copy(self) -> Model:
        """Another board like this one."""
        return Model(*({**getattr(self, name)} for name in self.__struct_fields__))

    # What the source tells

    def observed(self, record: Record, *, asked: bool = False) -> Told:
        """A finding after its source told this of it."""
        old, now = self.told.get(record.id), (record.state, record.severity, record.projects)
        if old is None:
            return Told(*now, record.first, record.last, record.updated, 0, not asked)
        if record.updated < old.updated:
            return old
        came_back = record.state in ("open", "in_progress") and not old.is_open
        first, last = min(old.first, record.first), max(old.last, record.last)
        # No list held it. Where it is as it was, it was only missed; else it may have left what is asked for.
        is_same = (old.state, old.severity, old.projects, old.updated) == (*now, record.updated)
        in_scope = not asked or (is_same and old.in_scope)
        return Told(*now, first, last, record.updated, old.reopened + came_back, in_scope)

    def gone(self, id_: str) -> Told:
        """A finding that its source does not know any more."""
        return msgspec.structs.replace(self.told[id_], state="fixed")

    def after_run(self, sure: list[Handed], maybe: list[Handed], *, is_whole: bool) -> dict[str, list[Told | None]]:
        """What each finding may be after a run was applied: mostly one thing, more where a worker died in between.

        `sure` was handed out after the last death, `maybe` before it: of that nobody knows what was kept.
        """
        is_unsure = any(each.asked and each.fault == "id" for each in (*sure, *maybe))
        found: dict[str, list[Told | None]] = {}
        for id_ in {*self.told, *(each.record.id for each in (*sure, *maybe))}:
            surely, perhaps = (
                [h for h in handed if h.record.id == id_ and h.fault != "id"] for handed in (sure, maybe)
            )
            now = self.told.get(id_)
            options: list[Told | None] = [self.observed(h.record, asked=h.asked) for h in _newest(surely, perhaps)]
            if any(h.fault == "field" for h in surely) or (not surely and any(h.fault == "field" for h in perhaps)):
                options.append(now)
            if not surely:
                is_missed = is_whole and now is not None and now.is_open and now.in_scope
                options.append(self.gone(id_) if is_missed and not is_unsure else now)
            found[id_] = options
        return found

    # What people say

    def shown(self, id_: str) -> str:
        """The word for where a finding stands."""
        told = self.told[id_]
        aside = next((ASIDE[word.kind] for word in self.said.get(id_, ()) if word.kind in ASIDE), None)
        return aside if told.is_open and aside is not None else told.state

    def doer(self, id_: str) -> str | None:
        """Who does the work."""
        return next((word.to for word in self.said.get(id_, ()) if word.kind in HANDS), None)

    def refused(self, id_: str, word: Word, *, seen: int | None) -> str | None:
        """Why this cannot be said about a finding; None: it can."""
        if not self.told[id_].is_open:
            return "closed"
        if word.kind == "take" and self.doer(id_) not in (None, word.by):
            return "taken"
        if seen is not None and self.newest.get(id_, 0) > seen:
            return "changed"
        if word.kind in HANDS and self.doer(id_) == word.to:
            return "same"
        return None

    def say(self, id_: str, word: Word) -> None:
        """It is said, and takes the place of what stood there."""
        kinds = HANDS if word.kind in HANDS else tuple(ASIDE)
        former = tuple(each for each in self.said.get(id_, ()) if each.kind in kinds)
        told = self.told[id_]
        word = msgspec.structs.replace(word, severity=told.severity, reopened=told.reopened)
        self.said[id_] = (*(each for each in self.said.get(id_, ()) if each not in former), word)
        self.replaced[id_, word.id] = former
        self.newest[id_] = word.id

    def take_back(self, id_: str, word: int, *, by: int) -> None:
        """What stood before stands again."""
        left = tuple(each for each in self.said[id_] if each.id != word)
        self.said[id_] = tuple(sorted((*left, *self.replaced.pop((id_, word))), key=lambda each: each.id))
        self.newest[id_] = by

    def standing(self, word: int) -> set[str]:
        """The findings of which something said still stands."""
        return {id_ for id_, said in self.said.items() if any(each.id == word for each in said)}

    def tick(self, now: int) -> dict[str, list[int]]:
        """What has come to its time or condition ends."""
        ended: dict[str, list[int]] = {}
        for id_, said in self.said.items():
            over = [word for word in said if word.kind in ASIDE and self._is_over(word, self.told[id_], now)]
            if over:
                ended[id_] = [word.id for word in over]
                self.said[id_] = tuple(word for word in said if word not in over)
        return ended

    @staticmethod
    def _is_over(word: Word, told: Told, now: int) -> bool:
        is_worse = word.snooze == "worse" and WORSE.index(told.severity) > WORSE.index(word.severity)
        is_back = word.kind == "snooze" and told.reopened > word.reopened
        return (word.until is not None and word.until <= now) or is_back or is_worse

    # Whose it is

    def owning(self, id_: str) -> tuple[frozenset[str], str | None]:
        """The components that a finding is routed to, and the group that may read it by that."""
        resource = f"r-{id_}"
        routed = [name for name in [self.rules.get(resource)] if name in self.components]
        claims = (lambda c: resource in c.assets, lambda c: set(self.told[id_].projects) & set(c.projects))
        for claim in claims:
            routed = routed or [name for name, each in self.components.items() if claim(each)]
        owners = {None if c.missing else c.owner for c in (self.components[name] for name in routed)}
        return frozenset(routed), owners.pop() if len(owners) == 1 else None

    def sight(self, group: str | None) -> set[str]:
        """The findings that a member of a group sees; None: who sees everything."""
        return {id_ for id_ in self.told if group is None or self.owning(id_)[1] == group}

    def read_catalog(self, entities: dict[str, Component], *, is_whole: bool, agreed: bool) -> None:
        """What is missed once has no owner, what is missed twice is gone."""
        for name, each in list(self.components.items()) if is_whole else ():
            if name not in entities and (each.missing or agreed):
                del self.components[name]
            elif name not in entities:
                self.components[name] = msgspec.structs.replace(each, missing=True)
        self.components |= entities
        self.groups |= dict.fromkeys(("red", "blue"))


def _newest(surely: list[Handed], perhaps: list[Handed]) -> Iterable[Handed]:
    """The versions of one record that may have won: the newest; those of the same date where nobody knows which was kept."""
    readable = [each for each in surely if each.fault is None]
    least = max((each.record.updated for each in readable), default=0)
    older = (each for each in perhaps if each.fault is None and each.record.updated >= least)
    newest = (each for each in readable if each.record.updated == least)
    return {(each.record, each.asked): each for each in itertools.chain(newest, older)}.values()
