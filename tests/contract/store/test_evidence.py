"""What is stored about ownership is what deciding everything anew would give, whatever happened before."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.alias import REPOSITORY, REPOSITORY_PATH
from callboard.domain.component import EntityRef
from callboard.domain.finding import Observed, Rejected
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.verdict import holding_key
from callboard.domain.reconcile import Safety
from callboard.store import evidence, schema
from callboard.store.ownership import candidates, owning, touched
from callboard.store.ownership.holdings import Holdings
from callboard.usecases.ownership import plan_mapping, speak_for
from tests.support.catalogs import component, group
from tests.support.stages import Stage

NAMES = ("a", "b", "c", "d")
MONO = "github.com/acme/mono"
PLACES = ("", "services/a/go.mod", "services/b/go.mod", "docs/index.md", "")
FOLDERS = ("", "services/", "services/a/", "services/b/")


KEPT = {"name": "kept", "match": {"resource": "r2"}, "reason": "x"}
"""A rule that stays."""


def check(stage: Stage) -> None:
    """Compare what is stored with a decision about every resource from evidence that is read anew."""
    stage.check()
    stage.store.known = None
    with stage.store.read() as conn:
        holdings = Holdings(conn, stage.store)
        keys = {row.id: row.key for row in conn.execute(schema.holding.select())}
        stored: dict[int, set[tuple[Any, ...]]] = {}
        for row in conn.execute(schema.candidate.select()):
            stored.setdefault(row.resource_id, set()).add((row.entity_id, row.form, row.value, row.tier, row.evidence))
        for judged in owning.judge(conn, stage.store.dialect, holdings, touched.everything(conn)):
            for each in judged:
                assert keys[each.holding_id] == holding_key(each.ownership), each
                rows = candidates.rows_of(holdings, each.id, each.ownership)
                assert stored.get(each.id, set()) == {row[1:6] for row in rows}


class Life:
    """Everything that can happen to ownership, by chance."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)  # noqa: S311 - it decides what happens in a made-up company
        self.steps: tuple[Callable[[], object], ...] = (self.catalog, self.catalog, self.rules, self.say, self.world)

    def catalog(self) -> None:
        """A component comes, changes or goes."""
        ref = EntityRef(f"component:default/{self.chance.choice(NAMES)}")
        if ref in self.stage.catalog.entities and self.chance.random() < 0.3:
            del self.stage.catalog.entities[ref]
        else:
            projects = self.chance.sample(("p0", "p1", "p2"), self.chance.randrange(3))
            assets = self.chance.sample(("r1", "r5", "r9"), self.chance.randrange(2))
            owner = self.chance.choice(("red", "blue"))
            place = self.chance.choice((None, *FOLDERS))
            entity = component(ref.rpartition("/")[2], owner, projects=projects, assets=assets)
            if place is not None:
                location = ("backstage.io/source-location", f"url:https://github.com/acme/mono/tree/main/{place}")
                entity = msgspec.structs.replace(entity, annotations=(*entity.annotations, location))
            self.stage.catalog.put(entity)
        self.stage.read_catalog(accept=True)

    def there(self) -> list[EntityRef]:
        """Components in the catalog as it was read."""
        with self.stage.store.read() as conn:
            return [ref for ref in evidence.load_entities(conn) if ref.startswith("component")]

    def rules(self) -> None:
        """Another set of rules."""
        if not (there := self.there()):
            return
        pick, some = self.chance.choice, self.chance.randrange
        matches = (
            {"resource": "r1*"}, {"resource": "r3"}, {"resource": "*7"}, {"tag": "service=a"}, {"account": "acc0"},
            {"tag": "service", "resource": "r*"}, {"tag": "service=b", "account": "acc1"}, {"path": f"{MONO}//docs"},
        )  # fmt: skip
        rule = {"name": "r", "match": pick(matches), "owners": [pick(there)], "reason": "x"}
        word = {"tag": "service", "values": {"a": pick(there)}, "reason": "x"}
        default = {"account": "acc0", "owner": pick(there), "reason": "x"}
        document = {
            "name": "main",
            "rules": [rule, KEPT | {"owners": [min(there)]}],
            "vocabularies": [word][: some(2)],
            "defaults": [default][: some(2)],
        }
        plan_mapping.apply_mapping(
            self.stage.store,
            AT_THE_LAPTOP,
            mapping_text.read(document),
            reason="x",
            clock=self.stage.clock,
            agreed=True,
        )

    def say(self) -> None:
        """Somebody confirms something, or says that it is not theirs."""
        if there := self.there():
            act = self.chance.choice((speak_for.confirm, speak_for.not_ours))
            resource = f"r{self.chance.randrange(12)}"
            act(self.stage.store, AT_THE_LAPTOP, resource, self.chance.choice(there), clock=self.stage.clock)

    def world(self) -> None:
        """Findings go to other projects."""
        for n in self.chance.sample(range(12), 3):
            self.stage.world.change(f"f{n}", projects=(f"p{self.chance.randrange(3)}",))
        self.stage.sync(safety=Safety(min_findings=10_000))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_what_is_stored_is_what_deciding_anew_gives(stage: Stage, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through catalogs that change, rules, words, tags and syncs in any order."""
    life = Life(stage, seed)
    parse = stage.world.parse

    def tagged(part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        seen = parse(part_kind, raw)
        if isinstance(seen, Rejected):
            return seen
        if place := PLACES[int(seen.resource.external_id[1:]) % len(PLACES)]:
            aliases = (*seen.resource.aliases, (REPOSITORY, MONO), (REPOSITORY_PATH, f"{MONO}//{place}"))
            seen = msgspec.structs.replace(seen, resource=msgspec.structs.replace(seen.resource, aliases=aliases))
        if not seen.detail.description:
            return seen
        tags = (("Service", seen.detail.description),)
        resource = msgspec.structs.replace(seen.resource, tags=tags, account_id=f"acc{len(seen.resource.name) % 2}")
        return msgspec.structs.replace(seen, resource=resource)

    monkeypatch.setattr(stage.world, "parse", tagged)
    stage.catalog.put(group("red", members=["ann"]), group("blue", members=["bob"]))
    for n in range(12):
        note = life.chance.choice(("", *NAMES))
        stage.world.add(f"f{n}", resource=f"r{n}", projects=(f"p{n % 3}",) if n % 4 else (), note=note)
    stage.sync()
    for _ in range(25):
        stage.clock.advance(60)
        life.chance.choice(life.steps)()
        with stage.store.read() as conn:
            waiting = conn.execute(schema.ownership_challenge.select()).first()
        if waiting is None:
            check(stage)
