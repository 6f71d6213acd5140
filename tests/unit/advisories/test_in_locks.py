"""Real lockfiles, as they are and with past attacks planted into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callboard.advisories.answering import Report
from callboard.advisories.in_locks import answer_locks
from callboard.advisories.index import Index
from callboard.advisories.reading import Document
from callboard.advisories.updating import own_index, updating
from callboard.domain.instant import Instant
from callboard.domain.packages.package import Package, package_of
from callboard.manifests import read_manifest
from tests.support.advisories import osv
from tests.support.planting import plant

NOW = Instant(1_790_000_000_000_000)
NPM = (
    "backstage-demo.yarn.lock",
    "rhdh.yarn.lock",
    "backstage-showcase-2025-02.yarn.lock",
    "heimdall2.yarn-classic.lock",
    "warehouse.package-lock-v3.json",
    "malicious-packages-core.package-lock-v1.json",
    "crates-io.pnpm-lock-v9.yaml",
)
PYTHON = (
    "sigstore-python.uv.lock",
    "litestar.uv.lock",
    "guarddog.poetry.lock",
    "dbos.pdm.lock",
    "warehouse.requirements-main-hashed.txt",
)

HARMFUL = {"malicious-packages-core.package-lock-v1.json": {"pkg:npm/fsevents@1.2.4"}}
"""Releases before 1.2.11 fetch their binary from a place that somebody else took over (MAL-2023-462)."""


def ask(index: Index, name: str, raw: bytes) -> Report:
    """What the index says about a lock."""
    return answer_locks(index, [read_manifest(name, raw)])


def vectors(shared_data: Path, name: str) -> list[Package]:
    """One list of the incident vectors."""
    found = json.loads((shared_data / "osv" / "incident-vectors.json").read_bytes())[name]
    return [package_of(each["purl"]) for each in found]


@pytest.mark.parametrize("name", [*NPM, *PYTHON])
def test_planted_attacks_are_all_found(whole: Index, shared_data: Path, name: str) -> None:
    """Every bad version, with its line; no clean neighbour, and nothing that was there before."""
    file = shared_data / "lockfiles" / name
    ecosystem = "npm" if name in NPM else "PyPI"
    bad = [each for each in vectors(shared_data, "malicious") if each.ecosystem == ecosystem]
    clean = dict.fromkeys(vectors(shared_data, "clean_neighbours") + vectors(shared_data, "trap"))
    report = ask(whole, name, plant(file, [*bad, *clean]))
    called = {match.purl for match in report.matches if match.malicious}
    assert called == {each.purl for each in bad} | HARMFUL.get(name, set())
    assert len(bad) == (99 if ecosystem == "npm" else 4)
    assert all(match.places for match in report.matches)


@pytest.mark.parametrize("name", [*NPM, *PYTHON])
def test_honest_lockfiles_hold_no_malware(whole: Index, shared_data: Path, name: str) -> None:
    """However many of their names were hijacked once. One old file does, and that is true."""
    report = ask(whole, name, (shared_data / "lockfiles" / name).read_bytes())
    assert {match.purl for match in report.matches if match.malicious} == HARMFUL.get(name, set())
    assert report.evaluated == report.packages > 50


def test_the_showcase_portal_has_these_advisories_of_backstage(shared_data: Path) -> None:
    """Each by its locked version, from what comes with Callboard alone."""
    name = "backstage-showcase-2025-02.yarn.lock"
    report = ask(own_index(NOW), name, (shared_data / "lockfiles" / name).read_bytes())
    found: dict[str, set[str]] = {}
    for match in report.matches:
        cve = next((each for each in (match.advisory, *match.aliases) if each.startswith("CVE-")), match.advisory)
        found.setdefault(match.purl.removeprefix("pkg:npm/%40backstage/"), set()).add(cve.removeprefix("CVE-"))
    assert found == SHOWCASE


SHOWCASE: dict[str, set[str]] = {
    "backend-defaults@0.4.4": {"2026-106492", "2026-106494", "2026-24046", "2026-24048"},
    "backend-defaults@0.5.3": {"2026-106492", "2026-106494", "2026-24046", "2026-24048"},
    "backend-defaults@0.7.0": {"2026-106492", "2026-106494", "2026-24046", "2026-24048"},
    "cli-common@0.1.15": {"2026-24047"},
    "integration@1.16.1": {"2026-29185"},
    "plugin-auth-backend-module-cloudflare-access-provider@0.3.4": {"2026-106457"},
    "plugin-auth-backend-module-oidc-provider@0.3.4": {"2026-106488"},
    "plugin-auth-backend@0.24.2": {"2026-32235", "2026-32236"},
    "plugin-auth-node@0.4.17": {"2026-106460"},
    "plugin-auth-node@0.5.6": {"2026-106460"},
    "plugin-catalog-backend-module-gitlab@0.6.2": {"2026-106463"},
    "plugin-catalog-backend@1.30.0": {"2026-106496", "2026-106497", "2026-106498"},
    "plugin-kubernetes-backend@0.19.2": {"2026-106487", "2026-106561"},
    "plugin-permission-backend@0.5.53": {"2025-32791"},
    "plugin-proxy-backend@0.5.10": {"2026-106456", "2026-106491"},
    "plugin-scaffolder-backend-module-azure@0.2.5": {"2026-106462"},
    "plugin-scaffolder-backend-module-bitbucket-cloud@0.2.5": {"2026-106462"},
    "plugin-scaffolder-backend-module-bitbucket-server@0.2.5": {"2026-106462"},
    "plugin-scaffolder-backend-module-github@0.5.5": {"2026-106462"},
    "plugin-scaffolder-backend-module-gitlab@0.7.1": {"2026-106462"},
    "plugin-scaffolder-backend@1.29.0": {
        "2025-55285",
        "2026-106461",
        "2026-106462",
        "2026-106499",
        "2026-106500",
        "2026-106501",
        "2026-106502",
        "2026-106503",
        "2026-106504",
        "2026-106506",
        "2026-24046",
        "2026-29184",
        "2026-32237",
    },
    "plugin-scaffolder-node@0.6.3": {"2026-24046"},
    "plugin-techdocs-backend@1.11.5": {"2026-106489", "2026-106490"},
    "plugin-techdocs-node@1.12.16": {
        "2026-106505",
        "2026-106507",
        "2026-106508",
        "2026-106509",
        "2026-106510",
        "2026-106556",
        "2026-106557",
        "2026-106558",
        "2026-25152",
        "2026-25153",
        "2026-29186",
    },
}
"""Package and locked version → CVE numbers; checked by a second program that compares numbers plainly."""


def test_a_deep_package_names_what_to_bump() -> None:
    """The packages that the project asks for itself and that lead to it."""
    lock = b"""# yarn lockfile v1

