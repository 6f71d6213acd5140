"""Standards: how a company wants its projects, catalog entities and resources named, tagged and owned. Pure.

A check looks at one thing and says yes or no. Results are put together by team, so that each team sees its own list and
nobody is measured by things whose team is not known. Standards hide nothing and change nobody's ownership.
"""

from __future__ import annotations

import enum
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.glob import matches


class Standards(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of names, tags and entries. Patterns take `*` for any text; any one of them has to match."""

    project_names: tuple[str, ...] = ()
    project_owner: bool = False
    project_unit: bool = False
    component_names: tuple[str, ...] = ()
    component_owner: bool = False
    component_system: bool = False
    component_description: bool = False
    component_annotations: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    resource_tags: tuple[str, ...] = ()
    """Keys; `key=pattern` also asks for a value, and several of one key for any of them."""


@enum.unique
class Check(enum.StrEnum):
    """One question. The words are told: never change one."""

    PROJECT_NAME = "project-name"
    PROJECT_OWNER = "project-owner"
    PROJECT_UNIT = "project-unit"
    COMPONENT_NAME = "component-name"
    COMPONENT_OWNER = "component-owner"
    COMPONENT_SYSTEM = "component-system"
    COMPONENT_DESCRIPTION = "component-description"
    COMPONENT_ANNOTATION = "component-annotation"
    RESOURCE_NAME = "resource-name"
    RESOURCE_TAG = "resource-tag"


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What a check looks at: a project, a component or a resource."""

    kind: str
    """project, component or resource."""
    key: str
    """Its id at the source, or its reference."""
    name: str
    teams: tuple[EntityRef, ...]
    """Who owns it. Empty: nobody known; several: each is told of it."""
    has_owner: bool = False
    has_unit: bool = False
    has_system: bool = False
    has_description: bool = False
    annotations: frozenset[str] = frozenset()
    tags: tuple[tuple[str, str], ...] = ()


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as asked."""

    check: Check
    kind: str
    key: str
    name: str
    teams: tuple[EntityRef, ...]
    sentence: str


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One team and one check."""

    team: EntityRef | None
    """None: things whose team is not known."""
    check: Check
    asked: int
    kept: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand against the standards."""

    scores: tuple[Score, ...]
    """By team, then in the order of checks. What belongs to two teams counts for each of them."""
    breaches: tuple[Breach, ...]
    """Each thing and check once."""
    asked: int
    """Checks made, each thing once whoever owns it."""
    kept: int


class _Answer(msgspec.Struct, frozen=True):
    check: Check
    why: str | None
    """None: it is kept."""


def examine(things: Iterable[Thing], standards: Standards) -> Report:
    """Every thing by every check that is asked for it."""
    asked: Counter[tuple[EntityRef | None, Check]] = Counter()
    kept: Counter[tuple[EntityRef | None, Check]] = Counter()
    breaches: list[Breach] = []
    count = 0
    for thing in things:
        for answer in _ASKED[thing.kind](thing, standards):
            count += 1
            for team in thing.teams or (None,):
                asked[team, answer.check] += 1
                kept[team, answer.check] += answer.why is None
            if answer.why is not None:
                breaches.append(
                    Breach(
                        check=answer.check, kind=thing.kind, key=thing.key, name=thing.name, teams=thing.teams,
                        sentence=answer.why,
                    )
                )  # fmt: skip
    order = list(Check)
    cells = sorted(asked, key=lambda cell: (cell[0] is None, cell[0] or "", order.index(cell[1])))
    return Report(
        scores=tuple(Score(team=cell[0], check=cell[1], asked=asked[cell], kept=kept[cell]) for cell in cells),
        breaches=tuple(sorted(breaches, key=lambda each: (order.index(each.check), each.name, each.key))),
        asked=count,
        kept=count - len(breaches),
    )


def _name(check: Check, thing: Thing, patterns: Sequence[str]) -> Iterator[_Answer]:
    if patterns:
        name = _plain(thing.name)
        is_kept = any(matches(_plain(pattern), name) for pattern in patterns)
        wanted = " or ".join(f"`{pattern}`" for pattern in patterns)
        yield _Answer(check, None if is_kept else f"“{thing.name}” is not named like {wanted}.")


def _there(check: Check, thing: Thing, what: str, *, is_asked: bool, is_there: bool) -> Iterator[_Answer]:
    if is_asked:
        yield _Answer(check, None if is_there else f"“{thing.name}” has no {what}.")


def _project(thing: Thing, asked: Standards) -> Iterator[_Answer]:
    yield from _name(Check.PROJECT_NAME, thing, asked.project_names)
    yield from _there(
        Check.PROJECT_OWNER, thing, "owner in Wiz", is_asked=asked.project_owner, is_there=thing.has_owner
    )
    yield from _there(Check.PROJECT_UNIT, thing, "business unit", is_asked=asked.project_unit, is_there=thing.has_unit)


def _component(thing: Thing, asked: Standards) -> Iterator[_Answer]:
    yield from _name(Check.COMPONENT_NAME, thing, asked.component_names)
    yield from _there(
        Check.COMPONENT_OWNER, thing, "owner that exists", is_asked=asked.component_owner, is_there=thing.has_owner
    )
    yield from _there(
        Check.COMPONENT_SYSTEM, thing, "system", is_asked=asked.component_system, is_there=thing.has_system
    )
    yield from _there(
        Check.COMPONENT_DESCRIPTION, thing, "description",
        is_asked=asked.component_description, is_there=thing.has_description,
    )  # fmt: skip
    for annotation in asked.component_annotations:
        yield from _there(
            Check.COMPONENT_ANNOTATION, thing, f"annotation {annotation}",
            is_asked=True, is_there=annotation in thing.annotations,
        )  # fmt: skip


def _resource(thing: Thing, asked: Standards) -> Iterator[_Answer]:
    yield from _name(Check.RESOURCE_NAME, thing, asked.resource_names)
    tags = {_plain(key): _plain(value) for key, value in thing.tags}
    for key, patterns in _tags_asked(asked.resource_tags).items():
        value = tags.get(_plain(key))
        if value is None or (not value and patterns):
            yield _Answer(Check.RESOURCE_TAG, f"“{thing.name}” has no tag {key}.")
        elif patterns and not any(matches(_plain(pattern), value) for pattern in patterns):
            wanted = " or ".join(f"`{pattern}`" for pattern in patterns)
            yield _Answer(Check.RESOURCE_TAG, f"The tag {key} of “{thing.name}” is not like {wanted}.")
        else:
            yield _Answer(Check.RESOURCE_TAG, None)


def _tags_asked(asked: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in asked:
        key, mark, pattern = each.partition("=")
        patterns = found.setdefault(key.strip(), [])
        if mark:
            patterns.append(pattern.strip())
    return found


_ASKED: Mapping[str, Callable[[Thing, Standards], Iterator[_Answer]]] = {
    "project": _project,
    "component": _component,
    "resource": _resource,
}


def _plain(text: str) -> str:
    """As names and tags are compared: Unicode NFC, trimmed, any letter case."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def component_thing(entity: Entity, entities: Mapping[EntityRef, Entity]) -> Thing:
    """A component of the catalog."""
    has_owner = entity.owner is not None and entity.owner in entities
    return Thing(
        kind="component",
        key=entity.ref,
        name=entity.name,
        teams=(entity.owner,) if entity.owner is not None and has_owner else (),
        has_owner=has_owner,
        has_system=entity.system is not None,
        has_description=bool(entity.description and entity.description.strip()),
        annotations=frozenset(name for name, value in entity.annotations if value.strip()),
    )
