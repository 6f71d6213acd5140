"""Which resources people should label, so that a few of them say how right ownership is. Pure.

Resources are drawn tier by tier, with one heap of what is unmapped and one of what is in conflict, since a tier that decides
little would else hardly come up. Within a heap each source and type of resource gives its share, and at least one; within
these, accounts take turns, because one account gives many rows that are alike. The same seed draws the same resources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

TUNE = "tune"
TEST = "test"


class Drawable(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that could be labelled."""

    external_id: str
    name: str
    type: str
    source: str
    account: str
    """Empty: it tells none."""
    ended: str
    """How the decision about it ended: "tier 2", "unmapped", "conflict". Kept from who labels."""


class Drawn(msgspec.Struct, frozen=True):
    """One resource to be labelled."""

    resource: Drawable
    part: str
    """`tune` or `test`: all resources of an account are in one part, so that what was tuned on is never tested on."""


class Heap(msgspec.Struct, frozen=True):
    """How many were drawn of what ended alike."""

    ended: str
    drawn: int
    there: int


def draw(resources: Iterable[Drawable], *, of_each: int, seed: int) -> tuple[tuple[Drawn, ...], tuple[Heap, ...]]:
    """Up to `of_each` resources of every way in which decisions end, in an order that tells nothing about it."""
    heaps: dict[str, list[Drawable]] = {}
    for each in resources:
        heaps.setdefault(each.ended, []).append(each)
    drawn: list[Drawable] = []
    told: list[Heap] = []
    for ended, there in sorted(heaps.items()):
        some = _of_heap(there, of_each, seed)
        drawn += some
        told.append(Heap(ended, len(some), len(there)))
    drawn.sort(key=lambda each: _lot(seed, "order", each.source, each.external_id))
    return tuple(Drawn(each, _part(seed, each)) for each in drawn), tuple(told)


def _of_heap(there: Sequence[Drawable], n: int, seed: int) -> list[Drawable]:
    kinds: dict[tuple[str, str], list[Drawable]] = {}
    for each in there:
        kinds.setdefault((each.source, each.type), []).append(each)
    queues = {kind: _in_turns(many, seed) for kind, many in kinds.items()}
    shares = _shares({kind: len(many) for kind, many in kinds.items()}, min(n, len(there)), seed)
    return [each for kind in sorted(queues) for each in queues[kind][: shares[kind]]]


def _shares(sizes: dict[tuple[str, str], int], n: int, seed: int) -> dict[tuple[str, str], int]:
    """`n` split like the sizes, at least one each while they last; what is left over goes to the largest remainders."""
    by_lot = sorted(sizes, key=lambda kind: (-sizes[kind], _lot(seed, *kind)))
    shares = dict.fromkeys(sizes, 0)
    for kind in by_lot[:n]:
        shares[kind] = 1
    total = sum(sizes.values())
    while (left := n - sum(shares.values())) > 0:
        wanting = [kind for kind in by_lot if shares[kind] < sizes[kind]]
        kind = max(wanting, key=lambda kind: sizes[kind] * n / total - shares[kind])
        shares[kind] += min(1, left)
    return shares


def _in_turns(there: Sequence[Drawable], seed: int) -> list[Drawable]:
    """By lot, one of each account in turn."""
    accounts: dict[str, list[Drawable]] = {}
    for each in sorted(there, key=lambda each: _lot(seed, each.source, each.external_id)):
        accounts.setdefault(each.account, []).append(each)
    order = sorted(accounts, key=lambda account: _lot(seed, "account", account))
    longest = max(map(len, accounts.values()))
    return [accounts[name][turn] for turn in range(longest) for name in order if turn < len(accounts[name])]


def _part(seed: int, each: Drawable) -> str:
    account = each.account or each.external_id
    return TEST if _lot(seed, "part", each.source, account)[0] % 2 else TUNE


def _lot(seed: int, *words: str) -> bytes:
    """A number by chance that is the same for the same words."""
    return hashlib.sha256("\x1f".join((str(seed), *words)).encode(errors="surrogatepass")).digest()
