"""What the admin routes do: say how things stand, move the clock, let the world change."""

from __future__ import annotations

import re
from typing import Any, Final

from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.company.ledger import STATUSES
from callboard.demo.wizsim.faults import NAMES, Faults
from callboard.demo.wizsim.moments import read, write
from callboard.demo.wizsim.tenant import Tenant

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def seconds(text: str) -> int:
    """A span like `90m`, `1d` or `1d12h` in seconds. Raises ValueError for anything else."""
    parts = _SPAN.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != re.sub(r"\s+", "", text):
        raise ValueError(f"{text!r} is not a span of time; write 90m, 6h or 1d.")
    return int(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def fault_values(faults: Faults) -> dict[str, Any]:
    """The switches as a JSON object."""
    return {name: getattr(faults, name) for name in NAMES}


def describe(tenant: Tenant, faults: Faults, calls: int, tokens: int) -> dict[str, Any]:
    """How things stand."""
    world = tenant.world
    return {
        "now": write(world.now),
        "seed": world.seed,
        "step": world.step,
        "calls": calls,
        "tokens": tokens,
        "findings": {
            kind: {"total": len(ledger), **{word: ledger.status.count(code) for code, word in enumerate(STATUSES)}}
            for kind, ledger in world.ledgers.items()
        },
        "resources": len(world.organisation.resources),
        "projects": len(world.organisation.projects),
        "components": len(world.organisation.components),
        "faults": fault_values(faults),
    }


def act(tenant: Tenant, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """One admin action. Raises ValueError for a body it cannot use and LookupError for an unknown action."""
    world = tenant.world
    if action == "time":
        if body.get("to"):
            target = read(str(body["to"])) // 1_000_000
            if target < world.now:
                raise ValueError("The clock does not go back.")
            world.now = target
        else:
            world.now += seconds(str(body.get("advance", "1d")))
        changed = evolve(world, Evolution.of(body)) if body.get("evolve", True) else {}
        return {"now": write(world.now), "step": world.step, "changed": changed}
    if action == "evolve":
        changed = evolve(world, Evolution.of(body))
        return {"now": write(world.now), "step": world.step, "changed": changed}
    raise LookupError(f"admin action {action!r}")
