"""Which resources need a new decision when something about the evidence changed: found, not guessed, and few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from sqlalchemy import Connection, Table, select

from callboard.domain.alias import CATALOG_ENTITY, IMAGE_SOURCE, REPOSITORY, REPOSITORY_PATH, WIZ_PROJECT
from callboard.domain.component import Entity, EntityRef
from callboard.domain.ownership.claims import Claim, Claims, Key, claims_of
from callboard.domain.ownership.evidence import RULE, Evidence, Replaced
from callboard.domain.ownership.judging import may_be_meant, paths_in
from callboard.domain.ownership.mapping import Form, plain
from callboard.domain.ownership.rule_index import Compiled, RuleIndex
from callboard.domain.ownership.rule_terms import terms_of_rule
from callboard.domain.term import MOST_CHARACTERS, SERVICE, TAG, folded
from callboard.store import schema
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.ownership import subjects
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.repositories import known as known_repositories


def everything(conn: Connection) -> list[int]:
    """Every resource."""
    return list(conn.execute(select(schema.resource.c.id).order_by(schema.resource.c.id)).scalars())


def by_entities(
    conn: Connection, store: Store, known: Known, now_known: Known, *, before: Mapping[EntityRef, Entity],
    after: Mapping[EntityRef, Entity],
) -> list[int]:  # fmt: skip
    """Resources that these entities were candidates for, or may be now."""
    old, new = known.evidence, now_known.evidence
    came = [each for ref, each in after.items() if ref not in before]
    if bool(old.claims.entities) != bool(new.claims.entities) or _is_laid_down(new, {each.ref for each in came}):
        return everything(conn)
    dialect = store.dialect
    changed = [now_known.ids[ref] for ref in before.keys() | after.keys()]
    found = {row[0] for row in dialect.lookup(conn, schema.candidate, ["resource_id"], "entity_id", changed)}
    found |= {row[0] for row in dialect.lookup(conn, schema.ownership_decision, ["resource_id"], "entity_id", changed)}
    # What an entity claimed before has made it a candidate already, whoever owned it.
    claimed = {_without_owner(claim) for each in before.values() for claim in claims_of(each)}
    fresh = [claim for each in after.values() for claim in claims_of(each) if _without_owner(claim) not in claimed]
    found |= _by_names(conn, store, {claim.key for claim in fresh if claim.form != REPOSITORY})
    found |= _by_names(conn, store, {(CATALOG_ENTITY, each.ref) for each in came})
    found |= _in_repositories(conn, store, [claim for claim in fresh if claim.form == REPOSITORY], old.claims)
    found |= _by_words(conn, store, new, _new_words(before, after))
    if _are_others_called(before, after):
        found |= in_repositories(conn, store, [key for key, each in known_repositories(conn).items() if each.read_at])
    return sorted(found)


def by_rules(conn: Connection, store: Store, holdings: Holdings, change: Replaced) -> list[int]:
    """Resources that rules which are gone were evidence for, or that rules which came may match."""
    found = _resting_on(conn, store, holdings, change.gone)
    unsure: list[Compiled] = []
    for rule in change.came:
        if terms := terms_of_rule(rule):
            found |= {id_ for _, id_ in _having(conn, store, schema.resource_term, terms)}
        else:
            unsure.append(rule)
    if unsure:
        index = RuleIndex(unsure)
        for told in subjects.subjects(conn, store.dialect, holdings, everything(conn)):
            found |= {id_ for id_, _, subject in told if index.matching(subject)}
    return sorted(found)


def _resting_on(conn: Connection, store: Store, holdings: Holdings, rules: Iterable[Compiled]) -> set[int]:
    """Resources that have these rules among their evidence."""
    ids = {rule.id for rule in rules}
    owners = {holdings.entity_id(ref) for rule in rules for ref in rule.owners} - {None}
    columns = ["resource_id", "form", "value"]
    rows = store.dialect.lookup(conn, schema.candidate, columns, "entity_id", owners)
    return {id_ for id_, form, value in rows if form == RULE and value in ids}


def _are_others_called(before: Mapping[EntityRef, Entity], after: Mapping[EntityRef, Entity]) -> bool:
    """Whether groups or users go by other handles, so that code owners and committers may mean others."""
    people = {ref for ref in before.keys() | after.keys() if ref.partition(":")[0] in ("group", "user")}
    return any(
        (before[ref].annotations if ref in before else ()) != (after[ref].annotations if ref in after else ())
        for ref in people
    )


def in_repositories(conn: Connection, store: Store, keys: Iterable[str]) -> set[int]:
    """Resources in these repositories."""
    return {id_ for _, id_ in _having(conn, store, schema.resource_alias, ((REPOSITORY, key) for key in keys))}


def _having(conn: Connection, store: Store, table: Table, words: Iterable[Key]) -> Iterator[tuple[str, int]]:
    """Resources that have one of these names or terms, as (value, resource)."""
    by_form: dict[str, set[str]] = {}
    for form, value in words:
        by_form.setdefault(form, set()).add(value)
    for form, values in by_form.items():
        columns = ["value", "resource_id"]
        for value, id_ in store.dialect.lookup(conn, table, columns, "value", values, within=("form", form)):
            yield value, id_


def _is_laid_down(evidence: Evidence, came: set[EntityRef]) -> bool:
    """Whether a rule or a default has been waiting for one of these entities."""
    return any(not came.isdisjoint(rule.owners) for rule in evidence.rules.rules) or any(
        default.owner in came for of_form in evidence.defaults.values() for many in of_form.values() for default in many
    )


def _new_words(before: Mapping[EntityRef, Entity], after: Mapping[EntityRef, Entity]) -> dict[str, set[EntityRef]]:
    """Names that mean an entity which they did not mean before."""
    found: dict[str, set[EntityRef]] = {}
    for ref, entity in after.items():
        former = before.get(ref)
        if former is None or former.name != entity.name:
            for name in (plain(entity.name), plain(ref)):
                found.setdefault(name, set()).add(ref)
    return found


def _without_owner(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, owner=None)


def _in_repositories(conn: Connection, store: Store, fresh: Iterable[Claim], former: Claims) -> set[int]:
    """Resources whose place in a repository these new claims mean, or that nobody's claim meant before.

    The others in a repository that many share stay whose they are.
    """
    folders: dict[str, set[str]] = {}
    for claim in fresh:
        folders.setdefault(claim.value, set()).add(claim.path)
    by_repository: dict[str, set[int]] = {}
    names = ((form, value) for form in (REPOSITORY, IMAGE_SOURCE) for value in folders)
    for value, id_ in _having(conn, store, schema.resource_alias, names):
        by_repository.setdefault(value, set()).add(id_)
    aliases: dict[int, list[str]] = {}
    columns = ["form", "value", "resource_id"]
    for form, value, id_ in store.dialect.lookup(
        conn, schema.resource_alias, columns, "resource_id", set().union(*by_repository.values())
    ):
        if form == REPOSITORY_PATH:
            aliases.setdefault(id_, []).append(value)
    return {
        id_
        for repository, ids in by_repository.items()
        for id_ in ids
        if may_be_meant(
            paths_in(repository, aliases.get(id_, ())), folders[repository], former.folders.get(repository, {})
        )
    }


def _by_names(conn: Connection, store: Store, keys: Iterable[Key]) -> set[int]:
    """Resources that have one of these names, or are in one of these projects. Of repositories see above."""
    wanted = set(keys)
    dialect = store.dialect
    named = (key for key in wanted if key[0] != WIZ_PROJECT)
    found = {id_ for _, id_ in _having(conn, store, schema.resource_alias, named)}
    projects = [value for form, value in wanted if form == WIZ_PROJECT]
    ids = [row[0] for row in dialect.lookup(conn, schema.project, ["id"], "external_id", projects)]
    sets = {row[0] for row in dialect.lookup(conn, schema.project_set_member, ["set_id"], "project_id", ids)}
    return found | {row[0] for row in dialect.lookup(conn, schema.resource, ["id"], "project_set_id", sets)}


def _by_words(
    conn: Connection, store: Store, evidence: Evidence, words: Mapping[str, set[EntityRef]]
) -> set[int]:  # fmt: skip
    """Resources whose tag, label or service is a word that newly names an entity."""
    if not words:
        return set()
    wanted = {(SERVICE, folded(word)[:MOST_CHARACTERS]) for word in words}
    came = {ref for refs in words.values() for ref in refs}
    for key, vocabularies in evidence.words.items():
        for vocabulary in vocabularies:
            if vocabulary.form in (Form.TAG, Form.LABEL):
                meant = {word for word, ref in vocabulary.values if ref in came}
                wanted |= {(TAG, folded(f"{key}={word}")[:MOST_CHARACTERS]) for word in (*words, *meant)}
    return {id_ for _, id_ in _having(conn, store, schema.resource_term, wanted)}
