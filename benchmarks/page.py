"""The page of committed results, and its plots: `python -m benchmarks.page` writes both anew from the JSON beside them.

Every number on the page comes out of a file that a benchmark printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pygal
from pygal.style import CleanStyle

from benchmarks.told import lives_in_words, load_in_words, under_load

RESULTS = Path(__file__).parent / "results"
SHOWN_READS = (
    "do now · everything",
    "list · everything",
    "search, word · half",
    "component list · everything",
    "team · half",
)


def plot(title: str, unit: str, series: Mapping[str, Mapping[int, float]], name: str) -> str:
    """Write one plot with two logarithmic axes, and say how to show it."""
    chart = pygal.XY(
        title=title,
        x_title="findings",
        y_title=unit,
        logarithmic=True,
        truncate_legend=-1,
        style=CleanStyle(font_family="system-ui, sans-serif", background="#fff", plot_background="#fff"),
        legend_at_bottom=True,
        width=760,
        height=420,
        js=[],
        disable_xml_declaration=True,
        no_prefix=True,
        pretty_print=True,
    )
    for label, points in series.items():
        chart.add(label, [(size, value) for size, value in sorted(points.items()) if value > 0])
    chart.x_labels = sorted({size for points in series.values() for size in points})
    drawn = re.sub(
        r"/\*.*?\*/|<!--.*?-->", "", chart.render(is_unicode=True), flags=re.DOTALL
    )  # words about the library
    (RESULTS / name).write_text(drawn + "\n", encoding="utf-8")
    return f"![{title}]({name})"


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join('–' if each is None else str(each) for each in line)} |" for line in lines)


def at_sizes(figures: Mapping[str, Any], key: str) -> dict[int, float]:
    """One figure at each size; sizes are text in JSON."""
    return {int(size): each[key] for size, each in figures["sizes"].items() if key in each}


def growing_syncs(engine: str, found: Mapping[str, Any]) -> Iterator[str]:
    """What a sync costs at each size."""
    sizes = sorted({size for each in found.values() for size in at_sizes(each, "cpu_seconds")})
    yield f"### Syncs, {engine}"
    yield "Seconds of work, and in brackets how often the floor of the same moment; the slope is 1 where costs grow as findings do."
    rows = []
    for step, each in found.items():
        cells = [
            f"{at['cpu_seconds']} ({at['cpu_ratio']}×)" if (at := each["sizes"].get(str(size))) else None
            for size in sizes
        ]
        rows.append((step, *cells, each["slope_of_work"]))
    yield table(("step", *(f"{size:,}" for size in sizes), "slope"), rows)
    memory = [(step, *(at_sizes(each, "peak_megabytes").get(size) for size in sizes)) for step, each in found.items()]
    yield "The most memory that a process held, in megabytes:"
    yield table(("step", *(f"{size:,}" for size in sizes)), memory)
    series = {step: at_sizes(each, "cpu_seconds") for step, each in found.items()}
    yield plot(f"Work of a sync, {engine}", "seconds of work", series, f"syncs-{engine}.svg")


def growing_reads(engine: str, found: Mapping[str, Any]) -> Iterator[str]:
    """What an answer costs at each size."""
    sizes = sorted({size for each in found.values() for size in at_sizes(each, "p50_ms")})
    yield f"### Reads, {engine}"
    yield "Milliseconds: the median of an answer while a sync writes, and in brackets the first answer after a change, nobody else asking."
    rows = []
    for name, each in found.items():
        cells = [
            f"{at['p50_ms']} ({at['first_ms']})" if (at := each["sizes"].get(str(size))) else None for size in sizes
        ]
        rows.append((name, *cells, each["slope_of_kept"], each["slope_of_first"]))
    yield table(("read · who sees", *(f"{size:,}" for size in sizes), "slope", "slope, first"), rows)
    series = {name: at_sizes(found[name], "first_ms") for name in SHOWN_READS if name in found}
    yield plot(f"First answers after a change, {engine}", "milliseconds", series, f"reads-{engine}.svg")


def late(name: str, document: Mapping[str, Any]) -> Iterator[str]:
    """Reads that are over the aims."""
    engine, size = document["database"], document["findings"]
    for clients in ("1 clients", "32 clients"):
        if clients not in document:
            continue
        figures = document[clients]
        over = {who: each for who, each in figures.items() if each["p50_ms"] > 10 or each["p99_ms"] > 100}
        yield f"### {engine}, {size:,} findings, {clients}: {len(over)} of {len(figures)} reads"
        yield f"Over 10 ms in the middle, or over 100 ms at the 99th percentile; from `{name}`."
        rows = [
            (who, each["p50_ms"], each["p99_ms"], each["first_ms"], each["first_cpu_ms"]) for who, each in over.items()
        ]
        if rows:
            yield table(
                ("read · who sees", "p50, ms", "p99, ms", "first after a change, ms", "of it our own work"), rows
            )


def syncs(name: str, document: Mapping[str, Any]) -> Iterator[str]:
    """What each sync of one size took, beside its floor of the same moment."""
    for engine in ("sqlite", "postgresql"):
        if engine not in document:
            continue
        yield f"### {engine}, {document['findings']:,} findings"
        yield f"From `{name}`; what the columns are: [how to read a figure](../README.md#how-to-read-a-figure)."
        rows = [
            (
                step, at["ratio"], at["aim"], at["cpu_ratio"], at["ratio_to_columns_only"], at["wall_seconds"],
                at["cpu_seconds"], f"{at['findings_per_cpu_second']:,}", at["peak_megabytes"], at["load"],
            )
            for step, at in document[engine].items()
        ]  # fmt: skip
        names = (
            "ratio",
            "aim",
            "of work",
            "to columns only",
            "s",
            "s of work",
            "findings a second of work",
            "MB",
            "load",
        )
        yield table(("step", *names), rows)


def workers(document: Mapping[str, Any]) -> Iterator[str]:
    """One first sync by one worker and by several."""
    pace = f"{document['latency_ms']} ms a page and at most {document['calls_per_second']:g} calls a second"
    held = document["held"]
    differing = [name for name in held["one"] if len({told[name] for told in held.values()}) > 1]
    same = f"differ in {', '.join(differing)}" if differing else "hold the same, table by table"
    yield f"### {document['findings']:,} findings of every kind, {pace}"
    yield (
        f"On {document['cores']} processors with PostgreSQL and the look-alike on the same ones; the boards {same}. "
        "Disturbed: the worker that leads is killed and another one sleeps past its lease."
    )
    rows = [
        (
            name, way["workers"], way["seconds"], way["floor_seconds"], way["findings_a_second"], way["pages"],
            way["pages_by_helpers"], way["processor_seconds"],
        )
        for name, way in document["ways"].items()
    ]  # fmt: skip
    names = ("way", "workers", "s", "floor, s", "findings a second", "pages", "of them by helpers", "processor, s")
    yield table(names, rows)


def reports(name: str, document: Mapping[str, Any]) -> Iterator[str]:
    """What each report took, of who sees everything and of who sees four teams."""
    everything, few = document["reports"]["everything"], document["reports"]["four teams"]
    slow = document["misses"]
    whose = "work" if document["database"] == "sqlite" else "our own work, without the server's,"
    yield f"### {document['database']}, {document['findings']:,} findings, {document['events']:,} events"
    yield (
        f"Seconds of {whose} right after a change, nothing kept; the median of {document['rounds']}, at a load of {document['load']}, from "
        f"`{name}`. Reading one column of every finding took {document['floor_seconds_of_work']}. "
        f"{document['aim_seconds_of_work']:g} are aimed at: {'missed by ' + ', '.join(slow) if slow else 'all keep it'}."
    )
    rows = [(what, took["work"], took["seconds"], few[what]["work"]) for what, took in everything.items()]
    yield table(("report", "sees everything", "the same by the clock", "sees four teams"), rows)


def parts() -> Iterator[str]:
    """The page, part by part."""
    yield "# Results"
    yield (RESULTS / "about.md").read_text(encoding="utf-8").strip()
    yield "Written by `python -m benchmarks.page` from the files beside this page; [how to read them](../README.md)."
    yield "## Growth"
    for file in sorted(RESULTS.glob("growth-*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        if "syncs" in document:
            yield from growing_syncs(document["database"], document["syncs"])
        if "reads" in document:
            yield from growing_reads(document["database"], document["reads"])
    yield "## Syncs beside their floor"
    for file in sorted(RESULTS.glob("syncs-*.json")):
        yield from syncs(file.name, json.loads(file.read_text(encoding="utf-8")))
    yield "## Many people at once"
    yield "Nothing may break and nothing that was accepted may be lost; what waits cost by the clock is the machine's."
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("load-*.json"))]
    for document in documents:
        yield load_in_words(document)
    rows = [row for document in documents for row in under_load(document)]
    if rows:
        yield table(("database", "what", "asked", "answers", "p50, ms", "p95, ms", "p99, ms", "most, ms"), rows)
    yield "## Lives of a board"
    for file in sorted(RESULTS.glob("lives*.json")):
        yield lives_in_words(json.loads(file.read_text(encoding="utf-8")))
    yield "## Many workers"
    for file in sorted(RESULTS.glob("workers-*.json")):
        yield from workers(json.loads(file.read_text(encoding="utf-8")))
    yield "## Reports"
    for file in sorted(RESULTS.glob("metrics-*.json")):
        yield from reports(file.name, json.loads(file.read_text(encoding="utf-8")))
    yield "## Reads over their aims"
    for file in sorted(RESULTS.glob("reads-*.json")):
        yield from late(file.name, json.loads(file.read_text(encoding="utf-8")))


if __name__ == "__main__":
    (RESULTS / "README.md").write_text("\n\n".join(parts()) + "\n", encoding="utf-8")
