"""Facts: what mapping rules can look at of a subject, by form, in the spelling that they compare. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from callboard.domain.alias import (
    KUBERNETES_ID,
    KUBERNETES_NAMESPACE,
    REPOSITORY,
    REPOSITORY_PATH,
    WIZ_ASSET,
    WIZ_EXTERNAL,
    WIZ_REPOSITORY,
)
from callboard.domain.ownership.mapping import Form, as_written, plain
from callboard.domain.ownership.verdict import Subject
from callboard.domain.repository import IN_REPOSITORY

Facts = dict[Form, Sequence[str]]
"""What is known of one subject so far."""

_NAMES = frozenset({WIZ_ASSET, WIZ_EXTERNAL, WIZ_REPOSITORY})
_IN_KUBERNETES = frozenset({KUBERNETES_NAMESPACE, KUBERNETES_ID})


def _resource(subject: Subject) -> Sequence[str]:
    found = [as_written(subject.name)] if subject.name else []
    for form, value in subject.aliases:
        if form in _NAMES:
            found.append(as_written(value))
    return found


def _path(subject: Subject) -> Sequence[str]:
    """Every repository and folder that the subject lies in, and itself."""
    found = []
    for form, value in subject.aliases:
        if form == REPOSITORY:
            found.append(value)
        elif form == REPOSITORY_PATH:
            at = value.find(IN_REPOSITORY)
            found.append(value[:at])
            at += len(IN_REPOSITORY)
            while (at := value.find("/", at)) > 0:
                found.append(value[:at])
                at += 1
            found.append(value)
    return found


def _tag(subject: Subject) -> Sequence[str]:
    found: list[str] = []
    for key, value in subject.tags:
        found += tag_words(key, value)
    return found


@lru_cache(maxsize=65_536)
def tag_words(key: str, value: str) -> tuple[str, str]:
    """What rules compare one tag by: its key, and the key with its value."""
    name = plain(key)
    return name, f"{name}={plain(value)}"


def _label(subject: Subject) -> Sequence[str]:
    return _tag(subject) if is_in_kubernetes(subject) else ()


def is_in_kubernetes(subject: Subject) -> bool:
    """Whether it is an object in a cluster, whose tags are its labels."""
    return any(form in _IN_KUBERNETES for form, _ in subject.aliases)


def _project(subject: Subject) -> Sequence[str]:
    return [as_written(each.external_id) for each in subject.projects or ()]


def _account(subject: Subject) -> Sequence[str]:
    return [plain(each) for each in subject.accounts]


def _type(subject: Subject) -> Sequence[str]:
    return [plain(each) for each in subject.types]


def _source(subject: Subject) -> Sequence[str]:
    return (subject.source,)


FACTS: Mapping[Form, Callable[[Subject], Sequence[str]]] = {
    Form.RESOURCE: _resource,
    Form.PATH: _path,
    Form.TAG: _tag,
    Form.LABEL: _label,
    Form.PROJECT: _project,
    Form.ACCOUNT: _account,
    Form.TYPE: _type,
    Form.SOURCE: _source,
}
"""How each form is told."""
