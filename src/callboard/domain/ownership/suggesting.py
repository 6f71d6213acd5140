"""Suggestions for what is unmapped: which components a resource is like, ranked and explained. Pure.

Candidates are found by the words that they share with the resource, by a word spelled nearly alike, and by what is
around the resource; never by going through all pairs.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from callboard.domain.component import Entity, EntityRef, short_name
from callboard.domain.ownership.likeness import (
    FIELDS,
    UNKNOWN,
    Committed,
    Comparison,
    Level,
    Levels,
    Model,
    Name,
    Nearby,
    Suggestion,
    Team,
    key,
)
from callboard.domain.ownership.naming import joined, last_part, tokens
from callboard.domain.repository import place_of_location, slug_place
from callboard.domain.spelling import Spellings

COMMON = 200
"""Components that have a word, from which on it finds nobody by itself."""
MOST_CANDIDATES = 12
"""Components that one resource is compared with, those that share the rarest words first."""
SUGGESTED_AT_MOST = 3
FEW = 5
_TEAM_TAGS = frozenset({"team", "owner", "squad", "group", "owned-by", "ownedby", "owning-team"})

Place = tuple[str, str]
"""Something that resources stand in together, as (kind, name): ("namespace", "prod/pay"), ("account", "1234")."""

Names = tuple[frozenset[str], ...]
"""The words of each name of a resource."""

PLACES = ("namespace", "project", "account")
"""Kinds of places, the closest first."""


class Unowned(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that nobody owns, by what may tell who should."""

    id: int
    names: tuple[str, ...]
    """Its name, its repository, the end of its cloud's id: the most telling first."""
    places: tuple[Place, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    committers: frozenset[EntityRef] = frozenset()
    """Users and groups who have worked on it. Empty: not known."""
    denied: frozenset[EntityRef] = frozenset()
    """Components whose it is not, as somebody has said."""


class _Known(msgspec.Struct, frozen=True):
    """A component, as far as it is compared."""

    ref: EntityRef
    owner: EntityRef | None
    names: tuple[frozenset[str], ...]
    """The words of its name, its title and its repository."""
    team_words: frozenset[str]


class Likely:
    """Suggests components for resources. Built once for a catalog and the mapped resources around."""

    def __init__(
        self,
        entities: Iterable[Entity],
        model: Model,
        *,
        around: Mapping[Place, Counter[EntityRef]] | None = None,
    ) -> None:
        """`around` tells for each place which components own how many of the mapped resources in it."""
        known = {entity.ref: entity for entity in entities}
        self._model = model
        # Words of different fields are different words, but for "unknown", which counts nothing in any of them.
        self._bits: dict[str, float] = {
            level: 0.0 if level in UNKNOWN else model.chances[key(level)].bits for field in FIELDS for level in field
        }
        self._suggested: dict[object, tuple[Suggestion, ...]] = {}
        self._around = around or {}
        self._members = {ref: frozenset(entity.members) for ref, entity in known.items() if entity.kind == "group"}
        self._components = [_known(each, known) for _, each in sorted(known.items()) if each.kind == "component"]
        self._number = {each.ref: number for number, each in enumerate(self._components)}
        postings: dict[str, set[int]] = {}
        called: dict[frozenset[str], list[int]] = {}
        for number, each in enumerate(self._components):
            for name in each.names:
                called.setdefault(name, []).append(number)
                for word in name:
                    postings.setdefault(word, set()).add(number)
        self._postings = {word: frozenset(numbers) for word, numbers in postings.items()}
        self._called = {name: numbers for name, numbers in called.items() if len(numbers) <= MOST_CANDIDATES}
        self._spellings = Spellings(self._postings)
        texts = (text for each in self._components for text in _names(known[each.ref]))
        self._written_apart = {joined(words): words for text in texts if len(words := tokens(text)) > 1}
        self._sharing: dict[frozenset[str], int] = {}
        self._words_of_teams = Counter(word for each in self._components for word in each.team_words)

    def suggest(self, resource: Unowned) -> tuple[Suggestion, ...]:
        """The likeliest components, the likeliest first; none when nothing speaks for any loudly enough."""
        names = self._names(resource)
        teams = self._teams(resource)
        # Copies of a thing differ in numbers, which were dropped: what is known of them is the same.
        alike = (names, resource.places, teams, resource.committers, resource.denied)
        known = self._suggested.get(alike)
        if known is None:
            place = self._place(resource)
            bits, lower = self._bits, self._model.lower
            weighed = [
                (sum(map(bits.__getitem__, levels)), self._components[number].ref, levels)
                for number, levels in self._compared(resource, names, place, teams)
            ]
            loud = [each for each in weighed if each[0] >= lower and each[1] not in resource.denied]
            chosen = sorted(loud, key=lambda each: (-each[0], each[1]))[:SUGGESTED_AT_MOST]
            known = tuple(
                self._suggestion(resource, names, place, ref, Comparison.of(levels)) for _, ref, levels in chosen
            )
            self._suggested[alike] = known
        return known

    def comparisons(self, resource: Unowned) -> dict[EntityRef, Comparison]:
        """Every candidate, compared."""
        compared = self._compared(resource, self._names(resource), self._place(resource), self._teams(resource))
        return {self._components[number].ref: Comparison.of(levels) for number, levels in compared}

    def _compared(
        self, resource: Unowned, names: Names, place: Counter[EntityRef], teams: frozenset[str]
    ) -> Iterator[tuple[int, Levels]]:
        for number, is_near in self._candidates(frozenset().union(*names), place).items():
            component = self._components[number]
            yield (
                number,
                (
                    self._name(component, names, is_near=is_near),
                    self._nearby(component.ref, place),
                    self._committed(component, resource),
                    self._team(component, teams),
                ),
            )

    # Candidates

    def _names(self, resource: Unowned) -> Names:
        """The words of each of its names; written together where a component writes them so, and apart likewise."""
        found: list[frozenset[str]] = []
        for name in resource.names:
            inside: set[str] = set()
            words = tokens(name)
            for word in words:
                apart = None if word in self._postings else self._written_apart.get(word)
                inside.update(apart or (word,))
            inside.update(pair for pair in map(joined, itertools.pairwise(words)) if pair in self._postings)
            found.append(frozenset(inside))
        return tuple(found)

    def _candidates(self, words: frozenset[str], place: Counter[EntityRef]) -> dict[int, bool]:
        """Numbers of the components to compare; True for those found by a word in another spelling."""
        rank: dict[int, float] = {}
        near: set[int] = set()
        known = sorted((len(self._postings[word]), word) for word in words if word in self._postings)
        for count, word in known:
            for number in self._postings[word] if count <= COMMON else ():
                rank[number] = rank.get(number, 0) + 1 / count
        if not rank:
            # Common words find only who has all of them and nothing else.
            rank.update(dict.fromkeys(self._called.get(words, ()), 0.0))
        for word in words - self._postings.keys():
            for other in self._spellings.near(word):
                numbers = self._postings[other]
                for number in numbers if len(numbers) <= COMMON else ():
                    near.add(number)
                    rank[number] = rank.get(number, 0) + 0.5 / len(numbers)
        for ref, n in place.most_common(3):
            mapped = self._number.get(ref)
            if mapped is not None:
                rank[mapped] = rank.get(mapped, 0) + n / place.total()
        best = sorted(rank, key=lambda number: (-rank[number], number))[:MOST_CANDIDATES]
        return {number: number in near for number in best}

    # Fields

    def _name(self, component: _Known, names: Names, *, is_near: bool) -> Name:
        """The closest that one of its names comes to one of the component's."""
        closest = Name.APART
        place = _CLOSEST[closest]
        for own in component.names:
            for words in names:
                found = self._meeting(own, words, own & words, is_near=is_near)
                if _CLOSEST[found] < place:
                    closest, place = found, _CLOSEST[found]
        return closest

    def _meeting(self, own: frozenset[str], words: frozenset[str], shared: frozenset[str], *, is_near: bool) -> Name:
        if not shared:
            return Name.NEAR if is_near else Name.APART
        n = self._count_of(shared)
        if shared == own:
            if n == 1:
                return Name.SAME_ALONE if words == own else Name.WITHIN_ALONE
            return Name.SAME_SHARED if words == own else Name.WITHIN_SHARED
        if n == 1:
            return Name.PARTLY_ALONE
        if is_near:
            return Name.NEAR
        return Name.PARTLY_FEW if n <= FEW else Name.PARTLY_MANY

    def _count_of(self, words: frozenset[str]) -> int:
        """How many components have all these words among theirs."""
        found = self._sharing.get(words)
        if found is None:
            ordered = sorted((self._postings[word] for word in words), key=len)
            found = self._sharing[words] = len(ordered[0].intersection(*ordered[1:]))
        return found

    def _place(self, resource: Unowned) -> Counter[EntityRef]:
        """Whose the resources around it are, in the closest place that tells."""
        for kind in PLACES:
            merged: Counter[EntityRef] = Counter()
            for place in resource.places:
                if place[0] == kind:
                    merged.update(self._around.get(place, {}))
            if merged:
                return merged
        return Counter()

    @staticmethod
    def _nearby(ref: EntityRef, place: Counter[EntityRef]) -> Nearby:
        if not place:
            return Nearby.UNKNOWN
        share = place[ref] / place.total()
        if share >= 2 / 3:
            return Nearby.MOST
        return Nearby.MANY if share >= 0.2 else Nearby.FEW if share else Nearby.NONE

    def _committed(self, component: _Known, resource: Unowned) -> Committed:
        if not resource.committers or component.owner is None:
            return Committed.UNKNOWN
        team = self._members.get(component.owner, frozenset()) | {component.owner}
        return Committed.OWNER if team & resource.committers else Committed.OTHERS

    def _teams(self, resource: Unowned) -> frozenset[str]:
        """The words of tags that name a team, where a team is called so."""
        words = {
            word
            for tag, value in resource.tags
            if tag.strip().casefold().replace("_", "-") in _TEAM_TAGS
            for word in tokens(value.partition("@")[0])
        }
        return frozenset(word for word in words if word in self._words_of_teams)

    @staticmethod
    def _team(component: _Known, teams: frozenset[str]) -> Team:
        if not teams or not component.team_words:
            return Team.UNKNOWN
        return Team.NAMED if component.team_words & teams else Team.OTHER

    # Words for people

    def _suggestion(
        self, resource: Unowned, names: Names, place: Counter[EntityRef], ref: EntityRef, comparison: Comparison
    ) -> Suggestion:
        component = self._components[self._number[ref]]
        weight = self._model.weight(comparison)
        return Suggestion(
            component=ref,
            owner=component.owner,
            weight=round(weight, 2),
            is_clerical=weight < self._model.upper,
            sentence=self._sentence(component, resource, comparison, self._quoted(component, names), place),
            comparison=comparison,
        )

    def _sentence(
        self, component: _Known, resource: Unowned, found: Comparison, words: str, place: Counter[EntityRef]
    ) -> str:
        parts = [_NAME_WORDS[found.name].format(words=words, name=short_name(component.ref))]
        owner = short_name(component.owner) if component.owner else ""
        if place[component.ref]:
            told = (kind for kind, name in resource.places if self._around.get((kind, name)))
            kind = min(told, key=PLACES.index)
            parts.append(f"{place[component.ref]} of {place.total()} mapped resources in the same {kind} are its own")
        elif found.nearby is Nearby.NONE:
            parts.append("none of the mapped resources around it is its own")
        parts += [
            text.format(owner=owner) for level, text in _MORE_WORDS.items() if level in (found.committed, found.team)
        ]
        return "; ".join(parts) + "."

    def _quoted(self, component: _Known, names: Names) -> str:
        """The words that both have, or those of the component that the resource spells in another way."""
        own = frozenset().union(*component.names)
        words = frozenset().union(*names)
        shared = own & words or own.intersection(near for word in words for near in self._spellings.near(word))
        return " and ".join(f"“{word}”" for word in sorted(shared)[:3])


_MORE_WORDS: Mapping[Level, str] = {
    Committed.OWNER: "{owner} has worked on it",
    Committed.OTHERS: "others than its owner have worked on it",
    Team.NAMED: "a tag names {owner}",
    Team.OTHER: "a tag names another team",
}

_CLOSEST = {name: place for place, name in enumerate(Name)}
"""As they are declared: the closest first."""

_NAME_WORDS: Mapping[Name, str] = {
    Name.SAME_ALONE: "Its name is {words}, as only {name}'s is",
    Name.SAME_SHARED: "Its name is {words}, as {name}'s is",
    Name.WITHIN_ALONE: "Its name holds {words}, which is all of {name} and of no other component",
    Name.WITHIN_SHARED: "Its name holds {words}, which is all of {name}, though others have these words too",
    Name.PARTLY_ALONE: "Its name shares {words} with {name} and with no other component",
    Name.PARTLY_FEW: "Its name shares {words} with {name} and a few other components",
    Name.PARTLY_MANY: "Its name shares {words} with {name} and many other components",
    Name.NEAR: "Its name is nearly spelled like {words} of {name}",
    Name.APART: "Its name has nothing in common with {name}",
}


def _known(entity: Entity, entities: Mapping[EntityRef, Entity]) -> _Known:
    names = dict.fromkeys(frozenset(tokens(name)) for name in _names(entity))
    team: frozenset[str] = frozenset()
    if entity.owner is not None:
        owner = entities.get(entity.owner)
        team = frozenset(tokens(owner.name if owner else short_name(entity.owner)))
    return _Known(entity.ref, entity.owner, tuple(each for each in names if each), team)


def _names(entity: Entity) -> list[str]:
    """What a component is called: its name, its title, and its repository where it has one to itself."""
    names = [entity.name]
    if entity.title:
        names.append(entity.title)
    annotations = dict(entity.annotations)
    slugs = (("github.com/project-slug", "github.com"), ("gitlab.com/project-slug", "gitlab.com"))
    places = [slug_place(annotations.get(annotation, ""), host) for annotation, host in slugs]
    places.append(place_of_location(annotations.get("backstage.io/source-location", "")))
    names += [last_part(place.path or place.slug) for place in places if place is not None]
    return names
