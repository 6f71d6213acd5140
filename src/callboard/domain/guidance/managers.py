"""How each package manager goes to another version: what is typed, and what is written where typing is not enough. Pure.

As of 2026-11, by the managers' own documentation: npm 11, Yarn 1.22 and 4, pnpm 10, pip 25 with requirements files, uv 0.9,
Poetry 2, Pipenv 2025, PDM 2.26, Go 1.25, Cargo 1.90, Bundler 2.7, Composer 2.8, Maven with its Versions plugin 2.19, .NET 9.
What pins a package and nothing else was tried with npm 11.19, Yarn 1.22.22 and 4.18, pnpm 10.34 and Pipenv 2026-11, on a
project that uses one package in two lines of versions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import msgspec

from callboard.domain.guidance.shell import Command, is_name, is_version
from callboard.domain.packages.lock import Need

MOST = 8
"""Places that are told one by one."""
YARN = "yarn"
"""The format of a `yarn.lock` of which nobody knows which Yarn wrote it."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest in which the package is used."""

    path: str
    """Of the manifest, from the repository's root."""
    format: str
    """As `manifests.FORMATS` names it, or a format of bills."""
    ecosystem: str
    name: str
    """Of the package."""
    version: str
    """The one in use."""
    direct: bool | None = None
    """None: the manifest does not tell."""
    root: str | None = None
    """What the project asks for and that brings it, by name. None: itself, or nobody knows."""
    need: Need | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What to do at one place."""

    where: str
    """The manifest."""
    folder: str
    """Where commands are typed, from the repository's root. Empty: in the root itself."""
    say: str
    """What is done, in a sentence."""
    commands: tuple[Command, ...] = ()
    file: str = ""
    """The file that `patch` is for."""
    patch: str = ""
    """Lines to write, where no command does it."""
    otherwise: str = ""
    """What to do where that does not move it, in a sentence."""


class _Asked(msgspec.Struct, frozen=True):
    use: Use
    to: str

    @property
    def name(self) -> str:
        return self.use.name

    @property
    def is_deep(self) -> bool:
        # What nobody tells is not taken for asked for: installing it would make it so.
        return self.use.direct is not True

    @property
    def is_for_development(self) -> bool:
        return self.use.need is Need.DEVELOPMENT

    @property
    def parent(self) -> str | None:
        root = self.use.root
        return root if root is not None and root != self.name and is_name(root) else None

    @property
    def spot(self) -> str:
        """Names what stands there now, so that npm and pnpm leave other lines of versions as they are.

        They pin what is asked for by a range in which this version lies.
        """
        return f"{self.name}@{self.use.version}" if is_version(self.use.version) else self.name


_Told = tuple[tuple[tuple[str, ...], ...], str, str, str]
"""Commands, the file to write in, what to write there, and what to do otherwise."""


def changes(ways: Iterable[tuple[Use, str]]) -> tuple[Change, ...]:
    """What to do at each place to get to its version, in order. A name or a version that is none has no command."""
    found = dict.fromkeys(sorted(ways, key=_order))
    return tuple(_change(use, to) for use, to in list(found)[:MOST])


def _order(way: tuple[Use, str]) -> tuple[str, ...]:
    use, to = way
    return use.path, use.format, use.ecosystem, use.name, use.version, str(use.direct), use.root or "", to


def _change(use: Use, to: str) -> Change:
    folder, _, _ = use.path.rpartition("/")
    asked = _Asked(use, to)
    say = f"Go from {use.version} to {to}" + (f"; {use.root} brings it" if asked.parent else "") + "."
    manager = _BY_FORMAT.get(use.format) or _BY_ECOSYSTEM.get(use.ecosystem)
    if manager is None or not (is_name(use.name) and is_version(to)):
        return Change(where=use.path, folder=folder, say=say)
    commands, file, patch, otherwise = manager(asked)
    return Change(
        where=use.path, folder=folder, say=say, commands=tuple(Command(each) for each in commands), file=file, patch=patch,
        otherwise=otherwise,
    )  # fmt: skip


def _bump(asked: _Asked, key: str, then: str, *, file: str = "package.json", more: str = "") -> str:
    """What is left where nothing that brings it allows the version."""
    bump = f"bump {asked.parent}, which brings it" if asked.parent else "bump what brings it"
    pin = f"pin it under `{key}` in {file} and run `{then}`"
    return f"Where it stays, {bump}; where no release of that allows {asked.to}, {pin}.{more}"


