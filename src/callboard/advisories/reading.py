"""Documents from folders, archives and files that an operator names: bounded, one after the other, nothing unpacked to disk."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from callboard.errors import AdvisoryRefusedError

MAX_DOCUMENT_BYTES = 256 * 1024 * 1024
"""One document, unpacked. EPSS is the largest; a record has its own, smaller limit."""
MAX_FILE_BYTES = 16 * 1024 * 1024 * 1024
"""Everything in one file, unpacked."""
MAX_ENTRIES = 4_000_000
"""Files in a zip archive."""

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".csv")
_LINES = (".jsonl", ".ndjson")


class Document(msgspec.Struct, frozen=True):
    """One document: a record, or a whole catalog."""

    place: str
    """File, entry and line."""
    content: bytes
    problem: str | None = None
    """Why there is no content."""


def documents(path: Path) -> Iterator[Document]:
    """Every document in a folder, a zip archive, or a file of JSON, JSON lines or CSV, packed with gzip or not.

    Names decide what is looked into; links are not followed, and archives inside archives not opened. Raises
    AdvisoryRefusedError where the path itself cannot be read.
    """
    if path.is_dir():
        found = False
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                each = Path(folder) / name
                if _is_known(name) and not each.is_symlink():
                    found = True
                    yield from _file(each)
        if not found:
            raise AdvisoryRefusedError(
                f"{path} holds no advisories.", hint="Expected are files named *.json, *.jsonl, *.csv, *.zip or *.gz."
            )
    elif path.is_file():
        yield from _file(path)
    else:
        raise AdvisoryRefusedError(f"There is nothing at {path}.")


def _is_known(name: str) -> bool:
    return name.endswith(".zip") or name.removesuffix(".gz").endswith(_SUFFIXES)


def _file(path: Path) -> Iterator[Document]:
    try:
        if path.suffix == ".zip":
            yield from _archive(path)
            return
        with path.open("rb") as plain:
            is_packed = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            stream: io.BufferedIOBase = gzip.GzipFile(fileobj=plain) if is_packed else plain
            yield from _stream(stream, str(path), by_line=path.name.removesuffix(".gz").endswith(_LINES))
    # zipfile says RuntimeError of an encrypted entry and NotImplementedError of a compression that it does not know.
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        yield Document(str(path), b"", f"cannot be read ({type(error).__name__}: {str(error)[:120]})")


def _archive(path: Path) -> Iterator[Document]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            yield Document(str(path), b"", f"should hold at most {MAX_ENTRIES:,} files")
            return
        left = MAX_FILE_BYTES
        for entry in entries:
            if entry.is_dir() or not entry.filename.endswith(_SUFFIXES):
                continue
            left -= entry.file_size
            if left < 0:
                yield Document(f"{path}!{entry.filename}", b"", f"the archive unpacks to over {MAX_FILE_BYTES:,} bytes")
                return
            with archive.open(entry) as stream:
                yield from _stream(stream, f"{path}!{entry.filename}", by_line=entry.filename.endswith(_LINES))


def _stream(stream: io.BufferedIOBase | IO[bytes], place: str, *, by_line: bool) -> Iterator[Document]:
    if not by_line:
        content = stream.read(MAX_DOCUMENT_BYTES + 1)
        if len(content) > MAX_DOCUMENT_BYTES:
            yield Document(place, b"", f"should have at most {MAX_DOCUMENT_BYTES:,} bytes")
        else:
            yield Document(place, content)
        return
    read = 0
    number = 0
    while line := stream.readline(MAX_DOCUMENT_BYTES + 1):
        number += 1
        read += len(line)
        if len(line) > MAX_DOCUMENT_BYTES or read > MAX_FILE_BYTES:
            yield Document(f"{place}:{number}", b"", "a line that is too long, or a file that unpacks to too much")
            return
        if not line.isspace():
            yield Document(f"{place}:{number}", line)
