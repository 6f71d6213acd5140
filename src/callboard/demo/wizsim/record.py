"""Pages without HTTP: walks a query in this process and gives the response bodies, for benchmarks that replay them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from callboard.demo.company.world import World
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.options import Options
from callboard.demo.wizsim.tenant import Tenant


def make_engine(world: World, options: Options | None = None) -> Engine:
    """An engine for a world: what `walk_pages` takes."""
    return Engine(Tenant(world, options or Options()))


def walk_pages(engine: Engine, document: str, variables: Mapping[str, Any]) -> Iterator[bytes]:
    """The body of each page of a query, until no more follows.

    The document must select exactly one connection with `pageInfo { hasNextPage endCursor }` and take its cursor from the
    variable `after`. Raises RuntimeError when a page answers errors.
    """
    after: str | None = None
    while True:
        result = engine.run(document, {**variables, "after": after})
        if result.errors or result.data is None:
            raise RuntimeError(f"The walk failed: {result.errors}")
        body = encode(result)
        yield body
        info = next(iter(result.data.values()))["pageInfo"]
        if isinstance(info, msgspec.Raw):
            info = msgspec.json.decode(info)
        if not info["hasNextPage"]:
            return
        after = info["endCursor"]


def record_pages(
    world: World, documents: Mapping[str, str], variables: Mapping[str, Mapping[str, Any]], folder: Path
) -> dict[str, int]:
    """Write the pages of each named query to `<folder>/<name>/<number>.json`; answers how many pages each has."""
    engine = make_engine(world)
    counts: dict[str, int] = {}
    for name, document in documents.items():
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        counts[name] = 0
        for number, body in enumerate(walk_pages(engine, document, variables.get(name, {"first": 500}))):
            (target / f"{number:06d}.json").write_bytes(body)
            counts[name] = number + 1
    return counts
