"""Inputs that nobody would send: what somebody would send, damaged by a seeded random."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

PIECES = (
    *(b"\n", b"\r", b"\t", b" ", b'"', b"'", b"{", b"}", b"[", b"]", b"(", b")", b"@", b":", b"#", b"\\", b"/", b"-", b"*", b"&a *a"),
    *(b"null", b"true", b"1e999", b"-1", b"0x", b"9" * 400, b"NaN", b"%00", b"%zz", b"%", b"..", b"//", b"?", b"=", b"~", b"^", b"||"),
    *(b"\x00", b"\xff", b"\xed\xa0\x80", "\u202e".encode(), "\ufeff".encode(), "\u0130".encode(), "\U0001f9a0".encode()),
    *(b"!!python/object:x", b"<<: *a", b"${", b"{{", b"<!DOCTYPE", b"]]>", b"javascript:", b"\\ud800", b"9999-99-99T99:99:99Z"),
)  # fmt: skip
"""What means something to some reader."""
VALUES: tuple[object, ...] = (
    None, True, 0, -1, 2**63, 2**200, 1e308, "", "\x00", "\ud7ff", "a" * 5_000, [], {}, [[]], {"": ""}, "9999-12-31T23:59:60Z", [None],
)  # fmt: skip


class Mutator:
    """Damages inputs; the same seed damages in the same way."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - repeats

    def next(self, corpus: Sequence[bytes]) -> bytes:
        """Another input."""
        draw = self._draw
        raw = draw.choice(corpus)
        if draw.random() < 0.4:
            try:
                return self._tree(json.loads(raw))
            except (ValueError, RecursionError):
                pass
        for _ in range(draw.choice((1, 1, 2, 4, 8))):
            raw = self._bytes(raw, draw.choice(corpus))
        return raw[:200_000]

    def _bytes(self, raw: bytes, other: bytes) -> bytes:
        draw = self._draw
        start = draw.randint(0, len(raw))
        end = min(len(raw), start + draw.choice((0, 1, 1, 4, 20, 200)))
        match draw.randrange(6):
            case 0:
                piece = b""
            case 1:
                piece = raw[start:end] * draw.choice((2, 3, 50))
            case 2:
                piece = bytes([draw.randrange(256)])
            case 3:
                at = draw.randint(0, len(other))
                piece = other[at : at + draw.choice((1, 10, 100))]
            case _:
                piece = draw.choice(PIECES)
        return raw[:start] + piece + raw[end:]

    def _tree(self, value: object) -> bytes:
        """A document whose shape is right and whose values are not."""
        places = list(_places(value))
        for _ in range(self._draw.choice((1, 1, 2, 5))):
            if not places:
                break
            holder, key = self._draw.choice(places)
            match self._draw.randrange(4):
                case 0 if isinstance(holder, dict):
                    holder.pop(key, None)
                case 1 if isinstance(holder, list):
                    holder.extend(holder[:50])
                case 2:
                    inner, _ = self._draw.choice(places)
                    holder[key] = json.loads(json.dumps(inner))
                case _:
                    holder[key] = self._draw.choice(VALUES)
            places = list(_places(value))
        return json.dumps(value).encode()


def _places(value: object) -> list[tuple[dict[str, object] | list[object], object]]:
    found: list[tuple[dict[str, object] | list[object], object]] = []
    waiting = [value]
    while waiting and len(found) < 2_000:
        node = waiting.pop()
        if isinstance(node, dict):
            found.extend((node, key) for key in node)
            waiting.extend(node.values())
        elif isinstance(node, list):
            found.extend((node, at) for at in range(len(node)))
            waiting.extend(node)
    return found
