"""Who is near a place in a repository: its code owners, and who committed there lately.

This is evidence of the weakest tier. It suggests whom to ask; nothing is routed by it and nobody sees anything by it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from callboard.domain.component import Entity, EntityRef
from callboard.domain.forge import Contribution
from callboard.domain.instant import Instant, to_datetime
from callboard.domain.ownership.codeowners import CodeOwners, owners_of

BOTS = frozenset(
    {
        "actions-user",
        "ci-runner",
        "dependabot",
        "dependabot-preview",
        "deploy-bot",
        "ghost",
        "github-actions",
        "gitlab-bot",
        "greenkeeper",
        "mergify",
        "pre-commit-ci",
        "renovate",
        "renovate-bot",
        "semantic-release-bot",
        "snyk-bot",
        "web-flow",
    }
)
"""Handles that are no persons although nothing in them says so."""

MAX_FOLDERS = 20
"""Folders of one repository whose activity is asked for, the repository as a whole included."""

_NOREPLY = re.compile(r"(?:\d+[-+])?([a-z0-9](?:[a-z0-9_.-]*[a-z0-9_])?(?:\[bot\])?)@users\.noreply\.[a-z0-9.-]+")
_GITLAB_BOT = re.compile(r"(?:project|group)_\d+_bot(?:_\w+)?")


def handle_of(login: str | None, mail: str | None) -> str | None:
    """What to call an author: the handle where one is told or stands in a no-reply address, else the e-mail address."""
    if login and login.strip():
        return login.strip().lower()
    address = (mail or "").strip().lower()
    if found := _NOREPLY.fullmatch(address):
        return found[1]
    return address if "@" in address and address.isprintable() and len(address) <= 254 else None


def is_bot(who: str, excluded: Collection[str] = ()) -> bool:
    """Whether an author is a program. `excluded` are the handles that the operator names, in lower case."""
    local = who.partition("@")[0]
    return (
        who in excluded
        or who in BOTS
        or local in BOTS
        or who.endswith("[bot]")
        or local.endswith("[bot]")
        or _GITLAB_BOT.fullmatch(who) is not None
    )


class Commit(msgspec.Struct, frozen=True):
    """As much of a commit as counts."""

    who: str
    at: Instant


def count(
    folder: str, commits: Iterable[Commit], *, since: Instant, excluded: Collection[str] = ()
) -> list[Contribution]:
    """Commits of one folder by author, without programs, the busiest first."""
    found: dict[str, tuple[int, Instant]] = {}
    for commit in commits:
        if commit.at < since or is_bot(commit.who, excluded):
            continue
        number, last = found.get(commit.who, (0, commit.at))
        found[commit.who] = (number + 1, max(last, commit.at))
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return [Contribution(who=who, folder=folder, commits=number, last_at=last) for who, (number, last) in ranked]


def folders_worth_asking(manifest_folders: Iterable[str], top_folders: Iterable[str]) -> tuple[str, ...]:
    """The repository as a whole, then the folders in which something is built, then those at its top.

    `manifest_folders` are the folders that hold manifests: in a monorepo those are its members.
    """
    members = sorted({folder for folder in manifest_folders if folder}, key=lambda each: (each.count("/"), each))
    tops = sorted({folder for folder in top_folders if folder and not folder.startswith(".")})
    return tuple(dict.fromkeys(["", *members, *tops]))[:MAX_FOLDERS]


@enum.unique
class Near(enum.StrEnum):
    """Why somebody is near a place."""

    CODE_OWNER = "code owner"
    ACTIVITY = "activity"


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A group or a user who is near a place, as a suggestion."""

    entity: EntityRef
    near: Near
    evidence: str
    """One sentence for people."""
    share: float
    """Of the commits there; 1 for a code owner."""
    seen_at: Instant


Directory = Mapping[str, tuple[EntityRef, ...]]
"""Handles, team slugs and e-mail addresses in lower case → the catalog's groups and users."""

_HANDLES = ("team-slug", "team-path", "user-login")
"""Ends of annotations that Backstage's providers of organisations write, as in `github.com/team-slug`. Read 2026-11."""


