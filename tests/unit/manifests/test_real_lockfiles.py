"""Every real lockfile, by the counts that were made of it independently."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from callboard.domain.packages.lock import Fact, Lock, Need, Origin
from callboard.manifests import read_manifest


class Row(NamedTuple):
    """What is true of a file."""

    file: str
    format: str
    packages: int
    """Distinct packages of others, by name and version."""
    direct: int | None
    edges: int
    beside: Mapping[str, str] = MappingProxyType({})


PORTAL = {
    "package.json": "backstage-demo.package.json",
    **{
        f"{folder}/package.json": f"backstage-demo-workspaces/{folder.replace('/', '__')}.package.json"
        for folder in (
            "packages/app",
            "packages/backend",
            "plugins/catalog-backend-module-example-processor",
            "plugins/notifications-tester-backend",
        )
    },
}
ROWS = [
    Row("backstage-demo.yarn.lock", "yarn-berry", 3196, 111, 9005, PORTAL),
    Row("rhdh.yarn.lock", "yarn-berry", 3300, 146, 8720),
    Row("backstage-showcase-2025-02.yarn.lock", "yarn-berry", 3919, 216, 12635),
    Row("heimdall2.yarn-classic.lock", "yarn-classic", 2583, None, 5150),
    Row("warehouse.package-lock-v3.json", "package-lock", 999, 49, 2130),
    Row("malicious-packages-core.package-lock-v1.json", "package-lock", 672, None, 1387),
    Row("crates-io.pnpm-lock-v9.yaml", "pnpm-lock", 915, 76, 1596),
    Row("sigstore-python.uv.lock", "uv", 88, 24, 149),
    # The file has 229 entries, one of which is the project itself.
    Row("litestar.uv.lock", "uv", 228, 87, 449),
    Row("guarddog.poetry.lock", "poetry", 67, 26, 104, {"pyproject.toml": "guarddog.pyproject.toml"}),
    Row("dbos.pdm.lock", "pdm", 98, None, 128),
    Row("osv-dev.Pipfile.lock", "pipfile", 56, None, 0),
    Row("warehouse.requirements-main-hashed.txt", "requirements", 184, 79, 338),
    Row("osv-scanner.go.mod", "go", 206, 30, 30, {"go.sum": "osv-scanner.go.sum"}),
    Row("osv-scanner-docs.Gemfile.lock", "gemfile", 51, 13, 72),
]


def read(shared_data: Path, row: Row) -> Lock:
    """The lock of a row."""
    folder = shared_data / "lockfiles"
    beside = {name: (folder / file).read_bytes() for name, file in row.beside.items()}
    return read_manifest(row.file, (folder / row.file).read_bytes(), beside)


@pytest.fixture(params=ROWS, ids=lambda row: row.file)
def row(request: pytest.FixtureRequest) -> Row:
    """Each row."""
    found: Row = request.param
    return found


def test_a_real_file_is_read_whole(shared_data: Path, row: Row) -> None:
    """Packages, direct ones and edges are those that are there, and nothing is left over."""
    lock = read(shared_data, row)
    assert (lock.format, len(lock.packages()), len(lock.edges)) == (row.format, row.packages, row.edges)
    assert lock.problems == ()
    if row.direct is None:
        assert not lock.tells(Fact.DIRECT)
        assert {entry.direct for entry in lock.foreign} == {None}
    else:
        assert sum(entry.direct is True for entry in lock.foreign) == row.direct
        assert all(entry.direct is not None for entry in lock.foreign)


def test_every_line_is_the_packages_own(shared_data: Path, row: Row) -> None:
    """A team that follows the line finds the name there, or in the lines just below."""
    lines = (shared_data / "lockfiles" / row.file).read_text().split("\n")
    for entry in read(shared_data, row).foreign:
        near = "\n".join(lines[entry.line - 1 : entry.line + 2])
        assert entry.package.name in near, entry


def test_the_manifests_of_the_table_are_all_there_are(shared_data: Path) -> None:
    """A new file among the real ones has to get its row."""
    here = {path.name for path in (shared_data / "lockfiles").iterdir() if path.is_file()}
    told = {row.file for row in ROWS} | {name for row in ROWS for name in row.beside.values()}
    rest = {"README.md", "dependency-track.pom.xml", "osv-scanner.go.sum", "backstage-demo.catalog-info.yaml"}
    manifests = {name for name in here - told - rest if not name.endswith((".package.json", ".pyproject.toml"))}
    assert manifests == set()


def names(lock: Lock, origin: Origin) -> Iterable[str]:
    """Name and version of the entries of an origin."""
    return [f"{entry.package.name}@{entry.package.version}" for entry in lock.entries if entry.origin is origin]


def test_the_portals_aliases_patches_and_workspaces(shared_data: Path) -> None:
    """An alias is the real package, a patch counts as what it patches, and the project's own code is nobody else's."""
    lock = read(shared_data, ROWS[0])
    aliases = {(alias, entry.package.name) for entry in lock.entries for alias in entry.aliases}
    assert ("string-width-cjs", "string-width") in aliases
    assert ("lru-cache", "@wolfy1339/lru-cache") in aliases
    assert len([entry for entry in lock.entries if entry.aliases]) == 6
    assert list(names(lock, Origin.PATCH)) == [
        "fsevents@2.3.2",
        "fsevents@2.3.3",
        "resolve@1.22.8",
        "resolve@1.22.12",
        "resolve@2.0.0-next.6",
        "typescript@5.9.3",
    ]
    own = [entry.package.name for entry in lock.entries if entry.is_own]
    assert own == [
        "@internal/plugin-catalog-backend-module-example-processor",
        "@internal/plugin-notifications-tester-backend",
        "app",
        "backend",
        "root",
    ]
    # Only what a patch changes is reached by nothing but the patch.
    assert {entry.package.name for entry in lock.foreign if entry.need is None} == {"fsevents", "resolve", "typescript"}


def test_the_portals_workspaces_own_what_they_reach(shared_data: Path) -> None:
    """A way leads from every package to a workspace, and each step of it is an edge of the file."""
    lock = read(shared_data, ROWS[0])
    steps = {(edge.by, edge.to) for edge in lock.edges}
    owners = lock.owners()
    position = next(at for at, entry in enumerate(lock.entries) if entry.package.name == "knex")
    way = lock.path_to(position)
    assert lock.entries[way[0]].is_own
    assert way[-1] == position
    assert set(pairwise(way)) <= steps
    assert {lock.entries[own].package.name for own in owners[position]} == {
        "backend",
        "@internal/plugin-catalog-backend-module-example-processor",
        "@internal/plugin-notifications-tester-backend",
    }


def test_without_package_json_nothing_of_yarn_is_called_production(shared_data: Path) -> None:
    """Yarn lists both kinds together, so it is said that it cannot be told."""
    folder = shared_data / "lockfiles"
    lock = read_manifest("yarn.lock", (folder / "backstage-demo.yarn.lock").read_bytes())
    assert {entry.need for entry in lock.foreign} == {Need.UNKNOWN, Need.OPTIONAL, None} - {Need.OPTIONAL}
    assert not lock.tells(Fact.SCOPE)


def test_npms_own_flags_say_the_same(shared_data: Path) -> None:
    """What follows from the edges is what npm wrote beside each package."""
    lock = read(shared_data, ROWS[4])
    raw = json.loads((shared_data / "lockfiles" / ROWS[4].file).read_bytes())
    flags = [bool(listed.get("dev")) for key, listed in raw["packages"].items() if key]
    assert [entry.need is Need.DEVELOPMENT for entry in lock.foreign] == flags
    scripts = sum(bool(listed.get("hasInstallScript")) for listed in raw["packages"].values())
    assert sum(entry.install_script is True for entry in lock.foreign) == scripts == 6


def test_git_dependencies_are_pinned_by_commit(shared_data: Path) -> None:
    """Two of litestar's packages come from repositories."""
    lock = read(shared_data, ROWS[8])
    assert {entry.package.name: entry.commit for entry in lock.entries if entry.origin is Origin.GIT} == {
        "advanced-alchemy": "bbe68ddd3a8dd32618c5117a98cf74d269b480fc",
        "litestar-sphinx-theme": "3a2dd24bdb6484c1c0da1116043586ec22a32962",
    }


def test_a_patched_package_of_pnpm_is_marked(shared_data: Path) -> None:
    """It stands in patchedDependencies."""
    lock = read(shared_data, ROWS[6])
    assert list(names(lock, Origin.PATCH)) == ["@pierre/trees@1.0.0-beta.5"]
    assert len([entry for entry in lock.entries if entry.is_own]) == 5
