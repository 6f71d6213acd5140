"""A catalog read from `catalog-info.yaml` files, for those who have no portal yet, and for the demo.

Files may be written by everybody in the company, so they are read like any other input from outside: nothing outside
the root, no addresses, no unbounded work, and one bad document never hides the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path, PurePosixPath

import msgspec

from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.entities import KINDS, Draft, RawEntity, draft_from_spec, expectation, join
from callboard.catalog.report import reading_checks
from callboard.catalog.tree import NotReadError, OutsideError, Tree
from callboard.domain.component import CatalogProblem, CatalogReading, EntityRef
from callboard.errors import CatalogError, CatalogUnreachableError
from callboard.formats.documents import Document, DocumentError, read_documents
from callboard.ports import Check

MAX_FILES = 50_000
"""Files of one catalog."""
MAX_ENTITIES = 200_000
"""Entities of one catalog."""
MAX_LOCATION_DEPTH = 10
"""Location files that lead to each other, one after the other, at most."""

_API = "backstage.io/"
"""What `apiVersion` begins with. Other makers use the same kinds, for example Kustomize its own Component."""


class FileCatalog:
    """Catalog files below one folder."""

    def __init__(self, config: FileCatalogConfig, *, folder: Path = Path()) -> None:
        """`folder` is what a relative root is relative to."""
        self._config = config
        self._root = folder / config.root.expanduser()

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self._config.name

    async def read(self) -> CatalogReading:
        """One whole reading. Raises CatalogUnreachableError when root cannot be read or no file is found."""
        return await asyncio.to_thread(self._read)

    async def check(self) -> tuple[Check, ...]:
        """What works and what does not, in words, for the operator."""
        try:
            reading = await self.read()
        except CatalogError as error:
            return (Check(subject=f"catalog {self.name}", ok=False, message=error.message, hint=error.hint),)
        return reading_checks(self.name, reading)

    def _read(self) -> CatalogReading:
        try:
            tree = Tree(self._root)
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "it is not a folder"
            raise CatalogUnreachableError(
                f"The catalog folder {self._root} cannot be read: {reason}.",
                hint=f"Check `root` of the catalog {self.name!r}, and who may read it.",
            ) from error
        reading = _Reading(tree)
        for pattern in self._config.paths:
            reading.add(pattern, PurePosixPath(), place=f"paths: {pattern}", depth=0)
        reading.follow()
        if not reading.files:
            raise CatalogUnreachableError(
                f"There is no catalog file in {self._root}.",
                hint=f"Check `root` and `paths` ({', '.join(self._config.paths)}) of the catalog {self.name!r}.",
            )
        return reading.result()


class _Reading:
    """One reading under way."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._waiting: deque[tuple[PurePosixPath, int]] = deque()
        self.files: set[Path] = set()
        self._drafts: dict[EntityRef, Draft] = {}
        self._places: dict[EntityRef, str] = {}
        self._problems: list[CatalogProblem] = []
        self._complete = True

    def add(self, pattern: str, folder: PurePosixPath, *, place: str, depth: int) -> None:
        """Puts the files that `pattern` means in the queue."""
        try:
            for path in self._tree.find(pattern, folder):
                self._enqueue(path, place, depth)
        except OutsideError as error:
            self._note(place, str(error))
        except NotReadError as error:
            self._miss(place, str(error))
        while self._tree.unread:
            self._miss(place, self._tree.unread.pop(0))

    def _enqueue(self, path: PurePosixPath, place: str, depth: int) -> None:
        try:
            real = self._tree.real(path)
        except OutsideError as error:
            self._note(place, str(error))
            return
        if real in self.files:
            return
        if len(self.files) >= MAX_FILES:
            raise NotReadError(f"more than {MAX_FILES:,} catalog files; the others are left out")
        self.files.add(real)
        self._waiting.append((path, depth))

    def follow(self) -> None:
        """Reads what is in the queue, and what that leads to."""
        while self._waiting:
            path, depth = self._waiting.popleft()
            try:
                raw = self._tree.read(path)
            except (NotReadError, OutsideError) as error:
                self._miss(_shown(path), str(error))
                continue
            for document in read_documents(raw):
                if isinstance(document, DocumentError):
                    self._miss(_shown(path, document.line), document.reason)
                else:
                    self._document(document, path, depth)

    def _document(self, document: Document, path: PurePosixPath, depth: int) -> None:
        match document.value:
            case {"apiVersion": str(api), "kind": str(kind)} if api.startswith(_API):
                if kind.lower() == "location":
                    self._location(document, path, depth)
                elif kind.lower() in KINDS:
                    self._entity(document, path)
            case {"apiVersion": str()}:
                return  # somebody else's
            case {"kind": str(kind), "metadata": {**_rest}} if kind.lower() in (*KINDS, "location"):
                self._miss(_shown(path, document.line), f"a {kind} without apiVersion: expected {_API}v1alpha1")
            case _ if path.name.startswith("catalog-info.") and not isinstance(document.value, dict):
                self._note(_shown(path, document.line), "expected a mapping with apiVersion, kind and metadata")

    def _entity(self, document: Document, path: PurePosixPath) -> None:
        where = _shown(path, document.line)
        try:
            raw = msgspec.convert(document.value, RawEntity)
            draft = draft_from_spec(raw, location=_shown(path), where=where)
        except msgspec.ValidationError as error:
            reason, place = expectation(error, document.value)
            self._miss(_shown(path, document.line_of(place)), reason)
            return
        except ValueError as error:
            self._miss(_shown(path, document.line_of(("metadata", "name"))), str(error))
            return
        ref = draft.entity.ref
        if ref in self._drafts:
            self._duplicate(ref, draft, where)
        elif len(self._drafts) >= MAX_ENTITIES:
            self._miss(where, f"more than {MAX_ENTITIES:,} entities; the others are left out")
        else:
            self._drafts[ref] = draft
            self._places[ref] = where

    def _duplicate(self, ref: EntityRef, second: Draft, where: str) -> None:
        """The place that is read first counts, as in Backstage; but a second place must not be able to take over."""
        first = self._drafts[ref]
        reason = f"{ref} is described in {self._places[ref]} and again in {where}; the first one counts"
        if first.entity.owner != second.entity.owner:
            reason = f"{reason}, without an owner, since they name different ones"
            self._drafts[ref] = msgspec.structs.replace(first, entity=msgspec.structs.replace(first.entity, owner=None))
        self._note(where, reason)

    def _location(self, document: Document, path: PurePosixPath, depth: int) -> None:
        where = _shown(path, document.line)
        try:
            spec = msgspec.convert(document.value, _RawLocation).spec
        except msgspec.ValidationError as error:
            reason, place = expectation(error, document.value)
            self._miss(_shown(path, document.line_of(place)), reason)
            return
        targets = [*([] if spec.target is None else [spec.target]), *spec.targets]
        if spec.type not in (None, "file") or any("://" in target for target in targets):
            self._note(where, "only locations of type file, below the catalog's root, are followed")
        elif depth >= MAX_LOCATION_DEPTH:
            self._miss(where, f"more than {MAX_LOCATION_DEPTH} locations that lead to each other")
        else:
            for target in targets:
                self.add(target, path.parent, place=where, depth=depth + 1)

    def _note(self, where: str, reason: str) -> None:
        """Something wrong that hides no entity."""
        self._problems.append(CatalogProblem(where=where, reason=_printable(reason)))

    def _miss(self, where: str, reason: str) -> None:
        """Something that could not be read, so that what was in it must not be taken for deleted."""
        self._complete = False
        self._note(where, reason)

    def result(self) -> CatalogReading:
        """The reading, once everything is followed."""
        entities, problems = join(self._drafts)
        if not entities:
            self._miss("paths", f"{len(self.files)} files hold no entity that Callboard reads")
        return CatalogReading(entities=entities, problems=(*self._problems, *problems), complete=self._complete)


class _LocationSpec(msgspec.Struct):
    type: str | None = None
    target: str | None = None
    targets: list[str] = []


class _RawLocation(msgspec.Struct):
    spec: _LocationSpec


def _shown(path: PurePosixPath, line: int | None = None) -> str:
    text = _printable(str(path))
    return text if line is None else f"{text}:{line}"


def _printable(text: str) -> str:
    """File names are bytes; what is no UTF-8 in them could be neither stored nor shown."""
    return text.encode("utf-8", "replace").decode()
