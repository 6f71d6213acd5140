"""findings, bundles, finding, components, component, teams, views, sources: for people and for programs."""

from __future__ import annotations

import csv

import msgspec

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.instant import Instant
from callboard.domain.query import FOR_ANYBODY, parse
from callboard.domain.remediation.sayable import about_many
from callboard.store import open_store
from callboard.usecases import ask
from callboard.web import exports
from callboard.web.to_wire import board as to_wire
from callboard.wiring.machine import SystemClock
from tests.cli.conftest import Folder


def test_findings_for_people(board: Folder) -> None:
    """What to do first comes first, whose they are, how many there are, and what was asked."""
    said = board.call("findings", "--sort", "severity")
    rows = said.out.splitlines()
    assert rows[0].split()[:3] == ["Id", "Severity", "State"]
    assert "critical" in rows[1]
    assert "unmapped: " in rows[1]
    assert "checkout-api" in rows[2]
    assert "6 of 6 findings for: is:open sort:severity" in said.err
    assert "No finding matches for: is:kev sort:do-now" in board.call("findings", "is:kev").err


def test_a_narrow_terminal_gives_room_to_names(board: Folder) -> None:
    """What all rows share is said by the query below; a CVE that is cut in two cannot be copied."""
    narrow = board.run("findings", COLUMNS="80").out.splitlines()
    assert narrow[0].split() == ["Id", "Severity", "Finding", "Resource", "Component", "Age", "Due"]
    assert max(map(len, narrow)) <= 80
    assert board.run("findings", COLUMNS="120").out.split()[2] == "State"


def test_findings_for_programs(board: Folder) -> None:
    """The document is the API's own, and the only thing on stdout."""
    page = board.run("findings", "--json").json
    assert (page["total"], len(page["findings"]), page["next_cursor"]) == (6, 6, None)
    store = open_store(f"sqlite:///{board.path / 'callboard.db'}")
    query = parse(FOR_ANYBODY)
    listed = ask.list_findings(store, AT_THE_LAPTOP, query, now=SystemClock().now())
    same = to_wire.findings(listed, query, may=about_many(AT_THE_LAPTOP.rights), seen=0)
    store.close()
    assert page == msgspec.to_builtins(same)


def total(board: Folder, *args: str) -> int:
    """How many findings there are."""
    value = board.call("findings", *args, "--json").json["total"]
    assert isinstance(value, int)
    return value


def test_a_query_is_all_that_is_asked(board: Folder) -> None:
    """Its words are arguments; a negated one is no option; nothing is added to it."""
    assert total(board, "is:open", "severity:critical,high") == 5
    assert total(board, "is:open severity:critical") == 1
    assert total(board, "-severity:critical,high") == 1
    assert total(board, "-has:component", "is:open") == 2
    assert board.call("findings", "--json", "--", "-severity:high", "-is:unmapped").json["total"] == 0
    assert total(board, "owner:payments") == 4
    assert total(board, "resource:arn:aws:s3:::bucket-3") == 1
    assert total(board, "BUCKET-5") == 1
    said = board.call("findings", "sev:high", code=2)
    assert 'did you mean "severity:"' in said.err.lower()
    assert "owner:payments" in board.call("findings", "owner:@me", code=2).err


def test_options_add_terms(board: Folder) -> None:
    """Lists with commas or repeated, references in short, words of the glossary."""
    assert total(board, "--severity", "critical,high") == 5
    assert total(board, "--severity", "critical", "--severity", "low") == 2
    assert total(board, "--component", "checkout-api") == 4
    assert total(board, "--owner", "payments") == 4
    assert total(board, "--unmapped") == 2
    assert total(board, "--kind", "vulnerability") == 0
    assert total(board, "--rule", "rule-1", "--state", "any") == 6
    assert total(board, "--resource", "arn:aws:s3:::bucket-3") == 1
    assert total(board, "--project", "project-1") == 4
    assert total(board, "--text", "BUCKET-5") == 1
    assert total(board, "--text", 'a "quoted, text') == 0
    assert total(board, "--source", "main", "--state", "fixed") == 0
    assert total(board, "--system", "shop", "is:unmapped") == 0
    said = board.call("findings", "severity:low", "--unmapped", "--state", "open,in-progress", "--sort", "due")
    assert "for: is:unmapped severity:low status:in-progress,open sort:due" in said.err


