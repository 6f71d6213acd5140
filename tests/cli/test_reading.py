"""findings, finding, components, component, sources: for people and for programs."""

from __future__ import annotations

from callboard.domain.access import LAPTOP
from callboard.domain.instant import Instant
from callboard.store import open_store
from callboard.usecases import browse
from callboard.web import to_wire
from tests.cli.conftest import Folder


def test_findings_for_people(board: Folder) -> None:
    """Worst first, whose they are, and how many there are."""
    said = board.call("findings")
    rows = said.out.splitlines()
    assert rows[0].split()[:3] == ["Id", "Severity", "State"]
    assert "critical" in rows[1]
    assert "unmapped: " in rows[1]
    assert "checkout-api" in rows[2]
    assert "6 of 6 findings." in said.err


def test_findings_for_programs(board: Folder) -> None:
    """The document is the API's own, and the only thing on stdout."""
    page = board.run("findings", "--json").json
    assert (page["total"], len(page["findings"]), page["next_cursor"]) == (6, 6, None)
    store = open_store(f"sqlite:///{board.path / 'callboard.db'}")
    import msgspec

    from callboard.domain.query import FindingQuery

    same = to_wire.findings(browse.findings(store, LAPTOP, FindingQuery()))
    store.close()
    assert page == msgspec.to_builtins(same)


def test_filters_ask_like_the_api(board: Folder) -> None:
    """Lists with commas or repeated, references in short, words of the glossary."""

    def total(*args: str) -> int:
        value = board.call("findings", *args, "--json").json["total"]
        assert isinstance(value, int)
        return value

    assert total("--severity", "critical,high") == 5
    assert total("--severity", "critical", "--severity", "low") == 2
    assert total("--component", "checkout-api") == 4
    assert total("--owner", "payments") == 4
    assert total("--unmapped") == 2
    assert total("--kind", "vulnerability") == 0
    assert total("--rule", "rule-1", "--state", "any") == 6
    assert total("--resource", "arn:aws:s3:::bucket-3") == 1
    assert total("--project", "project-1") == 4
    assert total("--text", "BUCKET-5") == 1
    assert total("--source", "main", "--state", "fixed") == 0


def test_a_walk_by_cursor_sees_each_row_once(board: Folder) -> None:
    """In the order that was asked for."""
    seen: list[int] = []
    cursor: str | None = None
    while True:
        args = ["--cursor", cursor] if cursor else []
        page = board.call("findings", "--sort", "first", "--limit", "4", "--json", *args).json
        seen += [each["id"] for each in page["findings"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 6


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
    page = board.call("components", "--json").json
    assert {each["name"]: each["mapping"] for each in page["components"]} == {
        "checkout-api": "claimed",
        "nobody-knows": "none",
    }
    assert board.call("components", "--owner", "group:default/nobody", "--json").json["total"] == 0
    assert board.call("components", "--system", "shop", "--json").json["total"] == 1


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
    from callboard.wiring import SystemClock

    assert SystemClock().now() > Instant(1_700_000_000_000_000)
