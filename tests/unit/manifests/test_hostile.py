"""What may come in from anywhere: every reader answers with a lock or with a typed error, in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callboard import manifests
from callboard.domain.packages.lock import Lock
from callboard.errors import ManifestError, UnknownManifestError
from callboard.manifests import FORMATS, Format, read_manifest
from tests.unit.manifests.seeds import SEEDS


def parse(found: Format, raw: bytes) -> Lock | None:
    """The lock, or None when it was refused as it should be."""
    import importlib

    reader = getattr(importlib.import_module(f"callboard.manifests.{found.module}"), found.parse)
    try:
        lock: Lock = reader("a/file", raw, {})
    except ManifestError as error:
        refused = error
    else:
        return lock
    assert refused.path == "a/file"
    assert refused.message.startswith("a/file")
    assert len(refused.message) < 400
    return None


@pytest.fixture(params=FORMATS, ids=lambda found: found.name)
def found(request: pytest.FixtureRequest) -> Format:
    """Each format."""
    each: Format = request.param
    return each


def test_each_format_has_seeds() -> None:
    """Damage is done to real files, so each format needs one."""
    assert set(SEEDS) == {found.name for found in FORMATS}


def test_a_seed_is_read_whole(found: Format) -> None:
    """And found by its content alone, whatever it is called."""
    raw = SEEDS[found.name]
    lock = parse(found, raw)
    assert lock is not None
    assert lock.problems == ()
    assert lock.packages()
    assert manifests.format_of("a/file", raw).name == found.name
    for entry in lock.entries:
        assert 1 <= entry.line <= raw.count(b"\n") + 1
    for edge in lock.edges:
        assert 0 <= edge.by < len(lock.entries)
        assert 0 <= edge.to < len(lock.entries)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes(found: Format, raw: bytes) -> None:
    """Nothing but a ManifestError comes out."""
    parse(found, raw)


PIECES = (
    *(b"\n", b'"', b"'", b"{", b"}", b"[", b"]", b"@", b":", b"#", b"  ", b"\\", b"null", b"1e999", b"-1"),
    *(b"\x00", b"\xff", b"\xed\xa0\x80", b"&a *a", b"!!x", b"<<: *a", b"://"),
)
"""What means something to some reader."""


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_damaged_file(found: Format, data: st.DataObject) -> None:
    """Pieces cut out, doubled, or replaced by what means something to some reader."""
    raw = SEEDS[found.name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 60)))
        piece = data.draw(st.sampled_from([b"", raw[start:end] * 2, *PIECES]))
        raw = raw[:start] + piece + raw[end:]
    parse(found, raw)


BOMBS = {
    "package-lock": [
        b'{"lockfileVersion":3,"packages":' + b'{"a":' * 100_000 + b"}" * 100_001,
        b'{"lockfileVersion":1,"dependencies":'
        + b'{"a":{"version":"1","dependencies":' * 5_000
        + b"{}"
        + b"}}" * 5_000
        + b"}",
        b'{"lockfileVersion":3,"packages":{' + b",".join(b'"n%d":{}' % n for n in range(60_000)) + b"}}",
        b'{"lockfileVersion":3,"packages":{"' + b"a/node_modules/" * 6_000 + b'x":{"dependencies":{"y":"1"}}}}',
    ],
    "yarn-berry": [
        b"__metadata:\n  version: 8\n" + b'"a@npm:1":\n' * 200_000,
        b"__metadata:\n  version: 8\n" + b" " * 199_000,
        b"__metadata:\n  version: 8\n\n" + b'"' + b"a@npm:1, " * 20_000 + b'a":\n  resolution: "a@npm:1"\n',
    ],
    "yarn-classic": [b"# yarn lockfile v1\n" + b'a@1:\n  version "' + b"\\" * 100_000 + b"\n"],
    "pnpm-lock": [
        b"lockfileVersion: '9.0'\na: " + b"[" * 100_000,
        b"lockfileVersion: '9.0'\na: " + b"{a: " * 40_000,
        b"lockfileVersion: '9.0'\n" + b"".join(b" " * n + b"a:\n" for n in range(2_000)),
        b"lockfileVersion: '9.0'\na: " + b"'" * 199_001,
    ],
    "uv": [
        b"version = 1\na = " + b"[" * 19_000,
        b"version = 1\n" + b"a." * 9_000 + b"a = 1\n",
        b"version = 1\n" + b"[a.b.c.d.e.f.g.h]\n" * 1,
        b"version = 1\na = " + b"{ b = " * 3_000,
        b'version = 1\na = """' + b'"' * 19_000,
    ],
    "requirements": [b"a==1 \\\n" * 20_000, b"a==" + b"1" * 199_000, b"[" * 199_000, b"a" * 190_000 + b"!"],
    "gemfile": [b"GEM\n  specs:\n    a (" + b"1" * 190_000 + b"\n", b"GEM\n    " + b"a" * 190_000],
    "go": [b"module a\nrequire (\n" + b'"' * 40_000 + b"\n)\n", b"module a\n" + b"require (\n" * 50_000],
    "go-sum": [b"a v" + b"1" * 190_000 + b" h1:\n"],
    "composer": [b'{"packages":[' + b"[" * 100_000],
    "cargo": [b"a = " + b"[" * 19_000],
    "dockerfile": [
        b"FROM a\nRUN <<A\n" * 20_000,
        b"FROM " + b"a/" * 90_000 + b"\n",
        b"FROM a-" + b"-a" * 90_000 + b"!\n",
        b"ARG A=$A$A\nFROM " + b"${A}" * 40_000,
        b"FROM a \\\n" * 20_000,
    ],
    "github-actions": [
        b"jobs: &a\n  x: " + b"".join(b"&b%d [" % n for n in range(5_000)),
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"b%d: &b%d [%s]\n" % (n, n, b",".join([b"*a" if n == 0 else b"*b%d" % (n - 1)] * 9)) for n in range(9)
        )
        + b"jobs: {}\n",
        b"jobs:\n  a:\n    steps:\n" + b"      - uses: x\n" * 25_000,
    ],
    "terraform-modules": [
        b"a " + b"{" * 100_000,
        b'a = "' + b"${" * 60_000,
        b"/*" * 90_000,
        b"a = <<A\n" * 20_000,
        b"a " * 20_000 + b"{",
    ],
}


