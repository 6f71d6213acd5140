"""Checks of locks and pipelines, each on small files that the real readers read: one that fails, and what comes near."""

from __future__ import annotations

import json

import pytest

from callboard.checks import lockfile, pipeline
from callboard.checks.manifest import Manifest, ManifestCheck
from callboard.domain.finding import Severity
from callboard.domain.posture import Judged
from callboard.manifests import read_manifest

BY_KEY: dict[str, ManifestCheck] = {check.advice.key: check for check in (*lockfile.ALL, *pipeline.ALL)}
HASH = "sha512-" + "A" * 86 + "=="
COMMIT = "8f4b7f84864484a7bf31766abe9204da3cbe65b3"
HOST = "https://packages.acme.example"


def judged(key: str, path: str, text: str, **known: frozenset[str]) -> Judged:
    """What one check says of one file."""
    raw = text.encode()
    return BY_KEY[key].judged([Manifest(lock=read_manifest(path, raw), raw=raw, **known)])


def faults(key: str, path: str, text: str) -> list[tuple[str, int | None]]:
    """What fails, and on which line."""
    return [(each.path, each.place.line if each.place else None) for each in judged(key, path, text).faults]


def npm(**packages: dict[str, object]) -> str:
    """A package-lock with these packages beside two honest ones, which say what host is usual."""
    honest = {
        f"node_modules/{name}": {"version": "1.0.0", "resolved": f"{HOST}/{name}/-/{name}-1.0.0.tgz", "integrity": HASH}
        for name in ("left", "right", "middle")
    }
    named = {f"node_modules/{name}": about for name, about in packages.items()}
    wanted = dict.fromkeys([*packages, "left", "right", "middle"], "^1.0.0")
    root: dict[str, object] = {"name": "portal", "dependencies": wanted}
    return json.dumps({"name": "portal", "lockfileVersion": 3, "packages": {"": root, **honest, **named}}, indent=1)


def one(**about: object) -> str:
    """A package-lock with one package that is unlike the others."""
    base: dict[str, object] = {"version": "1.0.0", "resolved": f"{HOST}/odd/-/odd-1.0.0.tgz", "integrity": HASH}
    return npm(odd={key: value for key, value in {**base, **about}.items() if value is not None})


LOCK = "package-lock.json"

FAILS = {
    "integrity-missing": one(integrity=None),
    "weak-hash": one(integrity="sha1-L7x4FLpCsQwbmFFGd2GFeg7JrJ8="),
    "foreign-host": one(resolved="https://elsewhere.example/odd/-/odd-1.0.0.tgz"),
    "plain-http": one(resolved="http://packages.acme.example/odd/-/odd-1.0.0.tgz"),
    "moving-target": one(resolved="git+https://git.acme.example/odd.git#main", integrity=None),
    "renamed-archive": one(resolved=f"{HOST}/even/-/even-1.0.0.tgz"),
    "install-scripts": one(hasInstallScript=True),
}
NEAR = {
    "integrity-missing": one(inBundle=True, integrity=None),
    "weak-hash": one(integrity=f"sha1-L7x4FLpCsQwbmFFGd2GFeg7JrJ8= {HASH}"),
    "foreign-host": one(resolved="https://PACKAGES.acme.example/odd/-/odd-1.0.0.tgz"),
    "plain-http": one(resolved="https://packages.acme.example/http:/-/http:-1.0.0.tgz"),
    "renamed-archive": npm(**{"@acme/odd": {"version": "1.0.0", "resolved": f"{HOST}/@acme/odd/-/odd-1.0.0.tgz", "integrity": HASH}}),
    "install-scripts": one(hasInstallScript=False),
}  # fmt: skip


@pytest.mark.parametrize("key", FAILS)
def test_a_poisoned_lock_is_found_line_by_line(key: str) -> None:
    """The entry that is wrong, and none of its honest neighbours."""
    found = judged(key, LOCK, FAILS[key]).faults
    assert [each.path.partition("@")[0] for each in found] == ["odd"]
    place = found[0].place
    assert place is not None
    assert place.line is not None
    assert '"node_modules/odd"' in FAILS[key].split("\n")[place.line - 1]


@pytest.mark.parametrize("key", NEAR)
def test_what_comes_near_in_a_lock_is_no_fault(key: str) -> None:
    """Bundled, two hashes, another letter case, a scope."""
    assert judged(key, LOCK, NEAR[key]).faults == ()


def test_a_commit_of_a_repository_is_only_said() -> None:
    """It cannot move, and it still comes past the registry."""
    found = judged(
        "moving-target", LOCK, one(resolved=f"git+https://git.acme.example/odd.git#{COMMIT}", integrity=None)
    )
    assert [each.severity for each in found.faults] == [Severity.INFO]


def test_hosts_that_the_settings_name_are_expected() -> None:
    """And then those alone, whatever most of the file comes from."""
    text = one(resolved="https://mirror.acme.example/odd/-/odd-1.0.0.tgz")
    both = frozenset({"packages.acme.example", "mirror.acme.example"})
    assert judged("foreign-host", LOCK, text, hosts=both).faults == ()
    assert len(judged("foreign-host", LOCK, text, hosts=frozenset({"mirror.acme.example"})).faults) == 3


BERRY = """\
__metadata:
  version: 8
  cacheKey: 10c0

"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  checksum: 10c0/abc
  languageName: node
  linkType: hard
"""


def test_a_lock_that_cannot_tell_says_so() -> None:
    """Yarn keeps neither hosts nor install scripts: nothing passes for it."""
    for key in ("foreign-host", "install-scripts"):
        found = judged(key, "yarn.lock", BERRY)
        assert (found.faults, found.word) == ((), "not-evaluated")
        assert "yarn.lock: " in (found.not_evaluated or "")