asked@^1.0.0:
  version "1.0.0"
  dependencies:
    between "^1.0.0"

between@^1.0.0:
  version "1.0.0"
  dependencies:
    event-stream "3.3.6"

event-stream@3.3.6:
  version "3.3.6"
"""
    beside = {"package.json": b'{"name": "own", "dependencies": {"asked": "^1.0.0"}}'}
    report = answer_locks(own_index(NOW), [read_manifest("yarn.lock", lock, beside)])
    (match,) = report.matches
    (place,) = match.places
    assert (place.path, place.line, place.direct, place.bump) == ("yarn.lock", 13, False, ("asked 1.0.0",))


def test_a_hash_on_a_list_is_found_under_any_name(tmp_path: Path) -> None:
    """Renamed, mirrored or vendored."""
    digest = "sha512-" + "A" * 86 + "=="
    entry = {
        "package": {"ecosystem": "npm", "name": "bad"},
        "versions": ["1.0.0"],
        "database_specific": {"indicators": {"package_integrity": [{"hashes": {"sha512_sri": digest}}]}},
    }
    with updating(tmp_path / "a.idx", NOW) as update:
        update.take([Document("line", osv("MAL-1", affected=[entry]))], "test")
        update.finish(tmp_path / "a.idx")
    lock = {
        "lockfileVersion": 3,
        "packages": {"": {"name": "own"}, "node_modules/nice": {"version": "2.0.0", "integrity": digest}},
    }
    report = answer_locks(
        Index.open(tmp_path / "a.idx"), [read_manifest("package-lock.json", json.dumps(lock).encode())]
    )
    (match,) = report.matches
    assert (match.purl, match.malicious, match.advisory) == ("pkg:npm/nice@2.0.0", True, "MAL-1")
    assert "hash" in match.because


def test_what_comes_from_elsewhere_is_not_called_clean() -> None:
    """A git dependency has a name that a registry may know under another hand."""
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "own"},
            "node_modules/x": {"version": "1.0.0", "resolved": "git+ssh://git@forge.example/o/x.git#" + "a" * 40},
        },
    }
    report = answer_locks(own_index(NOW), [read_manifest("package-lock.json", json.dumps(lock).encode())])
    assert any("comes from git" in each.reason for each in report.not_evaluated)
