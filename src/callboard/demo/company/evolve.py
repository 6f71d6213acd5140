"""Moves the world on: findings appear, are fixed, come back, flap, are seen again, change severity or project.

The same seed and the same sequence of calls give the same worlds. Dates follow the source's own rules (wiz-api.md section
3): a status change moves `changed` and `updated`, a change of severity only `updated`, being seen again only `seen`, and a
resource that changes its project moves nothing at all.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

from callboard.demo.company.ledger import CONTROL_DISABLED, DELETED, IN_PROGRESS, RESOLVED, SEVERITIES, Ledger
from callboard.demo.company.pairing import KINDS, Kind, Pairing
from callboard.demo.company.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Evolution:
    """Shares of the findings (of each kind) to which something happens."""

    new: float = 0.01
    """New findings, as a share of all."""

    resolved: float = 0.01
    """Of the open ones, gone for good."""

    deleted: float = 0.001
    """Of the open ones, resolved since their resource was deleted."""

    reopened: float = 0.005
    """Of the resolved ones, found again."""

    flapping: float = 0.001
    """Of the open ones, resolved and found again within the step."""

    redetected: float = 1.0
    """Of the open ones, seen again: only the last detection moves."""

    changed: float = 0.01
    """Of all, another severity: `updatedAt` moves, the status date does not."""

    moved: float = 0.0
    """Of the resources, now counted in another project: no date moves."""

    @classmethod
    def of(cls, values: dict[str, Any]) -> Evolution:
        """Read proportions; other keys are ignored. Raises ValueError when one is not between 0 and 1."""
        known = {f.name for f in fields(cls)}
        given = {name: float(value) for name, value in values.items() if name in known}
        for name, value in given.items():
            if not 0 <= value <= 1:
                raise ValueError(f"{name} must be between 0 and 1, not {value}.")
        return cls(**given)


def evolve(world: World, evolution: Evolution) -> dict[str, dict[str, int]]:
    """Change the world by one step at its present time; answers what happened how often, by kind."""
    world.step += 1
    happened: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        random = Random(f"{world.seed}:{world.step}:{kind}")
        happened[kind] = _evolve_kind(world, kind, evolution, random)
        world.ledgers[kind].revision += 1
    moved = _move_resources(world, evolution.moved)
    if moved:
        happened["resources"] = {"moved": moved}
    return happened


def _pick(random: Random, rows: array[int], share: float, total: int) -> list[int]:
    """A share of `total`, drawn from rows: at least one when the share is not nothing."""
    if not rows or share <= 0:
        return []
    return random.sample(rows, min(len(rows), max(1, round(total * share))))


def _evolve_kind(world: World, kind: Kind, evolution: Evolution, random: Random) -> dict[str, int]:
    ledger, now = world.ledgers[kind], world.now
    before = len(ledger)
    if not before:
        return {}
    # A moment before the clock, so that "changed after the start of this sync" is never true by a whole second.
    at = now - 1
    open_rows = array("I", [row for row, state in enumerate(ledger.status) if state <= IN_PROGRESS])
    gone_rows = array(
        "I",
        [
            row
            for row, (state, reason) in enumerate(zip(ledger.status, ledger.reason, strict=True))
            if state == RESOLVED and reason != CONTROL_DISABLED
        ],
    )
    counts: dict[str, int] = {}
    seen = (
        open_rows
        if evolution.redetected >= 1
        else array("I", _pick(random, open_rows, evolution.redetected, len(open_rows)))
    )
    for row in seen if evolution.redetected else ():
        ledger.seen[row] = at - row % 900
    counts["redetected"] = len(seen) if evolution.redetected else 0
    picked = _pick(random, open_rows, evolution.resolved + evolution.deleted + evolution.flapping, len(open_rows))
    flaps = round(len(open_rows) * evolution.flapping) if evolution.flapping else 0
    deletions = round(len(open_rows) * evolution.deleted) if evolution.deleted else 0
    for number, row in enumerate(picked):
        if number < flaps:
            ledger.resolve(row, max(ledger.created[row], at - 3_600))
            ledger.reopen(row, at)
        else:
            ledger.resolve(row, at, DELETED if number < flaps + deletions else 1)
    counts["flapping"] = min(flaps, len(picked))
    counts["deleted"] = min(deletions, len(picked) - counts["flapping"])
    counts["resolved"] = len(picked) - counts["flapping"] - counts["deleted"]
    back = _pick(random, gone_rows, evolution.reopened, len(gone_rows))
    for row in back:
        ledger.reopen(row, at)
    counts["reopened"] = len(back)
    touched = set(picked) | set(back)
    counts["changed"] = _change_severity(ledger, evolution.changed, touched, at, random)
    counts["new"] = _add(world, kind, round(before * evolution.new), at, random)
    return counts


def _change_severity(ledger: Ledger, share: float, leave: set[int], at: int, random: Random) -> int:
    if share <= 0:
        return 0
    count = 0
    for row in random.sample(range(len(ledger)), max(1, round(len(ledger) * share))):
        if row in leave:
            continue
        code = ledger.severity[row]
        ledger.severity[row] = code - 1 if code == len(SEVERITIES) - 1 or (code > 1 and row % 2) else code + 1
        ledger.updated[row] = at
        count += 1
    return count


def _add(world: World, kind: Kind, count: int, at: int, random: Random) -> int:
    if count <= 0:
        return 0
    ledger, organisation = world.ledgers[kind], world.organisation
    pairing = Pairing(organisation, kind)
    for _ in range(count):
        place = random.choice(pairing.places)
        cause = random.choice(pairing.choices[place])
        word = (
            organisation.weaknesses[cause].severity if kind == "vulnerability" else organisation.rules[cause].severity
        )
        ledger.append(cause, place, 0 if word == "INFORMATIONAL" else SEVERITIES.index(word), at)
    return count


def _move_resources(world: World, share: float) -> int:
    if share <= 0:
        return 0
    organisation = world.organisation
    random = Random(f"{world.seed}:{world.step}:moves")
    leaves = [p for p in organisation.projects if p.component]
    candidates = [r for r in organisation.resources if r.projects and r.component]
    chosen = random.sample(candidates, min(len(candidates), max(1, round(len(candidates) * share))))
    moved = []
    for resource in chosen:
        leaf = random.choice(leaves)
        moved.append(replace(resource, projects=(*reversed(leaf.ancestors), leaf)))
    world.replace_resources(moved)
    return len(moved)
