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
    yield "## Reads over their aims"
    for file in sorted(RESULTS.glob("reads-*.json")):
        yield from late(file.name, json.loads(file.read_text(encoding="utf-8")))


if __name__ == "__main__":
    (RESULTS / "README.md").write_text("\n\n".join(parts()) + "\n", encoding="utf-8")
