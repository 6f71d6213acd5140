"""A17 to A21: texts that want to be code, formulas, SQL, endless patterns or links to elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from callboard.domain.link import safe_link
from callboard.store import schema
from tests.support.named import NamedDoor, named_door

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", '=HYPERLINK("http://evil.example")')


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A board whose texts of team red are hostile."""
    with named_door(tmp_path_factory.mktemp("hostile") / "callboard.db") as door:
        with door.store.write() as conn:
            conn.execute(
                schema.finding.update().where(schema.finding.c.id == door.finding("red-0")).values(title=SCRIPT)
            )
            for n, formula in enumerate(FORMULAS[:2]):
                of = schema.finding.c.id == door.finding(f"red-{n + 1}")
                conn.execute(schema.finding.update().where(of).values(title=formula))
            conn.execute(schema.rule.update().where(schema.rule.c.external_id == "rule-red").values(name=SCRIPT))
            conn.execute(schema.resource.update().where(schema.resource.c.name.like("%red%")).values(name=SCRIPT))
        yield door


@pytest.mark.attack("A17")
def test_a17_text_is_text_on_every_page(hostile: NamedDoor) -> None:
    """No page runs what a source wrote, and the policy would stop it if one did."""
    pages = ("/", "/findings", f"/findings/{hostile.finding('red-0')}", "/components/component/default/cart",
             "/rules?id=rule-red", "/resources?id=red-vm-0", "/findings?q=is:open group:rule")  # fmt: skip
    with hostile.as_user("bo") as client:
        for path in pages:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "<script>alert" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            policy = answer.headers["content-security-policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy


@pytest.mark.attack("A17")
def test_a17_reflected_text_is_text(hostile: NamedDoor) -> None:
    """What the caller sends comes back as text: in errors, in the search box, on the sign-in page."""
    with hostile.as_user("bo") as client, hostile.client() as nobody:
        for path in (f"/findings?q={SCRIPT}", f"/search?q={SCRIPT}", f"/rules?id={SCRIPT}", f"/cves/{SCRIPT}"):
            for each in (client, nobody):
                assert "<script>alert" not in each.get(path).text


@pytest.mark.attack("A18")
def test_a18_no_cell_is_a_formula(hostile: NamedDoor) -> None:
    """What a spreadsheet could run begins with an apostrophe, and quotes and line ends stay within their cell."""
    from callboard.web import exports

    with hostile.as_user("bo") as client:
        rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/findings.csv").text)))
    assert len(rows) == 3
    assert {row["title"] for row in rows} == {SCRIPT, "'=1+1", "'+1"}
    for formula in FORMULAS:
        assert exports.neutral(formula).startswith("'")


@pytest.mark.attack("A19")
@pytest.mark.parametrize(
    "asked",
    ["sort:1", "sort:(select 1)", "sort:severity;drop table finding", "group:1", "group:finding.id", "rule:' or '1'='1",
     "rule:%25", "'; drop table finding; --", "resource:_", "is:open') or 1=1 --", "age:>1 or 1=1", "component:%25%25%25",
     "tag:a'b", "severity:critical' union select 1 --", "cve:*", "\\", "sort:due desc nulls first"],
)  # fmt: skip
def test_a19_no_text_becomes_sql(door: NamedDoor, asked: str) -> None:
    """A clear error, or the rows that really hold this text; never more than one's own."""
    with door.as_user("bo") as client:
        for path in ("/api/v1/findings", "/api/v1/bundles", "/api/v1/facets"):
            answer = client.get(path, params={"q": asked})
            assert answer.status_code in (200, 400), answer.text
            if answer.status_code == 200 and path.endswith("findings"):
                assert answer.json()["total"] <= 3
        assert client.get("/api/v1/findings").json()["total"] == 3


@pytest.mark.attack("A19")
@pytest.mark.parametrize("asked", ["%_%_%_%_%", "________", "%%%"])
def test_a19_wildcards_are_letters(door: NamedDoor, asked: str) -> None:
    """A search for `%` finds what holds a per cent sign, and here that is nothing."""
    with door.as_user("bo") as client:
        assert client.get("/api/v1/findings", params={"q": f'"{asked}"'}).json()["total"] == 0


@pytest.mark.attack("A20")
@pytest.mark.parametrize(
    "asked",
    ["a" * 1_000, "(" * 1_000, "-" * 1_000, '"' * 999, "a:" * 500, ",".join("a" * 400), " ".join(["-a"] * 40), "*" * 1_000,
     "first:" + "2026-" * 150, "epss:>" + "9" * 900, "rule:" + "a," * 150, "a" * 40 + "!" * 900],
)  # fmt: skip
def test_a20_long_and_odd_questions_end(door: NamedDoor, asked: str) -> None:
    """Answered or refused at once; nothing backtracks (a test that hangs is ended and fails)."""
    with door.as_user("bo") as client:
        assert client.get("/api/v1/findings", params={"q": asked}).status_code in (200, 400)
        assert client.get("/search", params={"q": asked}).status_code in (200, 303, 400)


@pytest.mark.attack("A21")
@pytest.mark.parametrize(
    "link",
    ["//evil.example", "https://wiz.io.evil.example/x", "https://evilwiz.io/", "https://app.wiz.io@evil.example/",
     "https://evil.example#app.wiz.io", "https://app.wiz.io\r\nX: y", "javascript:alert(1)//app.wiz.io",
     "http://app.wiz.io/", "https://app.wiz.io:444@evil.example", "https://app.wiz.io\\@evil.example", "data:text/html,x",
     "https://\uff41pp.wiz.io.evil.example/", ""],
)  # fmt: skip
def test_a21_a_link_to_elsewhere_is_not_shown(link: str) -> None:
    """Only https addresses of the hosts that the operator allows."""
    assert safe_link(link, {".wiz.io", "app.wiz.io"}) is None
    assert safe_link("https://app.wiz.io/issues#x", {".wiz.io"}) == "https://app.wiz.io/issues#x"


@pytest.mark.attack("A21")
def test_a21_a_page_of_a_finding_shows_no_such_link(hostile: NamedDoor) -> None:
    """Whatever the source wrote."""
    id_ = hostile.finding("red-0")
    with hostile.store.write() as conn:
        detail = schema.finding_detail
        conn.execute(detail.update().where(detail.c.finding_id == id_).values(url="https://wiz.io.evil.example/x"))
    with hostile.as_user("bo") as client:
        told = client.get(f"/api/v1/findings/{id_}").json()
        assert told["link"] is None
        assert msgspec.json.encode(told).find(b"evil") == -1
        assert "evil.example" not in client.get(f"/findings/{id_}").text
