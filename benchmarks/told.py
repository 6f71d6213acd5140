"""What load and lives came to, for the page of committed results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def under_load(document: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """One database: a row for each sort of request."""
    for kind, each in document["waited_ms"].items():
        statuses = ", ".join(f"{count} × {status}" for status, count in document["statuses"][kind].items())
        yield document["database"], kind, each["n"], statuses, each["p50"], each["p95"], each["p99"], each["most"]


def load_in_words(document: Mapping[str, Any]) -> str:
    """What counts: nothing broke, nothing was lost, and how memory went."""
    kept, memory = document["decisions"], document["memory_megabytes"]
    held = "; ".join(
        f"{name} {each['first']} at first, {each['middle']} in the middle, {each['last']} at the end "
        f"({each['a_minute_in_the_second_half']:+} a minute in the second half)"
        for name, each in memory.items()
    )
    return (
        f"{document['database']}: {document['readers']} readers and {document['writers']} writers for {document['seconds']:.0f} s, "
        f"{document['requests']:,} requests, {document['processor_seconds_of_servers']:.0f} s of the servers' processor time, "
        f"load {document['load'][0]} to {document['load'][1]}. {len(document['errors'])} errors. "
        f"{kept['accepted']:,} decisions accepted, {kept['found_once']:,} of them in the history just once, "
        f"{len(kept['doubled'])} doubled, {kept['sent_again']} sent twice. Megabytes: {held}."
    )


def lives_in_words(document: Mapping[str, Any]) -> str:
    """How many lives, and how many went wrong."""
    wrong = document["wrong"]
    told = (
        f"{document['lived']:,} of {document['aim']:,} lives, each of {document['steps']} steps ({document['seeds']}), "
        f"{document['cpu_seconds']:,.0f} s of work: "
    )
    told += f"{len(wrong)} went wrong: {', '.join(sorted(wrong))}." if wrong else "none went wrong."
    mended = (f" Seed {seed} did at first: {why}." for seed, why in document["wrong_at_first"].items())
    return told + "".join(mended)
