"""Who speaks and looks in a life: two members of teams, and somebody of security."""

from __future__ import annotations

from callboard.domain.access import Depth, Everything, Readers, Right, Viewer
from callboard.domain.component import EntityRef


def _member(name: str, group: str) -> Viewer:
    ref, owner = EntityRef(f"user:default/{name}"), EntityRef(f"group:default/{group}")
    return Viewer(ref, Readers(frozenset({owner}), Depth.WORK), (ref, owner), ref, frozenset({Right.DECIDE}))


SIA = EntityRef("user:default/sia")
PEOPLE: dict[str | None, Viewer] = {
    "red": _member("ana", "red"),
    "blue": _member("bo", "blue"),
    None: Viewer(SIA, Everything("security"), (SIA,), SIA, frozenset({Right.DECIDE, Right.MAP})),
}
"""By the group whose findings they see; None: all."""
