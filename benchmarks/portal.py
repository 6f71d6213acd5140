"""The plugin in a real portal, measured: `python -m benchmarks.portal`, or `make bench-portal`. Prints one JSON document.

Steps: how long each takes from a checkout to one's own findings in the portal, and what an existing portal needs.
With `--from-nothing` the checkout is cloned to an empty folder first, with empty caches; packages then come over the network.
Weight: the gzip bytes of scripts and styles that an entity's page loads, told apart by where they come from by their
source maps. Speed: from the portal's own card on that page to ours, with the service warm, beside the service's own answer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.browser import launched
from tools.portal import BACKSTAGE, REPOSITORY, USER, Stage, staged

ENTITY = "/catalog/default/component/storefront-web"
ROUNDS = 7
STRIP = "[aria-label='Open findings by severity']"
DIGITS = {letter: n for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}

ORIGINS = (
    ("callboard", re.compile(r"plugins/callboard/")),
    ("ui", re.compile(r"node_modules/(@backstage/ui|@?react-aria|@?react-stately|@internationalized)")),
)
"""Whose a source is, by its path; what matches none is the portal's."""

WATCH = """
window.seen = {};
const look = () => {
  const now = performance.now();
  if (!window.seen.page && [...document.querySelectorAll('h2, h3')].some(each => each.textContent === 'About')) window.seen.page = now;
  if (!window.seen.card && document.querySelector("[aria-label='Open findings by severity']")) window.seen.card = now;
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
"""


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - began, 1)


def _from_nothing(folder: Path, seconds: dict[str, float]) -> None:
    """Everything that `make portal` does before it starts, in a clone of its own with no cache to help."""
    caches = {name: str(folder / name) for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache")}
    environ = {**os.environ, **caches}
    with _timed(seconds, "clone"):
        subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(folder / "clone")], check=True)  # noqa: S607
    for what in ("dev", "workspace", "portal"):
        with _timed(seconds, f"tools/setup {what}"):
            subprocess.run(["tools/setup", what], cwd=folder / "clone", env=environ, check=True, stdout=sys.stderr)  # noqa: S607


def steps_of_a_portal() -> dict[str, int]:
    """What was done to the small portal for the plugin's sake, counted in its files."""
    app = BACKSTAGE / "packages" / "app"
    named = json.loads((app / "package.json").read_text())["dependencies"]
    sources = [line for file in (app / "src").rglob("*.ts*") for line in file.read_text().splitlines()]
    code = [line for line in sources if "callboard" in line.casefold() and not line.lstrip().startswith("//")]
    proxy = re.findall(r"^    /callboard:$", (BACKSTAGE / "app-config.yaml").read_text(), re.MULTILINE)
    return {
        "packages": sum("callboard" in name for name in named),
        "proxy_entries": len(proxy),
        "lines_of_code": len(code),
    }


def _page(browser: Browser, stage: Stage, asked: list[str]) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(120_000)
    page.on("request", lambda each: asked.append(each.url) if "/api/proxy/callboard/" in each.url else None)
    page.goto(stage.as_(USER))
    return page


