"""The index answers what it was made of, and refuses to be anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.advisories import updating as updating_module
from callboard.advisories import writing
from callboard.advisories.index import Index
from callboard.advisories.reading import Document
from callboard.advisories.signs import Likelihood, Triage, find_epss, find_triage, pack_epss, pack_triage, unpack_triage
from callboard.advisories.table import Table, make_table
from callboard.advisories.updating import UpdateReport, own_index, updating
from callboard.domain.instant import Instant, from_text
from callboard.domain.packages.package import package_key
from callboard.errors import AdvisoryIndexError
from tests.support.advisories import osv

NOW = Instant(1_790_000_000_000_000)
LATER = Instant(NOW + 60_000_000)
RANGE = [[("introduced", "0"), ("fixed", "2.0.0")]]


def put(path: Path, *records: bytes, feed: str = "test", afresh: bool = False) -> UpdateReport:
    """An update with these documents."""
    with updating(path, NOW, afresh=afresh) as update:
        update.take([Document(f"line {number}", record) for number, record in enumerate(records)], feed)
        return update.finish(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index will be."""
    return tmp_path / "state" / "advisories.idx"


@given(entries=st.dictionaries(st.binary(max_size=20), st.lists(st.integers(0, 2**32 - 1), max_size=3), max_size=60),
       other=st.binary(max_size=20), seed=st.integers(0, 2**63))  # fmt: skip
def test_a_table_is_a_dictionary(entries: dict[bytes, list[int]], other: bytes, seed: int) -> None:
    """Every key has its values, and no other key has any."""
    table = Table(memoryview(make_table(entries, seed)), seed)
    assert {key: list(table.get(key)) for key in entries} == entries
    assert other in entries or table.get(other) == ()
    assert sorted(table.keys()) == sorted(entries)


def test_it_answers_what_it_was_made_of(path: Path) -> None:
    """By package, by id, by hash."""
    digest = "sha512-" + "A" * 86 + "=="
    entry = {
        "package": {"ecosystem": "npm", "name": "bad"},
        "versions": ["1.0.0"],
        "database_specific": {"indicators": {"package_integrity": [{"hashes": {"sha512_sri": digest}}]}},
    }
    report = put(path, osv("GHSA-1", ranges=RANGE), osv("MAL-1", affected=[entry]))
    index = Index.open(path)
    own = own_index(NOW).facts.records
    assert (report.records, report.new, index.facts.ecosystems) == (2 + own, 2, {"npm": 2})
    assert [each.id for each in index.about(package_key("npm", "x"))] == ["GHSA-1"]
    assert index.about(package_key("npm", "nothing")) == []
    assert index.record("MAL-1") == index.about(package_key("npm", "bad"))[0]
    assert [each.id for each in index.with_integrity(digest)] == ["MAL-1"]


def test_only_what_has_changed_is_read_anew(path: Path) -> None:
    """Newer replaces older, whatever comes first; the same again changes nothing."""
    first = osv("GHSA-1", ranges=RANGE, summary="first", modified="2026-01-01T00:00:00Z")
    second = osv("GHSA-1", ranges=RANGE, summary="second", modified="2026-02-01T00:00:00Z")
    assert (put(path, first, osv("GHSA-2", ranges=RANGE)).new) == 2
    again = put(path, first)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    changed = put(path, second)
    assert (changed.new, changed.changed, changed.records) == (0, 1, again.records)
    late = put(path, first)
    found = Index.open(path).record("GHSA-1")
    assert (late.changed, late.unchanged) == (0, 1)
    assert found is not None
    assert found.summary == "second"
    assert put(path, afresh=True).records == again.records - 2


