"""callboard links check, against the look-alike: what lies is found, what cannot be asked is not called sound."""

from __future__ import annotations

import asyncio
import os
import shlex
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from callboard.config import load
from callboard.demo.company import make_world
from callboard.demo.wizsim import SimAddress, WizSim, running
from callboard.demo.wizsim.portal import CONFIGURATION_TEMPLATE
from callboard.domain.access import LAPTOP
from callboard.domain.link import Verdict
from callboard.usecases import browse
from callboard.wiring.services import Services
from callboard.worker.loop import Background
from tests.cli.conftest import Folder
from tests.support.browser import UNPACKED

KINDS = ("issue", "vulnerability", "misconfiguration")


@dataclass(frozen=True)
class Linked:
    """A board of a look-alike's findings."""

    folder: Folder
    address: SimAddress

    def bend(self, **ways: str) -> None:
        """Let links lie, by id with underscores for dashes."""
        self.ask("links", {id_.replace("_", "-"): way for id_, way in ways.items()})

    def ask(self, action: str, body: dict[str, Any]) -> None:
        """An admin call."""
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.address.base_url}/admin/{action}",
            data=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self.address.admin_token}", "Content-Type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            assert answer.status == 200

    def check(self, *args: str, code: int) -> dict[str, Any]:
        """The one source in the JSON answer."""
        told = self.folder.call("links", "check", "--json", *args, code=code).json
        (source,) = told["sources"]
        return dict(source)

    def ids(self, kind: str) -> list[str]:
        """Some findings of a kind, by their id at the source."""
        return [row["external_id"] for row in self.folder.call("findings", "--kind", kind, "--json").json["findings"]]


@pytest.fixture
def linked(folder: Folder) -> Iterator[Linked]:
    """A board that has read a small look-alike."""
    with running(WizSim(make_world(seed=3, findings=240))) as address:
        settings = {
            "kind": "wiz", "name": "main", "client_id": address.client_id, "client_secret": address.client_secret,
            "api_url": address.api_url, "token_url": address.token_url, "allow_private": True, "calls_per_second": 1000,
            "link_hosts": ["127.0.0.1"],
        }  # fmt: skip
        lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in settings.items()]
        template = msgspec.json.encode(CONFIGURATION_TEMPLATE).decode()
        file = folder.path / "callboard.toml"
        file.write_text("\n".join(["[[source]]", *lines, "[source.links]", f"misconfiguration = {template}"]) + "\n")
        file.chmod(0o600)
        folder.call("sync")
        yield Linked(folder, address)


def by_verdict(source: dict[str, Any]) -> dict[str, str]:
    """Broken findings by their id at the source."""
    return {each["id"]: each["verdict"] for group in source["groups"] for each in group["examples"]}


def test_all_is_well(linked: Linked) -> None:
    """Each kind has its shape, and all of a sample are asked for."""
    source = linked.check(code=0)
    assert {(group["kind"], group["shape"]) for group in source["groups"]} == {
        ("issue", "issue"),
        ("vulnerability", "vulnerability"),
        ("misconfiguration", "template"),
    }
    assert all(group["counts"] == {"ok": group["checked"]} for group in source["groups"])
    said = linked.folder.call("links", "check", "--kind", "issue", "--sample", "4")
    assert "main" in said.out
    assert "vulnerability" not in said.out


def test_dead_foreign_and_wrong_links_are_each_found(linked: Linked) -> None:
    """The dead one by asking the source; the others by their text. The command says which, and fails."""
    issues, vulnerabilities = linked.ids("issue"), linked.ids("vulnerability")
    ways = {issues[0]: "foreign-host", vulnerabilities[0]: "wrong-id", issues[1]: "path", vulnerabilities[1]: "unsafe"}
    linked.bend(**ways)
    linked.folder.call("sync", "--full")
    linked.bend(**{issues[2]: "dead"})
    source = linked.check("--all", code=1)
    named = {"path": "unknown-shape"}
    assert by_verdict(source) == {**{id_: named.get(way, way) for id_, way in ways.items()}, issues[2]: "dead"}
    assert source["broken"] == 5
    said = linked.folder.call("links", "check", "--all", code=1)
    assert f"({issues[2]})" in said.out
    assert "the source does not know the id any more" in said.out
    assert "leads to a host that is not the source's" in said.out
    assert "names another finding" in said.out