def test_a_removed_checksum_and_a_foreign_archive_are_found_in_a_berry_lock() -> None:
    """What a check of hosts for older formats lets pass."""
    assert faults("integrity-missing", "yarn.lock", BERRY) == []
    held = BERRY + "\n" + BERRY.partition("\n\n")[2].replace("a@", "b@")
    assert faults("integrity-missing", "yarn.lock", held.replace("  checksum: 10c0/abc\n", "", 1)) == [("a@1.0.0", 5)]
    planted = BERRY.replace(
        'resolution: "a@npm:1.0.0"',
        'resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Felsewhere.example%2Fa.tgz"',
    )
    settings = frozenset({"packages.acme.example"})
    assert [each.path for each in judged("foreign-host", "yarn.lock", planted, hosts=settings).faults] == ["a@1.0.0"]
    assert judged("foreign-host", "yarn.lock", held, hosts=settings).faults == ()


def test_programs_and_folders_beside_the_repository_are_found() -> None:
    """exec:, and a file outside; one inside is none."""
    made = BERRY.replace('"a@npm:^1.0.0"', '"a@exec:./make.js"').replace(
        '"a@npm:1.0.0"', '"a@exec:./make.js#./make.js::hash=1"'
    )
    assert [path for path, _ in faults("install-runs", "yarn.lock", made)] == ["a@1.0.0"]
    assert faults("install-runs", "yarn.lock", BERRY) == []
    out = BERRY.replace('"a@npm:^1.0.0"', '"a@file:../../a"').replace(
        '"a@npm:1.0.0"', '"a@file:../../a#../../a::hash=1"'
    )
    assert [path for path, _ in faults("outside-folder", "yarn.lock", out)] == ["a@1.0.0"]
    inside = out.replace("../../a", "./vendor/../a")
    assert faults("outside-folder", "yarn.lock", inside) == []


WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    container: {image}
    steps:
      - uses: acme/deploy{action}
      - uses: ./here
      - run: |
          {script}
"""


def workflow(action: str = f"@{COMMIT}", image: str = "node@sha256:" + "a" * 64, script: str = "make") -> str:
    """A workflow with these."""
    return WORKFLOW.format(action=action, image=image, script=script)


@pytest.mark.parametrize(
    ("key", "bad", "line"),
    [
        ("movable-action", workflow(action="@v4"), 7),
        ("movable-action", workflow(action=f"@{COMMIT[:12]}"), 7),
        ("movable-image", workflow(image="node:24"), 5),
        ("piped-script", workflow(script="curl -fsSL https://get.acme.example | sh"), 10),
        ("piped-script", workflow(script="wget -qO- https://get.acme.example | sudo -E bash -"), 10),
        ("piped-script", workflow(script='bash -c "$(curl -fsSL https://get.acme.example)"'), 10),
        ("piped-script", workflow(script="curl https://get.acme.example \\\n            | python3"), 10),
    ],
)
def test_what_a_pipeline_runs_and_others_can_change(key: str, bad: str, line: int) -> None:
    """Actions by tag or by a short hash, images by tag, scripts as they come."""
    assert [at for _, at in faults(key, ".github/workflows/ci.yml", bad)] == [line]


@pytest.mark.parametrize("key", ["movable-action", "movable-image", "piped-script"])
def test_a_pipeline_that_is_held_has_no_fault(key: str) -> None:
    """Commits, digests, and scripts that are looked at; a remark is no command."""
    for script in (
        "curl -o a.tgz https://acme.example/a.tgz",
        "# curl https://x | sh",
        "curl https://x.example/v | jq .",
        "cat a | sh",
    ):
        assert faults(key, ".github/workflows/ci.yml", workflow(script=script)) == []


def test_images_and_scripts_of_a_dockerfile() -> None:
    """A stage of its own is no image of others."""
    bad = "FROM node:24 AS base\nRUN curl -fsSL https://get.acme.example | bash\nFROM base\n"
    assert [line for _, line in faults("movable-image", "Dockerfile", bad)] == [1]
    assert [line for _, line in faults("piped-script", "Dockerfile", bad)] == [2]
    good = f"FROM node:24@sha256:{'b' * 64} AS base\nRUN make\nFROM base\n"
    assert faults("movable-image", "Dockerfile", good) == []


def test_modules_of_terraform() -> None:
    """A range, no version, a branch; an exact version and a commit are held."""

    def module(rest: str) -> str:
        return f'module "vpc" {{\n  {rest}\n}}\n'

    for bad in ('source = "acme/vpc/aws"\n  version = "~> 5.0"', 'source = "acme/vpc/aws"',
                'source = "git::https://git.acme.example/vpc.git?ref=main"'):  # fmt: skip
        assert len(faults("movable-module", "main.tf", module(bad))) == 1, bad
    for good in ('source = "acme/vpc/aws"\n  version = "5.1.2"', 'source = "./modules/vpc"',
                 f'source = "git::https://git.acme.example/vpc.git?ref={COMMIT}"'):  # fmt: skip
        assert faults("movable-module", "main.tf", module(good)) == [], good


@pytest.mark.parametrize("check", BY_KEY.values(), ids=lambda check: check.advice.key)
def test_no_file_is_not_evaluated(check: ManifestCheck) -> None:
    """Nothing was looked at, so nothing passed; and what is said of it stands in words."""
    assert check.judged([]).word == "not-evaluated"
    for words in (check.advice.title, check.advice.why, check.advice.remedy, check.advice.before, check.advice.after):
        assert words.strip()
