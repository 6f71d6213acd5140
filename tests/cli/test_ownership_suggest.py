"""Suggestions, evaluation, alignment, standards and trees from a shell."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Folder


def test_suggest(board: Folder) -> None:
    """What nobody owns is listed, with the sentence that nothing is applied."""
    said = board.call("ownership", "suggest")
    assert "2 unmapped resources" in said.err
    assert "Nothing is applied" in said.err
    found = board.call("ownership", "suggest", "--json").json
    assert found["unmapped"] == len(found["resources"]) == 2
    one = board.call("ownership", "suggest", found["resources"][0]["external_id"], "--json").json
    assert one["unmapped"] == 1
    assert "No unmapped resource" in board.call("ownership", "suggest", "nowhere", code=1).err


def test_evaluate(board: Folder) -> None:
    """With a table for people and one document for programs; bad files are refused with their line."""
    ids = [each["resource"]["id"] for each in board.call("findings", "--json", "--state", "any").json["findings"]]
    labels = board.path / "labels.csv"
    labels.write_text("resource,label\n" + "".join(f"{each},checkout-api\n" for each in dict.fromkeys(ids)))
    found = board.call("ownership", "evaluate", "--labels", str(labels), "--json").json
    assert found["labels"] == 6
    assert found["evaluation"]["overall"]["answered"] == found["evaluation"]["overall"]["right"] == 4
    assert found["evaluation"]["overall"]["missed"] == 2
    said = board.call("ownership", "evaluate", "--labels", str(labels))
    assert "100.0 % (51.0–100.0)" in said.out
    assert "tier 2" in said.out
    labels.write_text("resource,label\na,\n")
    assert "Line 2" in board.call("ownership", "evaluate", "--labels", str(labels), code=3).err
    labels.write_bytes(b"resource,label\na,\xff\n")
    assert "UTF-8" in board.call("ownership", "evaluate", "--labels", str(labels), code=3).err


def test_sample(board: Folder) -> None:
    """A file without a word of what was decided, which `evaluate` reads once it is labelled, and which is not overwritten."""
    labels = board.path / "sample.csv"
    said = board.call("ownership", "sample", "--out", str(labels), "--of-each", "10")
    assert "6 resources to label" in said.out
    assert "unmapped" in said.out
    text = labels.read_text()
    lines = text.splitlines()
    assert lines[0] == "resource,label,second,part,source,type,account,name"
    assert len(lines) == 7
    assert "tier" not in text
    assert "unmapped" not in text
    assert "component:" not in text
    assert "exists already" in board.call("ownership", "sample", "--out", str(labels), code=3).err
    again = board.path / "again.csv"
    drawn = board.call("ownership", "sample", "--out", str(again), "--of-each", "10", "--json").json
    assert drawn["drawn"] == 6
    assert again.read_text() == text
    labels.write_text("\n".join([lines[0], *(line.replace(",,", ",nobody,", 1) for line in lines[1:])]))
    found = board.call("ownership", "evaluate", "--labels", str(labels), "--json").json
    assert (found["labels"], found["not_found"]) == (6, [])


def test_align(board: Folder) -> None:
    """Differences, the kinds that were asked for, and patches."""
    said = board.call("ownership", "align")
    assert "component:default/nobody-knows names no Wiz project" in said.out
    assert "no-project: 2 looked at, 1 differ, 0 cannot be told." in said.err
    only = board.call("ownership", "align", "--kind", "no-project", "--json").json
    assert {each["kind"] for each in only["differences"]} == {"no-project"}
    assert "# in Wiz: Create a project" in board.call("ownership", "align", "--patches").out


@pytest.mark.parametrize("by", ["domain", "unit", "region", "account"])
def test_tree(board: Folder, by: str) -> None:
    """The top line is everything open, for people as for programs."""
    found = board.call("ownership", "tree", "--by", by, "--json").json
    assert sum(found["open"].values()) == 6
    assert "Everything" in board.call("ownership", "tree", "--by", by).out


def test_standards(board: Folder) -> None:
    """Off until they are set up; then by team, as a gate where that is asked for."""
    assert "[standards]" in board.call("ownership", "standards", code=2).err
    file = board.path / "callboard.toml"
    file.write_text(
        f'{file.read_text()}\n[standards]\nenabled = true\ncomponent_system = true\nresource_tags = ["team"]\n'
    )
    said = board.call("ownership", "standards", "--breaches")
    assert "“nobody-knows” has no system." in said.out
    assert "group:default/payments" in said.out
    found = board.call("ownership", "standards", "--team", "payments", "--check", "--json", code=1).json
    assert found["asked"] - found["kept"] == len(found["breaches"]) > 0
    assert {each["team"] for each in found["scores"]} == {"group:default/payments"}
    assert board.call("ownership", "standards", "--team", "who", "--check", "--json").json["asked"] == 0
