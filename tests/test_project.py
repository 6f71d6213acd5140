"""What has to be true of the repository itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools import check_words

REPOSITORY = Path(__file__).parents[1]
LOCKS = ("run", "dev", "bootstrap")


def lock(name: str) -> str:
    """The text of one requirement file."""
    return (REPOSITORY / "requirements" / f"{name}.txt").read_text()


def pins(name: str) -> dict[str, str]:
    """Package and version of every line of a requirement file that names one."""
    return dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", lock(name), re.MULTILINE))


@pytest.mark.attack("A34")
def test_the_dev_lock_holds_the_run_lock() -> None:
    """Tests run on exactly what the product runs on."""
    run, dev = pins("run"), pins("dev")
    assert len(run) > 30
    assert {package: dev.get(package) for package in run} == run


def test_set_up_and_tests_agree_on_versions() -> None:
    """Installing the second lock over the first changes nothing that the first installed."""
    bootstrap, dev = pins("bootstrap"), pins("dev")
    assert {"uv", "hatchling", "editables"} <= set(bootstrap)
    shared = bootstrap.keys() & dev.keys()
    assert {package: dev[package] for package in shared} == {package: bootstrap[package] for package in shared}


@pytest.mark.attack("A34")
@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_a_hash(name: str) -> None:
    """A line that starts a requirement pins a version, and a hash follows it."""
    text = re.sub(r"\\\n", " ", lock(name))
    requirements = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.attack("A34")
@pytest.mark.parametrize("name", LOCKS)
def test_no_requirement_file_names_an_index(name: str) -> None:
    """Where packages come from is the business of the machine that installs them."""
    assert re.findall(r"index-url|find-links|https?://|trusted-host", lock(name)) == []


@pytest.mark.attack("A34")
def test_every_npm_package_has_an_integrity_and_no_address() -> None:
    """The browser's lock says what is installed, not from where."""
    packages = json.loads((REPOSITORY / "tests" / "browser" / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert "node_modules/@sparticuz/chromium" in installed
    assert [name for name, package in installed.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in installed.items() if "resolved" in package] == []


def test_the_portal_is_one_release_of_backstage() -> None:
    """Each package of Backstage stands in the portal's lock once, in the version that the workspace pins."""
    folder = REPOSITORY / "backstage"
    named = json.loads((folder / "package.json").read_text())
    pinned = {
        name: named["devDependencies"][name] if version.startswith("$") else version
        for name, version in named["overrides"].items()
        if name.startswith("@backstage/")
    }
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    found: dict[str, set[str]] = {}
    for place, package in packages.items():
        name = place.rpartition("node_modules/")[2]
        if name.startswith("@backstage/"):
            found.setdefault(name, set()).add(package["version"])
    assert "@backstage/plugin-proxy-backend" in found
    assert found == {name: {version} for name, version in pinned.items()}


@pytest.mark.attack("A34")
def test_the_portals_lock_has_integrities_and_no_addresses() -> None:
    """As the browser's lock; links to the workspace's own folders are no addresses."""
    packages = json.loads((REPOSITORY / "backstage" / "package-lock.json").read_text())["packages"]
    installed = {name: each for name, each in packages.items() if "node_modules/" in name and not each.get("link")}
    assert [name for name, each in installed.items() if "resolved" in each] == []
    assert [name for name, each in installed.items() if not each.get("integrity", "").startswith("sha512-")] == []


def test_forbidden_words_are_found(tmp_path: Path) -> None:
    """The check that guards addresses sees each kind of them, and leaves other text alone."""
    dot = "."
    bad = tmp_path / "package-lock.json"
    resolved = '  "resolved": "https://packages.example/x"\n  "resolved": "plugins/x"\n'
    bad.write_text(f"see registry{dot}npmjs{dot}org\nhttps://pypi{dot}org/simple\n/{'root'}/x\n{resolved}fine\n")
    assert len(check_words.look(bad)) == 4
    good = tmp_path / "README.md"
    good.write_text('pypi is a registry; pkg:pypi/organ@1; "resolved": the path /workshop/roots\n')
    assert check_words.look(good) == []


@pytest.mark.parametrize("name", ["LICENSE", "CHANGELOG.md", "README.md"])
def test_what_a_stranger_looks_for_is_there(name: str) -> None:
    """A licence, a change log and a first page, each with words in it."""
    assert (REPOSITORY / name).read_text().strip()
