"""What waits for an owner, what is claimed twice, where the catalog and Wiz differ, and open findings as trees."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.access import Everything
from callboard.domain.finding import Severity
from callboard.domain.ownership.alignment import Alignment, Checked, Difference, Kind
from callboard.domain.tree import Node
from callboard.usecases import roll_up, source_health
from callboard.usecases.ownership import align, list_conflicts, queue_unmapped, speak_for
from callboard.usecases.ownership.list_conflicts import Conflicts
from callboard.usecases.ownership.queue_unmapped import Queue
from callboard.usecases.roll_up import View as By
from callboard.web import freshness, render
from callboard.web.pages.components import strip_severities
from callboard.web.params import board as params
from callboard.web.params import ownership as params_ownership
from callboard.web.view import Viewing

MOST_DIFFERENCES = 60
MOST_CHILDREN = 100
"""Lines below one line of a tree."""

QUESTIONS = {
    Kind.NO_PROJECT: "Components without a Wiz project or service",
    Kind.NO_SUCH_PROJECT: "Annotations that name a project Wiz does not list",
    Kind.PROJECT_UNCLAIMED: "Wiz projects that no component names",
    Kind.SERVICE_UNKNOWN: "Services of Wiz that no component is called like",
    Kind.OWNERS: "Owners that differ",
    Kind.FOLDER: "Folders that do not fit the domain",
    Kind.UNIT: "Business units that do not fit the group",
}
"""What is compared, in the words of a heading."""

BY = {By.DOMAIN: "domain", By.UNIT: "business unit", By.REGION: "geography", By.ACCOUNT: "account"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmapped:
    """What the template of the queue is given."""

    queue: Queue
    may_map: bool
    sees_all: bool
    unread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Contested:
    """What the template of conflicts is given."""

    found: Conflicts
    findings: int
    may_map: bool
    sees_all: bool
    unread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One thing that is compared, with where both sides differ."""

    kind: Kind
    title: str
    checked: Checked
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """What the template of alignment is given."""

    questions: tuple[Question, ...]
    differ: int
    asked: int
    sees_all: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """What the template of the map is given."""

    root: Node
    by: By
    ways: dict[By, str]
    severities: tuple[Severity, ...]
    most: int
    unread: bool


def unmapped(view: Viewing) -> Response[str]:
    """The queue of what nobody owns."""
    params.nothing(view.query)
    context = Unmapped(
        queue=queue_unmapped.queue_unmapped(view.store, view.viewer, now=view.now),
        may_map=speak_for.maps(view.viewer),
        sees_all=isinstance(view.visibility, Everything),
        unread=freshness.never_read(source_health.of_sources(view.store, view.visibility, now=view.now)),
    )
    return render.answer("unmapped.html", title="Unmapped", here="ownership", now=view.now, tab="unmapped", c=context)


def conflicts(view: Viewing) -> Response[str]:
    """Resources that components of different owners claim."""
    params.nothing(view.query)
    found = list_conflicts.list_conflicts(view.store, view.viewer)
    context = Contested(
        found=found,
        findings=sum(each.open for each in found.resources),
        may_map=speak_for.maps(view.viewer),
        sees_all=isinstance(view.visibility, Everything),
        unread=freshness.never_read(source_health.of_sources(view.store, view.visibility, now=view.now)),
    )
    return render.answer(
        "conflicts.html", title="Conflicts", here="ownership", now=view.now, tab="conflicts", c=context
    )


def alignment(view: Viewing) -> Response[str]:
    """Where the catalog and Wiz differ, both ways."""
    params.nothing(view.query)
    found = align.align(view.store, view.viewer)
    context = Sides(
        questions=_questions(found),
        differ=len(found.differences),
        asked=sum(each.asked for each in found.checked.values()),
        sees_all=isinstance(view.visibility, Everything),
    )
    return render.answer(
        "alignment.html", title="Alignment", here="ownership", now=view.now, tab="alignment", c=context,
        most=MOST_DIFFERENCES,
    )  # fmt: skip


def _questions(found: Alignment) -> tuple[Question, ...]:
    return tuple(
        Question(
            kind=kind,
            title=QUESTIONS[kind],
            checked=checked,
            differences=tuple(each for each in found.differences if each.kind is kind),
        )
        for kind, checked in found.checked.items()
    )


def chart(view: Viewing) -> Response[str]:
    """Open findings by domain, business unit, region or account."""
    by = params_ownership.rolled_by(view.query)
    root = roll_up.roll_up(view.store, view.viewer, by)
    context = Map(
        root=root,
        by=by,
        ways=BY,
        severities=strip_severities(root.open.unknown, root.open.info),
        most=MOST_CHILDREN,
        unread=freshness.never_read(source_health.of_sources(view.store, view.visibility, now=view.now)),
    )
    return render.answer("map.html", title="Map", here="ownership", now=view.now, tab="map", c=context)
