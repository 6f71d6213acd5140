"""A26, A28, A31, A32: what logs and errors tell, taking everything page by page, files, and the log of who did what."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from structlog.testing import CapturingLogger

from callboard.domain.access import AT_THE_LAPTOP
from callboard.store import open_store, schema
from callboard.usecases.people import audit_log
from callboard.web.api import exports
from callboard.web.services import Limits
from tests.support.clocks import MORNING
from tests.support.named import SECRET_TEXT, NamedDoor, named_door, user
from tests.support.portals import CATALOG_TOKEN, wait_for


@pytest.mark.attack("A26")
def test_a26_no_secret_is_in_a_log_or_an_error(fresh: NamedDoor, capfd: pytest.CaptureFixture[str]) -> None:
    """Tokens, cookies, search texts and evidence, through good requests and bad ones."""
    token = fresh.portal.token(user("bo"))
    with fresh.bearer(token) as client:
        client.get("/api/v1/findings?q=very-secret-search")
        client.get(f"/findings/{fresh.finding('red-0')}")
        client.get("/search?q=very-secret-search")
        client.get("/api/v1/findings?q=very-secret-key:x")
        client.get("/findings/999999?very-secret-search")
    with fresh.bearer(token[:-4]) as client:
        assert token[:-4] not in client.get("/api/v1/findings").text
    fresh.portal.down = {"/api/catalog/entities/by-refs"}
    with fresh.as_user("ida") as client:
        answer = client.get("/api/v1/findings")
        assert answer.status_code == 503
        assert CATALOG_TOKEN not in answer.text
        assert "Traceback" not in answer.text
    told = "".join(capfd.readouterr()) + repr(fresh.audit())
    for secret in (token, token[:-4], CATALOG_TOKEN, "very-secret", SECRET_TEXT, "the-laptops-token"):
        assert secret not in told


@pytest.mark.attack("A26")
def test_a26_a_line_stays_a_line(fresh: NamedDoor, capfd: pytest.CaptureFixture[str]) -> None:
    """What a caller sends cannot begin a line of its own in the log."""
    with fresh.client(**{"user-agent": "x"}) as client:
        client.get("/api/v1/findings%0a%5Binfo%5D%20forged")
        client.request("GET", "/findings/1%0d%0aforged=line")
    assert "forged" not in "".join(capfd.readouterr())


@pytest.mark.attack("A28")
def test_a28_more_than_one_may_ask_for_is_refused(tmp_path: Path) -> None:
    """So many requests in a minute and files in an hour, for each person apart; what was taken is noted with its rows."""
    limits = Limits(requests_per_minute=20, exports_per_hour=3, alarm_rows=1)
    with named_door(tmp_path / "callboard.db", limits=limits) as door:
        with door.as_user("bo") as client:
            assert [client.get("/api/v1/findings.csv").status_code for _ in range(4)] == [200, 200, 200, 429]
            codes = [client.get("/api/v1/findings?limit=1").status_code for _ in range(18)]
            assert codes == [200] * 16 + [429] * 2
            refused = client.get("/api/v1/findings")
            assert refused.headers["retry-after"] == "60"
            assert refused.json()["title"] == "Too many requests."
        with door.as_user("ida") as client:
            assert client.get("/api/v1/findings").status_code == 200
        door.clock.advance(60)
        with door.as_user("bo") as client:
            assert client.get("/api/v1/findings").status_code == 200
            assert client.get("/api/v1/findings.csv").status_code == 429
        door.clock.advance(3_540)
        with door.as_user("bo") as client:
            assert client.get("/api/v1/findings.csv").status_code == 200
        taken = door.audit("findings.export")
        assert [(each.actor, dict(each.detail)) for each in taken] == [(user("bo"), {"rows": "3"})] * 4


@pytest.mark.attack("A28")
def test_a28_a_large_file_is_told_as_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With who took it and how many rows."""
    told = CapturingLogger()
    monkeypatch.setattr(exports, "_log", told)
    with named_door(tmp_path / "callboard.db", limits=Limits(alarm_rows=2)) as door, door.as_user("bo") as client:
        client.get("/api/v1/findings.csv").raise_for_status()
    assert [(call.method_name, call.args) for call in told.calls] == [("warning", ("large export",))]
    assert told.calls[0].kwargs["rows"] == 3


