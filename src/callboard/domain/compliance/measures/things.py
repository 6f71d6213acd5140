"""Measures of components, what they consist of, and whose resources are."""

from __future__ import annotations

from functools import partial

from callboard.domain.compliance.facts import ComponentFact, ResourceFact
from callboard.domain.compliance.measure import Measure, Need, Subject
from callboard.domain.compliance.period import Period
from callboard.domain.instant import DAY
from callboard.domain.ownership.verdict import Verdict

_component = partial(Measure, subject=Subject.COMPONENT, needs=(Need.CATALOG,))
_resource = partial(Measure, subject=Subject.RESOURCE, needs=(Need.OWNERS,))


def _every(_thing: ComponentFact | ResourceFact, _period: Period) -> bool:
    return True


def _has_owner(component: ComponentFact, _period: Period) -> bool:
    return component.owner is not None


def _can_act(component: ComponentFact, _period: Period) -> bool:
    return component.can_act


def _has_bill(component: ComponentFact, _period: Period) -> bool:
    return component.bill_at is not None


def _has_fresh_bill(component: ComponentFact, period: Period, days: int) -> bool:
    return component.bill_at is not None and component.bill_at > period.until - days * DAY


def _names_suppliers(component: ComponentFact, _period: Period) -> bool:
    said = component.said
    return said is not None and said.parts > 0 and said.suppliers == said.parts


def _names_licences(component: ComponentFact, _period: Period) -> bool:
    said = component.said
    return said is not None and said.parts > 0 and said.licences == said.parts


def _is(resource: ResourceFact, _period: Period, verdict: Verdict) -> bool:
    return resource.verdict == verdict


def _is_unmapped(resource: ResourceFact, _period: Period) -> bool:
    return resource.verdict == Verdict.UNMAPPED


def _is_long(resource: ResourceFact, period: Period) -> bool:
    return resource.since <= period.until - 30 * DAY


COMPONENTS = _component(
    key="components", words="Components in the catalog at the end", counts=_every,
    proves="What the catalog held. Software that nobody registered is not in it.",
)  # fmt: skip
OWNED = _component(
    key="components-owned", words="Components with an owner", counts=_has_owner, among=_every,
    proves="That the catalog names one.",
)  # fmt: skip
ABLE = _component(
    key="components-able", words="Components whose owner can act", counts=_can_act, among=_every,
    proves="The owner is a user, or a group in which somebody is. Not that they know of it.",
)  # fmt: skip
BILLED = _component(
    key="components-billed", words="Components with a bill of materials", counts=_has_bill, among=_every,
    needs=(Need.CATALOG, Need.BILLS), proves="A lockfile or a bill that was read. Not that it names everything.",
)  # fmt: skip
BILLED_FRESH = _component(
    key="components-billed-30-days", words="Components whose bill is 30 days old at most",
    counts=partial(_has_fresh_bill, days=30), among=_every,
    needs=(Need.CATALOG, Need.BILLS), proves="By the moment that the newest bill speaks of. One that did not change since counts as old.",
)  # fmt: skip
BILLED_MONTH = _component(
    key="components-billed-31-days", words="Components whose bill is a month old at most",
    counts=partial(_has_fresh_bill, days=31), among=_every,
    needs=(Need.CATALOG, Need.BILLS), proves="The same within 31 days.",
)  # fmt: skip
SUPPLIED = _component(
    key="components-suppliers", words="Components whose bill names who supplies each part", counts=_names_suppliers,
    among=_has_bill, needs=(Need.CATALOG, Need.BILLS, Need.PARTS),
    proves="That it names somebody, for every part; lockfiles name nobody. How many parts it does that for stands in the rows.",
)  # fmt: skip
LICENSED = _component(
    key="components-licences", words="Components whose bill names a licence of each part", counts=_names_licences,
    among=_has_bill, needs=(Need.CATALOG, Need.BILLS, Need.PARTS),
    proves="That it names one, for every part; not that it is right, nor that it is kept to. Lockfiles are read without licences.",
)  # fmt: skip
RESOURCES = _resource(
    key="resources", words="Resources that sources had told of", counts=_every,
    proves="Things with at least one finding, open or closed: no inventory of an account.",
)  # fmt: skip
MAPPED = _resource(
    key="resources-mapped", words="Resources with an owner", counts=partial(_is, verdict=Verdict.MAPPED), among=_every,
    proves="By the evidence stored then; `callboard ownership evaluate` says how often that is right.",
)  # fmt: skip
CONFLICTS = _resource(
    key="resources-in-conflict", words="Resources that components of different owners claim",
    counts=partial(_is, verdict=Verdict.CONFLICT), among=_every, proves="They have no owner until somebody decides.",
)  # fmt: skip
UNMAPPED = _resource(
    key="resources-unmapped", words="Resources without an owner", counts=_is_unmapped, among=_every,
    proves="Nothing that is known says whose they are.",
)  # fmt: skip
UNMAPPED_LONG = _resource(
    key="resources-unmapped-30-days", words="Without an owner for 30 days or more", counts=_is_long, among=_is_unmapped,
    proves="Since when is counted from the first reading that told of it.",
)  # fmt: skip

ALL = (
    COMPONENTS, OWNED, ABLE, BILLED, BILLED_FRESH, BILLED_MONTH, SUPPLIED, LICENSED, RESOURCES, MAPPED, CONFLICTS, UNMAPPED, UNMAPPED_LONG,
)  # fmt: skip
