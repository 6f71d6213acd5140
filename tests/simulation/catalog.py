"""The catalog and the rules of mapping in a life: who owns what, claimed, lost and laid down."""

from __future__ import annotations

from callboard.domain.component import CatalogProblem, EntityRef
from callboard.domain.ownership import mapping_text
from callboard.domain.ownership.mapping import RuleSet
from callboard.usecases.ownership.plan_mapping import apply_mapping
from callboard.usecases.read_catalog import HELD
from tests.simulation.board import Board, Died
from tests.simulation.happenings import PROJECTS
from tests.simulation.model import Component
from tests.simulation.people import PEOPLE
from tests.simulation.runs import SAFETY
from tests.support.catalogs import component

NAMES = ("shop", "bank", "desk")


def change_catalog(board: Board) -> None:
    """Components come, go, change hands and claim other things."""
    draw, catalog = board.draw, board.stage.catalog
    name = draw.choice(NAMES)
    is_there = EntityRef(f"component:default/{name}") in catalog.entities
    if is_there and draw.random() < 0.4:
        catalog.drop(name)
        board.note("drop", name)
        return
    known = sorted(board.world.records)
    assets = [f"r-{id_}" for id_ in draw.sample(known, k=min(len(known), draw.choice((0, 0, 1, 2))))]
    told = Component(draw.choice((None, "red", "red", "blue", "blue")), draw.choice(PROJECTS), tuple(assets))
    catalog.put(component(name, told.owner, projects=told.projects, assets=told.assets))
    board.claims[name] = told
    board.note(name, told)


def read_catalog(board: Board) -> None:
    """A reading: whole, in part, or held and then agreed to."""
    is_whole = board.draw.random() < 0.8
    board.stage.catalog.problems = () if is_whole else (CatalogProblem(where="a file", reason="It is broken."),)
    came = {name: each for name, each in board.claims.items() if _ref(name) in board.stage.catalog.entities}
    after, agreed = board.model.copy(), board.model.copy()
    after.read_catalog(came, is_whole=is_whole, agreed=False)
    agreed.read_catalog(came, is_whole=is_whole, agreed=True)
    report = None
    try:
        with board.mortal(board.moment(120)):
            report = board.stage.read_catalog(safety=SAFETY)
    except Died:
        board.note("died")
        board.either(after)
        return
    board.note(report.state)
    if report.state != HELD:
        board.model = after
    elif board.draw.random() < 0.5:
        wrong = board.difference(board.model)
        assert wrong is None, f"It is held: {wrong}"
        report = board.stage.read_catalog(accept=True, safety=SAFETY)
        assert report.state != HELD
        board.note(report.state)
        board.model = agreed


def _ref(name: str) -> EntityRef:
    return EntityRef(f"component:default/{name}")


def map_by_rule(board: Board) -> None:
    """Security lays down whose some resources are, or takes that back."""
    draw = board.draw
    stays = [name for name, each in board.model.components.items() if not each.missing]
    known = sorted(board.model.told)
    rules: dict[str, str] = {}
    if stays and known and draw.random() < 0.8:
        rules = {f"r-{id_}": draw.choice(stays) for id_ in draw.sample(known, k=min(len(known), draw.randint(1, 4)))}
    board.note(rules)
    after = board.model.copy()
    after.rules = rules
    try:
        with board.mortal(board.moment(60)):
            apply_mapping(
                board.store, PEOPLE[None], _rules(rules), reason="A life.", clock=board.stage.clock, agreed=True
            )
    except Died:
        board.note("died")
        board.either(after)
        return
    board.model = after


def _rules(rules: dict[str, str]) -> RuleSet:
    entries = [
        {"name": owner, "reason": "They said so.", "owners": [_ref(owner)],
         "match": {"resource": sorted(each for each, other in rules.items() if other == owner)}}
        for owner in sorted(set(rules.values()))
    ]  # fmt: skip
    return mapping_text.read({"name": "main", "rules": entries}, origin=None)
