"""Report exports and record files made up for the odd cases."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callboard.domain.finding import Observed, Rejected, State
from callboard.domain.instant import from_text
from callboard.errors import ImportRefusedError
from callboard.sources.wiz.files import ISSUE_REPORT, NODES, VULNERABILITY_REPORT, detect, read_file
from callboard.sources.wiz.parse import parse

ISSUE = {
    "Issue ID": "i1",
    "Created At": "2025-04-01T00:00:00Z",
    "Title": "Public bucket",
    "Severity": "HIGH",
    "Status": "OPEN",
    "Resource vertex ID": "r1",
    "Resource Name": "bucket",
    "Resource Tags": '{"team": "a"}',
    "Project IDs": "p1",
    "Project Names": "Shop, and more",
    "Resolved Time": "",
    "Resolution": "",
    "Control ID": "wc-1",
    "Note": "",
    "Ticket URLs": "https://tickets.example/T-1, https://tickets.example/T-2",
}
VULNERABILITY = {
    "ID": "v1",
    "Name": "CVE-2026-1",
    "CVSSSeverity": "High",
    "FindingStatus": "Open",
    "FirstDetected": "2025-04-01T00:00:00Z",
    "AssetID": "a1",
    "DetailedName": "openssl",
    "FixedVersion": "",
    "HasExploit": "maybe",
    "Tags": "not json",
}


def written(path: Path, *rows: dict[str, str], start: str = "") -> Path:
    """A report of rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(start + text.getvalue(), encoding="utf-8")
    return path


def read_one(path: Path) -> Observed | Rejected:
    """The only record of a file."""
    (record,) = read_file(path, None)
    return record


def test_an_issue_row(tmp_path: Path) -> None:
    """A byte order mark is no part of the first column; one project keeps its name, comma and all."""
    path = written(tmp_path / "x.bin", ISSUE, start="\ufeff")
    assert detect(path) == ISSUE_REPORT
    found = read_one(path)
    assert isinstance(found, Observed)
    assert isinstance(found.projects, tuple)
    assert [(project.external_id, project.name) for project in found.projects] == [("p1", "Shop, and more")]
    assert found.resource.tags == (("team", "a"),)
    assert isinstance(found.detail.tickets, tuple)
    assert [ticket.name for ticket in found.detail.tickets] == ["T-1", "T-2"]
    assert found.detail.notes == ()
    assert not isinstance(found.due_at, int)
    assert found.due_at is not None, "the report has no such column, so it is not told"


@pytest.mark.parametrize(
    ("status", "resolution", "state"),
    [
        ("IGNORED", "FALSE_POSITIVE", State.REJECTED),
        ("In Progress", "", State.IN_PROGRESS),
        ("RESOLVED", "OBJECT_DELETED", State.GONE),
        ("RESOLVED", "Object Deleted", State.GONE),
        ("Resolved", "", State.FIXED),
    ],
)
def test_words_of_a_report(tmp_path: Path, status: str, resolution: str, state: State) -> None:
    """Ignored is rejected; letter case and spaces do not matter."""
    row = {**ISSUE, "Status": status, "Resolution": resolution, "Resolved Time": "2025-04-03 20:20:00.43042 +0000 UTC"}
    found = read_one(written(tmp_path / "x.csv", row))
    assert isinstance(found, Observed)
    assert found.state is state
    if not state.is_open:
        assert found.fixed_at == from_text("2025-04-03T20:20:00.430420Z")


def test_a_vulnerability_row(tmp_path: Path) -> None:
    """No fix is None; what is neither true nor false is not told."""
    path = written(tmp_path / "x.csv", VULNERABILITY)
    assert detect(path) == VULNERABILITY_REPORT
    found = read_one(path)
    assert isinstance(found, Observed)
    assert found.fix is None
    assert found.detail.has_exploit is None
    assert found.detail.drift == ("Tags: not a JSON object", "HasExploit: neither true nor false")


def test_bad_rows_are_rejected_with_their_line_and_the_others_go_on(tmp_path: Path) -> None:
    """Too few columns, no id, no date, no resource."""
    path = written(
        tmp_path / "x.csv",
        {**ISSUE, "Issue ID": ""},
        {**ISSUE, "Created At": "soon"},
        {**ISSUE, "Title": "two\nlines", "Resource vertex ID": ""},
        ISSUE,
    )
    path.write_text(path.read_text() + "1,2\n\n" + ",".join(["x"] * 15) + "\n")
    records = list(read_file(path, None))
    assert [type(record).__name__ for record in records] == [
        "Rejected",
        "Rejected",
        "Rejected",
        "Observed",
        "Rejected",
        "Rejected",
    ]
    where = [record.where for record in records if isinstance(record, Rejected)]
    assert where == ["x.csv:2", "x.csv:3", "x.csv:4", "x.csv:7", "x.csv:9"]


