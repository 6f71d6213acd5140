"""From what waits, what conflicts and what differs to the JSON shapes."""

from __future__ import annotations

import msgspec

from callboard.domain import tree, waiting
from callboard.domain.ownership import alignment as sides
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.likeness import Suggestion
from callboard.usecases.ownership.list_conflicts import Conflicts
from callboard.usecases.ownership.propose_owner import Draft
from callboard.usecases.ownership.queue_unmapped import Queue
from callboard.web.to_wire import ownership as to_wire_ownership
from callboard.web.wire import queues as wire
from callboard.web.words import TIER


def queue(found: Queue) -> wire.UnmappedQueue:
    """What waits for an owner."""
    return wire.UnmappedQueue(
        resources=found.resources, findings=found.findings, suggested=found.suggested, said=found.said,
        heaps=[_heap(each) for each in found.heaps], heap_count=found.heap_count,
        single=[_waiter(each) for each in found.single],
    )  # fmt: skip


def _heap(each: waiting.Heap) -> wire.Heap:
    return wire.Heap(
        kind=each.kind, value=each.value, title=each.title, findings=each.findings, resources=each.resources,
        query=each.query,
        proposed=[
            wire.Proposed(
                component=one.component, owner=one.owner, resources=one.resources, sentence=one.sentence,
                is_clerical=one.is_clerical,
            )
            for one in each.proposed
        ],
        examples=[_waiter(one) for one in each.examples],
    )  # fmt: skip


def _waiter(each: waiting.Waiter) -> wire.Waiter:
    return wire.Waiter(
        source=each.source, external_id=each.external_id, name=each.name, type=each.type, open=each.open,
        suggestions=[_suggested(one) for one in each.suggestions],
        said=[to_wire_ownership.spoken(one) for one in each.said],
    )  # fmt: skip


def _suggested(one: Suggestion) -> wire.Suggested:
    return wire.Suggested(
        component=one.component, owner=one.owner, sentence=one.sentence, is_clerical=one.is_clerical
    )  # fmt: skip


def conflicts(found: Conflicts) -> wire.Conflicts:
    """Resources in conflict."""
    return wire.Conflicts(
        total=found.total,
        items=[
            wire.Contested(
                source=each.source, external_id=each.external_id, name=each.name, type=each.type, open=each.open,
                rivals=[
                    wire.Rival(
                        component=one.component, owner=one.owner, tier=one.tier, tier_words=TIER[one.tier], text=one.text
                    )
                    for one in each.rivals
                ],
            )
            for each in found.resources
        ],
    )  # fmt: skip


def alignment(found: sides.Alignment) -> wire.Alignment:
    """Where the catalog and Wiz differ."""
    return wire.Alignment(
        checked=[
            wire.AlignmentCheck(kind=kind.value, asked=each.asked, differ=each.differ, unknown=each.unknown)
            for kind, each in found.checked.items()
        ],
        differences=[
            wire.Difference(
                kind=each.kind.value, component=each.component, project=each.project, sentence=each.sentence,
                catalog=each.catalog, file=each.file, wiz=each.wiz, mutation=each.mutation,
            )
            for each in found.differences
        ],
    )  # fmt: skip


def node(found: tree.Node) -> wire.TreeNode:
    """A tree."""
    return wire.TreeNode(
        kind=found.kind, key=found.key, title=found.title, total=found.open.total,
        by_severity=msgspec.structs.asdict(found.open), query=found.query, shared=found.shared,
        children=[node(each) for each in found.children],
    )  # fmt: skip


def proposal(found: Draft) -> wire.Proposal:
    """A draft."""
    return wire.Proposal(
        document=mapping_text.write(found.rule_set), revision=found.revision, may_apply=found.may_apply
    )  # fmt: skip
