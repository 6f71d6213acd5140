"""Suggest owners for what is unmapped. Nothing is applied: a person confirms, or writes a rule."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.instant import Instant
from callboard.domain.ownership.likeness import DEFAULT, Model, Suggestion
from callboard.domain.ownership.suggesting import Likely
from callboard.errors import NotFoundError
from callboard.store import Store, evidence
from callboard.store.ownership import suggesting as suggesting_store


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that nobody owns, and who may."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    """Open findings that an owner would get."""
    suggestions: tuple[Suggestion, ...]
    """The likeliest first. Empty: nothing known speaks for any component."""


class SuggestionReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is unmapped, and what is suggested for it."""

    unmapped: int
    """Resources that nobody owns, in sight."""
    suggested: int
    """Of them those with a component above the upper threshold."""
    clerical: int
    """Of the others those with one for a person to look at."""
    findings: int
    """Open findings of the suggested ones."""
    resources: tuple[Suggested, ...]
    """Suggested ones first, then by open findings; up to the limit that was asked for."""
    upper: float
    lower: float


def suggest_owners(
    store: Store,
    viewer: Viewer,
    *,
    now: Instant,
    resource: str | None = None,
    limit: int = 50,
    model: Model = DEFAULT,
) -> SuggestionReport:
    """Suggestions for what nobody owns, or for the one resource that is asked for.

    Raises NotFoundError for a resource that is not there, that the viewer may not see, or that somebody owns.
    """
    with store.read() as conn:
        only = None if resource is None else [resource]
        waiting = suggesting_store.waiting(conn, store.dialect, viewer.visibility, now=now, only=only)
        if resource is not None and not waiting:
            raise NotFoundError(f"No unmapped resource is called {resource!r}.")
        entities = evidence.load_entities(conn)
        around = suggesting_store.around(conn, viewer.visibility)
    likely = Likely(entities.values(), model, around=around)
    found = [
        Suggested(
            source=each.source,
            external_id=each.external_id,
            name=each.name,
            type=each.type,
            open=each.open,
            suggestions=likely.suggest(each.unowned),
        )
        for each in waiting
    ]
    found.sort(key=lambda each: (not _is_loud(each), not each.suggestions))
    loud = [each for each in found if _is_loud(each)]
    return SuggestionReport(
        unmapped=len(found),
        suggested=len(loud),
        clerical=sum(bool(each.suggestions) for each in found) - len(loud),
        findings=sum(each.open for each in loud),
        resources=tuple(found[:limit]),
        upper=model.upper,
        lower=model.lower,
    )


def _is_loud(each: Suggested) -> bool:
    return any(not suggestion.is_clerical for suggestion in each.suggestions)
