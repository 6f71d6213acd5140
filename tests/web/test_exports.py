"""Findings as files: the same rows in the same order as the list, whatever is asked, and nothing that acts on a spreadsheet."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from callboard.domain.query import Grouping
from callboard.usecases import export_findings
from callboard.web import exports
from callboard.web.wire import work as wire_work
from tests.web.conftest import HOSTILE, Door

TERMS = (
    "is:open", "-is:open", "severity:high", "severity:critical,high", "-severity:low", "is:overdue", "is:unmapped",
    "has:component", "owner:checkout", "component:checkout-api", "-component:storefront", "system:shop", "age:>30d",
    "due:<+30d", "no:due", "kind:issue", "status:fixed", "is:suppressed", "is:transient",
    "-is:transient", "source:wiz-main", "source:nobody", "bucket",
    "-hostile", "project:pay", "rule:rule-1", "is:new", "has:fix", "first:>=2026-01-01", "band:<=5", "cve:CVE-2021-44228",
)  # fmt: skip
ORDERS = ("do-now", "severity", "due", "newest", "oldest")


@pytest.fixture
def api(door: Door) -> Iterator[httpx.Client]:
    """A client with the API token."""
    with door.bearer() as client:
        yield client


def read_csv(api: httpx.Client, query: str) -> list[dict[str, str]]:
    """The rows of the CSV file of a query."""
    answer = api.get("/api/v1/findings.csv", params={"q": query})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline=""), strict=True))


def listed(api: httpx.Client, query: str) -> list[int]:
    """The whole list of a query, page by page."""
    found: list[int] = []
    cursor = ""
    while True:
        page = api.get("/api/v1/findings", params={"q": query, "limit": 40, "cursor": cursor}).json()
        found += [row["id"] for row in page["findings"]]
        cursor = page["next_cursor"]
        if cursor is None:
            assert len(found) == page["total"]
            return found


def grouped(api: httpx.Client, query: str, by: Grouping) -> int:
    """How many findings the groups of a query hold together; each of them as many as it says."""
    total, cursor = 0, ""
    while True:
        page = api.get(
            "/api/v1/bundles", params={"q": f"{query} group:{by.value}", "limit": 30, "cursor": cursor}
        ).json()
        total += sum(each["findings"] for each in page["bundles"])
        cursor = page["next_cursor"]
        if cursor is None:
            return total


@pytest.mark.parametrize("seed", range(25))
def test_every_face_of_a_query_has_the_same_rows(api: httpx.Client, seed: int) -> None:
    """The list, both files, and the sum of the groups, by whatever they are put together."""
    dice = random.Random(seed)  # noqa: S311
    query = " ".join([*dice.sample(TERMS, dice.randint(0, 3)), f"sort:{dice.choice(ORDERS)}"])
    ids = listed(api, query)
    assert [int(row["id"]) for row in read_csv(api, query)] == ids
    document = msgspec.json.decode(
        api.get("/api/v1/findings.json", params={"q": query}).content, type=wire_work.Export, strict=True
    )
    assert document.schema_version == exports.SCHEMA_VERSION
    assert document.total == len(ids)
    assert [row.id for row in document.findings] == ids
    for by in Grouping:
        assert grouped(api, query, by) == len(ids), by


def written(value: object) -> str:
    """A value of the JSON file as CSV has it."""
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_both_files_say_the_same(api: httpx.Client) -> None:
    """Field by field; the names of the columns are a contract."""
    rows = read_csv(api, "sort:severity")
    document = api.get("/api/v1/findings.json", params={"q": "sort:severity"}).json()
    assert document["query"] == "sort:severity"
    assert list(rows[0]) == list(document["findings"][0]) == list(exports.COLUMNS)
    assert list(exports.COLUMNS)[:9] == [
        "id", "external_id", "source", "kind", "state", "severity", "title", "rule_id", "rule_name",
    ]  # fmt: skip
    for row, whole in zip(rows, document["findings"], strict=True):
        for name, value in whole.items():
            expected = written(value)
            assert row[name] in (expected, f"'{expected}"), name


def test_what_looks_like_a_file_is_one(api: httpx.Client) -> None:
    """Its media type, its name, CRLF, no comment, dates in UTC; hostile texts survive the quotes."""
    answer = api.get("/api/v1/findings.csv?q=sort:newest")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="callboard-findings-2026-03-02.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.startswith(b"id,external_id,")
    assert answer.content.endswith(b"\r\n")
    rows = read_csv(api, "sort:newest")
    (hostile,) = [row for row in rows if row["external_id"] == "hostile"]
    assert hostile["title"] == HOSTILE
    assert hostile["first_detected_at"].endswith("Z")
    answer = api.get("/api/v1/findings.json")
    assert answer.headers["content-disposition"].endswith('.json"')
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.attack("A18")
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(1)", "'@SUM(1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"), ("\uff1d1", "'\uff1d1"), ("a=1", "a=1"), ("", ""), ("'x", "'x"),
    ],
)  # fmt: skip
def test_no_text_is_taken_for_a_formula(text: str, written: str) -> None:
    """It begins with an apostrophe then."""
    assert exports.neutral(text) == written


def test_too_many_are_refused_and_never_cut(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about it, before anything is written."""
    monkeypatch.setattr(export_findings, "MOST", 60)
    for path in ("/api/v1/findings.csv", "/api/v1/findings.json"):
        answer = api.get(path, params={"q": "sort:newest"})
        assert answer.status_code == 400
        assert answer.json()["detail"] == "More than 60 findings are too many for one file."
        assert "Narrow the query" in answer.json()["hint"]
        assert api.get(path, params={"q": "is:open severity:critical"}).status_code == 200


def test_rows_are_read_in_chunks(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """However they are cut, they are the same."""
    whole = read_csv(api, "sort:due")
    monkeypatch.setattr(export_findings, "CHUNK", 7)
    monkeypatch.setattr(exports, "ROWS", 3)
    assert read_csv(api, "sort:due") == whole
    document = api.get("/api/v1/findings.json?q=sort:due").json()
    assert [str(row["id"]) for row in document["findings"]] == [row["id"] for row in whole]
    assert api.get("/api/v1/findings.json?q=source:nobody").json()["findings"] == []
