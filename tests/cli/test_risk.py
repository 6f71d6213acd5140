"""`callboard risk`: a portal's register, in every form that it is told in, and as a gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from callboard.domain.access import Depth, Grant, Right
from callboard.domain.component import EntityRef
from tests.cli.conftest import Folder
from tests.support.named import named_door

LOCK = """\
__metadata:
  version: 8
  cacheKey: 10c0

"@backstage/plugin-app-backend@npm:^0.3.0":
  version: 0.3.70
  resolution: "@backstage/plugin-app-backend@npm:0.3.70"
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"asked@npm:^1.0.0":
  version: 1.0.0
  resolution: "asked@npm:1.0.0"
  dependencies:
    event-stream: "npm:^3.3.6"
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"event-stream@npm:^3.3.6":
  version: 3.3.6
  resolution: "event-stream@npm:3.3.6"
  checksum: 10c0/abc
  languageName: node
  linkType: hard

"stage@workspace:.":
  version: 0.0.0-use.local
  resolution: "stage@workspace:."
  dependencies:
    "@backstage/plugin-app-backend": "npm:^0.3.0"
    asked: "npm:^1.0.0"
  languageName: unknown
  linkType: soft
"""
PACKAGE = '{"name": "stage", "dependencies": {"@backstage/plugin-app-backend": "^0.3.0", "asked": "^1.0.0"}}'
OPEN = "backend:\n  auth:\n    dangerouslyDisableDefaultAuthPolicy: true\n"


@pytest.fixture
def portal(folder: Folder) -> Path:
    """A portal with a package that was made to harm, an old package of Backstage, and a door that stands open."""
    root = folder.path / "portal"
    root.mkdir()
    (root / "app-config.yaml").write_text(OPEN)
    (root / "package.json").write_text(PACKAGE)
    (root / "yarn.lock").write_text(LOCK)
    return root


def register(folder: Folder, portal: Path, *more: str) -> dict[str, Any]:
    """The register, as programs read it."""
    found: dict[str, Any] = json.loads(folder.call("risk", "--portal", str(portal), "--json", *more).out)
    return found


def test_what_was_made_to_harm_is_first_and_every_line_says_what_to_do(folder: Folder, portal: Path) -> None:
    """With its place in the lock, what brings it, and the three factors with their reasons."""
    found = register(folder, portal, "--production")
    first = found["risks"][0]
    assert (first["key"], first["band"], first["malicious"]) == ("malware:npm:event-stream", "critical", True)
    assert [(each["file"], each["line"]) for each in first["evidence"]] == [("yarn.lock", 21)] * len(first["evidence"])
    assert first["number"] == first["low"] == first["high"] == 125
    assert "replace the secrets" in first["action"]
    assert found["portal"] == "stage"
    assert found["worst"] == "critical"
    assert sum(found["bands"].values()) == len(found["risks"])
    numbers = [each["number"] for each in found["risks"] if not each["malicious"]]
    assert numbers == sorted(numbers, reverse=True)
    assert all(each["evidence"] and each["action"] for each in found["risks"])
    assert any("no advisories of npm but those that came" in each for each in found["not_evaluated"])


def test_an_open_door_reaches_what_only_the_signed_in_could(folder: Folder, portal: Path) -> None:
    """Packages that run are open to whoever reaches the portal, and the line says which setting is why."""
    backstage = next(each for each in register(folder, portal)["risks"] if each["key"] == "backstage:npm:backstage")
    assert backstage["exposure"]["low"] == 5
    assert "dangerouslyDisableDefaultAuthPolicy" in backstage["exposure"]["because"]
    assert "@backstage/plugin-app-backend 0.3.75, or newer" in backstage["action"]
    (portal / "app-config.yaml").write_text("app:\n  title: Stage\n")
    shut = next(each for each in register(folder, portal)["risks"] if each["key"] == "backstage:npm:backstage")
    assert shut["exposure"]["low"] == 4
    assert shut["number"] < backstage["number"]


def test_what_no_catalog_told_is_said(folder: Folder, portal: Path) -> None:
    """How many stand behind the portal, and who else has a package, is not known here: never nought."""
    found = register(folder, portal)
    assert (found["components"], found["teams"]) == (None, None)
    assert "no catalog told" in found["risks"][0]["blast_radius"]["because"]
    assert "who else has the package was not evaluated" in found["risks"][0]["blast_radius"]["because"]


def test_it_is_a_gate(folder: Folder, portal: Path) -> None:
    """1 for a risk as grave as asked; a portal without any passes."""
    folder.call("risk", "--portal", str(portal), "--fail-on", "critical", code=1)
    folder.call("risk", "--portal", str(portal))
    (portal / "yarn.lock").unlink()
    (portal / "app-config.yaml").write_text("app:\n  title: Stage\n")
    folder.call("risk", "--portal", str(portal), "--fail-on", "critical")


def test_people_and_code_scanning_read_it(folder: Folder, portal: Path) -> None:
    """Text, Markdown and SARIF tell the same lines in the same order."""
    keys = [each["key"] for each in register(folder, portal)["risks"]]
    text = folder.call("risk", "--portal", str(portal))
    told = [line.split("[")[1].split("]")[0] for line in text.out.splitlines() if line[:1].isdigit()]
    assert told == keys
    assert "Do: Take event-stream out" in text.out
    markdown = folder.call("risk", "--portal", str(portal), "--format", "markdown").out
    assert markdown.startswith("# Risk register of stage\n")
    assert markdown.count("\n## ") == len(keys) + 1
    log = json.loads(folder.call("risk", "--portal", str(portal), "--format", "sarif").out)["runs"][0]
    assert [each["id"] for each in log["tool"]["driver"]["rules"]] == keys
    assert {each["ruleId"] for each in log["results"]} == set(keys)
    assert log["invocations"][0]["toolExecutionNotifications"]


OPENVEX: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "@id", "author", "timestamp", "version", "statements"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://openvex.dev/ns/v0.2.0"},
        "@id": {"type": "string", "pattern": "^[a-z]+:"},
        "author": {"type": "string"},
        "role": {"type": "string"},
        "tooling": {"type": "string"},
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
        "version": {"type": "integer", "minimum": 1},
        "statements": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["vulnerability", "status"],
                "additionalProperties": False,
                "if": {"properties": {"status": {"const": "affected"}}},
                "then": {"required": ["action_statement"]},
                "properties": {
                    "status": {"enum": ["not_affected", "affected", "fixed", "under_investigation"]},
                    "status_notes": {"type": "string"},
                    "timestamp": {"type": "string"},
                    "action_statement": {"type": "string"},
                    "vulnerability": {
                        "type": "object",
                        "required": ["name"],
                        "additionalProperties": False,
                        "properties": {"name": {"type": "string"}, "aliases": {"type": "array", "uniqueItems": True}},
                    },
                    "products": {
                        "type": "array",
                        "uniqueItems": True,
                        "items": {
                            "type": "object",
                            "required": ["@id"],
                            "additionalProperties": False,
                            "properties": {
                                "@id": {"type": "string", "pattern": "^pkg:"},
                                "subcomponents": {
                                    "type": "array",
                                    "uniqueItems": True,
                                    "items": {"required": ["@id"], "properties": {"@id": {"pattern": "^pkg:"}}},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What OpenVEX 0.2.0 asks of the parts that are written here, in our own words (https://github.com/openvex/spec, 2026-11-30)."""


