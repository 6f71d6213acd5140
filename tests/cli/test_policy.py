"""callboard policy …: what holds, what a change would do, and doing it, over the real command and a real board."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Folder
from tests.cli.stub_wiz import StubWiz, issue

DUE = "policy: due\ndays: {critical: 1, high: 2, low: 0}\n"
ROLES = "policy: roles\norganisation_sees: counts\nsecurity: [payments]\nadministrators: [payments]\n"


def dates(board: Folder) -> set[tuple[str, str | None]]:
    """Every open finding's severity and due date."""
    return {(each["severity"], each["due_at"]) for each in board.call("findings", "--json").json["findings"]}


def revisions(board: Folder, kind: str) -> list[int]:
    """What was laid down, the newest first."""
    (each,) = board.call("policy", "show", kind, "--json").json["items"]
    return [one["n"] for one in each["history"]]


def test_what_is_shown_is_a_file_that_says_the_same(board: Folder) -> None:
    """Both policies stand as configured; what is printed can be planned, and changes nothing."""
    assert [each["revision"] for each in board.call("policy", "show", "--json").json["items"]] == [0, 0]
    assert board.call("policy", "show").out.count("# as configured") == 2
    for kind in ("roles", "due"):
        file = board.path / f"{kind}.yaml"
        file.write_text(board.call("policy", "show", kind).out)
        assert board.call("policy", "plan", str(file), "--json").json["changes"] == []
        assert revisions(board, kind) == []


def test_dates_are_planned_then_laid_down_then_taken_back(folder: Folder, wiz: StubWiz) -> None:
    """A plan writes nothing; what would be overdue at once waits for --agree; taken back, every date is the former."""
    board, ago = folder, (datetime.now(UTC) - timedelta(days=10)).isoformat()
    wiz.issues = [issue(n, createdAt=ago, severity=word) for n, word in enumerate(["CRITICAL", "LOW", *["HIGH"] * 4])]
    board.configure(wiz)
    board.call("sync")
    file = board.path / "due.yaml"
    file.write_text(DUE)
    before = dates(board)
    plan = board.call("policy", "plan", str(file), "--json").json
    assert plan["dates"]["moved"] == plan["dates"]["earlier"] + plan["dates"]["later"] == 6
    told = board.call("policy", "plan", str(file)).out
    assert "due, against the configuration: 3 values would change." in told
    assert "days.high: 30 → 2" in told
    assert "6 of 6 open findings would get another date" in told
    assert revisions(board, "due") == []
    assert "5 would be overdue at once." in told
    held = board.call("policy", "apply", str(file), code=1)
    assert "apply it with --agree" in held.err
    assert (revisions(board, "due"), dates(board)) == ([], before)
    done = board.call("policy", "apply", str(file), "--agree", "--reason", "Faster", "--json").json
    assert (done["state"], done["revision"]) == ("applied", 1)
    assert {severity: due for severity, due in dates(board) if severity != "high"}["low"] is None
    assert "says the same already" in board.call("policy", "apply", str(file)).err
    assert board.call("policy", "show", "due").out.startswith("# revision 1\n")
    back = board.call("policy", "remove", "due", "--reason", "Too fast", "--json").json
    assert (back["state"], back["revision"]) == ("applied", 2)
    assert dates(board) == before
    history = board.call("policy", "show", "due", "--history").out
    assert "Too fast" in history
    assert "taken back" in history
    actions = [each["action"] for each in board.call("audit", "list", "--json").json["entries"]]
    assert [each for each in actions if each.startswith("policy.")] == ["policy.remove", "policy.apply"]


def test_sight_that_would_open_waits_for_a_person(board: Folder) -> None:
    """A plan names who becomes what, and what would be open to how many."""
    file = board.path / "roles.yaml"
    file.write_text(ROLES)
    told = board.call("policy", "plan", str(file))
    assert "security: nobody → group:default/payments" in told.out
    assert "ana" in told.out
    assert "Everybody in the catalog, 1 person, would see the numbers of 4 open findings." in told.err
    assert "1 person would see every finding, to the full depth." in told.err
    assert board.call("policy", "apply", str(file), "--json", code=1).json["state"] == "held"
    assert revisions(board, "roles") == []
    assert "Applied as revision 1." in board.call("policy", "apply", str(file), "--agree").err
    assert "organisation_sees: counts" in board.call("policy", "show", "roles").out


