"""Who committed to which folders, by one GraphQL question about all folders together.

Read 2026-11: https://docs.github.com/en/graphql/reference/objects#commit. Over REST it would be a call for each folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from callboard.domain.activity import Commit, count, handle_of
from callboard.domain.forge import Activity, Contribution, Head
from callboard.domain.instant import Instant, from_text, to_text
from callboard.errors import RepositoryUnreachableError
from callboard.repositories.calls import Calls, decode, printable

COMMITS = 100
"""Commits of one folder that are counted."""


async def read_activity(
    calls: Calls, url: str, head: Head, folders: Sequence[str], *, since: Instant, ignored: Collection[str]
) -> Activity:
    """Who committed to these folders since then. Raises RepositoryError."""
    owner, _, name = head.slug.partition("/")
    variables: dict[str, str] = {"owner": owner, "name": name, "since": to_text(since)}
    variables |= {f"p{number}": folder for number, folder in enumerate(folders) if folder}
    reply = decode((await calls.post(url, {"query": _question(folders), "variables": variables})).body, _Reply)
    histories = reply.histories()
    if reply.errors and not histories:
        raise RepositoryUnreachableError(
            f"{head.host} does not tell who committed to {head.slug}: {printable(reply.errors[0].message)}."
        )
    found: list[Contribution] = []
    # A repository without a commit has no history, and that is the whole of it.
    complete = not reply.errors
    for number, folder in enumerate(folders):
        history = histories.get(f"f{number}")
        if history is not None:
            complete = complete and history.total_count <= len(history.nodes)
            found += count(folder, _commits(history.nodes), since=since, excluded=ignored)
    return Activity(contributions=tuple(found), complete=complete)


class _User(msgspec.Struct):
    login: str | None = None


class _Author(msgspec.Struct):
    email: str | None = None
    user: _User | None = None


class _Node(msgspec.Struct, rename="camel"):
    committed_date: str
    author: _Author | None = None


class _History(msgspec.Struct, rename="camel"):
    total_count: int = 0
    nodes: list[_Node] = []


class _Branch(msgspec.Struct):
    target: dict[str, _History | None] | None = None


class _Repository(msgspec.Struct, rename="camel"):
    default_branch_ref: _Branch | None = None


class _Data(msgspec.Struct):
    repository: _Repository | None = None


class _Problem(msgspec.Struct):
    message: str = ""


class _Reply(msgspec.Struct):
    data: _Data | None = None
    errors: list[_Problem] = []

    def histories(self) -> dict[str, _History | None]:
        """By their alias."""
        repository = self.data.repository if self.data else None
        branch = repository.default_branch_ref if repository else None
        return (branch.target if branch else None) or {}


def _question(folders: Sequence[str]) -> str:
    """One history for each folder. Paths travel as variables, never inside the text."""
    named = "".join(f",$p{number}:String" for number, folder in enumerate(folders) if folder)
    fields = "".join(
        f"f{number}:history(first:{COMMITS},since:$since{f',path:$p{number}' if folder else ''})"
        "{totalCount nodes{committedDate author{email user{login}}}}"
        for number, folder in enumerate(folders)
    )
    return (
        f"query($owner:String!,$name:String!,$since:GitTimestamp!{named})"
        f"{{repository(owner:$owner,name:$name){{defaultBranchRef{{target{{...on Commit{{{fields}}}}}}}}}}}"
    )


def _commits(nodes: Iterable[_Node]) -> Iterable[Commit]:
    for node in nodes:
        author = node.author or _Author()
        who = handle_of(author.user.login if author.user else None, author.email)
        try:
            at = from_text(node.committed_date)
        except ValueError:
            continue
        if who is not None:
            yield Commit(who, at)
