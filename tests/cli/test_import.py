"""callboard import: files that a product exported."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Folder
from tests.cli.stub_wiz import StubWiz, issue


@pytest.fixture
def nodes(folder: Folder) -> str:
    """A file of three records, one of which cannot be read."""
    broken = {**issue(3), "entitySnapshot": {}}
    path = folder.path / "nodes.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (issue(1), issue(2), broken)))
    return str(path)


def test_records_are_counted_and_the_bad_one_is_named(folder: Folder, nodes: str) -> None:
    """The good ones are taken in; exit code 3 says that not all were."""
    said = folder.call("import", nodes, "--json", code=3)
    (report,) = said.json["files"]
    assert (report["records"], report["observed"], report["rejected"], report["new"]) == (3, 2, 1, 2)
    assert "nodes.jsonl:3" in report["reasons"][0]
    assert folder.call("findings", "--json").json["total"] == 2
    again = folder.call("import", nodes, code=3)
    assert "nodes.jsonl:3" in again.out
    assert folder.call("db", "check", "--json").json["ok"] is True


def test_findings_join_the_configured_source(folder: Folder, wiz: StubWiz, nodes: str) -> None:
    """All doors of one tenant are one source: a sync and a file share their ids."""
    folder.configure(wiz)
    wiz.issues = [issue(1)]
    folder.call("sync")
    report = folder.call("import", nodes, "--json", code=3).json["files"][0]
    assert (report["source"], report["new"]) == ("main", 1)


def test_the_source_can_be_named(folder: Folder, nodes: str) -> None:
    """Also one that exists only through its files."""
    assert (
        folder.call("import", nodes, "--source", "old-tenant", "--json", code=3).json["files"][0]["source"]
        == "old-tenant"
    )
    assert folder.call("sources", "--json").json["sources"][0]["name"] == "old-tenant"


def test_a_source_that_is_not_configured_is_told(folder: Folder, wiz: StubWiz, nodes: str) -> None:
    """It may be meant; it may as well be mistyped, and then the same findings would be there twice."""
    folder.configure(wiz)
    said = folder.call("import", nodes, "--source", "mian", code=3)
    assert "'mian' is not configured; there is main" in said.err
    assert "not configured" not in folder.call("import", nodes, "--source", "main", code=3).err


def test_a_place_in_a_file_is_said_once(folder: Folder, nodes: str) -> None:
    """As editors take it: the file as it was given, and the line."""
    (line,) = [each for each in folder.call("import", nodes, code=3).out.splitlines() if "nodes.jsonl:3" in each]
    assert line.startswith(f"{nodes}:3 ")


def test_several_sources_ask_for_a_choice(folder: Folder, wiz: StubWiz, nodes: str) -> None:
    """Nothing is guessed."""
    folder.configure(wiz)
    with (folder.path / "callboard.toml").open("a") as file:
        file.write(
            '[[source]]\nkind = "wiz"\nname = "two"\nclient_id = "x"\nclient_secret = "y"\napi_url = "https://a.b"\n'
        )
    assert "--source: main, two" in folder.call("import", nodes, code=2).err


def test_what_is_no_findings_is_refused(folder: Folder, nodes: str) -> None:
    """With what was expected; the other files go on."""
    (folder.path / "x.txt").write_text("hello")
    said = folder.call("import", "x.txt", nodes, "--json", code=3)
    assert said.json["refused"][0]["file"] == "x.txt"
    assert len(said.json["files"]) == 1
    assert "x.txt: " in said.err
    assert "not a kind of file" in folder.call("import", nodes, "--as", "poem", code=2).err
    folder.call("import", "missing.csv", code=2)
    folder.call("import", code=2)
