"""Past attacks, their clean neighbours, and what is never called clean."""

from __future__ import annotations

import json
from pathlib import Path

from callboard.advisories.answering import Report, answer
from callboard.advisories.index import Index
from callboard.advisories.updating import own_index
from callboard.domain.instant import Instant
from callboard.domain.packages.package import package_of

NOW = Instant(1_790_000_000_000_000)


def ask(index: Index, *purls: str) -> Report:
    """What the index says."""
    return answer(index, {package_of(purl): () for purl in purls})


def vectors(shared_data: Path, name: str) -> list[str]:
    """Package URLs of one list of the incident vectors."""
    return [each["purl"] for each in json.loads((shared_data / "osv" / "incident-vectors.json").read_bytes())[name]]


def test_every_incident_is_found_and_called_malicious(whole: Index, shared_data: Path) -> None:
    """All of them, those too that only Callboard's own records know."""
    bad = vectors(shared_data, "malicious")
    report = ask(whole, *bad)
    assert {match.purl for match in report.matches if match.malicious} == set(bad)
    assert {match.severity for match in report.matches if match.malicious} == {"critical"}


def test_no_clean_neighbour_is_called_malicious(whole: Index, shared_data: Path) -> None:
    """The traps neither; what is known of other versions is a hint."""
    clean = vectors(shared_data, "clean_neighbours") + vectors(shared_data, "trap")
    report = ask(whole, *clean)
    assert [match.purl for match in report.matches if match.malicious] == []
    hints = {match.purl for match in report.matches if match.confidence == "hint"}
    assert "pkg:npm/%40ctrl/tinycolor@4.1.0" in hints


def test_nothing_was_withdrawn_and_nothing_is_lost(whole: Index) -> None:
    """Counts of the real records."""
    assert (whole.facts.withdrawn, sum(1 for _ in whole.raw_records())) == (325, whole.facts.records)


def test_before_the_first_update_nothing_is_called_clean() -> None:
    """Ecosystems of which only our own records speak are named."""
    report = ask(own_index(NOW), "pkg:npm/left-pad@1.3.0", "pkg:npm/event-stream@3.3.6", "pkg:deb/debian/curl@1.0")
    assert [match.purl for match in report.matches] == ["pkg:npm/event-stream@3.3.6"]
    assert {(each.ecosystem, each.packages) for each in report.not_evaluated} == {("npm", 2), ("Debian", 1)}
    assert (report.packages, report.evaluated) == (3, 1)


def test_what_came_with_callboard_names_the_fix() -> None:
    """Both holes of the portal's proxy, and the version that closes both."""
    report = ask(own_index(NOW), "pkg:npm/%40backstage/plugin-proxy-backend@0.6.16")
    assert {match.advisory: match.fixed for match in report.matches} == {
        "GHSA-472h-9c5j-prrr": "0.6.18",
        "GHSA-9ghw-48h5-v2w5": "0.6.17",
    }


def test_a_name_from_another_place_is_marked() -> None:
    """It may be another package."""
    report = ask(own_index(NOW), "pkg:npm/chalk@5.6.1?repository_url=https://packages.example")
    assert "packages.example" in report.matches[0].because
