"""The look-alike as a program: its page for deep links, its command, its way to start and stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import callboard
from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options, WizSim
from callboard.demo.wizsim.command import wiz_sim
from callboard.demo.wizsim.record import make_engine
from tests.support.companies import mixed
from tests.wizsim.conftest import NOW, Start

SOURCE = Path(callboard.__file__).parents[1]


def test_links_lead_to_the_look_alike_itself(start: Start) -> None:
    """And the page's data route knows what they name."""
    caller = start()
    data = caller.ask(
        "{ issuesV2(first: 1) { nodes { id url } } vulnerabilityFindings(first: 1) { nodes { id portalUrl } } }"
    ).body["data"]
    issue, finding = data["issuesV2"]["nodes"][0], data["vulnerabilityFindings"]["nodes"][0]
    base = caller.address.base_url
    assert issue["url"] == f"{base}/issues#~(issue~'{issue['id']})"
    assert finding["portalUrl"] == (
        f"{base}/explorer/vulnerability-findings#~(entity~(~'{finding['id']}*2cSECURITY_TOOL_FINDING))"
    )
    page = caller.send("/issues", None, {}, "GET")
    assert page.status == 200
    assert b"<script>" in page.raw
    assert "script-src 'sha256-" in page.headers["Content-Security-Policy"]
    assert caller.send(f"/portal/issue/{issue['id']}", None, {}, "GET").body["id"] == issue["id"]
    assert caller.send(f"/portal/vulnerability/{finding['id']}", None, {}, "GET").body["id"] == finding["id"]
    assert caller.send("/portal/issue/none", None, {}, "GET").status == 404


def test_links_can_lead_to_the_real_portal() -> None:
    """For screens that should look like the real ones."""
    engine = make_engine(make_world(seed=3, sizes=mixed(100), now=NOW), Options(portal_url="https://app.wiz.io"))
    result = engine.run("{ issuesV2(first: 1) { nodes { id url } } }")
    assert result.data is not None
    assert result.data["issuesV2"]["nodes"][0]["url"].startswith("https://app.wiz.io/issues#~(issue~'")


async def test_it_starts_and_stops_inside_a_loop() -> None:
    """`async with`, on a free port."""
    async with WizSim(make_world(seed=3, sizes=mixed(60), now=NOW)) as sim:
        assert sim.address is not None
        assert sim.address.api_url.endswith("/graphql")
    await sim.stop()


def test_the_command_prints_where_it_is_and_ends_on_a_signal(tmp_path: Path) -> None:
    """One line of JSON when it is ready; status 0 after SIGTERM."""
    command = [sys.executable, "-m", "callboard.demo.wizsim", "--port", "0", "--findings", "100", "--json"]
    command += ["--catalog", str(tmp_path / "catalog"), "--fault", "latency_ms=1", "--now", "2026-05-01"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert told["api_url"] == told["base_url"] + "/graphql"
    assert set(told) == {"base_url", "api_url", "token_url", "client_id", "client_secret", "admin_token"}
    assert (tmp_path / "catalog/catalog-info.yaml").is_file()


@pytest.mark.parametrize("arguments", [["--fault", "nonsense"], ["--now", "tomorrow"], ["--port", "99999"]])
def test_the_command_refuses_what_it_cannot_read(arguments: list[str]) -> None:
    """Status 2, and a sentence that names the option."""
    result = CliRunner().invoke(wiz_sim, arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.output