def test_a_walk_by_cursor_sees_each_row_once(board: Folder) -> None:
    """In the order that was asked for."""
    seen: list[int] = []
    cursor: str | None = None
    while True:
        args = ["--cursor", cursor] if cursor else []
        page = board.call("findings", "--sort", "newest", "--limit", "4", "--json", *args).json
        seen += [each["id"] for each in page["findings"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 6
    assert board.call("findings", "--limit", "0", code=2)
    assert board.call("bundles", "--limit", "501", code=2)


def test_a_csv_file_holds_them_all(board: Folder) -> None:
    """The API's own columns, whatever the page size; - is stdout, and nothing else is there."""
    said = board.run("findings", "sort:severity", "--csv", "-")
    rows = list(csv.DictReader(said.out.splitlines()))
    assert tuple(rows[0]) == exports.COLUMNS
    assert [row["severity"] for row in rows] == ["critical", *["high"] * 4, "low"]
    assert said.err == "6 findings for: sort:severity\n"
    board.call("findings", "sort:severity", "--csv", "out.csv")
    content = (board.path / "out.csv").read_bytes()
    assert content.count(b"\r\n") == 7
    assert b"\r\r" not in content
    assert list(csv.DictReader(content.decode().splitlines())) == rows
    assert "do not go with it" in board.call("findings", "--csv", "x", "--json", code=2).err
    assert "cannot be written" in board.call("findings", "--csv", "no/such/folder/x.csv", code=2).err


def test_bundles(board: Folder) -> None:
    """As many findings as the list; the groups that were asked for."""
    said = board.call("bundles")
    assert "Bucket is public" in said.out
    assert "1 of 1 bundle for: is:open sort:do-now" in said.err
    page = board.call("bundles", "is:open", "group:component", "-severity:low", "--json").json
    assert page["query"] == "is:open -severity:low group:component sort:do-now"
    assert sum(each["findings"] for each in page["bundles"]) == total(board, "is:open", "-severity:low") == 5
    assert all(each["link"] or each["link_problem"] for each in page["bundles"])


def test_a_team(board: Folder) -> None:
    """What it owns, in numbers and in work; a person has one too; anything else has none."""
    page = board.call("team", "payments", "--json").json
    assert (page["ref"], page["numbers"]["open"], page["members"]) == ("group:default/payments", 4, 1)
    said = board.call("team", "payments")
    for expected in ("payments (group:default/payments)", "4 open", "Bucket is public", "checkout-api"):
        assert expected in said.out
    assert "unknown" in next(line for line in said.out.splitlines() if "nobody-knows" in line)
    assert board.call("team", "user:default/ana", "--json").json["kind"] == "user"
    assert "is no group" in board.call("team", "component:default/checkout-api", code=2).err
    board.call("team", "nobody", code=1)
    board.call("system", "never-described", code=1)
    board.call("domain", "never-described", code=1)
    board.call("domain", "a/b/c", code=2)


def test_views(board: Folder) -> None:
    """Saved, listed and removed by name."""
    assert "no saved views" in board.call("views", "list").err
    assert "Late: is:open is:overdue sort:do-now" in board.call("views", "save", "Late", "is:overdue", "is:open").out
    kept = board.call("views", "save", "Calm", "-is:overdue", "--team", "payments", "--json").json
    assert (kept["query"], kept["team"]) == ("-is:overdue sort:do-now", "group:default/payments")
    assert [each["name"] for each in board.call("views", "list", "--json").json["views"]] == ["Calm", "Late"]
    assert "Late" in board.call("views", "list").out
    board.call("views", "remove", "Late")
    board.call("views", "remove", str(kept["id"]))
    board.call("views", "remove", "Late", code=1)
    board.call("views", "save", "Late", code=2)
    board.call("views", "save", "Late", "sev:high", code=2)


def test_one_finding(board: Folder) -> None:
    """By Callboard's number and by the source's id, with the reason why it belongs where it does."""
    number = board.call("findings", "--text", "bucket-3", "--json").json["findings"][0]["id"]
    page = board.call("finding", str(number), "--json").json
    assert page["finding"]["resource"]["name"] == "bucket-3"
    assert page["candidates"][0]["won"] is True
    assert board.call("finding", page["finding"]["external_id"], "--json").json == page
    said = board.call("finding", str(number))
    for expected in ("bucket-3", "checkout-api", "25 Mar 2026 05:46 UTC", "wiz.io/project-id", "opened"):
        assert expected in said.out


def test_components(board: Folder) -> None:
    """Unknown is not zero: a component that claims nothing says so."""
    said = board.call("components")
    assert "4" in next(line for line in said.out.splitlines() if "checkout-api" in line)
    assert "unknown" in next(line for line in said.out.splitlines() if "nobody-knows" in line)
    assert "2 without a component" in said.err
    assert "2 of 2 components. 6 open findings" in said.err
    page = board.call("components", "--json").json
    assert {each["name"]: each["mapping"] for each in page["components"]} == {
        "checkout-api": "claimed",
        "nobody-knows": "none",
    }
    assert board.call("components", "--owner", "group:default/nobody", "--json").json["total"] == 0
    assert board.call("components", "--system", "shop", "--json").json["total"] == 1


def test_what_stands_in_the_place_of_a_component_is_counted_apart(board: Folder) -> None:
    """Or the list has more components than the catalog, and nobody knows why."""
    file = board.path / "catalog" / "catalog-info.yaml"
    kept = "---\napiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: receipts\n"
    file.write_text(
        file.read_text()
        + kept
        + "  annotations: {wiz.io/project-id: project-1}\nspec: {type: bucket, owner: payments}\n"
    )
    board.call("sync", "--catalog-only")
    assert "3 of 3 components, 1 of them a resource of the catalog." in board.call("components").err


def test_one_component(board: Folder) -> None:
    """By name or by full reference."""
    page = board.call("component", "checkout-api", "--json").json
    assert page["component"]["open"]["high"] == 4
    assert board.call("component", "Component:default/Checkout-API", "--json").json == page
    assert "Bucket is public" in board.call("component", "checkout-api").out
    assert "We cannot tell which findings belong here" in board.call("component", "nobody-knows").out


def test_sources(board: Folder) -> None:
    """How fresh and how whole; what was never read is named."""
    (source,) = board.call("sources", "--json").json["sources"]
    assert board.call("sources", "--json").json["link_checks"] == []
    assert (source["name"], source["findings"], source["last_run_state"]) == ("main", 6, "applied")
    assert "main" in board.call("sources").out
    (board.path / "callboard.db").unlink()
    board.call("sync", "--catalog-only")
    assert "has never been read" in board.call("sources").err


def test_texts_from_outside_cannot_act_on_the_terminal(board: Folder, wiz: object) -> None:
    """A title is somebody else's text: no control sequences, no markup."""
    from tests.cli.stub_wiz import StubWiz, issue

    assert isinstance(wiz, StubWiz)
    entity = {**issue(7)["entitySnapshot"], "name": "\x1b[31m[bold]x[/bold]\u202e"}
    wiz.issues.append(issue(7, entitySnapshot=entity))
    board.call("sync", "--full")
    said = board.call("findings", "--limit", "50")
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert "[bold]x" in said.out


def test_now_is_an_instant() -> None:
    """The clock of the wiring counts microseconds since 1970."""
    assert SystemClock().now() > Instant(1_700_000_000_000_000)
