"""Measure ownership against what people say, read from a file of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.evaluation import (
    Case,
    Evaluation,
    Interval,
    Outcome,
    Truth,
    evaluate,
    outcome,
    truth_of,
    wilson,
)
from callboard.domain.ownership.labels import Label
from callboard.domain.ownership.likeness import DEFAULT, Model
from callboard.domain.ownership.suggesting import Likely
from callboard.errors import LabelsError
from callboard.store import Store, evidence
from callboard.store.ownership import suggesting as suggesting_store


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that was not right."""

    resource: str
    outcome: Outcome
    tier: int | None
    label: str
    answered: tuple[EntityRef, ...]


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """How right ownership is, by these labels."""

    labels: int
    not_found: tuple[str, ...]
    """Labelled resources that Callboard does not know; they are in no number."""
    unknown_components: tuple[EntityRef, ...]
    """Components that labels name and the catalog does not hold. The labels count; nothing can be routed there."""
    evaluation: Evaluation
    suggestions_first: Interval | None
    """Of labelled resources that nobody owns by now and somebody should: right at the first place, of those suggested."""
    suggestions_among_three: Interval | None
    wrong: tuple[Wrong, ...]
    """Every answer that was not right, for a look."""


def evaluate_ownership(
    store: Store, viewer: Viewer, labels: Sequence[Label], *, now: Instant, model: Model = DEFAULT
) -> EvaluationReport:
    """Measure what is decided about the labelled resources in the viewer's sight. Raises LabelsError."""
    with store.read() as conn:
        decided, names = suggesting_store.decided(conn, viewer.visibility)
        entities = evidence.load_entities(conn)
        waiting = suggesting_store.waiting(conn, store.dialect, viewer.visibility, now=now)
        around = suggesting_store.around(conn, viewer.visibility)
    by_id = {each.external_id: each for each in decided}
    cases: dict[str, Case] = {}
    texts: dict[str, str] = {}
    not_found = []
    for label in labels:
        ids = names.get(label.resource, [])
        if not ids:
            not_found.append(label.resource)
            continue
        if len(ids) > 1:
            raise LabelsError(
                f"Line {label.line}: {label.resource!r} is the name of {len(ids)} resources.",
                hint="Write the id at the source.",
            )
        if ids[0] in cases:
            raise LabelsError(f"Line {label.line}: {label.resource!r} is labelled twice.")
        known = by_id[ids[0]]
        texts[known.external_id] = label.label
        cases[known.external_id] = Case(
            resource=known.external_id,
            truth=_truth(label.line, label.label),
            answer=known.answer,
            stratum=known.stratum,
        )
    owners = {ref: entity.owner for ref, entity in entities.items()}
    likely = Likely(entities.values(), model, around=around)
    first = among = answered = 0
    for each in waiting:
        case = cases.get(each.external_id)
        if case is None or not case.truth.components:
            continue
        found = [suggestion for suggestion in likely.suggest(each.unowned) if not suggestion.is_clerical]
        answered += bool(found)
        first += bool(found) and found[0].component in case.truth.components
        among += any(suggestion.component in case.truth.components for suggestion in found)
    return EvaluationReport(
        labels=len(labels),
        not_found=tuple(not_found),
        unknown_components=tuple(
            sorted({ref for case in cases.values() for ref in case.truth.components if ref not in entities})
        ),
        evaluation=evaluate(
            list(cases.values()),
            owners,
            sizes=Counter(each.stratum for each in decided),
            labelled_twice=[_pair(label) for label in labels if label.second],
        ),
        suggestions_first=wilson(first, answered),
        suggestions_among_three=wilson(among, answered),
        wrong=tuple(_wrong(cases, texts)),
    )


def _wrong(cases: Mapping[str, Case], texts: Mapping[str, str]) -> Iterator[Wrong]:
    for case in cases.values():
        found = outcome(case)
        if found.is_answer and found is not Outcome.RIGHT:
            yield Wrong(
                resource=case.resource,
                outcome=found,
                tier=case.answer.tier,
                label=texts[case.resource],
                answered=tuple(sorted(case.answer.routes)),
            )


def _pair(label: Label) -> tuple[str, str]:
    """Both labels by their meaning, so that letter case is no disagreement."""
    first, second = (_truth(label.line, text) for text in (label.label, label.second))
    return str((sorted(first.components), first.is_known, first.is_shared)), str(
        (sorted(second.components), second.is_known, second.is_shared)
    )


def _truth(line: int, label: str) -> Truth:
    try:
        return truth_of(label)
    except ValueError as error:
        raise LabelsError(f"Line {line}: {error}.") from None
