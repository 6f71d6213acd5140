"""Terraform and OpenTofu: `.terraform.lock.hcl`, and the modules that `*.tf` files call (docs, read 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from callboard.domain.packages.lock import Draft, Entry, Fact, Lock, Origin
from callboard.domain.packages.package import TERRAFORM, Package
from callboard.errors import MalformedManifestError
from callboard.formats.hcl import Block, read_blocks
from callboard.formats.text import read_text

FORMAT = "terraform-modules"
LOCK_FORMAT = "terraform-lock"

_REGISTRY = re.compile(r"(?:([a-z0-9.-]+\.[a-z]{2,}(?::[0-9]+)?)/)?([\w-]+/[\w-]+/[\w-]+)(?://(.*))?")
_GIT = re.compile(r"git::|git@|github\.com/|bitbucket\.org/|hg::")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_GIT_PREFIX = re.compile(r"^(?:git|hg)::")
_EXACT = re.compile(r"=?\s*v?(\d+(?:\.\d+)*(?:[-+][\w.+-]*)?)")
_USUAL = frozenset({"registry." + "terraform.io", "registry." + "opentofu.org"})


def parse_lock(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the lock holds it all
    """Providers with their versions and hashes. Raises MalformedManifestError."""
    draft = Draft(path, LOCK_FORMAT)
    for block in read_blocks(path, read_text(path, raw)):
        if block.kind != "provider" or len(block.labels) != 1:
            raise MalformedManifestError('expected provider "…" blocks', path=path, line=block.line)
        version = block.texts.get("version")
        if version is None:
            raise MalformedManifestError("expected a version", path=path, line=block.line)
        host, _, name = block.labels[0].partition("/")
        draft.add(
            Entry(
                package=_package(host, name, version),
                line=block.line,
                location=block.labels[0],
                integrity=tuple(block.lists.get("hashes", ())),
            )
        )
    draft.cannot_tell(Fact.DIRECT, "The lock does not tell the providers of the project from those of its modules.")
    draft.cannot_tell(Fact.EDGES, "The lock does not tell what needs a provider.")
    return draft.finish(reach=False)


def parse(path: str, raw: bytes, beside: Mapping[str, bytes]) -> Lock:  # noqa: ARG001  the file holds it all
    """The modules that a file calls; its own folders are no packages of others. Raises MalformedManifestError."""
    draft = Draft(path, FORMAT)
    name = Package(ecosystem=TERRAFORM, name=path.rpartition("/")[2], version="")
    own = draft.add(Entry(package=name, line=1, origin=Origin.WORKSPACE, location=path))
    for block in read_blocks(path, read_text(path, raw)):
        if block.kind != "module":
            continue
        source = block.texts.get("source")
        if source is None:
            draft.problem(block.line, "expected a source that is plain text")
        elif not source.startswith(("./", "../", "/")):
            draft.edge(own, draft.add(_module(draft, block, source)))
    draft.cannot_tell(Fact.EDGES, "What a module calls itself stands in the module.")
    return draft.finish()


def _module(draft: Draft, block: Block, source: str) -> Entry:
    base, _, query = source.partition("?")
    if not _GIT.match(source) and (match := _REGISTRY.fullmatch(base)):
        asked = block.texts.get("version", "")
        exact = _EXACT.fullmatch(asked)
        if exact is None:
            draft.problem(block.line, f"expected one version, not {asked[:40]!a}: which one is used cannot be told")
        package = _package(match[1] or "", match[2], exact[1] if exact else "")
        return Entry(package=package, line=block.line, location=source)
    repository, _, folder = _GIT_PREFIX.sub("", base).rpartition("://")[2].partition("//")
    reference = next((each[4:] for each in query.split("&") if each.startswith("ref=")), "")
    is_git = bool(_GIT.match(source)) or ".git" in base
    return Entry(
        package=Package(ecosystem=TERRAFORM, name=repository, version=reference, subpath=folder or None),
        line=block.line,
        origin=Origin.GIT if is_git else Origin.URL,
        location=source,
        commit=reference if _COMMIT.fullmatch(reference) else None,
    )


def _package(host: str, name: str, version: str) -> Package:
    is_usual = not host or host in _USUAL
    qualifiers = () if is_usual else (("repository_url", host),)
    return Package(ecosystem=TERRAFORM, name=name, version=version, qualifiers=qualifiers)
