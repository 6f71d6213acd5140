"""Commands of guidance: whatever strangers called a package, it is one word of the command, or there is no command."""

from __future__ import annotations

import json
import shlex
import string
import subprocess

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.guidance import Change, Use, changes, use_at
from callboard.domain.guidance.managers import _BY_ECOSYSTEM, _BY_FORMAT

FORMATS = st.sampled_from([*_BY_FORMAT, "cyclonedx"])
ECOSYSTEMS = st.sampled_from([*_BY_ECOSYSTEM, "npm", "PyPI", "Hex"])
HOSTILE = (
    "; rm -rf /", "$(touch /tmp/x)", "`id`", "a b", "a\nb", "a'b", 'a"b', "--registry=https://evil.example", "-g", "&& id",
    "| sh", "> x", "a\\b", "~root", "*", "a\u202eb", "a\0b", "", "../../x", "#x", "!x", "a;b", "%0a", "a//b", "@", "@-x", "${IFS}",
)  # fmt: skip
# What an attacker would try, and anything else at all.
TEXT = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=30), st.text(string.punctuation + string.ascii_letters, max_size=30),
    st.sampled_from(["lodash", "@types/node", "org.apache:log4j", "golang.org/x/net", "vendor/name"]),
)  # fmt: skip
USES = st.builds(
    Use, path=TEXT, format=FORMATS, ecosystem=ECOSYSTEMS, name=TEXT, version=TEXT, direct=st.sampled_from([True, False, None]),
    root=st.one_of(st.none(), TEXT), need=st.none(),
)  # fmt: skip
SAFE = set(string.ascii_letters + string.digits + "@._~/+-:=!^>")


@given(use=USES, to=TEXT)
def test_a_name_is_never_more_than_a_name(use: Use, to: str) -> None:
    """Every word is made of what names are made of, reads back as itself, and only our own begin like an option."""
    for change in changes([(use, to)]):
        for command in change.commands:
            assert tuple(shlex.split(command.text)) == command.words
            assert "\n" not in command.text
            for word in command.words:
                assert set(word) <= SAFE
            strange = [word for word in command.words if word.startswith("-") and (use.name in word or to in word)]
            assert all(word.startswith(("-Dincludes=", "-DdepVersion=")) or word in OURS for word in strange)


OURS = {"--save-dev", "--upgrade-package", "--group", "--precise", "--conservative", "--with", "--with-all-dependencies", "--dev",
        "-R", "--depth", "--version", "--lock-only", "-DforceVersion=true"}  # fmt: skip


@given(use=USES, to=TEXT)
def test_what_cannot_be_a_name_has_no_command(use: Use, to: str) -> None:
    """And no patch; that there is a place is told all the same."""
    (change,) = changes([(use, to)])
    assert change.where == use.path
    for text in (use.name, to):
        if not text or text.startswith("-") or set(text) - SAFE:
            assert not change.commands
            assert not change.patch


@pytest.mark.parametrize("name", HOSTILE)
def test_a_shell_agrees(name: str) -> None:
    """What a real shell makes of each command is what was meant."""
    for use in (Use(path="x/uv.lock", format="uv", ecosystem="PyPI", name=each, version="1", root=other)
                for each, other in ((name, None), ("good", name))):  # fmt: skip
        for change in changes([(use, "2.0")]):
            for command in change.commands:
                said = subprocess.run(
                    ["/bin/sh", "-c", f"printf '%s\\n' {command.text}"], capture_output=True, text=True, check=True
                )
                assert tuple(said.stdout.splitlines()) == command.words


def told(format_: str, ecosystem: str, *, direct: bool, **fields: object) -> Change:
    """What to do about lib 1.0.0, brought by app where it is deep."""
    known = {"name": "lib", "version": "1.0.0", "root": None if direct else "app"} | fields
    use = Use(path=f"svc/{format_}", format=format_, ecosystem=ecosystem, direct=direct, **known)  # type: ignore[arg-type]
    (found,) = changes([(use, "1.2.3")])
    return found


@pytest.mark.parametrize(
    ("format_", "ecosystem", "direct", "deep"),
    [
        ("package-lock", "npm", "npm install lib@1.2.3", "npm update lib"),
        ("yarn-berry", "npm", "yarn up lib@1.2.3", "yarn up -R lib"),
        ("yarn-classic", "npm", "yarn upgrade lib@1.2.3", "yarn upgrade app"),
        ("yarn", "npm", "", ""),
        ("pnpm-lock", "npm", "pnpm update lib@1.2.3", "pnpm update lib --depth Infinity"),
        ("uv", "PyPI", "uv lock --upgrade-package lib==1.2.3; uv sync", "uv lock --upgrade-package lib==1.2.3; uv sync"),
        ("poetry", "PyPI", "poetry add 'lib@>=1.2.3'", "poetry update lib"),
        ("pdm", "PyPI", "pdm update lib", "pdm update lib"),
        ("pipfile", "PyPI", "pipenv upgrade lib==1.2.3", "pipenv upgrade --lock-only lib==1.2.3"),
        ("pylock", "PyPI", "", ""),
        ("requirements", "PyPI", "", ""),
        ("go", "Go", "go get lib@v1.2.3; go mod tidy", "go get lib@v1.2.3; go mod tidy"),
        ("cargo", "crates.io", "cargo update lib@1.0.0 --precise 1.2.3", "cargo update lib@1.0.0 --precise 1.2.3"),
        ("gemfile", "RubyGems", "bundle update --conservative lib", "bundle update --conservative lib"),
        ("composer", "Packagist", "composer require 'lib:^1.2.3' --with-all-dependencies",
         "composer update lib --with lib:1.2.3 --with-all-dependencies"),
        ("cyclonedx", "NuGet", "dotnet add package lib --version 1.2.3", "dotnet add package lib --version 1.2.3"),
        ("cyclonedx", "npm", "", ""),
    ],
)  # fmt: skip
def test_each_manager_has_its_own_words(format_: str, ecosystem: str, direct: str, deep: str) -> None:
    """Asked for by the project itself, and brought by something else: then that is named."""
    for is_direct, expected in ((True, direct), (False, deep)):
        change = told(format_, ecosystem, direct=is_direct)
        assert "; ".join(command.text for command in change.commands) == expected
        assert change.folder == "svc"
        assert ("app brings it" in change.say) is not is_direct


