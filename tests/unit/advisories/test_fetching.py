"""The public dumps from a server on loopback: whole the first time, then only what has changed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from callboard.advisories.config import AdvisoriesConfig
from callboard.advisories.fetching import changes, fetch
from callboard.advisories.index import Index
from callboard.advisories.updating import UpdateReport, updating
from callboard.domain.instant import Instant, from_text
from callboard.errors import AdvisoryRefusedError
from callboard.net import Net
from tests.support.advisories import osv

NOW = Instant(1_790_000_000_000_000)
RANGE = [[("introduced", "0"), ("fixed", "2.0.0")]]
EPSS = b"#model_version:v1,score_date:2026-11-20\ncve,epss,percentile\nCVE-2026-1001,0.5,0.9\n"
KEV = b'{"catalogVersion": "2026.11.01", "vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-10-30"}]}'


class Mirror:
    """A server with records; it remembers what it was asked."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []

    def put(self, name: str, day: str) -> None:
        """A record that changed on a day of January 2026."""
        modified = f"2026-01-{day}T00:00:00Z"
        self.records[name] = (modified, osv(name, ranges=RANGE, modified=modified))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Dumps, lists, records and catalogs; anything else is missing."""
        path = request.path
        self.asked.append(path)
        if path == "/npm/all.zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                for name, (_, record) in self.records.items():
                    archive.writestr(f"{name}.json", record)
            return web.Response(body=packed.getvalue())
        if path == "/npm/modified_id.csv":
            lines = sorted(((at, name) for name, (at, _) in self.records.items()), reverse=True)
            return web.Response(text="".join(f"{at},{name}\n" for at, name in lines))
        if path.startswith("/npm/") and (name := path[5:].removesuffix(".json")) in self.records:
            return web.Response(body=self.records[name][1])
        if path == "/kev.json":
            return web.Response(body=KEV)
        if path == "/epss.csv.gz":
            raise web.HTTPFound("/epss-today.csv.gz")
        if path == "/epss-today.csv.gz":
            return web.Response(body=gzip.compress(EPSS))
        raise web.HTTPNotFound


@pytest.fixture
async def mirror() -> AsyncIterator[tuple[Mirror, str]]:
    """It, and its address."""
    made = Mirror()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    async with TestServer(app) as server:
        yield made, str(server.make_url("")).rstrip("/")


async def bring(url: str, path: Path, *ecosystems: str) -> tuple[UpdateReport, tuple[str, ...]]:
    """One update over the network."""
    config = AdvisoriesConfig(
        url=url,
        ecosystems=ecosystems or ("npm",),
        kev_url=f"{url}/kev.json",
        epss_url=f"{url}/epss.csv.gz",
        allow_hosts=("127.0.0.1",),
    )
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        with updating(path, NOW) as update:
            failures = await fetch(net, config, update, lambda _: None)
            return update.finish(path), failures


async def test_whole_first_and_then_what_has_changed(mirror: tuple[Mirror, str], tmp_path: Path) -> None:
    """The second time the dump is not asked for, and only records that are news."""
    server, url = mirror
    server.put("GHSA-1", "01")
    server.put("GHSA-2", "02")
    report, failures = await bring(url, tmp_path / "a.idx")
    assert (report.new, failures) == (2, ())
    index = Index.open(tmp_path / "a.idx")
    assert index.likelihood("CVE-2026-1001") is not None
    assert index.exploited("CVE-2026-1001") is not None
    server.put("GHSA-1", "05")
    server.put("GHSA-3", "04")
    server.asked.clear()
    report, failures = await bring(url, tmp_path / "a.idx")
    assert (report.new, report.changed, failures) == (1, 1, ())
    npm = [path for path in server.asked if path.startswith("/npm/")]
    assert npm[0] == "/npm/modified_id.csv"
    assert sorted(npm[1:]) == ["/npm/GHSA-1.json", "/npm/GHSA-3.json"]
    server.asked.clear()
    report, _ = await bring(url, tmp_path / "a.idx")
    assert (report.seen, [path for path in server.asked if path.startswith("/npm/")]) == (0, ["/npm/modified_id.csv"])


@pytest.mark.fault("F24")
async def test_what_cannot_be_reached_is_told_and_the_rest_counts(mirror: tuple[Mirror, str], tmp_path: Path) -> None:
    """An ecosystem that the mirror lacks."""
    server, url = mirror
    server.put("GHSA-1", "01")
    report, failures = await bring(url, tmp_path / "a.idx", "PyPI", "npm")
    assert report.new == 1
    assert len(failures) == 1
    assert failures[0].startswith("PyPI: ")
    assert "404" in failures[0]


def test_a_list_of_changes_ends_where_they_are_known() -> None:
    """Newest first; a line of another shape is refused by its number."""
    listed = b"2026-01-03T00:00:00Z,npm/GHSA-3\n2026-01-02T00:00:00Z,GHSA-2\n2026-01-01T00:00:00Z,GHSA-1\nnonsense,x\n"
    found = list(changes(listed, from_text("2026-01-02T00:00:00Z")))
    assert [name for _, name in found] == ["GHSA-3", "GHSA-2"]
    with pytest.raises(AdvisoryRefusedError, match="line 4"):
        list(changes(listed, Instant(0)))
