"""Where manifests lie, by their names."""

from __future__ import annotations

import pytest

from callboard.domain.packages.manifest_place import PlaceKind, place_of, places


@pytest.mark.parametrize(
    ("path", "kind", "ecosystem"),
    [
        ("yarn.lock", PlaceKind.LOCKFILE, "npm"),
        ("services/a/package-lock.json", PlaceKind.LOCKFILE, "npm"),
        ("pylock.dev.toml", PlaceKind.LOCKFILE, "pypi"),
        ("x/requirements-dev.txt", PlaceKind.MANIFEST, "pypi"),
        ("go.sum", PlaceKind.LOCKFILE, "golang"),
        ("infra/.terraform.lock.hcl", PlaceKind.LOCKFILE, "terraform"),
        ("infra/main.tf", PlaceKind.INFRASTRUCTURE, "terraform"),
        ("app.cdx.json", PlaceKind.SBOM, "cyclonedx"),
        ("release/app.spdx.json", PlaceKind.SBOM, "spdx"),
        ("docker/api.Dockerfile", PlaceKind.IMAGE, "docker"),
        ("Dockerfile.prod", PlaceKind.IMAGE, "docker"),
        (".github/workflows/ci.yml", PlaceKind.PIPELINE, "github"),
        (".gitlab-ci.yml", PlaceKind.PIPELINE, "gitlab"),
        ("actions/setup/action.yml", PlaceKind.PIPELINE, "github"),
    ],
)
def test_a_name_says_what_to_read(path: str, kind: PlaceKind, ecosystem: str) -> None:
    """At any depth of a monorepo."""
    found = place_of(path)
    assert found is not None
    assert (found.path, found.kind, found.ecosystem) == (path, kind, ecosystem)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "src/yarn.lock.ts",
        "node_modules/left-pad/package.json",
        "vendor/github.com/x/y/go.mod",
        ".github/workflows/deep/ci.yml",
        ".github/workflows/readme.md",
        "services/.github/workflows/ci.yml",
        "Yarn.lock",
    ],
)
def test_near_misses_are_no_places(path: str) -> None:
    """Other people's code, other folders, other spellings."""
    assert place_of(path) is None


def test_places_are_sorted_and_each_once() -> None:
    """Whatever order the forge tells them in."""
    assert [each.path for each in places(["b/go.mod", "x", "a/go.mod"])] == ["a/go.mod", "b/go.mod"]
