"""`callboard metrics`: for people, for programs, as a table and as a picture."""

from __future__ import annotations

import csv

from tests.cli.conftest import Folder


def test_times_for_people_and_programs(board: Folder) -> None:
    """One document, one table or one picture on stdout; words about it beside them."""
    said = board.call("metrics", "times")
    assert said.out.splitlines()[0].split()[:3] == ["Severity", "Watched", "Fixed"]
    assert "in UTC" in said.err
    told = board.call("metrics", "times", "--by", "team", "--json").json
    assert (told["by"], told["measure"]) == ("team", "remediate")
    rows = list(csv.reader(board.call("metrics", "times", "--csv").out.splitlines()))
    assert rows[0][0] == "key"
    assert rows[1][1] == "all together"
    assert board.call("metrics", "times", "--svg").out.startswith('<svg xmlns="http://www.w3.org/2000/svg"')


def test_flow_open_and_dates(board: Folder) -> None:
    """Each for people, for programs, as a table and as a picture."""
    flow = board.call("metrics", "flow", "--json").json
    assert flow["weeks"][-1]["open_after"] == flow["months"][-1]["open_after"]
    now = board.call("metrics", "open", "--by", "team", "--json").json
    assert now["all"]["open"] == board.call("findings", "is:open", "--json").json["total"]
    past = board.call("metrics", "open", "--on", "2020-01-01", "--json").json
    assert (past["on"], past["all"]["open"], past["all"]["query"]) == ("2020-01-01", 0, None)
    due = board.call("metrics", "due", "--json").json
    assert due["all"]["on_time"] + due["all"]["late"] + due["all"]["overdue"] >= 0
    for report in ("flow", "open", "due"):
        assert board.call("metrics", report).out
        assert board.call("metrics", report, "--csv").out.splitlines()[0].startswith(("key", "stretch"))
        assert board.call("metrics", report, "--svg").out.startswith("<svg")


def test_what_no_report_can_be_about(board: Folder) -> None:
    """It is told as the API tells it."""
    said = board.call("metrics", "times", "-q", "is:fixed", code=2)
    assert "what became of them" in said.err
    assert "Write it as" in board.call("metrics", "times", "--from", "soon", code=2).err


def test_a_rollout_is_planned_by_lot_and_told(board: Folder) -> None:
    """The order is the seed's, is kept, and each design says what it can tell or why it cannot."""
    assert "No rollout is planned" in board.call("metrics", "rollout", "show").err
    refused = board.call("metrics", "channels", "--design", "rollout", "--json").json
    assert [each["design"] for each in refused["rollouts"]] == ["rollout"]
    assert "No rollout is planned" in refused["rollouts"][0]["refusal"]
    assert (refused["comparisons"], refused["came_back"], refused["rollout"]) == ([], None, None)
    asked = ("metrics", "rollout", "plan", "--waves", "2", "--every", "7", "--seed", "s", "--team", "a", "--team", "b")
    made = board.call(*asked, "--json").json
    assert (made["by_lot"], made["seed"], made["as_drawn"], len(made["waves"])) == (True, "s", True, 2)
    shown = board.call("metrics", "rollout", "show")
    assert made["waves"][0]["first_day"] in shown.out
    assert "from the seed s" in shown.err
    assert board.call("metrics", "rollout", "show", "--json").json["plans"][0] == made
    told = board.call("metrics", "channels", "--json").json
    assert [each["design"] for each in told["rollouts"]] == ["rollout", "did"]
    assert [each["design"] for each in told["comparisons"]] == ["landmark", "time-dependent"]
    assert told["rollout"]["audit_entry"] == made["audit_entry"]
    assert all(each["refusal"] for each in told["rollouts"])
    said = board.call("metrics", "channels")
    assert said.out.startswith("Given by lot, team after team: ")
    assert board.call("metrics", "channels", "--csv").out.startswith("design,arm,severity")
    assert "proves nothing" in board.call(*asked, "--from", "2020-01-01", code=2).err
    assert "belong to a lot" in board.call(*asked, "--pilot", "x", code=2).err
