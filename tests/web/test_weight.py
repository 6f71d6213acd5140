"""What a page weighs: with everything it loads, as small as a page for a slow line has to be."""

from __future__ import annotations

import gzip
import re

import pytest

from callboard.web import render
from tests.web.conftest import Door
from tests.web.test_accessibility import PAGES, shop

__all__ = ["shop"]

MOST = 60_000
"""Bytes, compressed, of a page with its style and its scripts."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(shop: Door, name: str) -> None:
    """The document, its style sheet and its scripts, compressed, are less than 60 kB together, also with 100 rows."""
    path = re.sub(r"\{([\w-]+)\}", lambda match: str(shop.finding_id(match[1])), PAGES[name])
    if path.startswith(("/findings?", "/findings#")) or path == "/findings":
        path += "&limit=100" if "?" in path else "?limit=100"
    with shop.signed_in() as reader:
        answer = reader.get(path, follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html")
        urls = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text))
        # An address that no route has is answered before anybody is asked who they are, so without scripts.
        assert len(urls) >= (2 if name == "not found" else 4)
        weight = len(gzip.compress(answer.content)) + sum(len(gzip.compress(reader.get(url).content)) for url in urls)
    assert weight < MOST, f"{name}: {weight:,} bytes"


def test_the_style_of_ownership_keeps_to_its_budget() -> None:
    """It stands beside the style of everything else, and stays as small as that has to."""
    assert len(render.asset("own.css")[0]) < 8_000
    assert len(render.asset("pop.js")[0]) < 4_000
