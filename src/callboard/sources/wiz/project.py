"""Wiz projects, as findings mention them and as their own listing tells them. Pure."""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

import re

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.finding import Project, Rejected
from callboard.ports import ProjectRecord
from callboard.sources.wiz.lenient import ABSENT, Memo, Reader, kind_of, listed, loads
from callboard.sources.wiz.words import Text, filled

_MOST_PROJECTS = 500
_MOST_LINKS = 1_000

Mentions = tuple[tuple[Project, ...] | UnsetType, tuple[str, ...]]
"""The projects that a record mentions, and what was odd about them."""


class _Risk(msgspec.Struct, gc=False):
    businessImpact: Text = UNSET


class _Mention(msgspec.Struct, gc=False):
    id: Text = UNSET
    name: Text = UNSET
    slug: Text = UNSET
    isFolder: bool | None | UnsetType = UNSET
    businessUnit: Text = UNSET
    riskProfile: Raw = ABSENT


class _Record(_Mention, gc=False):
    archived: bool | None | UnsetType = UNSET
    nestingLevel: int | None | UnsetType = UNSET
    parentProject: Raw = ABSENT
    projectOwners: Raw = ABSENT
    securityChampions: Raw = ABSENT
    repositoryLinks: Raw = ABSENT
    applicationServiceLinks: Raw = ABSENT


class _Named(msgspec.Struct, gc=False):
    id: Text = UNSET
    email: Text = UNSET
    url: Text = UNSET
    externalId: Text = UNSET
    displayName: Text = UNSET


_MENTIONS = Reader(_Mention)
_RECORDS = Reader(_Record)
_RISKS = Reader(_Risk)
_NAMED = Reader(_Named)


def _mentions(raw: Raw | bytes) -> Mentions:
    drift: list[str] = []
    # Wiz writes null, not [], for "in no project" (published payloads, 2026-03).
    items = listed(raw, "projects", drift)
    if items is None:
        return UNSET, tuple(drift)
    projects: dict[str, Project] = {}
    for item in items[:_MOST_PROJECTS]:
        mention = _MENTIONS.read(item, drift, "projects.")
        project_id = None if mention is None else filled(mention.id)
        if mention is None or project_id is None:
            drift.append("projects.id: missing")
            continue
        projects[project_id] = Project(
            external_id=project_id,
            name=filled(mention.name) or project_id,
            slug=filled(mention.slug),
            business_unit=filled(mention.businessUnit),
            business_impact=_impact(mention.riskProfile, drift),
            is_folder=mention.isFolder if isinstance(mention.isFolder, bool) else None,
        )
    if len(items) > _MOST_PROJECTS:
        drift.append(f"projects: only {_MOST_PROJECTS} kept")
    return tuple(projects.values()), tuple(drift)


mentions = Memo(_mentions)
"""The projects in a list, remembered by its bytes."""


def mention(raw: Raw) -> Mentions:
    """The project in an object: the older field, which names only one."""
    return mentions(raw) if bytes(raw) == b"null" else mentions(b"[" + bytes(raw) + b"]")


def read_project(raw: bytes | memoryview) -> ProjectRecord | Rejected:
    """One record of the listing of projects."""
    drift: list[str] = []
    record = _RECORDS.read(raw, drift)
    if record is None:
        return Rejected(where="", reason=f"expected a project, found {kind_of(loads(raw))}")
    project_id = filled(record.id)
    if project_id is None:
        return Rejected(where="id", reason="expected the project's id, found none")
    name = filled(record.name)
    if name is None:
        return Rejected(where="name", reason="expected the project's name, found none", external_id=project_id)
    parents = _named(record.parentProject, drift)
    repositories = _linked(
        record.repositoryLinks, "repositoryLinks", ("repositorySnapshot", "repositoryV2", "repository"), drift
    )
    services = _linked(
        record.applicationServiceLinks,
        "applicationServiceLinks",
        ("applicationService", "applicationServiceSnapshot"),
        drift,
    )
    return ProjectRecord(
        external_id=project_id,
        name=name,
        slug=filled(record.slug),
        is_folder=record.isFolder is True,
        archived=record.archived is True,
        parent_id=filled(parents.id) if parents is not None else None,
        nesting_level=record.nestingLevel if isinstance(record.nestingLevel, int) else 0,
        business_unit=filled(record.businessUnit),
        business_impact=_impact(record.riskProfile, drift),
        owners=_emails(record.projectOwners, "projectOwners", drift),
        champions=_emails(record.securityChampions, "securityChampions", drift),
        repositories=tuple(dict.fromkeys(link for entry in repositories if (link := _repository(entry)))),
        services=tuple(dict.fromkeys(name for entry in services if (name := filled(entry.displayName)))),
    )


def _impact(raw: Raw, drift: list[str]) -> str | None:
    if raw is ABSENT or bytes(raw) == b"null":
        return None
    risk = _RISKS.read(raw, drift, "projects.riskProfile.")
    return None if risk is None else filled(risk.businessImpact)


def _named(raw: Raw, drift: list[str]) -> _Named | None:
    return None if raw is ABSENT or bytes(raw) == b"null" else _NAMED.read(raw, drift)


def _emails(raw: Raw, path: str, drift: list[str]) -> tuple[str, ...]:
    people = [_NAMED.read(item, drift) for item in (listed(raw, path, drift) or ())[:_MOST_LINKS]]
    return tuple(dict.fromkeys(email for person in people if person and (email := filled(person.email))))


def _linked(raw: Raw, path: str, keys: tuple[str, ...], drift: list[str]) -> list[_Named]:
    """What the links of a project lead to, under the first key that each link fills."""
    found: list[_Named] = []
    for item in (listed(raw, path, drift) or ())[:_MOST_LINKS]:
        link = loads(item)
        if isinstance(link, dict):
            target = next((link[key] for key in keys if isinstance(link.get(key), dict)), None)
            named = None if target is None else _NAMED.read(msgspec.json.encode(target), drift)
            if named is not None:
                found.append(named)
    return found


def _repository(entry: _Named) -> str | None:
    """`<host>##<org>/<repo>`, which is how resources name it; Wiz's own id where nothing tells that."""
    if external := filled(entry.externalId):
        return external
    found = re.fullmatch(r"https://([\w.-]+\.[a-z]+)/([\w.-]+(?:/[\w.-]+?)+)(?:\.git)?/?", filled(entry.url) or "")
    return filled(entry.id) if found is None else f"{found[1]}##{found[2]}"