def test_scanners_read_it(folder: Folder, portal: Path) -> None:
    """OpenVEX by its rules: what fits is affected, with what to do, about the portal and the package in it."""
    found = json.loads(folder.call("risk", "--portal", str(portal), "--format", "openvex").out)
    jsonschema.validate(found, OPENVEX)
    stated = {each["vulnerability"]["name"]: each for each in found["statements"]}
    known = stated["CVE-2024-47762"]
    assert known["status"] == "affected"
    assert known["products"] == [
        {"@id": "pkg:generic/stage", "subcomponents": [{"@id": "pkg:npm/%40backstage/plugin-app-backend@0.3.70"}]}
    ]
    assert "0.3.75" in known["action_statement"]
    assert "GHSA-qc4v-xq2m-65wc" in known["vulnerability"]["aliases"]
    again = json.loads(folder.call("risk", "--portal", str(portal), "--format", "openvex").out)
    assert again["@id"].startswith("urn:uuid:")


def test_a_portal_that_no_advisory_fits_states_nothing(folder: Folder, portal: Path) -> None:
    """OpenVEX has no empty document, so there is none, and that is said."""
    (portal / "yarn.lock").write_text(LOCK.partition('"@backstage')[0])
    done = folder.call("risk", "--portal", str(portal), "--format", "openvex")
    assert done.out == ""
    assert "nothing to state" in done.err


def test_the_board_tells_what_stands_behind_it_and_keeps_the_register(board: Folder) -> None:
    """Counted by the catalog; who else has a package is not known before there are bills."""
    root = board.path / "portal"
    root.mkdir()
    (root / "app-config.yaml").write_text(OPEN)
    (root / "package.json").write_text(PACKAGE)
    (root / "yarn.lock").write_text(LOCK)
    found = register(board, root, "--board", "--component", "stage")
    assert (found["components"], found["teams"]) == (2, 1)
    assert "2 components of 1 team" in found["risks"][0]["blast_radius"]["because"]
    assert "who else has the package was not evaluated" in found["risks"][0]["blast_radius"]["because"]
    log = json.loads(board.call("audit", "list", "--json").out)
    assert [each["subject"] for each in log["entries"] if each["action"] == "portal.register"] == ["portal:stage"]
    board.call("risk", "--portal", str(root), "--board", "--component", "no:such:ref", code=2)


def test_a_pipeline_hands_in_what_it_found(
    folder: Folder, portal: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the network with its token, while the gate stays where the files are."""
    ask = ("risk", "--portal", str(portal), "--push", "--component", "cart")
    assert folder.call(*ask[:4], "--url", "https://callboard.example.com", code=2).code == 2
    assert folder.call(*ask, code=2).code == 2
    with named_door(tmp_path_factory.mktemp("door") / "callboard.db") as door:
        grant = Grant(component=EntityRef("component:default/cart"), rights=(Right.DELIVER,))
        with door.as_program("ci", grant) as client:
            token = client.headers["authorization"].removeprefix("Bearer ")
        monkeypatch.setenv("CALLBOARD_URL", door.url)
        monkeypatch.setenv("CALLBOARD_TOKEN", token)
        done = folder.call(*ask, "--fail-on", "critical", code=1)
        assert (done.code, "risks of stage handed in" in done.err) == (1, True)
        refused = folder.call(*ask[:-1], "bank", code=1)
        assert "Refused (404)" in refused.err
        with door.as_program("all", Grant(everything=True, deepest=Depth.SENSITIVE)) as client:
            kept = client.get("/api/v1/portal/risks").json()
        here = json.loads(folder.call("risk", "--portal", str(portal), "--json").out)
        assert {each["key"] for each in kept["risks"]} == {each["key"] for each in here["risks"]}
