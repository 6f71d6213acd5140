"""Git objects from a folder, with a limit on what any of them may unpack to.

No git is started: configuration that lies in a checkout can make git run programs. dulwich reads indexes, trees and
commits; unpacking is done here, since a megabyte of zlib can become a gigabyte and the sizes that a pack tells may lie.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from dulwich.object_format import SHA1
from dulwich.objects import RawObjectID
from dulwich.pack import PackIndex, load_pack_index

from callboard.errors import FileTooLargeError, RepositoryError, RepositoryMissingError, RepositoryUnreachableError

COMMIT, TREE, BLOB = 1, 2, 3
_OFFSET_DELTA, _NAMED_DELTA = 6, 7
_TYPES = {b"commit": COMMIT, b"tree": TREE, b"blob": BLOB, b"tag": 4}

MAX_CHAIN = 4_096
"""Deltas on one another; git itself writes fifty, and refuses more than 4095."""

MAX_PACKS = 2_000
_HEADER_BYTES = 64
_CHUNK = 65_536

Found = tuple[int, bytes]
"""Type and content."""


class Objects:
    """The objects of one repository."""

    def __init__(self, folder: Path) -> None:
        """`folder` is `.git/objects`. Raises RepositoryUnreachableError when anything in it leads out of it."""
        self._folder = folder
        if (folder / "info" / "alternates").exists():
            raise RepositoryUnreachableError("It borrows objects from another folder, which is not followed.")
        packs = folder / "pack"
        for place in (folder, packs):
            if place.is_symlink():
                raise RepositoryUnreachableError("Its objects are a link, which is not followed.")
        names = (
            sorted(entry.name for entry in os.scandir(packs) if entry.is_file(follow_symlinks=False))
            if packs.is_dir()
            else []
        )
        there = set(names)
        self._packs = [
            packs / name for name in names if name.endswith(".pack") and f"{name.removesuffix('.pack')}.idx" in there
        ][:MAX_PACKS]
        self._indexes: dict[Path, PackIndex] = {}

    def close(self) -> None:
        """Let go of the indexes."""
        for index in self._indexes.values():
            index.close()
        self._indexes.clear()

    def read(self, sha: str, max_bytes: int) -> Found:
        """One object. Raises RepositoryMissingError, FileTooLargeError, or RepositoryUnreachableError when it is damaged."""
        try:
            return self._loose(sha, max_bytes) or self._packed(sha, max_bytes)
        except RepositoryError:
            raise
        except (OSError, ValueError, KeyError, IndexError, zlib.error, AssertionError) as error:
            raise RepositoryUnreachableError(f"The object {sha[:12]} is damaged.") from error

    def _loose(self, sha: str, max_bytes: int) -> Found | None:
        raw = read_inside(self._folder, f"{sha[:2]}/{sha[2:]}")
        if raw is None:
            return None
        unpacked = _inflate(raw, max_bytes + _HEADER_BYTES, sha)
        header, _, content = unpacked.partition(b"\0")
        kind, _, size = header.partition(b" ")
        if kind not in _TYPES or int(size) != len(content):
            raise ValueError(header[:20])
        return _TYPES[kind], content

    def _packed(self, sha: str, max_bytes: int) -> Found:
        name = RawObjectID(bytes.fromhex(sha))
        for pack in self._packs:
            if pack not in self._indexes:
                self._indexes[pack] = load_pack_index(pack.with_suffix(".idx"), SHA1)
            try:
                offset = self._indexes[pack].object_offset(name)
            except KeyError:
                continue
            descriptor = os.open(pack, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                return self._at(descriptor, offset, max_bytes, sha)
            finally:
                os.close(descriptor)
        raise RepositoryMissingError(f"The object {sha[:12]} is not there; a shallow or partial clone lacks some.")

    def _at(self, descriptor: int, offset: int, max_bytes: int, sha: str) -> Found:
        """An object in a pack: its deltas are gathered down to the whole object below, and applied on the way back."""
        deltas: list[bytes] = []
        while True:
            kind, size, start = _header(descriptor, offset)
            if size > max_bytes:
                raise _too_large(sha, max_bytes)
            if kind == _OFFSET_DELTA:
                back, start = _back(descriptor, start)
                deltas.append(_inflated(descriptor, start, size))
                offset -= back
            elif kind == _NAMED_DELTA:
                base = os.pread(descriptor, 20, start).hex()
                deltas.append(_inflated(descriptor, start + 20, size))
                kind, content = self._packed(base, max_bytes) if len(deltas) < MAX_CHAIN else (0, b"")
                break
            else:
                content = _inflated(descriptor, start, size)
                break
            if len(deltas) > MAX_CHAIN or offset <= 0:
                raise ValueError("delta chain")
        for delta in reversed(deltas):
            content = _apply(content, delta, max_bytes, sha)
        if kind not in (COMMIT, TREE, BLOB, 4):
            raise ValueError(kind)
        return kind, content


def read_inside(folder: Path, name: str, max_bytes: int = 64 * 1024 * 1024) -> bytes | None:
    """A file below a folder, no link followed at its end. None: there is none. Raises FileTooLargeError."""
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RepositoryUnreachableError(f"{name} is a link or cannot be read.") from error
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise FileTooLargeError(f"{name} is larger than {max_bytes:,} bytes.")
    return raw


def _inflate(raw: bytes, max_bytes: int, sha: str) -> bytes:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(raw, max_bytes + 1)
    if len(content) > max_bytes:
        raise _too_large(sha, max_bytes)
    if not unpacker.eof:
        raise ValueError("cut off")
    return content


def _inflated(descriptor: int, start: int, size: int) -> bytes:
    """Exactly `size` bytes, or ValueError: what the pack tells is not believed."""
    unpacker = zlib.decompressobj()
    chunks: list[bytes] = []
    left = size
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or os.pread(descriptor, _CHUNK, start)
        if not packed:
            raise ValueError("cut off")
        if not unpacker.unconsumed_tail:
            start += len(packed)
        chunk = unpacker.decompress(packed, left + 1)
        left -= len(chunk)
        if left < 0:
            raise ValueError("larger than it says")
        chunks.append(chunk)
    if left:
        raise ValueError("smaller than it says")
    return b"".join(chunks)


def _header(descriptor: int, offset: int) -> tuple[int, int, int]:
    """Type, size and where the content starts; https://git-scm.com/docs/gitformat-pack."""
    raw = os.pread(descriptor, 16, offset)
    kind, size, shift, at = (raw[0] >> 4) & 7, raw[0] & 15, 4, 1
    while raw[at - 1] & 0x80:
        size |= (raw[at] & 0x7F) << shift
        shift += 7
        at += 1
    return kind, size, offset + at


