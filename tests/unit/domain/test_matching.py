"""Each pitfall of reading advisories is a test here."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.domain.finding import Severity
from callboard.domain.packages.advisory import Advisory
from callboard.domain.packages.matching import Answer, Confidence, examine, groups, smallest_safe
from callboard.domain.packages.package import Package
from callboard.formats.osv import OsvReader
from tests.support.advisories import osv

READER = OsvReader()


def advisory(ident: str = "GHSA-aaaa-bbbb-cccc", **fields: Any) -> Advisory:
    """A record about the npm package `x`, unless it says otherwise."""
    return READER.read(osv(ident, **fields))


def package(version: str, ecosystem: str = "npm", name: str = "x") -> Package:
    """`x` in a version."""
    return Package(ecosystem=ecosystem, name=name, version=version)


def ask(version: str, *records: Advisory, ecosystem: str = "npm", name: str = "x") -> Answer:
    """What the records say about a version."""
    return examine(package(version, ecosystem, name), records)


def is_hit(version: str, *records: Advisory, **of: str) -> bool:
    """Whether any of them affects it."""
    return bool(ask(version, *records, **of).verdicts)


BEFORE_2 = [[("introduced", "0"), ("fixed", "2.0.0")]]


def test_nothing_is_before_the_beginning() -> None:
    """`introduced: 0` holds prereleases of 0.0.0, too."""
    assert is_hit("0.0.0-alpha", advisory(ranges=BEFORE_2))


def test_fixed_is_out_and_last_affected_is_in() -> None:
    """And only what is fixed is told as a fix."""
    fixed = advisory(ranges=[[("introduced", "1.0.0"), ("fixed", "1.5.0")]])
    last = advisory(ranges=[[("introduced", "1.0.0"), ("last_affected", "1.5.0")]])
    assert not is_hit("1.5.0", fixed)
    assert is_hit("1.5.0", last)
    assert not is_hit("1.5.1", last)
    assert ask("1.2.0", fixed).verdicts[0].fixed == "1.5.0"
    assert ask("1.2.0", last).verdicts[0].fixed is None


def test_a_prerelease_of_the_fix_is_affected() -> None:
    """Plain precedence, not npm's rule for ranges."""
    assert is_hit("7.26.10-beta.1", advisory(ranges=[[("introduced", "0"), ("fixed", "7.26.10")]]))


def test_events_are_sorted_by_version() -> None:
    """Not by place and not as text: 10 comes after 9."""
    record = advisory(ranges=[[("fixed", "10.0.0"), ("introduced", "9.0.0")]])
    assert is_hit("9.9.0", record)
    assert not is_hit("10.0.0", record)


def test_several_intervals_in_one_range_and_in_several_entries() -> None:
    """Both forms are in use, and each names its own fix."""
    one = advisory(ranges=[[("introduced", "1.0.0"), ("fixed", "1.2.0"), ("introduced", "2.0.0"), ("fixed", "2.1.0")]])
    for version, fix in (("1.1.0", "1.2.0"), ("2.0.5", "2.1.0")):
        assert ask(version, one).verdicts[0].fixed == fix
    assert not is_hit("1.3.0", one)
    many = advisory(
        affected=[
            {"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1.1.0"]},
            {"package": {"ecosystem": "npm", "name": "x"}, "versions": ["2.0.5"]},
        ]
    )
    assert is_hit("1.1.0", many)
    assert is_hit("2.0.5", many)


def test_versions_and_ranges_count_alike() -> None:
    """Either is enough."""
    record = advisory(ranges=[[("introduced", "3.0.0"), ("fixed", "3.1.0")]], versions=["1.0.0"])
    assert ask("1.0.0", record).verdicts[0].confidence is Confidence.EXACT
    assert ask("3.0.1", record).verdicts[0].confidence is Confidence.RANGE
    assert not is_hit("2.0.0", record)


def test_listed_versions_are_compared_as_versions() -> None:
    """1.0 is 1.0.0 in Python; npm's build metadata does not count."""
    assert is_hit("1.0.0", advisory(ecosystem="PyPI", versions=["1.0"]), ecosystem="PyPI")
    assert is_hit("1.0.0+sha", advisory(versions=["1.0.0"]))


def test_old_python_versions_are_compared_as_texts() -> None:
    """Where a range cannot tell, it says so instead of nothing."""
    record = advisory(ecosystem="PyPI", versions=["2004d"], ranges=BEFORE_2)
    assert is_hit("2004d", record, ecosystem="PyPI")
    answer = ask("2004e", record, ecosystem="PyPI")
    assert not answer.verdicts
    assert "no version of PyPI" in answer.not_evaluated[0].reason


def test_names_are_compared_as_the_ecosystem_does() -> None:
    """Python folds case and separators, npm folds nothing."""
    record = advisory(ecosystem="PyPI", name="Zope.Interface", ranges=BEFORE_2)
    assert is_hit("1.0", record, ecosystem="PyPI", name="zope-interface")
    assert not is_hit("1.0.0", advisory(ranges=BEFORE_2), name="X")


def test_withdrawn_is_no_finding_but_is_kept() -> None:
    """So that a report can say why something is gone."""
    answer = ask("1.0.0", advisory(ranges=BEFORE_2, withdrawn="2024-01-01T00:00:00Z"))
    assert answer.verdicts == ()
    assert answer.withdrawn == ("GHSA-aaaa-bbbb-cccc",)