def test_a_policy_that_is_kept_in_a_file_changes_only_there(board: Folder) -> None:
    """Its own file plans and applies; any other is answered with a patch for it, and nothing changes."""
    file, other = board.path / "due.yaml", board.path / "other.yaml"
    file.write_text(DUE)
    other.write_text(DUE.replace("high: 2", "high: 9"))
    board.call("policy", "apply", str(file), "--agree", "--kept-here")
    assert "kept in" in board.call("policy", "show", "due").out
    file.write_text(DUE.replace("high: 2", "high: 8"))
    assert board.call("policy", "plan", str(file), "--json").json["patch"] is None
    assert "-  high: 2\n+  high: 9\n" in board.call("policy", "plan", str(other)).out
    assert board.call("policy", "apply", str(other), "--agree", "--json", code=1).json["state"] == "patch"
    assert revisions(board, "due") == [1]
    board.call("policy", "apply", str(file), "--agree")
    assert revisions(board, "due") == [2, 1]
    board.call("policy", "remove", "due", "--agree")
    assert board.call("policy", "apply", str(other), "--agree", "--json").json["state"] == "applied"


def test_a_policy_in_force_can_be_put_into_a_file_afterwards(board: Folder) -> None:
    """That it is kept there is a change, although no value differs."""
    file, other = board.path / "due.yaml", board.path / "other.yaml"
    for each in (file, other):
        each.write_text(DUE)
    board.call("policy", "apply", str(other), "--agree")
    assert board.call("policy", "apply", str(file), "--kept-here", "--json").json["state"] == "applied"
    other.write_text(DUE.replace("high: 2", "high: 9"))
    assert board.call("policy", "apply", str(other), "--agree", "--json", code=1).json["state"] == "patch"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "policy.yaml is no policy. Line 2: "),
        ("policy: rolls\n", "Invalid value 'rolls'"),
        ("policy: due\ndayz: {}\n", "unknown field `dayz`"),
        ("policy: due\ndays: {high: -1}\n", "$.days"),
        ("policy: due\n---\npolicy: roles\n", "2 documents"),
        ("policy: roles\nsecurity: [nowhere]\n", "group:default/nowhere is not in the catalog."),
        ("policy: roles\nsecurity: [user:default/ana]\n", "is a user. Name a group"),
    ],
)
def test_a_policy_that_is_wrong_is_refused_with_its_place(board: Folder, text: str, words: str) -> None:
    """And nothing is laid down by it, whoever agrees."""
    file = board.path / "policy.yaml"
    file.write_text(text)
    said = board.call("policy", "apply", str(file), "--agree", code=1)
    assert words in said.err
    assert "Nothing was changed." in said.err
    assert [each["revision"] for each in board.call("policy", "show", "--json").json["items"]] == [0, 0]


def test_a_plan_that_cannot_be_applied_fails(board: Folder) -> None:
    """So that a pipeline that plans what lies in a repository stops."""
    file = board.path / "roles.yaml"
    file.write_text("policy: roles\nsecurity: [nowhere]\n")
    said = board.call("policy", "plan", str(file), code=1)
    assert "group:default/nowhere is not in the catalog." in said.out
    assert "cannot be applied" in said.err
    assert "values would change" not in said.out


def test_words_that_are_not_known_are_a_matter_of_usage(board: Folder) -> None:
    """A kind that there is not, a file that is not there; in a process of its own."""
    assert "'rolls' is not one of 'roles', 'due'" in board.run("policy", "show", "rolls", code=2).err
    assert "no.yaml" in board.call("policy", "plan", "no.yaml", code=2).err
    assert board.run("policy", "show", "--json").json["items"][0]["kind"] == "roles"
