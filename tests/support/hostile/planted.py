"""A company whose every thing carries a word that stands nowhere else: whoever may not know of a thing may not read its word.

Two teams have one of everything (`red`, `blue`), and `lost` belongs to nobody. Each sort of thing has a word of its own, so that a
caller who asks for a thing by its word is still looked at for all the others.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Detail, Note, Observed, Rejected, Severity
from callboard.domain.run import Scope
from callboard.ports import ProjectRecord
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.support.bills import bill
from tests.support.catalogs import component
from tests.support.named import NamedDoor, apart, company, user
from tests.support.worlds import World

SIDES = {"red": "bo", "blue": "ida", "lost": None}
"""Each side, with who speaks for it."""
KINDS = (
    "component", "system", "project", "resource", "rule", "finding", "text", "key", "library", "campaign", "view", "said",
)  # fmt: skip
"""Sorts of things that have a word."""
TAIL = "7q"
"""What makes a word one that stands nowhere else."""


def word(side: str, kind: str) -> str:
    """The word of one thing: "blueresource7q"."""
    return f"{side}{kind}{TAIL}"


def words(*sides: str) -> frozenset[str]:
    """Every word of these sides."""
    return frozenset(word(side, kind) for side in sides for kind in KINDS)


SECRETS = frozenset(word(side, "key") for side in SIDES)
"""What stands in evidence: for nobody who sees no deeper than the work needs."""


class PlantedWorld(World):
    """A source whose every text carries the words of its side."""

    kind = "wiz"

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record, with a description and with evidence."""
        found = super().parse(part_kind, raw)
        if isinstance(found, Rejected):
            return found
        side = found.external_id.partition("finding")[0]
        detail = Detail(
            description=word(side, "text"),
            evidence=(("key", word(side, "key")),),
            notes=(Note(text=word(side, "key")),),
        )
        return msgspec.structs.replace(found, title=f"{word(side, 'text')} is open", detail=detail)


def plant(door: NamedDoor) -> dict[str, Any]:
    """Plant it all, by sync and catalog and by what people say. Returns names and numbers that addresses can be made of."""
    catalog = company()
    world = PlantedWorld(door.clock, name="wiz-main", page_size=50)
    world.scope = Scope(severities=tuple(Severity))
    for side, speaker in SIDES.items():
        project = word(side, "project")
        world.projects[project] = ProjectRecord(external_id=project, name=project)
        for n, severity in enumerate(("critical", "high", "low")):
            world.add(
                f"{word(side, 'finding')}-{n}", severity=severity, projects=(project,), rule=word(side, "rule"),
                resource=f"{word(side, 'resource')}-{n}",
            )  # fmt: skip
        if speaker is not None:
            catalog.put(Entity(ref=EntityRef(f"system:default/{word(side, 'system')}"), kind="system", name=side))
            catalog.put(
                component(word(side, "component"), side, projects=[project], system=word(side, "system")),
            )
    apart(read_catalog(door.store, catalog, clock=door.clock))
    apart(sync(door.store, world, clock=door.clock))
    door.clock.advance(60)
    made: dict[str, list[int]] = {
        "finding_id": [],
        "decision_id": [],
        "campaign_id": [],
        "view_id": [],
        "ticket_id": [1],
    }
    for side, speaker in SIDES.items():
        made["finding_id"] += [door.finding(f"{word(side, 'finding')}-{n}") for n in range(3)]
        if speaker is not None:
            with door.as_user(speaker) as client:
                _say(client, door, side, made)
            _deliver(door, side)
    return {**made, "signal_id": [1, 2, 3]}


def _say(client: httpx.Client, door: NamedDoor, side: str, made: dict[str, list[int]]) -> None:
    def posted(path: str, **body: object) -> dict[str, Any]:
        found: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
        return found

    number = door.finding(f"{word(side, 'finding')}-0")
    said = posted("/api/v1/decisions", act="snooze", findings=[number], until="7d", note=word(side, "said"))
    made["decision_id"].append(said["decision"])
    taken = posted("/api/v1/decisions", act="take", findings=[door.finding(f"{word(side, 'finding')}-1")])
    made["decision_id"].append(taken["decision"])
    made["campaign_id"].append(posted("/api/v1/campaigns", name=word(side, "campaign"), q="is:open")["id"])
    view = posted("/api/v1/views", name=word(side, "view"), query="is:open", team=f"group:default/{side}")
    made["view_id"].append(view["id"])


def _deliver(door: NamedDoor, side: str) -> None:
    """What the component consists of, as its pipeline hands it in."""
    with door.bearer(token_of_component(door, side)) as client:
        client.post(
            f"/api/v1/components/component/default/{word(side, 'component')}/sbom",
            content=bill(f"{word(side, 'library')}@1.2.3 -> lodash@4.17.20"),
            headers={"content-type": "application/json"},
        ).raise_for_status()


def token_of_component(door: NamedDoor, side: str) -> str:
    """The token of the program that serves a side's component; the same one each time."""
    from callboard.domain.access import AT_THE_LAPTOP, Grant, Right
    from callboard.usecases.people import tokens

    name = f"pipeline-{side}"
    if name not in door.made:
        grant = Grant(component=EntityRef(f"component:default/{word(side, 'component')}"), rights=(Right.DELIVER,))
        door.made[name] = tokens.create(door.store, AT_THE_LAPTOP, name, grant, days=30, clock=door.clock).secret
    return door.made[name]


PEOPLE = {
    "no team": user("nils"),
    "other team": user("ida"),
    "owner": user("bo"),
    "above": user("cleo"),
    "admin": user("ada"),
    "security": user("sam"),
}
"""Callers who come by name."""
