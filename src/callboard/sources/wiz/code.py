"""What lies in source repositories: which repository a resource is, and the file in it that a finding is about. Pure.

Wiz names the branch as the resource of a vulnerability in code, and the file by the finding's own `locationPath` (schema,
2026-08). Ownership is decided for a resource, and the files of one repository may belong to several components: so the file
is the resource here. It keeps all the names of its branch, so that whoever names the branch or its repository gets it too.
Where no file is told, as by issues and configuration findings, the branch itself is the resource.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from callboard.domain import alias
from callboard.domain.finding import Resource
from callboard.domain.repository import IN_REPOSITORY, path_in
from callboard.sources.wiz.variants import Variants

_REPOSITORY_TYPES = frozenset({"REPOSITORY", "REPOSITORY_BRANCH"})

_MOST_PATH_CHARACTERS = 1_024
"""A longer path is shown with the finding and is no resource of its own."""


def repository_of(ids: Iterable[str | None], kind: str, url: str | None) -> str | None:
    """`<host>##<org>/<repo>` of a repository or a branch. None: it is neither, or does not tell its host.

    As of 2026-08 a branch's externalId is `<host>##<org>/<repo>##<branch>` (published payload).
    """
    for text in ids:
        if text is None or "##" not in text:
            continue
        host, slug, *_ = text.split("##")
        if "." in host and "/" in slug and not slug.startswith("/"):
            return f"{host}##{slug}"
    if kind in _REPOSITORY_TYPES and url is not None:
        found = re.fullmatch(r"https://([\w.-]+\.[a-z]+)/([\w.-]+/[\w.-]+?)(?:\.git)?(?:/tree/.*)?", url)
        if found is not None:
            return f"{found[1]}##{found[2]}"
    return None


def repository_names(repository: str) -> tuple[tuple[str, str], ...]:
    """The names of a repository, from `<host>##<org>/<repo>`."""
    return (alias.WIZ_REPOSITORY, repository), (alias.REPOSITORY, folded(readable(repository)))


def readable(repository: str) -> str:
    """`<host>/<org>/<repo>`."""
    return repository.replace("##", "/")


def folded(text: str) -> str:
    """Letter case and composition do not tell repositories apart."""
    return unicodedata.normalize("NFC", text).casefold()


def _file(resource: Resource, path: str) -> Resource:
    place = None if resource.repository is None else path_in(folded(resource.repository), path)
    if place is None:
        return resource
    inside = place.partition(IN_REPOSITORY)[2]
    return msgspec.structs.replace(
        resource,
        external_id=f"{resource.external_id}#{inside}",
        name=f"{resource.name}/{inside}",
        aliases=(*resource.aliases, (alias.REPOSITORY_PATH, place)),
    )


_files = Variants(_file)


def file_in(resource: Resource, path: str | None) -> Resource:
    """The file of a repository or branch that a finding is about. The resource itself where it is neither."""
    if resource.repository is None or path is None or len(path) > _MOST_PATH_CHARACTERS:
        return resource
    return _files(resource, path)