@pytest.mark.parametrize(
    ("name", "raw"),
    [(name, raw) for name, all_of_it in BOMBS.items() for raw in all_of_it],
    ids=lambda value: str(value)[:24],
)
def test_what_is_made_to_cost_much_costs_little(name: str, raw: bytes) -> None:
    """At most 64 MB beyond the file, and no more time than any file of that size; seconds are only a ceiling here."""
    found = next(each for each in FORMATS if each.name == name)
    tracemalloc.start()
    started = time.process_time()
    try:
        parse(found, raw)
        spent = time.process_time() - started
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64_000_000 + 20 * len(raw)
    assert spent < 60


def test_too_large_is_said(found: Format) -> None:
    """Before anything is made of it."""
    assert parse(found, SEEDS[found.name] + b"\n" * 25_000_000) is None


def test_an_unknown_file_is_told_what_is_read() -> None:
    """With all formats by name."""
    with pytest.raises(UnknownManifestError) as refused:
        read_manifest("a/notes.txt", b"hello")
    assert "Yarn 2 and later" in (refused.value.hint or "")


def test_buns_binary_lockfile_is_refused_politely() -> None:
    """With the way out."""
    with pytest.raises(UnknownManifestError) as refused:
        read_manifest("bun.lockb", b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n")
    assert "--save-text-lockfile" in (refused.value.hint or "")


def test_seeds_are_small() -> None:
    """So that damage hits something."""
    assert all(len(raw) < 3_000 for raw in SEEDS.values())
    assert Path(__file__).with_name("seeds.py").is_file()


def many(head: bytes, unit: bytes, tail: bytes = b"", *, size: int) -> bytes:
    """A file of that size: the unit again and again, with another number each time where it has a place for one."""
    count = size // (len(unit) + 4)
    return head + b"".join(unit.replace(b"%d", b"%d" % number) for number in range(count)) + tail


FULL = {
    "requirements": (b"a==1\n", b"# via b\n", b""),
    "yarn-classic": (b"# yarn lockfile v1\n\n", b'a%d@1:\n  version "1"\n\n', b""),
    "yarn-berry": (b"__metadata:\n  version: 8\n\n", b'"a%d@npm:1":\n  resolution: "a@npm:1"\n\n', b""),
    "pnpm-lock": (b"lockfileVersion: '9.0'\npackages:\n", b"  a%d@1:\n    x: 1\n", b""),
    "go": (b"module a\nrequire (\n", b"a%d v1\n", b")\n"),
    "uv": (b"version = 1\na = [", b"{},\n", b"]\n"),
    "terraform-modules": (b"", b'module "a%d" {\nsource = "x"\n}\n', b""),
    "package-lock": (b'{"lockfileVersion":3,"packages":{', b'"node_modules/a%d":{"version":"1"},', b'"":{}}}'),
    "composer": (b'{"packages-dev":[],"packages":[', b'{"name":"a/b","version":"1"},', b"{}]}"),
}
"""Head, what is repeated, and tail, of files that hold as much as they can of what is dear."""


@pytest.mark.parametrize("size", [2_000_000, 8_000_000])
@pytest.mark.parametrize("name", FULL)
def test_what_is_full_of_the_smallest_things_costs_little(name: str, size: int) -> None:
    """Whether it is small enough to be read or large enough to be refused: 64 MB beyond what honest files of its size take."""
    found = next(each for each in FORMATS if each.name == name)
    raw = many(*FULL[name], size=size)
    tracemalloc.start()
    try:
        parse(found, raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64_000_000 + 6 * len(raw)