_ALL_LINES = (
    " That moves every version of it: where another one is needed as well, name what brings this one before it."
)


def _npm(asked: _Asked) -> _Told:
    if not asked.is_deep:
        dev = ("--save-dev",) if asked.is_for_development else ()
        return (("npm", "install", *dev, f"{asked.name}@{asked.to}"),), "", "", ""
    patch = _json({"overrides": {asked.spot: asked.to}})
    return (("npm", "update", asked.name),), "package.json", patch, _bump(asked, "overrides", "npm install")


def _yarn_berry(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("yarn", "up", f"{asked.name}@{asked.to}"),), "", "", ""
    otherwise = _bump(asked, "resolutions", "yarn install", more=_ALL_LINES)
    return (("yarn", "up", "-R", asked.name),), "package.json", _resolved(asked, asked.name), otherwise


def _yarn_classic(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("yarn", "upgrade", f"{asked.name}@{asked.to}"),), "", "", ""
    # Yarn 1 moves what is deep only together with what brings it: `yarn upgrade` of a deep package does nothing.
    commands = (("yarn", "upgrade", asked.parent),) if asked.parent else ()
    key = f"{asked.parent}/**/{asked.name}" if asked.parent else asked.name
    otherwise = _bump(asked, "resolutions", "yarn install", more="" if asked.parent else _ALL_LINES)
    return commands, "package.json", _resolved(asked, key), otherwise


def _yarn(asked: _Asked) -> _Told:
    """Both Yarns write `yarn.lock`, and nobody said which. Both read `resolutions`; their commands differ."""
    otherwise = (
        f"Yarn 2 and later: `yarn up -R {asked.name}`; Yarn 1: `yarn upgrade` and what brings it. "
        + _bump(asked, "resolutions", "yarn install", more=_ALL_LINES)
    )  # fmt: skip
    return (), "package.json", _resolved(asked, asked.name), otherwise


def _resolved(asked: _Asked, key: str) -> str:
    return _json({"resolutions": {key: asked.to}})


def _pnpm(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("pnpm", "update", f"{asked.name}@{asked.to}"),), "", "", ""
    file = "pnpm-workspace.yaml"
    patch = f"overrides:\n  {json.dumps(asked.spot)}: {json.dumps(asked.to)}\n"
    otherwise = _bump(asked, "overrides", "pnpm install", file=file)
    return (("pnpm", "update", asked.name, "--depth", "Infinity"),), file, patch, otherwise


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _allows(asked: _Asked, file: str) -> str:
    """Managers that solve: the version has to be allowed."""
    if asked.parent:
        return f"Where it stays, {asked.parent} does not allow {asked.to}: bump that as well."
    return f"Where it stays, {file} does not allow {asked.to}: write the new limit there first."


def _uv(asked: _Asked) -> _Told:
    commands = (("uv", "lock", "--upgrade-package", f"{asked.name}=={asked.to}"), ("uv", "sync"))
    return commands, "", "", _allows(asked, "pyproject.toml")


def _poetry(asked: _Asked) -> _Told:
    if asked.is_deep:
        return (("poetry", "update", asked.name),), "", "", _allows(asked, "pyproject.toml")
    group = ("--group", "dev") if asked.is_for_development else ()
    return (("poetry", "add", *group, f"{asked.name}@>={asked.to}"),), "", "", ""


def _pdm(asked: _Asked) -> _Told:
    return (("pdm", "update", asked.name),), "", "", _allows(asked, "pyproject.toml")


def _pipenv(asked: _Asked) -> _Told:
    # Without --lock-only it writes what is deep into the Pipfile, which makes it asked for.
    only = ("--lock-only",) if asked.is_deep else ()
    return (("pipenv", "upgrade", *only, f"{asked.name}=={asked.to}"),), "", "", _allows(asked, "Pipfile")


def _pylock(_: _Asked) -> _Told:
    """PEP 751: several tools write it, and the file need not say which."""
    return (), "", "", "Let the tool that wrote this file (uv, PDM or pip) write it anew with the new version."