def weight(browser: Browser, stage: Stage) -> dict[str, Any]:
    """The entity page's scripts and styles in gzip bytes, by whose they are."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(120_000)
    loaded: set[str] = set()
    page.on("response", lambda each: loaded.add(each.url.rpartition("/static/")[2]) if "/static/" in each.url else None)
    page.goto(f"{stage.portal_url}{ENTITY}")
    page.wait_for_selector(STRIP)
    page.wait_for_load_state("networkidle")
    static = BACKSTAGE / "packages" / "app" / "dist" / "static"
    total: Counter[str] = Counter()
    files = 0
    for name in sorted(loaded):
        file = static / name
        if file.suffix not in (".js", ".css") or not file.exists():
            continue
        files += 1
        packed = len(gzip.compress(file.read_bytes(), 9))
        for whose, share in _shares(file).items():
            total[whose] += round(packed * share)
    return {"files": files, **{f"{whose}_gzip_bytes": n for whose, n in sorted(total.items())}}


def _shares(file: Path) -> dict[str, float]:
    """Which part of a built file comes from whom, by the characters that its source map accounts for."""
    source_map = file.with_name(f"{file.name}.map")
    if not source_map.exists():
        return {"callboard" if "callboard" in file.read_text(errors="replace")[:2_000] else "portal": 1.0}
    told = json.loads(source_map.read_text())
    whose = [next((name for name, found in ORIGINS if found.search(source)), "portal") for source in told["sources"]]
    lines = file.read_text(errors="replace").split("\n")
    counted: Counter[str] = Counter()
    source = 0
    for line, segments in zip(lines, told["mappings"].split(";"), strict=False):
        column, owner, began = 0, None, 0
        for segment in filter(None, segments.split(",")):
            values = _decoded(segment)
            column += values[0]
            if owner is not None:
                counted[owner] += column - began
            if len(values) > 1:
                source += values[1]
                owner = whose[source]
            else:
                owner = None
            began = column
        if owner is not None:
            counted[owner] += len(line) - began
    size = sum(counted.values())
    return {name: n / size for name, n in counted.items()} if size else {"portal": 1.0}


def _decoded(segment: str) -> list[int]:
    """The numbers of one segment of a source map (base 64 VLQ, ECMA-426)."""
    found, value, shift = [], 0, 0
    for letter in segment:
        digit = DIGITS[letter]
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return found


def speed(browser: Browser, stage: Stage) -> dict[str, Any]:
    """Milliseconds from the page's own card to ours, and how often the service was asked."""
    asked: list[str] = []
    page = _page(browser, stage, asked)
    page.wait_for_selector("tbody a[href*='/catalog/default/component/']")
    page.wait_for_load_state("networkidle")
    # One page of one listing: without the filter the catalog lists everything for a moment, and then what is one's own.
    asked.clear()
    page.goto(f"{stage.portal_url}/?filters[user]=all&filters[kind]=component")
    page.wait_for_selector("tbody a[href*='/catalog/default/component/']")
    page.wait_for_load_state("networkidle")
    table = len(asked)
    page.context.add_init_script(WATCH)
    took, cards = [], []
    for _ in range(ROUNDS + 1):
        asked.clear()
        page.goto(f"{stage.portal_url}{ENTITY}")
        page.wait_for_function("window.seen && window.seen.page && window.seen.card")
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("window.seen")
        took.append(max(0.0, seen["card"] - seen["page"]))
        cards.append(len(asked))
    own = []
    token = stage.token(USER)
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        stage.ask(token, "components/component/default/storefront-web")
        own.append((time.perf_counter() - began) * 1000)
    return {
        "page_to_card_ms": _figures(took[1:]),
        "service_answer_ms": _figures(own[1:]),
        "requests_per_card": max(cards),
        "requests_per_table_page": table,
    }


def _figures(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 1),
        "median": round(statistics.median(values), 1),
        "max": round(max(values), 1),
        "rounds": len(values),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from-nothing", action="store_true", help="also set up a clone with empty caches")
    chosen = parser.parse_args()
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        if chosen.from_nothing:
            _from_nothing(Path(name), seconds)
        folder = Path(name) / "stage"
        folder.mkdir()
        (Path(name) / "browser").mkdir()
        with staged(folder) as stage, launched(Path(name) / "browser") as browser:
            seconds |= {what: round(took, 1) for what, took in stage.seconds.items()}
            with _timed(seconds, "own findings in the browser"):
                page = _page(browser, stage, [])
                page.goto(f"{stage.portal_url}{ENTITY}")
                page.wait_for_selector(STRIP)
            document = {
                "seconds": seconds,
                "seconds_in_all": round(sum(seconds.values()), 1),
                "commands_in_all": ["git clone", "make portal"],
                "existing_portal": steps_of_a_portal(),
                "weight": weight(browser, stage),
                "speed": speed(browser, stage),
            }
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
