"""The manifests of one repository: which have changed since the last time, fetched and read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.forge import File, GatheredManifest, Head, Tree
from callboard.errors import BudgetSpentError, ManifestError, RepositoryError, UnknownManifestError
from callboard.ports import Gathering, Repositories

MAX_MANIFESTS = 500
"""Manifests of one repository that are read."""
MAX_BYTES = 24_000_000
"""Bytes of one file."""
MAX_FETCHED = 200_000_000
"""Bytes of one repository in one reading."""


class Gathered(msgspec.Struct, frozen=True):
    """The manifests of one repository."""

    manifests: tuple[GatheredManifest, ...]
    problem: str | None = None
    """Why some have to be looked at again the next time."""


class _Inputs(msgspec.Struct, frozen=True):
    """What a manifest was read from."""

    reads_as: str
    blobs: dict[str, str]
    """By path, the manifest's own among them."""


async def gather(reader: Repositories, rules: Gathering, head: Head, tree: Tree, known: Mapping[str, str]) -> Gathered:
    """The manifests of a tree. `known` are the inputs of those of the last time, by path: equal ones are not fetched.

    A manifest that cannot be fetched or read tells why, and the others go on. Raises BudgetSpentError.
    """
    files = {each.path: each for each in tree.files}
    chosen = rules.chosen(files)
    found: list[GatheredManifest] = []
    problem = None if len(chosen) <= MAX_MANIFESTS else f"It holds {len(chosen):,} manifests; {MAX_MANIFESTS} are read."
    budget = MAX_FETCHED
    for path in chosen[:MAX_MANIFESTS]:
        if _is_same(known.get(path), files, rules.READS_AS):
            found.append(GatheredManifest(path=path, inputs=known[path]))
            continue
        try:
            fetched = await _fetched(reader, rules, head, files, path=path, budget=budget)
        except BudgetSpentError:
            raise
        except RepositoryError as error:
            problem = problem or f"{path} was not read: {error.message}"
            found.append(GatheredManifest(path=path, inputs="", problem=error.message))
            continue
        budget -= sum(map(len, fetched.values()))
        read = await asyncio.to_thread(_read, rules, path, fetched, files)
        if read is not None:
            found.append(read)
    return Gathered(tuple(found), problem)


def _is_same(known: str | None, files: Mapping[str, File], reads_as: str) -> bool:
    if not known:
        return False
    inputs = msgspec.json.decode(known, type=_Inputs)
    return inputs.reads_as == reads_as and all(
        path in files and files[path].blob == blob for path, blob in inputs.blobs.items()
    )


async def _fetched(
    reader: Repositories, rules: Gathering, head: Head, files: Mapping[str, File], *, path: str, budget: int
) -> dict[str, bytes]:
    """The manifest and what lies beside it, by path. Raises RepositoryError."""
    raw = await reader.file(head, files[path], max_bytes=min(MAX_BYTES, max(budget, 0)))
    folder, slash, _ = path.rpartition("/")

    def below(at: str) -> Iterable[str]:
        return [each for each in files if not at or each.startswith(f"{at}/")]

    found = {path: raw}
    for each in rules.beside(path, raw, files.__contains__, below):
        name = f"{folder}{slash}{each}"
        left = budget - sum(map(len, found.values()))
        found[name] = await reader.file(head, files[name], max_bytes=min(MAX_BYTES, max(left, 0)))
    return found


def _read(
    rules: Gathering, path: str, fetched: Mapping[str, bytes], files: Mapping[str, File]
) -> GatheredManifest | None:
    """The manifest, or why it cannot be read. None: its name never promised that it is one, and it is none."""
    folder, slash, _ = path.rpartition("/")
    near = {name.removeprefix(folder + slash): raw for name, raw in fetched.items() if name != path}
    inputs = msgspec.json.encode(_Inputs(rules.READS_AS, {name: files[name].blob for name in sorted(fetched)})).decode()
    try:
        lock = rules.read_lock(path, fetched[path], near)
    except ManifestError as error:
        if isinstance(error, UnknownManifestError) and rules.is_perhaps(path):
            return None
        return GatheredManifest(path=path, inputs=inputs, problem=error.message)
    return GatheredManifest(path=path, inputs=inputs, digest=rules.digest(fetched), lock=lock)