def test_an_update_without_news_makes_no_index_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is said of it changes: when it was read. Another record, or another one of ours, makes it anew."""
    record = osv("GHSA-1", ranges=RANGE)
    put(path, record)
    before = Index.open(path)
    made: list[str] = []

    def watched(*args: Any, **kwargs: Any) -> bytes:
        made.append("built")
        return writing.build(*args, **kwargs)

    monkeypatch.setattr(updating_module, "build", watched)
    with updating(path, LATER) as update:
        update.take([Document("again", record)], "test")
        report = update.finish(path)
    after = Index.open(path)
    assert (made, report.unchanged, report.records) == ([], 1, before.facts.records)
    assert (after.facts.made_at, after.facts.feeds[0].read_at) == (LATER, LATER)
    for name in before.facts.sections:
        assert bytes(after.section(name)) == bytes(before.section(name))
    assert after.record("GHSA-1") == before.record("GHSA-1")
    put(path, record, osv("GHSA-2", ranges=RANGE))
    assert made == ["built"]
    monkeypatch.setattr(updating_module, "own_records", list)
    assert put(path, record).records == 2
    assert made == ["built", "built"]


def test_a_feed_goes_before_what_came_with_callboard(path: Path) -> None:
    """Whatever date it has."""
    own = next(iter(own_index(NOW).raw_records()))
    assert b"GHSA-pwhf-39xg-4rxw" in bytes(own)
    put(path, osv("GHSA-pwhf-39xg-4rxw", ranges=RANGE, summary="theirs", modified="1999-01-01T00:00:00Z"))
    found = Index.open(path).record("GHSA-pwhf-39xg-4rxw")
    assert found is not None
    assert found.summary == "theirs"


def test_a_bad_document_does_not_stop_the_others(path: Path) -> None:
    """It is counted and named."""
    report = put(path, b"{", osv("GHSA-1", ranges=RANGE), osv("bad id"))
    assert (report.new, report.rejected_count) == (1, 2)
    assert [each.where for each in report.rejected] == ["line 0", "line 2"]
    (feed,) = report.feeds
    assert (feed.records, feed.refused) == (1, 2)


def test_catalogs_are_told_apart_by_their_content(path: Path) -> None:
    """And each keeps its version; an update without them keeps them."""
    kev = (
        b'{"catalogVersion": "2026.11.01", "dateReleased": "2026-11-01T10:00:00Z", '
        b'"vulnerabilities": [{"cveID": "CVE-2026-1001", "dateAdded": "2026-10-30", '
        b'"dueDate": "2026-11-20", "knownRansomwareCampaignUse": "Known"}]}'
    )
    epss = b"#model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1001,0.91234,0.99\n"
    options = [{"Exploitation": "active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]
    metric = {"other": {"type": "ssvc", "content": {"options": options}}}
    head = {"cveId": "CVE-2026-1001", "dateUpdated": "2026-11-02T00:00:00Z"}
    record = {"dataType": "CVE_RECORD", "cveMetadata": head, "containers": {"cna": {}, "adp": [{"metrics": [metric]}]}}
    triage = json.dumps(record).encode()
    put(path, kev, epss, triage)
    report = put(path, osv("GHSA-1", ranges=RANGE, aliases=["CVE-2026-1001"]))
    index = Index.open(path)
    exploited, likelihood, found = (
        index.exploited("CVE-2026-1001"),
        index.likelihood("CVE-2026-1001"),
        index.triage("CVE-2026-1001"),
    )
    assert exploited is not None
    assert (exploited.added, exploited.ransomware) == ("2026-10-30", True)
    assert likelihood == Likelihood(0.91234, 0.99)
    assert found == Triage("active", True, "total")  # noqa: FBT003
    assert index.likelihood("CVE-2026-1002") is None
    versions = {feed.name: feed.version for feed in report.feeds}
    assert versions["kev"] == "2026.11.01"
    assert versions["epss"] == "model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000"
    assert {feed.newest for feed in report.feeds if feed.name == "vulnrichment"} == {from_text("2026-11-02T00:00:00Z")}


@pytest.mark.parametrize(
    "content",
    [
        b'{"catalogVersion": 3}',
        b"#model_version:v1\nfoo\n",
        b"#model_version:v1\ncve,epss,percentile\nCVE-2026-1001,2,0\n",
        b"#model_version:v1\ncve,epss,percentile\nCVE-2026-1001,nan,0\n",
        b"#model_version:v1\ncve,epss,percentile\nnothing\n",
        b'{"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "x"}, "containers": {}}',
    ],
)
def test_a_broken_catalog_is_refused(path: Path, content: bytes) -> None:
    """The previous one stays."""
    report = put(path, content)
    assert report.rejected_count == 1


@given(rows=st.dictionaries(st.integers(1999, 2030).flatmap(lambda year: st.integers(1000, 10**6).map(lambda n: f"CVE-{year}-{n}")),
                            st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 1)), max_size=30))  # fmt: skip
def test_packed_signs_are_found_again(rows: dict[str, tuple[int, bool, int]]) -> None:
    """Each CVE its own row."""
    triage = {cve: Triage(("none", "poc", "active")[a], b, ("partial", "total")[c]) for cve, (a, b, c) in rows.items()}
    epss = {cve: Likelihood(a / 4, c / 2) for cve, (a, _, c) in rows.items()}
    packed_triage, packed_epss = memoryview(pack_triage(triage)), memoryview(pack_epss(epss))
    assert {cve: find_triage(packed_triage, cve) for cve in rows} == triage
    assert {cve: find_epss(packed_epss, cve) for cve in rows} == epss
    assert unpack_triage(packed_triage) == triage
    assert find_epss(packed_epss, "CVE-1990-1000") is None


def test_readers_keep_their_index_while_it_is_replaced(path: Path) -> None:
    """And can tell that there is a newer one."""
    put(path, osv("GHSA-1", ranges=RANGE))
    old = Index.open(path)
    assert old.is_current()
    put(path, osv("GHSA-2", ranges=RANGE))
    assert not old.is_current()
    assert old.record("GHSA-1") is not None
    assert old.record("GHSA-2") is None
    assert Index.open(path).record("GHSA-2") is not None


@pytest.mark.fault("F24")
def test_a_crash_leaves_the_old_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else in the folder but the lock."""
    put(path, osv("GHSA-1", ranges=RANGE))

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        put(path, osv("GHSA-2", ranges=RANGE))
    monkeypatch.undo()
    assert Index.open(path).record("GHSA-2") is None
    assert {each.name for each in path.parent.iterdir()} == {path.name, f".{path.name}.lock"}


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "version", "facts"])
def test_a_file_that_is_no_index_is_refused(path: Path, damage: str) -> None:
    """With a hint; an update makes it anew."""
    put(path, osv("GHSA-1", ranges=RANGE))
    whole = path.read_bytes()
    damaged = {
        "empty": b"",
        "text": b"not an index at all" * 20,
        "cut": whole[:-10],
        "version": whole[:20] + b"\x63" + whole[21:],
        "facts": whole[:-200] + b"\xc1" * 200,
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(AdvisoryIndexError) as refused:
        Index.open(path)
    assert refused.value.hint is not None
    assert put(path, osv("GHSA-1", ranges=RANGE)).new == 1


def test_where_there_is_none_there_is_none(tmp_path: Path) -> None:
    """Not an empty one."""
    with pytest.raises(AdvisoryIndexError, match="no index"):
        Index.open(tmp_path / "missing.idx")