@pytest.mark.attack("A31")
def test_a31_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    """No file of the database can be read by others."""
    with closing(open_store(f"sqlite:///{tmp_path / 'callboard.db'}")) as store:
        audit_log.note(store, at=MORNING, actor="laptop", action="test.note", subject="thing")
        names = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.glob("callboard.db*")}
    assert "callboard.db" in names
    assert {mode & 0o077 for mode in names.values()} == {0}


@pytest.mark.attack("A31")
def test_a31_no_address_leads_to_a_file_or_to_what_is_inside(door: NamedDoor) -> None:
    """Neither the database nor anything for developers is served, and figures are not open."""
    with door.as_user("sam") as client:
        for address in (
            "/callboard.db",
            "/static/..%2fcallboard.db",
            "/static/%2e%2e/callboard.db",
            "/debug",
            "/.git/config",
        ):
            assert client.get(address).status_code == 404
    with door.client() as client:
        assert client.get("/metrics").status_code == 401


@pytest.mark.attack("A32")
def test_a32_a_log_that_was_touched_is_found_out(fresh: NamedDoor) -> None:
    """Changed, cut in the middle, cut at the end, made anew: each is seen, the last two by a hash kept elsewhere."""
    for n in range(5):
        audit_log.note(fresh.store, at=fresh.clock.now(), actor="laptop", action="test.note", subject=f"thing:{n}")
    good = audit_log.verify(fresh.store, AT_THE_LAPTOP)
    assert good.holds
    assert good.newest is not None
    assert audit_log.verify(fresh.store, AT_THE_LAPTOP, kept_hash=good.newest).kept_hash_found
    a, last = schema.audit, good.entries
    with fresh.store.write() as conn:
        conn.execute(delete(a).where(a.c.seq == last))
    cut = audit_log.verify(fresh.store, AT_THE_LAPTOP, kept_hash=good.newest)
    assert (cut.first_break, cut.kept_hash_found, cut.holds) == (None, False, False)
    with fresh.store.write() as conn:
        conn.execute(update(a).where(a.c.seq == last - 2).values(subject="thing:other"))
    changed = audit_log.verify(fresh.store, AT_THE_LAPTOP)
    assert changed.first_break is not None
    assert changed.first_break.seq == last - 2
    with fresh.store.write() as conn:
        conn.execute(delete(a).where(a.c.seq == last - 2))
    assert not audit_log.verify(fresh.store, AT_THE_LAPTOP).holds


@pytest.mark.attack("A32")
def test_a32_nothing_in_the_program_changes_the_log(door: NamedDoor) -> None:
    """No address writes to it but by being used, and an administrator reads it like anybody who may.

    What is old is cut from its beginning, in one place, which follows the chain first and leaves the hash of what went.
    """
    with door.as_user("ada") as client:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, "/api/v1/audit").status_code == 405
        first = client.get("/api/v1/audit?limit=1").json()["entries"]
    source = Path(__file__).parents[2] / "src" / "callboard"
    for file in source.rglob("*.py"):
        text = file.read_text()
        if file.name == "audit_cut.py":
            assert text.count("schema.audit)") == text.count("delete(schema.audit).where(a.seq <= last)") == 1
            continue
        for word in ("delete(schema.audit", "update(schema.audit", "schema.audit.delete", "schema.audit.update"):
            assert word not in text, file
    assert isinstance(first, list)


def test_every_way_in_and_out_is_noted(fresh: NamedDoor) -> None:
    """Coming in with a portal's token once for each, and being refused with a reason and an address."""
    with fresh.as_user("bo") as client:
        client.get("/api/v1/me")
        client.get("/api/v1/me")
    with fresh.as_user("bo", aud="x") as client:
        client.get("/api/v1/me")
    wait_for(lambda: fresh.audit("access.denied") and fresh.audit("access.enter"))
    assert [each.actor for each in fresh.audit("access.enter")] == [user("bo")]
    (refused,) = fresh.audit("access.denied")
    assert refused.actor == "client:127.0.0.1"
    assert "for somebody else" in dict(refused.detail)["reason"]
