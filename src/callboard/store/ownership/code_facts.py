"""What repositories told about the code of one catalog entity."""

from __future__ import annotations

from sqlalchemy import Connection

from callboard.domain.alias import REPOSITORY
from callboard.domain.code_facts import CodeFacts, is_below
from callboard.domain.component import Entity
from callboard.domain.ownership.claims import claims_of
from callboard.store.ownership.neighbours import Neighbourhood
from callboard.store.ownership.repositories import known, manifest_paths

MOST_MANIFESTS = 20
MOST_NEAR = 10


def of_entity(conn: Connection, entity: Entity) -> tuple[CodeFacts, ...]:
    """Of each repository that it names and that some reader knows. Of one that nobody reads nothing can be told."""
    named = sorted({(claim.value, claim.path) for claim in claims_of(entity) if claim.form == REPOSITORY})
    repositories = known(conn) if named else {}
    near = Neighbourhood(conn) if repositories else None
    found = []
    for key, folder in named:
        each = repositories.get(key)
        if each is None or near is None:
            continue
        manifests = [path for path in manifest_paths(conn, each.id) if is_below(path, folder)]
        found.append(
            CodeFacts(
                repository=key, folder=folder, branch=each.branch, read_at=each.read_at, gone_at=each.gone_at,
                moved_to=each.moved_to, problem=each.problem, code_owners_path=each.code_owners_path,
                near=near.at_folder(conn, key, folder)[:MOST_NEAR], manifests=tuple(manifests[:MOST_MANIFESTS]),
                manifest_count=len(manifests),
            )
        )  # fmt: skip
    return tuple(found)