def _back(descriptor: int, start: int) -> tuple[int, int]:
    """How far before the delta its base lies, and where the delta's content starts."""
    raw = os.pread(descriptor, 16, start)
    back, at = raw[0] & 0x7F, 1
    while raw[at - 1] & 0x80:
        back = ((back + 1) << 7) | (raw[at] & 0x7F)
        at += 1
    return back, start + at


def _apply(base: bytes, delta: bytes, max_bytes: int, sha: str) -> bytes:
    """What a delta makes of its base, never more than it announces."""
    expected, at = _number(delta, 0)
    size, at = _number(delta, at)
    if expected != len(base):
        raise ValueError("another base")
    if size > max_bytes:
        raise _too_large(sha, max_bytes)
    made = bytearray()
    while at < len(delta):
        order = delta[at]
        at += 1
        if order & 0x80:
            place = length = 0
            for bit in range(7):
                if order & (1 << bit):
                    if bit < 4:
                        place |= delta[at] << (8 * bit)
                    else:
                        length |= delta[at] << (8 * (bit - 4))
                    at += 1
            length = length or 0x10000
            if place + length > len(base) or len(made) + length > size:
                raise ValueError("copies too much")
            made += base[place : place + length]
        elif order and len(made) + order <= size:
            made += delta[at : at + order]
            at += order
        else:
            raise ValueError("unknown order")
    if len(made) != size:
        raise ValueError("another size")
    return bytes(made)


def _number(delta: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = delta[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _too_large(sha: str, max_bytes: int) -> FileTooLargeError:
    return FileTooLargeError(f"The object {sha[:12]} is larger than {max_bytes:,} bytes.")
