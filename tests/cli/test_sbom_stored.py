"""Bills of components on the command line: handed in here and over the network, and asked for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from callboard.config import load
from callboard.domain.access import Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.packages.sign import Sign
from callboard.wiring.services import Services
from callboard.worker.loop import Background
from tests.cli.conftest import Folder
from tests.support.bills import bill
from tests.support.named import named_door
from tests.unit.manifests.seeds import SEEDS

REF = "component:default/checkout-api"


def test_a_bill_is_handed_in_here_and_asked_for(folder: Folder) -> None:
    """From lockfiles and from a bill; who uses what; how much is known; and the bill of a component."""
    folder.configure()
    folder.call("sync", "--catalog-only")
    project = folder.path / "project"
    project.mkdir()
    (project / "uv.lock").write_bytes(SEEDS["uv"])
    pushed = folder.call("sbom", "push", "project", "--component", "checkout-api", "--json")
    assert (pushed.code, pushed.json["standing"], pushed.json["component"]) == (0, "current", REF)
    (folder.path / "image.json").write_bytes(bill("express@4.0.0 -> qs@6.5.2"))
    said = folder.call("sbom", "push", "image.json", "--component", REF, "--name", "image")
    assert said.out == f"{REF}: 2 packages, 2 added, 0 removed.\n"
    assert folder.call("sbom", "push", "image.json", "--component", REF, "--name", "image").out.endswith(
        "2 packages.\n"
    )
    used = folder.call("who-uses", "qs", "--json").json
    assert [(use["component"], [step["name"] for step in use["path"]]) for use in used["uses"]] == [
        (REF, ["express", "qs"])
    ]
    shown = folder.call("who-uses", "qs@<6.6")
    assert "express 4.0.0" in shown.out
    assert "1 component of 1 team: 6.5.2; 2 manifests searched." in shown.err
    assert "No component uses qs@>6.6; 2 manifests searched." in folder.call("who-uses", "qs@>6.6").err
    assert folder.call("who-uses", "qs@<", code=2).code == 2
    assert folder.call("who-uses", "qs", "--at", "2020-01-01", "--json").json["total"] == 0
    page = folder.call("sbom", "show", "checkout-api")
    assert (page.code, "cyclonedx-1.6" in page.out, "handed in" in page.out) == (0, True, True)
    assert folder.call("sbom", "show", "nobody-knows", code=1).code == 1
    covered = folder.call("sbom", "coverage")
    assert "1 of 2 components (50 %) have an SBOM." in covered.err
    assert "names no repository" in covered.out
    assert folder.call("sbom", "coverage", "--json").json["share"] == 0.5
    made = json.loads(folder.call("sbom", "create", "--component", "checkout-api").out)
    assert "pkg:npm/qs@6.5.2" in {each["bom-ref"] for each in made["components"]}
    assert folder.call("sbom", "create", "--component", "nobody-knows", code=1).code == 1
    assert folder.call("sbom", "create", code=2).code == 2
    assert folder.call("sbom", "push", "image.json", "--component", "no such", code=2).code == 2
    (folder.path / "broken.json").write_bytes(b'{"bomFormat": "CycloneDX"}')
    broken = folder.call("sbom", "push", "broken.json", "--component", REF, code=3)
    assert (broken.code, "broken.json" in broken.err) == (3, True)


def test_a_pipeline_hands_in_over_the_network(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its token, for its component; what is refused says why; a token is not shown in clear to anybody."""
    bom = folder.path / "bom.json"
    bom.write_bytes(bill("lodash@4.17.20"))
    with named_door(tmp_path_factory.mktemp("door") / "callboard.db") as door:
        grant = Grant(component=EntityRef("component:default/cart"), rights=(Right.DELIVER,))
        with door.as_program("ci", grant) as client:
            token = client.headers["authorization"].removeprefix("Bearer ")
        monkeypatch.setenv("CALLBOARD_URL", door.url)
        assert folder.call("sbom", "push", str(bom), "--component", "cart", code=2).code == 2
        monkeypatch.setenv("CALLBOARD_TOKEN", token)
        done = folder.call("sbom", "push", str(bom), "--component", "cart", "--json")
        assert (done.code, done.json["standing"], done.json["packages"]) == (0, "current", 1)
        refused = folder.call("sbom", "push", str(bom), "--component", "bank", code=1)
        assert (refused.code, "Refused (404)" in refused.err) == (1, True)
        assert (
            folder.call("sbom", "push", str(bom), "--component", "cart", "--url", "http://x.example", code=2).code == 2
        )
        assert token not in done.all + refused.all


def test_what_is_handed_in_is_on_the_board_by_itself(folder: Folder) -> None:
    """By command, with a sync, and by the loop of `serve`; with what came with Callboard, and no network."""
    folder.configure()
    folder.call("sync", "--catalog-only")
    bom = folder.path / "bom.json"

    def push(*ways: str) -> None:
        bom.write_bytes(bill(*ways))
        folder.call("sbom", "push", "bom.json", "--component", REF)

    def states() -> dict[str, str]:
        found = folder.call("findings", "source:packages", "--json").json
        return {each["title"]: each["state"] for each in found["findings"]}

    push("express@4.0.0 -> event-stream@3.3.6", "old@1.0.0")
    done = folder.call("match", "--stored", "--json").json
    assert (done["judged"], done["news"], done["run"]["new"]) == (3, 1, 1)
    told = folder.call("match", "--stored").out
    assert "On the board: 0 new" in told
    for sign in Sign:
        assert f"{sign.words}: {sign.often}" in told
    assert [each["sign"] for each in done["signs"]] == [sign.id for sign in Sign]
    assert folder.call("match", "--stored", "--purl", "pkg:npm/a@1", code=2).code == 2
    (title,) = states()
    assert "event-stream 3.3.6 is malicious" in title
    push("express@4.0.0 -> event-stream@4.0.1")
    assert "Source packages: full run" in folder.call("sync").out
    assert set(states().values()) == {"fixed"}
    assert "Source packages" not in folder.call("sync").out
    assert "Source packages: full run" in folder.call("sync", "packages").out
    push("event-stream@3.3.6")
    config = load(folder.path / "callboard.toml", environ={})
    with Services.open(config, create=False) as services:
        asyncio.run(Background(services).once())
    assert set(states().values()) == {"open"}


def test_an_empty_folder_is_no_bill(folder: Folder, tmp_path: Path) -> None:
    """Nor is one whose lock is broken."""
    (tmp_path / "empty").mkdir()
    said = folder.call("sbom", "push", str(tmp_path / "empty"), "--component", "x", code=3)
    assert (said.code, "no manifest" in said.err) == (3, True)