def directory_of(entities: Iterable[Entity], hosts: Collection[str]) -> Directory:
    """Who is called what on these hosts.

    GitHub's provider writes `github.com/…` for a company's own GitHub as well, so name that host too.
    """
    names = {f"{host}/{end}" for host in hosts for end in _HANDLES}
    found: dict[str, set[EntityRef]] = {}
    for entity in entities:
        if entity.kind not in ("group", "user"):
            continue
        for annotation, value in entity.annotations:
            is_mail = entity.kind == "user" and annotation.endswith("/email") and "@" in value
            if annotation in names or is_mail:
                found.setdefault(value.strip().lower(), set()).add(entity.ref)
    return {handle: tuple(sorted(refs)) for handle, refs in found.items() if handle}


def neighbours(
    path: str,
    code_owners: CodeOwners | None,
    contributions: Sequence[Contribution],
    directory: Directory,
    *,
    organisation: str,
    is_folder: bool,
    seen_at: Instant,
    excluded: Collection[str] = (),
) -> tuple[Neighbour, ...]:
    """Who is near a file or folder, the nearest first: code owners, then who committed to the innermost folder.

    `organisation` completes team slugs that stand in the catalog without one. Somebody whom the catalog does not know
    is nobody's suggestion. An ambiguous handle names nobody either. The same input gives the same output in any order.
    """
    found = [
        *_by_code_owners(
            path, code_owners, directory, organisation, is_folder=is_folder, at=seen_at, excluded=excluded
        ),
        *_by_activity(path, contributions, directory, is_folder=is_folder, excluded=excluded),
    ]
    seen: set[tuple[EntityRef, Near]] = set()
    unique = []
    for each in found:
        if (each.entity, each.near) not in seen:
            seen.add((each.entity, each.near))
            unique.append(each)
    return tuple(unique)


def _known(directory: Directory, *names: str) -> EntityRef | None:
    for name in names:
        refs = directory.get(name.lower(), ())
        if len(refs) == 1:
            return refs[0]
    return None


def _by_code_owners(
    path: str, code_owners: CodeOwners | None, directory: Directory, organisation: str, *, is_folder: bool,
    at: Instant, excluded: Collection[str],
) -> list[Neighbour]:  # fmt: skip
    if code_owners is None:
        return []
    found = []
    for entry in owners_of(code_owners, path, is_folder=is_folder):
        section = f" in the section {entry.section}" if entry.section else ""
        for owner in entry.owners:
            handle = owner.removeprefix("@")
            # A team slug may stand in the catalog with its organisation or without.
            own = handle.lower().removeprefix(f"{organisation.lower()}/")
            ref = None if is_bot(handle.lower(), excluded) else _known(directory, handle, own)
            if ref is not None:
                told = f"CODEOWNERS line {entry.line} ({entry.pattern}){section} names {owner}"
                found.append(Neighbour(entity=ref, near=Near.CODE_OWNER, evidence=told, share=1.0, seen_at=at))
    return found


def _by_activity(
    path: str,
    contributions: Sequence[Contribution],
    directory: Directory,
    *,
    is_folder: bool,
    excluded: Collection[str],
) -> list[Neighbour]:
    there = path.split("/") if path else []
    if not is_folder and there:
        there.pop()
    folders = {each.folder for each in contributions}
    inner = next((up for end in range(len(there), -1, -1) if (up := "/".join(there[:end])) in folders), None)
    if inner is None:
        return []
    human = [each for each in contributions if each.folder == inner and not is_bot(each.who, excluded)]
    total = sum(each.commits for each in human)
    found = []
    for each in sorted(human, key=lambda each: (-each.commits, -each.last_at, each.who)):
        ref = _known(directory, each.who)
        if ref is not None:
            place = inner or "the repository"
            told = (
                f"{each.commits} of {total} commits in {place} lately, the last on {to_datetime(each.last_at):%Y-%m-%d}"
            )
            share = each.commits / total
            found.append(Neighbour(entity=ref, near=Near.ACTIVITY, evidence=told, share=share, seen_at=each.last_at))
    return found
