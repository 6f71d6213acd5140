"""How each package manager goes to another version: what is typed, and what is written where typing is not enough. Pure.

As of 2026-11, by the managers' own documentation: npm 11, Yarn 1.22 and 4, pnpm 10, pip 25 with requirements files, uv 0.9,
Poetry 2, Pipenv 2025, PDM 2.26, Go 1.25, Cargo 1.90, Bundler 2.7, Composer 2.8, Maven with its Versions plugin 2.19, .NET 9.
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


class Use(msgspec.Struct, frozen=True, kw_only=True, order=True):
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


_Told = tuple[tuple[tuple[str, ...], ...], str, str, str]
"""Commands, the file to write in, what to write there, and what to do otherwise."""


def changes(uses: Iterable[Use], to: str) -> tuple[Change, ...]:
    """What to do at each place to get to this version, in order. A name or a version that is none has no command."""
    found = dict.fromkeys(sorted(uses))
    return tuple(_change(each, to) for each in list(found)[:MOST])


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


def _bump(asked: _Asked, command: str, key: str) -> str:
    """What is left where nothing that brings it allows the version."""
    bump = f"bump {asked.parent}, which brings it" if asked.parent else "bump what brings it"
    return (
        f"Where it stays, {bump}; where no release of that allows {asked.to}, {command} under `{key}` in package.json."
    )


def _npm(asked: _Asked) -> _Told:
    if not asked.is_deep:
        dev = ("--save-dev",) if asked.is_for_development else ()
        return (("npm", "install", *dev, f"{asked.name}@{asked.to}"),), "", "", ""
    patch = _json({"overrides": {asked.name: asked.to}})
    return (("npm", "update", asked.name),), "package.json", patch, _bump(asked, "pin it", "overrides")


def _yarn_berry(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("yarn", "up", f"{asked.name}@{asked.to}"),), "", "", ""
    patch = _json({"resolutions": {asked.name: asked.to}})
    return (("yarn", "up", "-R", asked.name),), "package.json", patch, _bump(asked, "pin it", "resolutions")


def _yarn_classic(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("yarn", "upgrade", f"{asked.name}@{asked.to}"),), "", "", ""
    commands = (("yarn", "upgrade", asked.parent),) if asked.parent else ()
    return (
        commands,
        "package.json",
        _json({"resolutions": {asked.name: asked.to}}),
        _bump(asked, "pin it", "resolutions"),
    )


def _pnpm(asked: _Asked) -> _Told:
    if not asked.is_deep:
        return (("pnpm", "update", f"{asked.name}@{asked.to}"),), "", "", ""
    patch = f"overrides:\n  {json.dumps(asked.name)}: {json.dumps(asked.to)}\n"
    bump = _bump(asked, "pin it", "overrides").replace("package.json", "pnpm-workspace.yaml")
    return (("pnpm", "update", asked.name, "--depth", "Infinity"),), "pnpm-workspace.yaml", patch, bump


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
    return (("pipenv", "upgrade", f"{asked.name}=={asked.to}"),), "", "", _allows(asked, "Pipfile")


def _requirements(asked: _Asked) -> _Told:
    file = asked.use.path.rpartition("/")[2]
    patch = f"-{asked.name}=={asked.use.version}\n+{asked.name}=={asked.to}\n" if is_version(asked.use.version) else ""
    told = (
        "Hashes behind it change as well. Where the file is made by a tool, let that make it anew with the new version."
    )
    return (), file if patch else "", patch, told


def _go(asked: _Asked) -> _Told:
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
    "package-lock": _npm, "yarn-berry": _yarn_berry, "yarn-classic": _yarn_classic, "pnpm-lock": _pnpm, "uv": _uv,
    "poetry": _poetry, "pdm": _pdm, "pipfile": _pipenv, "requirements": _requirements, "go": _go, "go-sum": _go,
    "cargo": _cargo, "gemfile": _bundler, "composer": _composer, "github-actions": _actions,
})  # fmt: skip
_BY_ECOSYSTEM: Mapping[str, _Manager] = MappingProxyType({
    "Go": _go, "crates.io": _cargo, "RubyGems": _bundler, "Packagist": _composer, "Maven": _maven, "NuGet": _nuget,
})  # fmt: skip
"""Where a bill tells no lockfile, of ecosystems with one manager that everybody has."""
