"""Commands of guidance: whatever strangers called a package, it is one word of the command, or there is no command."""

from __future__ import annotations

import shlex
import string
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.guidance import Change, Use, changes
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
    for change in changes([use], to):
        for command in change.commands:
            assert tuple(shlex.split(command.text)) == command.words
            assert "\n" not in command.text
            for word in command.words:
                assert set(word) <= SAFE
            strange = [word for word in command.words if word.startswith("-") and (use.name in word or to in word)]
            assert all(word.startswith(("-Dincludes=", "-DdepVersion=")) or word in OURS for word in strange)


OURS = {"--save-dev", "--upgrade-package", "--group", "--precise", "--conservative", "--with", "--with-all-dependencies", "--dev",
        "-R", "--depth", "--version", "-DforceVersion=true"}  # fmt: skip


@given(use=USES, to=TEXT)
def test_what_cannot_be_a_name_has_no_command(use: Use, to: str) -> None:
    """And no patch; that there is a place is told all the same."""
    (change,) = changes([use], to)
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
        for change in changes([use], "2.0"):
            for command in change.commands:
                said = subprocess.run(
                    ["/bin/sh", "-c", f"printf '%s\\n' {command.text}"], capture_output=True, text=True, check=True
                )
                assert tuple(said.stdout.splitlines()) == command.words


def told(format_: str, ecosystem: str, *, direct: bool, **fields: object) -> Change:
    """What to do about lib 1.0.0, brought by app where it is deep."""
    known = {"name": "lib", "version": "1.0.0", "root": None if direct else "app"} | fields
    (found,) = changes(
        [Use(path=f"svc/{format_}", format=format_, ecosystem=ecosystem, direct=direct, **known)], "1.2.3"
    )  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("format_", "ecosystem", "direct", "deep"),
    [
        ("package-lock", "npm", "npm install lib@1.2.3", "npm update lib"),
        ("yarn-berry", "npm", "yarn up lib@1.2.3", "yarn up -R lib"),
        ("yarn-classic", "npm", "yarn upgrade lib@1.2.3", "yarn upgrade app"),
        ("pnpm-lock", "npm", "pnpm update lib@1.2.3", "pnpm update lib --depth Infinity"),
        ("uv", "PyPI", "uv lock --upgrade-package lib==1.2.3; uv sync", "uv lock --upgrade-package lib==1.2.3; uv sync"),
        ("poetry", "PyPI", "poetry add 'lib@>=1.2.3'", "poetry update lib"),
        ("pdm", "PyPI", "pdm update lib", "pdm update lib"),
        ("pipfile", "PyPI", "pipenv upgrade lib==1.2.3", "pipenv upgrade lib==1.2.3"),
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
    assert (change.file, change.patch) == ("package.json", '{\n  "overrides": {\n    "lib": "1.2.3"\n  }\n}\n')
    assert "pnpm-workspace.yaml" in told("pnpm-lock", "npm", direct=False).otherwise
    assert told("requirements", "PyPI", direct=True).patch == "-lib==1.0.0\n+lib==1.2.3\n"
    maven = told("cyclonedx", "Maven", direct=True, name="org.apache:log4j")
    assert maven.commands[0].words[2:4] == ("-Dincludes=org.apache:log4j", "-DdepVersion=1.2.3")
    assert "<artifactId>log4j</artifactId>" in told("cyclonedx", "Maven", direct=False, name="org.apache:log4j").patch
