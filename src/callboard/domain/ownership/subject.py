"""From a resource, as its source told it, to the subject that ownership is decided for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from callboard.domain.finding import Resource
from callboard.domain.ownership.claims import Key
from callboard.domain.ownership.verdict import Said, Subject, SubjectProject
from callboard.domain.term import MOST_TAGS


def subject_of(
    resource: Resource,
    aliases: Iterable[Key],
    projects: Sequence[SubjectProject] | None,
    *,
    source: str,
    said: Collection[Said] = (),
) -> Subject:
    """The subject. `aliases` are the resource's names in canonical spelling."""
    return Subject(
        tuple(aliases),
        None if projects is None else tuple(projects),
        source,
        _told(resource.type, resource.native_type),
        _told(resource.account_id, resource.account_name),
        resource.name,
        resource.tags[:MOST_TAGS],
        resource.services,
        tuple(sorted(said)) if said else (),
    )


def _told(one: str | None, other: str | None) -> tuple[str, ...]:
    if one and other:
        return one, other
    return (one,) if one else (other,) if other else ()


def is_judged_alike(one: Resource, other: Resource) -> bool:
    """Whether two states of a resource are the same subject, as far as the resource itself tells; names come apart."""
    return subject_of(one, (), None, source="") == subject_of(other, (), None, source="")
