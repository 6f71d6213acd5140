"""callboard ownership …: for people and for programs, from a plan to what drifts."""

from __future__ import annotations

from tests.cli.conftest import Folder

SET = """\
name: main
rules:
  - name: nobody's things
    match: {source: wiz}
    owners: [checkout-api]
    reason: We looked.
"""


def test_a_rule_set_is_planned_applied_and_shown(board: Folder) -> None:
    """A plan writes nothing; what is surprising waits for --agree; the set can be printed as its own file."""
    file = board.path / "main.yaml"
    file.write_text(SET)
    plan = board.call("ownership", "plan", str(file), "--json").json
    assert plan["added"] == ["nobody's things"]
    assert board.call("ownership", "rules", "--json").json == {"items": []}
    done = board.call("ownership", "apply", str(file), "--reason", "we looked", "--agree", "--json").json
    assert (done["state"], done["revision"]) == ("applied", 1)
    file.write_text(board.call("ownership", "rules", "main").out)
    assert board.call("ownership", "apply", str(file), "--json").json["state"] == "unchanged"
    assert "We looked" not in board.call("ownership", "rules").out
    assert "we looked" in board.call("ownership", "rules", "main", "--history").out


def test_a_set_is_put_into_a_file_and_changes_only_there(board: Folder) -> None:
    """Also one that was in force before, although no entry differs; any other file is answered with a patch."""
    first, file = board.path / "first.yaml", board.path / "main.yaml"
    for each in (first, file):
        each.write_text(SET)
    board.call("ownership", "apply", str(first), "--agree")
    assert board.call("ownership", "apply", str(file), "--kept-here", "--agree", "--json").json["state"] == "applied"
    assert board.call("ownership", "apply", str(first), "--json").json["state"] == "unchanged"
    first.write_text(SET.replace("We looked", "They looked"))
    said = board.call("ownership", "apply", str(first), "--agree", code=1)
    assert "-  reason: We looked.\n+  reason: They looked.\n" in said.out
    assert "kept in a file" in said.err
    assert board.call("ownership", "rules", "--json").json["items"][0]["revision"] == 2
    file.write_text(first.read_text())
    assert board.call("ownership", "apply", str(file), "--agree", "--json").json["state"] == "applied"


def test_a_set_that_is_wrong_is_refused_with_its_place(board: Folder) -> None:
    """No YAML, no set, an unknown component: each with what to do."""
    file = board.path / "main.yaml"
    for text, words in (
        ("a: [", "main.yaml:"),
        ("name: x\nrulez: []\n", "unknown field `rulez`"),
        (SET.replace("checkout-api", "nowhere"), "component:default/nowhere is not in the catalog."),
        ("a: 1\n---\nb: 2\n", "It holds 2 documents, not one."),
    ):
        file.write_text(text)
        said = board.call("ownership", "apply", str(file), code=1)
        assert words in said.err
        assert "Nothing was changed." in said.err
    assert board.call("ownership", "rules", "--json").json == {"items": []}


def test_reports_explanations_and_words(board: Folder) -> None:
    """One sentence on top; why a resource is whose it is; said and taken back."""
    said = board.call("ownership", "report", "--by", "type")
    assert "of open findings" in said.out
    assert board.call("ownership", "report", "--on", "2020-01-31").out.startswith("No finding is open.")
    assert "is no day" in board.call("ownership", "report", "--on", "soon", code=2).err
    finding = board.call("findings", "--json").json["findings"][0]
    resource = finding["resource"]["id"]
    confirmed = board.call("ownership", "confirm", resource, "checkout-api", "--json").json
    assert confirmed["word"] == "confirm"
    told = board.call("ownership", "explain", resource).out
    assert "component:default/checkout-api (approved rule)" in told
    board.call("ownership", "undo", str(confirmed["id"]))
    (signal,) = board.call("ownership", "signals", "--json").json["items"]
    assert (signal["kind"], signal["new"]) == ("resource-moved", "nobody")
    assert board.call("ownership", "signals", "--close", str(signal["id"]), "--json").json["items"] == []
    assert "There is no resource no-such-thing" in board.call("ownership", "explain", "no-such-thing", code=1).err


def test_what_was_given_back_leads_the_queue(board: Folder) -> None:
    """Who said so, why and when, for people and for programs; taken back, it is theirs again and in no queue."""
    resource = board.call("findings", "owner:payments", "--json").json["findings"][0]["resource"]["id"]
    before = board.call("ownership", "queue", "--json").json
    assert (before["said"], resource in {each["external_id"] for each in before["single"]}) == (0, False)
    said = board.call("ownership", "not-ours", resource, "checkout-api", "--reason", "It moved.", "--json").json
    queue = board.call("ownership", "queue", "--json").json
    assert (queue["said"], queue["resources"]) == (1, before["resources"] + 1)
    first = queue["single"][0]
    assert first["external_id"] == resource
    assert [(each["id"], each["component"], each["reason"]) for each in first["said"]] == [
        (said["id"], "component:default/checkout-api", "It moved.")
    ]
    told = board.call("ownership", "queue")
    assert "not checkout-api's, says" in told.out
    assert "1 given back" in told.err
    board.call("ownership", "undo", str(said["id"]))
    assert board.call("ownership", "queue", "--json").json == before