def _requirements(asked: _Asked) -> _Told:
    file = asked.use.path.rpartition("/")[2]
    patch = f"-{asked.name}=={asked.use.version}\n+{asked.name}=={asked.to}\n" if is_version(asked.use.version) else ""
    told = (
        "Hashes behind it change as well. Where the file is made by a tool, let that make it anew with the new version."
    )
    return (), file if patch else "", patch, told


_GO_ITSELF = frozenset({"stdlib", "toolchain"})
"""What advisories call Go's own library and its tools: no modules, though they come as if they were."""


def _go(asked: _Asked) -> _Told:
    if asked.name in _GO_ITSELF:
        version = asked.to.removeprefix("v").removeprefix("go")
        told = f"Where an image or a workflow names the version of Go, write {version} there as well."
        return (("go", "get", f"toolchain@go{version}"),), "", "", told
    version = asked.to if asked.to.startswith("v") else f"v{asked.to}"
    return (("go", "get", f"{asked.name}@{version}"), ("go", "mod", "tidy")), "", "", ""


def _cargo(asked: _Asked) -> _Told:
    named = f"{asked.name}@{asked.use.version}" if is_version(asked.use.version) else asked.name
    command = ("cargo", "update", named, "--precise", asked.to)
    return (command,), "", "", _allows(asked, "Cargo.toml")


def _bundler(asked: _Asked) -> _Told:
    return (("bundle", "update", "--conservative", asked.name),), "", "", _allows(asked, "the Gemfile")


def _composer(asked: _Asked) -> _Told:
    if asked.is_deep:
        limit = f"{asked.name}:{asked.to}"
        command = ("composer", "update", asked.name, "--with", limit, "--with-all-dependencies")
        return (command,), "", "", _allows(asked, "composer.json")
    dev = ("--dev",) if asked.is_for_development else ()
    return (("composer", "require", *dev, f"{asked.name}:^{asked.to}", "--with-all-dependencies"),), "", "", ""


def _maven(asked: _Asked) -> _Told:
    group, _, artifact = asked.name.partition(":")
    if not artifact or ":" in artifact:
        return (), "", "", ""
    if asked.is_deep:
        lines = (
            "<dependencyManagement><dependencies><dependency>", f"  <groupId>{group}</groupId>",
            f"  <artifactId>{artifact}</artifactId>", f"  <version>{asked.to}</version>",
            "</dependency></dependencies></dependencyManagement>",
        )  # fmt: skip
        bump = f"Bump {asked.parent}, which brings it" if asked.parent else "Bump what brings it"
        bump += ", or set its version where all modules take theirs from."
        return (), "pom.xml", "\n".join(lines) + "\n", bump
    command = ("mvn", "versions:use-dep-version", f"-Dincludes={asked.name}", f"-DdepVersion={asked.to}",
               "-DforceVersion=true")  # fmt: skip
    return (command,), "", "", "Where Gradle builds it, change the version in its build file."


def _nuget(asked: _Asked) -> _Told:
    return (("dotnet", "add", "package", asked.name, "--version", asked.to),), "", "", ""


def _actions(asked: _Asked) -> _Told:
    patch = f"-uses: {asked.name}@{asked.use.version}\n+uses: {asked.name}@{asked.to}\n"
    file = asked.use.path.rpartition("/")[2]
    return (), file, patch if is_version(asked.use.version) else "", "Pin it to the commit of that release."


_Manager = Callable[[_Asked], _Told]

_BY_FORMAT: Mapping[str, _Manager] = MappingProxyType({
    "package-lock": _npm, "yarn-berry": _yarn_berry, "yarn-classic": _yarn_classic, YARN: _yarn, "pnpm-lock": _pnpm,
    "uv": _uv, "poetry": _poetry, "pdm": _pdm, "pylock": _pylock, "pipfile": _pipenv, "requirements": _requirements,
    "go": _go, "go-sum": _go, "cargo": _cargo, "gemfile": _bundler, "composer": _composer, "github-actions": _actions,
})  # fmt: skip
_BY_ECOSYSTEM: Mapping[str, _Manager] = MappingProxyType({
    "Go": _go, "crates.io": _cargo, "RubyGems": _bundler, "Packagist": _composer, "Maven": _maven, "NuGet": _nuget,
})  # fmt: skip
"""Where a bill tells no lockfile, of ecosystems with one manager that everybody has."""