def test_a_link_that_the_source_does_not_give_is_built(linked: Linked) -> None:
    """In the shape that opens resolved issues too."""
    issue = linked.ids("issue")[0]
    linked.bend(**{issue: "none"})
    linked.folder.call("sync", "--full")
    source = linked.check("--all", "--kind", "issue", code=0)
    shapes = {group["shape"]: group["checked"] for group in source["groups"]}
    assert shapes["issue-filters-cleared"] == 1
    shown = linked.folder.call("finding", issue)
    assert f"{linked.address.base_url}/issues#~(filters~(status~())~issue~'{issue})" in shown.out


def test_a_source_that_is_down_is_not_called_sound(linked: Linked) -> None:
    """Nor broken: it ends with 3, whatever the text of the links says."""
    linked.ask("faults", {"forbidden_ip": True})
    source = linked.check("--sample", "2", code=3)
    assert source["not_asked"]
    assert source["unchecked"] == 6
    assert all(set(group["counts"]) == {"unchecked"} for group in source["groups"])


def test_what_cannot_be_asked_for(folder: Folder) -> None:
    """A kind that there is not, two ways to say how many, a browser that is not there, no source."""
    folder.call("links", "check", "--kind", "isue", code=2)
    folder.call("links", "check", "--all", "--sample", "3", code=2)
    said = folder.run("links", "check", "--browser", str(folder.path), code=2, CALLBOARD_CHROMIUM="/nowhere/chromium")
    assert "'/nowhere/chromium' is no program" in said.err


def test_a_browser_sees_the_very_finding(linked: Linked, tmp_path: Path) -> None:
    """With a session of the operator's: a page that shows something else is told, even where API and text agree."""
    if not (UNPACKED / ".ready").exists():
        pytest.fail("the browser is not set up: run `make test`, or `tools/setup browser`")
    program = tmp_path / "chromium"
    library = shlex.quote(str(UNPACKED / "al2023" / "lib"))
    program.write_text(
        f"#!/bin/sh\nexport LD_LIBRARY_PATH={library} HOME={shlex.quote(str(tmp_path))}\n"
        f'exec {shlex.quote(str(UNPACKED / "chromium"))} --no-sandbox --no-proxy-server "$@"\n'
    )
    program.chmod(0o700)
    (tmp_path / "session").mkdir()
    said = linked.folder.run(
        "links", "check", "--sample", "1", "--browser", str(tmp_path / "session"), "--json",
        CALLBOARD_CHROMIUM=str(program), PATH=os.environ["PATH"],
    )  # fmt: skip
    (source,) = said.json["sources"]
    opened = [each for group in source["groups"] for each in group["opened"]]
    assert len(opened) == len(KINDS)
    assert all(each["shown"] for each in opened)


def test_serve_checks_links_once_a_day(linked: Linked) -> None:
    """Behind the pages, after the source was read; what it found is kept."""

    async def looks(services: Services, times: int) -> None:
        background = Background(services)
        for _ in range(times):
            await background.once()
        for name in list(background._open):
            await background._close(name)

    with Services.open(load(linked.folder.path / "callboard.toml"), create=False) as services:
        assert browse.link_checks(services.store, LAPTOP) == ()
        asyncio.run(looks(services, 2))
        (check,) = browse.link_checks(services.store, LAPTOP)
    assert {tally.kind.word for tally in check.tallies} == set(KINDS)
    assert all(set(tally.counts) == {Verdict.OK} for tally in check.tallies)
