"""What a finding, its rule or its resource is, as conditions: the keys of the language that take a list of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select

from callboard.domain.alias import IMAGE_BASE
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.term import ACCOUNT, CLOUD, ENVIRONMENT, REGION, TAG, folded
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.tickets import with_ticket

f = schema.finding.c
bundle, remedy = schema.bundle, schema.remedy

Condition = ColumnElement[bool]


def _kind(word: str) -> int:
    return int(Kind[word.upper().replace("-", "_")])


def _state(word: str) -> int:
    return int(State[word.upper().replace("-", "_")])


def sources(values: Sequence[str]) -> Select[tuple[int]]:
    """Sources of these names."""
    return select(schema.source.c.id).where(schema.source.c.name.in_(values))


def _states(values: Sequence[str]) -> Condition:
    states = [_state(value) for value in values]
    closed = {int(state > State.UNKNOWN) for state in states}
    return and_(f.closed.in_(sorted(closed)), f.state.in_(states))


def _rules(values: Sequence[str]) -> Condition:
    return f.rule_id.in_(select(schema.rule.c.id).where(schema.rule.c.external_id.in_(values)))


def spellings(*advisories: str) -> list[str]:
    """As sources may write the ids of advisories: CVEs in capitals, GHSA ids in small letters behind the prefix."""
    return sorted({each for id_ in advisories for each in (id_, id_.lower(), id_[:5] + id_[5:].lower())})


def _advisories(values: Sequence[str]) -> Condition:
    return _rules(spellings(*values))


def _resources(values: Sequence[str]) -> Condition:
    alias, resource = schema.resource_alias.c, schema.resource.c
    spellings = sorted({spelling for value in values for spelling in (value, value.lower())})
    return or_(
        f.resource_id.in_(select(resource.id).where(resource.external_id.in_(spellings))),
        f.resource_id.in_(select(alias.resource_id).where(alias.value.in_(spellings), alias.form != IMAGE_BASE)),
    )


def _projects(values: Sequence[str]) -> Condition:
    member, project = schema.project_set_member, schema.project
    return f.project_set_id.in_(
        select(member.c.set_id)
        .join(project, project.c.id == member.c.project_id)
        .where(project.c.external_id.in_(values))
    )


def _packages(values: Sequence[str]) -> Condition:
    return f.remedy_id.in_(select(remedy.c.id).where(remedy.c.package.in_(values)))


def _ids(values: Sequence[str]) -> Condition:
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= 18]
    return or_(f.id.in_(numbers), f.external_id.in_(values))


def _campaigns(values: Sequence[str]) -> Condition:
    held = schema.campaign_finding.c
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= 18]
    return f.id.in_(select(held.finding_id).where(held.campaign_id.in_(numbers)))


def _by_term(form: str) -> Callable[[Sequence[str]], Condition]:
    term = schema.resource_term.c

    def clause(values: Sequence[str]) -> Condition:
        return f.resource_id.in_(
            select(term.resource_id).where(term.form == form, term.value.in_([folded(value) for value in values]))
        )

    return clause


def _ecosystems(_values: Sequence[str]) -> Condition:
    raise InvalidQueryError(
        '"ecosystem:" cannot be answered: no source that is set up tells it.', field="q", hint='Use "package:".'
    )


LISTS: Mapping[str, Callable[[Sequence[str]], Condition]] = {
    "severity": lambda values: f.rank.in_([6 - Severity[value.upper()] for value in values]),
    "kind": lambda values: f.kind.in_([_kind(value) for value in values]),
    "status": _states,
    "source": lambda values: f.source_id.in_(sources(values)),
    "rule": _rules,
    "cve": _advisories,
    "resource": _resources,
    "project": _projects,
    "package": _packages,
    "bundle": lambda values: f.bundle_id.in_(select(bundle.c.id).where(bundle.c.key.in_(values))),
    "ecosystem": _ecosystems,
    "id": _ids,
    "campaign": _campaigns,
    "ticket": lambda values: f.id.in_(with_ticket(values)),
    "account": _by_term(ACCOUNT),
    "region": _by_term(REGION),
    "cloud": _by_term(CLOUD),
    "env": _by_term(ENVIRONMENT),
    "tag": _by_term(TAG),
}