def test_what_has_no_order_is_never_clean() -> None:
    """An ecosystem without an order, a range of commits, an event that is no version, a version that is not known."""
    debian = ask("1.0", advisory(ecosystem="Debian:12", ranges=BEFORE_2), ecosystem="Debian")
    commits = ask("1.0.0", advisory(raw_ranges=[{"type": "GIT", "events": [{"introduced": "0"}]}]))
    broken = ask("3.0.0", advisory(ranges=[[("introduced", "0"), ("fixed", "2.0-NA-x y")]]))
    unknown = ask("", advisory(ranges=BEFORE_2))
    for answer in (debian, commits, broken, unknown):
        assert not answer.verdicts
        assert answer.not_evaluated[0].advisory == "GHSA-aaaa-bbbb-cccc"


def test_commits_beside_a_list_hide_nothing() -> None:
    """The publisher has written down what the commits mean."""
    record = advisory(raw_ranges=[{"type": "GIT", "events": [{"introduced": "0"}]}], versions=["1.0.0"])
    assert is_hit("1.0.0", record)
    assert ask("2.0.0", record).not_evaluated == ()


def test_a_limit_limits() -> None:
    """And a star does not."""
    ended = advisory(ranges=[[("introduced", "0"), ("limit", "1.0.0")]])
    endless = advisory(ranges=[[("introduced", "0"), ("limit", "*")]])
    assert is_hit("0.9.0", ended)
    assert not is_hit("1.0.0", ended)
    assert is_hit("1.0.0", endless)


OPEN = [("introduced", "0")]


def test_a_hijacked_package_is_not_bad_as_a_whole() -> None:
    """An open range beside exact data is a hint about other versions."""
    record = advisory("MAL-2025-1", ranges=[OPEN, [("introduced", "4.1.1"), ("last_affected", "4.1.2")]])
    bad, beside = ask("4.1.1", record).verdicts[0], ask("4.1.0", record).verdicts[0]
    assert (bad.malicious, bad.severity, bad.confidence) == (True, Severity.CRITICAL, Confidence.RANGE)
    assert (beside.malicious, beside.severity, beside.confidence) == (False, Severity.INFO, Confidence.HINT)


def test_exact_data_of_another_record_of_the_same_fact_counts() -> None:
    """One database knows the versions, another only the name."""
    name_only = advisory("MAL-2025-1", ranges=[OPEN], aliases=["LWA-1"])
    versions = advisory("LWA-1", versions=["4.1.1"], cwe="CWE-506")
    assert [each.malicious for each in ask("4.1.0", name_only, versions).verdicts] == [False]
    assert [each.malicious for each in ask("4.1.1", name_only, versions).verdicts] == [False, True]


def test_a_package_that_is_bad_as_a_whole_is() -> None:
    """Also in a version that nobody can order."""
    record = advisory("MAL-2025-1", ranges=[OPEN])
    for version in ("1.0.0", "not-a-version"):
        assert ask(version, record).verdicts[0].malicious


def test_an_open_range_of_a_weakness_is_no_hint() -> None:
    """Nothing is fixed yet: that is what it means there."""
    verdict = ask("1.0.0", advisory(ranges=[OPEN])).verdicts[0]
    assert (verdict.confidence, verdict.fixed) == (Confidence.RANGE, None)


def test_records_of_one_fact_are_one_group_with_own_verdicts() -> None:
    """By their aliases, over several steps; a record that is none of them stands alone."""
    first = advisory("GHSA-1", aliases=["CVE-2020-1"], ranges=BEFORE_2)
    second = advisory("PYSEC-1", aliases=["CVE-2020-1"], ranges=[[("introduced", "0"), ("fixed", "2.1.0")]])
    other = advisory("GHSA-2", ranges=BEFORE_2)
    found = groups([first, second, other])
    assert found["GHSA-1"] == found["PYSEC-1"] == {"GHSA-1", "PYSEC-1"}
    assert found["GHSA-2"] == {"GHSA-2"}
    assert [each.advisory.id for each in ask("2.0.5", first, second).verdicts] == ["PYSEC-1"]


def test_the_smallest_safe_version_is_safe_from_all() -> None:
    """Too wide an alias gives two fixes: the larger counts, and a fix that another record affects is passed."""
    first = advisory("GHSA-1", ranges=[[("introduced", "0"), ("fixed", "4.17.12")]])
    second = advisory("GHSA-2", ranges=[[("introduced", "4.17.12"), ("fixed", "4.17.21")]])
    assert smallest_safe(package("4.17.0"), [first]) == "4.17.12"
    assert smallest_safe(package("4.17.0"), [first, second]) == "4.17.21"
    unfixed = advisory("GHSA-3", ranges=[[("introduced", "4.17.21")]])
    assert smallest_safe(package("4.17.0"), [first, second, unfixed]) is None


@pytest.mark.parametrize(
    ("vectors", "word", "severity"),
    [
        ([("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")], None, Severity.CRITICAL),
        ([("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N")], "HIGH", Severity.MEDIUM),
        (
            [
                ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N"),
                ("CVSS_V4", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            ],
            None,
            Severity.CRITICAL,
        ),
        ([("CVSS_V3", "CVSS:3.1/AV:N")], "MODERATE", Severity.MEDIUM),
        ([], None, Severity.UNKNOWN),
        ([], "SEVERE", Severity.UNKNOWN),
    ],
)
def test_severity_is_the_vector_s(vectors: list[tuple[str, str]], word: str | None, severity: Severity) -> None:
    """The newest that can be read; else the publisher's word; else it is unknown, never low."""
    assert advisory(ranges=BEFORE_2, severity=vectors, word=word).severity is severity