def test_what_brings_it_is_bumped_or_it_is_pinned() -> None:
    """A deep package of npm and its kin: the parent, and else the lines that pin it."""
    change = told("package-lock", "npm", direct=False)
    assert "bump app, which brings it" in change.otherwise
    assert (change.file, json.loads(change.patch)) == ("package.json", {"overrides": {"lib@1.0.0": "1.2.3"}})
    assert "pnpm-workspace.yaml" in told("pnpm-lock", "npm", direct=False).otherwise
    assert told("requirements", "PyPI", direct=True).patch == "-lib==1.0.0\n+lib==1.2.3\n"
    assert "`npm install`" in change.otherwise
    pnpm = told("pnpm-lock", "npm", direct=False)
    assert pnpm.patch == 'overrides:\n  "lib@1.0.0": "1.2.3"\n'
    maven = told("cyclonedx", "Maven", direct=True, name="org.apache:log4j")
    assert maven.commands[0].words[2:4] == ("-Dincludes=org.apache:log4j", "-DdepVersion=1.2.3")
    assert "<artifactId>log4j</artifactId>" in told("cyclonedx", "Maven", direct=False, name="org.apache:log4j").patch


def test_what_pins_it_leaves_other_lines_alone() -> None:
    """What npm and pnpm pin is what stands there now; Yarn 1 what is below what brings it; the others say that every version moves."""
    classic = told("yarn-classic", "npm", direct=False)
    assert json.loads(classic.patch) == {"resolutions": {"app/**/lib": "1.2.3"}}
    assert "every version" not in classic.otherwise
    berry = told("yarn-berry", "npm", direct=False)
    assert json.loads(berry.patch) == {"resolutions": {"lib": "1.2.3"}}
    assert "every version" in berry.otherwise
    unknown = told("package-lock", "npm", direct=False, version="what is there")
    assert json.loads(unknown.patch) == {"overrides": {"lib": "1.2.3"}}


def test_a_yarn_that_nobody_named_has_a_patch_for_both() -> None:
    """Both write `yarn.lock` and read `resolutions`; what either would type is told in words."""
    change = told("yarn", "npm", direct=False)
    assert (change.file, json.loads(change.patch)) == ("package.json", {"resolutions": {"lib": "1.2.3"}})
    for words in ("Yarn 2 and later: `yarn up -R lib`", "Yarn 1: `yarn upgrade`", "`yarn install`"):
        assert words in change.otherwise


@pytest.mark.parametrize(("name", "to"), [("stdlib", "v1.21.11"), ("stdlib", "1.21.11"), ("toolchain", "go1.21.11")])
def test_go_itself_is_no_module(name: str, to: str) -> None:
    """Its library and its tools come with another toolchain, however the version is spelled."""
    use = Use(path="go.mod", format="go", ecosystem="Go", name=name, version="1.21.10", direct=True)
    (change,) = changes([(use, to)])
    assert [each.text for each in change.commands] == ["go get toolchain@go1.21.11"]
    assert "write 1.21.11 there" in change.otherwise


def test_two_uses_that_differ_in_little_have_an_order() -> None:
    """What one manifest tells and another does not is no reason to fail."""
    one = Use(path="a", format="uv", ecosystem="PyPI", name="lib", version="1.0")
    others = [msgspec.structs.replace(one, direct=True), msgspec.structs.replace(one, direct=False, root="app"), one]
    assert len(changes([(each, "1.1") for each in others])) == 3


@pytest.mark.parametrize(
    ("path", "format_"),
    [
        ("web/yarn.lock", "yarn"), ("requirements-dev.txt", "requirements"), ("a/dev-requirements.txt", "requirements"),
        ("gems.locked", "gemfile"), ("/app/pylock.toml:3", "pylock"), ("app/node_modules/lib/package.json", None), ("notes.txt", None),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_file(path: str, format_: str | None) -> None:
    """The name of the file says which manager it belongs to; what is installed and no manifest says nothing."""
    found = use_at(path, "lib", "1.0.0")
    assert (found.format if found else None) == format_