@pytest.mark.fault("F6")
def test_a_missing_quote_does_not_swallow_the_memory(tmp_path: Path) -> None:
    """A field has a bound."""
    path = written(tmp_path / "x.csv", ISSUE)
    path.write_text(path.read_text() + 'x,"' + "y" * 3_000_000 + "\n")
    records = list(read_file(path, None))
    assert isinstance(records[0], Observed)
    assert all(isinstance(record, Rejected) for record in records[1:])


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", None, "is empty"),
        ("a,b\n1,2\n", None, "nothing that Callboard can import"),
        ("a,b\n1,2\n", ISSUE_REPORT, "no column 'Issue ID'"),
        ("a,b\n1,2\n", VULNERABILITY_REPORT, "no column 'ID'"),
        ("Issue ID,Created At,Title,Severity,Status\n", ISSUE_REPORT, "no column 'Resource vertex ID'"),
        ("a,b\n1,2\n", "dream", "not a kind"),
        ('{"a": 1', None, "not valid JSON"),
        ("[1, 2]", None, "a number"),
        ('"text"', NODES, "it is text"),
        ('{"errors": [{"message": "no"}], "data": null}', None, "an error answer"),
        ("[" * 200_000, None, "not valid JSON"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str, kind: str | None, sentence: str) -> None:
    """With a sentence and what was expected."""
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(ImportRefusedError, match=sentence) as caught:
        list(read_file(path, kind))
    assert caught.value.hint is not None


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    """Nor a file that is not there."""
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(ImportRefusedError, match="cannot be opened"):
            detect(path)


def test_json_lines_go_on_after_a_bad_line(tmp_path: Path) -> None:
    """Each line stands for itself."""
    issue = {
        "id": "i",
        "createdAt": "2026-08-01T00:00:00Z",
        "status": "OPEN",
        "severity": "LOW",
        "sourceRule": {"id": "r", "name": "R"},
        "entitySnapshot": {"id": "e", "type": "BUCKET", "name": "b"},
    }
    path = tmp_path / "x.jsonl"
    good = json.dumps(issue)
    path.write_text(f'\ufeff{good}\n\nbroken\n{{"isFolder": true}}\n{good}')
    records = list(read_file(path, None))
    assert [type(record).__name__ for record in records] == ["Observed", "Rejected", "Rejected", "Observed"]
    assert [record.where for record in records if isinstance(record, Rejected)] == ["x.jsonl:3", "x.jsonl:4"]


def test_whole_answers_and_lists_are_read(tmp_path: Path) -> None:
    """As a client saves them."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"data": {"issuesV2": {"nodes": [{"id": "1"}, None]}}}, indent=1))
    records = list(read_file(path, None))
    assert [record.where for record in records if isinstance(record, Rejected)] == ["x.json[1] createdAt", "x.json[2]"]
    path.write_text("[]")
    assert list(read_file(path, None)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=st.lists(st.text(max_size=80), max_size=6))
def test_no_rows_raise(tmp_path: Path, rows: list[str]) -> None:
    """Whatever stands below a good header."""
    path = written(tmp_path / "x.csv", ISSUE)
    path.write_text(path.read_text() + "\n".join(rows), encoding="utf-8", errors="ignore")
    for record in read_file(path, ISSUE_REPORT):
        assert isinstance(record, Observed | Rejected)


def test_a_row_about_code_names_the_same_things_as_the_api(tmp_path: Path) -> None:
    """The repository by the asset's id, the file by its path, Backstage's label by its key."""
    row = {
        **VULNERABILITY,
        "ProviderUniqueId": "github.com##Acme/Shop##main",
        "AssetName": "Acme/Shop/main",
        "LocationPath": "services/pay/go.mod",
        "Tags": '{"backstage.io/kubernetes-id": "pay"}',
    }
    found = read_one(written(tmp_path / "x.csv", row))
    assert isinstance(found, Observed)
    asset = {
        "id": "a1",
        "type": "REPOSITORY_BRANCH",
        "name": "Acme/Shop/main",
        "providerUniqueId": "github.com##Acme/Shop##main",
        "tags": {"backstage.io/kubernetes-id": "pay"},
    }
    record = {
        "id": "v1",
        "name": "CVE-2026-1",
        "status": "OPEN",
        "severity": "HIGH",
        "firstDetectedAt": "2025-04-01T00:00:00Z",
        "locationPath": "services/pay/go.mod",
        "vulnerableAsset": asset,
    }
    told = parse("vulnerability", json.dumps(record).encode())
    assert isinstance(told, Observed)
    assert found.resource.external_id == told.resource.external_id == "a1#services/pay/go.mod"
    assert set(found.resource.aliases) == set(told.resource.aliases)
    assert found.resource.repository == told.resource.repository == "github.com/Acme/Shop"


def test_an_issue_row_about_a_repository(tmp_path: Path) -> None:
    """The issue report tells no path, so the repository is the resource."""
    row = {**ISSUE, "Resource external ID": "github.com##Acme/Shop##main", "Resource Type": "REPOSITORY_BRANCH"}
    found = read_one(written(tmp_path / "x.csv", row))
    assert isinstance(found, Observed)
    assert ("repo", "github.com/acme/shop") in found.resource.aliases
    assert found.resource.external_id == "r1"
