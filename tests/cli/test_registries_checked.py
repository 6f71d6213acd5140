"""callboard doctor asks each registry about one package that every registry has, and says what would not work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.cli.conftest import Folder
from tests.support.registries import MadeUpRegistry, serving

DATES = {"1.0.0": "2013-01-01T00:00:00.000Z", "1.4.0": "2016-09-06T00:00:00.000Z"}


@pytest.fixture
async def registry() -> AsyncIterator[MadeUpRegistry]:
    """On loopback, with the two packages that are asked about."""
    async with serving() as found:
        found.npm("once", DATES, "ann")
        found.pypi("six", {"1.17.0": ["2024-12-04T17:35:26.475808Z"]})
        yield found


async def checked(folder: Folder, registry: MadeUpRegistry, kind: str, *more: str) -> list[tuple[bool | None, str]]:
    """What is said of one registry."""
    file = folder.path / "callboard.toml"
    file.write_text("\n".join((f'[[registry]]\nkind = "{kind}"\nurl = "{registry.url}"', *more)) + "\n")
    file.chmod(0o600)
    said = await asyncio.to_thread(folder.call, "doctor", "--json", code=None)
    return [
        (each["ok"], f"{each['message']} {each.get('hint') or ''}")
        for each in said.json["checks"]
        if each["subject"].startswith(f"registry {kind}")
    ]


async def test_one_that_answers_is_well(folder: Folder, registry: MadeUpRegistry) -> None:
    """Both kinds, by one request each, with the token."""
    for kind, name in (("npm", "once"), ("pypi", "six")):
        told = await checked(folder, registry, kind, "allow_private = true", 'token = "let-me-in"')
        assert told == [(True, f"It tells when the package {name} was released. ")]
    assert registry.asked == ["once", "six/json"]
    assert {each["authorization"] for each in registry.headers} == {"Bearer let-me-in"}


async def test_a_host_that_is_not_trusted_is_not_asked(folder: Folder, registry: MadeUpRegistry) -> None:
    """A private address is asked only where the operator says that it may be."""
    registry.url = registry.url.replace("http:", "https:")
    ((ok, told),) = await checked(folder, registry, "npm")
    assert ok is False
    assert "allow_private" in told
    assert registry.asked == []


@pytest.mark.parametrize(
    ("status", "expected"), [(401, "token"), (403, "token"), (500, "500"), (301, "redirect")], ids=str
)
async def test_a_refusal_fails(folder: Folder, registry: MadeUpRegistry, status: int, expected: str) -> None:
    """With the place to look at."""
    registry.status = status
    ((ok, told),) = await checked(folder, registry, "npm", "allow_private = true")
    assert ok is False
    assert expected in told


async def test_nobody_there_fails(folder: Folder, registry: MadeUpRegistry) -> None:
    """Port 1 of this machine."""
    registry.url = "http://127.0.0.1:1"
    ((ok, _),) = await checked(folder, registry, "npm", "allow_private = true")
    assert ok is False


async def test_another_shape_fails(folder: Folder, registry: MadeUpRegistry) -> None:
    """A page, and a document without dates, from which nothing would ever be told."""
    for raw in (b"<html>", b'{"name": "once", "versions": {}}'):
        registry.raw["once"] = raw
        ((ok, told),) = await checked(folder, registry, "npm", "allow_private = true")
        assert ok is False
        assert "once" in told


async def test_one_that_does_not_know_it_is_a_warning(folder: Folder, registry: MadeUpRegistry) -> None:
    """Nothing could be found out."""
    registry.documents.clear()
    ((ok, _),) = await checked(folder, registry, "pypi", "allow_private = true")
    assert ok is None


async def test_internal_names_need_the_public_one(folder: Folder, registry: MadeUpRegistry) -> None:
    """A company's own registry has the company's names."""
    told = await checked(folder, registry, "npm", "allow_private = true", 'internal = ["acme-*"]')
    assert [ok for ok, _ in told] == [True, None]
    assert "public" in told[1][1]


async def test_offline_only_reads_the_secret(folder: Folder, registry: MadeUpRegistry) -> None:
    """And says where it cannot be read."""
    file = folder.path / "callboard.toml"
    file.write_text(f'[[registry]]\nkind = "npm"\nurl = "{registry.url}"\nallow_private = true\ntoken_file = "no"\n')
    said = await asyncio.to_thread(folder.call, "doctor", "--offline", "--json", code=1)
    assert [each["ok"] for each in said.json["checks"] if each["subject"] == "registry npm"] == [False]
    assert registry.asked == []
