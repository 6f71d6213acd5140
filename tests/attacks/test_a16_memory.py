"""A16 again, by the memory that a whole process takes, each file read in a process of its own.

What is made to cost much is just small enough that nobody refuses it before it is looked at; it stands against honest files of
the same size.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from callboard.formats.json import _WEIGHTS, MOST_WEIGHT
from callboard.formats.xml import MAX_ATTRIBUTES, MAX_ELEMENTS
from callboard.manifests.npm_lock import _BYTES_PER_OBJECT, _LEAST_OBJECTS, PER_BYTE

pytestmark = [pytest.mark.slow, pytest.mark.attack("A16")]

BEYOND = 64
"""Megabytes that a hostile file may take beyond an honest one."""
BILL, LOCK = 20_000_000, 10_000_000
"""Bytes of the files."""
READ = """
import sys
from pathlib import Path
from callboard.errors import ManifestError
from callboard.manifests import npm_lock, read_manifest
from callboard.sbom import cyclonedx_json, cyclonedx_xml, read_bom
def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
raw = Path(sys.argv[1]).read_bytes()
before = most()
try:
    lock = read_manifest("package-lock.json", raw) if sys.argv[2] == "lock" else read_bom("bom", raw).lock()
except ManifestError:
    pass
print((most() - before) // 1024)
"""


def filled(head: bytes, unit: bytes, tail: bytes, *, size: int, most: int) -> bytes:
    """The unit again and again, with another number each time, as often as is allowed; the rest are spaces."""
    count = min(most, (size - len(head) - len(tail)) // (len(unit) + 8))
    raw = head + b"".join(unit.replace(b"%d", b"%d" % number) for number in range(count))
    return raw + b" " * (size - len(raw) - len(tail)) + tail


def as_json(head: bytes, unit: bytes, tail: bytes, *, size: int, weight: int, most: int = 10**9) -> bytes:
    """So much as may weigh so much."""
    each = sum(worth * unit.count(sign) for sign, worth in _WEIGHTS)
    return filled(head, unit, tail, size=size, most=min(most, weight // each - 50))


def as_xml(head: bytes, unit: bytes, tail: bytes, *, elements: int, attributes: int) -> bytes:
    """As many elements and attributes as may be."""
    most = min((MAX_ELEMENTS - 10) // elements, (MAX_ATTRIBUTES - 10) // attributes)
    whole = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6">' + head
    return filled(whole, unit, tail + b"</bom>", size=BILL, most=most)


BOM = b'{"bomFormat":"CycloneDX","specVersion":"1.6",'
ONE = b'"components":[{"type":"library","name":"a",'
ROOT = b'{"lockfileVersion":3,"packages":{'
bill = {"size": BILL, "weight": MOST_WEIGHT}
lock = {
    "size": LOCK, "weight": 24_000_000 + PER_BYTE * LOCK, "most": _LEAST_OBJECTS + LOCK // _BYTES_PER_OBJECT - 10,
}  # fmt: skip
HOSTILE: dict[str, Callable[[], bytes]] = {
    "xml edges": lambda: as_xml(
        b"<dependencies>", b'<dependency ref="%d"/>', b"</dependencies>", elements=1, attributes=1
    ),
    "xml edges of edges": lambda: as_xml(
        b"<dependencies>", b'<dependency ref="%d"><dependency ref="%d"/></dependency>', b"</dependencies>",
        elements=2, attributes=2,
    ),
    "xml components": lambda: as_xml(
        b"<components>", b'<component type="a"><name>%d</name></component>', b"</components>", elements=2, attributes=1
    ),
    "xml attributes": lambda: as_xml(
        b"<components>", b'<component type="a" a%d="b" c%d="d"/>', b"</components>", elements=1, attributes=3
    ),
    "json licences": lambda: as_json(
        BOM + ONE + b'"licenses":[', b'{"license":{"name":"%d"}},', b'{"license":{"name":"a"}}]}]}', **bill
    ),
    "json properties": lambda: as_json(
        BOM + ONE + b'"properties":[', b'{"name":"%d","value":""},', b'{"name":"a"}]}]}', **bill
    ),
    "json edges": lambda: as_json(
        BOM + b'"dependencies":[', b'{"ref":"%d","dependsOn":["a"]},', b'{"ref":"a"}]}', **bill
    ),
    "lock edges": lambda: as_json(
        ROOT + b'"node_modules/a":{"version":"1","dependencies":{', b'"%d":"1",', b'"z":"1"}}}}', **lock | {"most": 10**9}
    ),
    "lock entries": lambda: as_json(ROOT, b'"node_modules/a%d":{"version":"1"},', b'"":{}}}', **lock),
    "lock entries of nothing": lambda: as_json(ROOT, b'"%d":{},', b'"":{}}}', **lock),
    "lock systems": lambda: as_json(
        ROOT + b'"node_modules/a":{"version":"1","os":[', b'"%d",', b'"z"]}}}', **lock | {"most": 10**9}
    ),
}  # fmt: skip


def honest_bill() -> bytes:
    """As tools write them of locks that tell no hashes."""
    parts = [
        {
            "type": "library", "bom-ref": f"pkg:npm/pack-{n}@1.{n}.0", "name": f"pack-{n}", "version": f"1.{n}.0",
            "purl": f"pkg:npm/pack-{n}@1.{n}.0", "scope": "required", "licenses": [{"license": {"id": "MIT"}}],
            "properties": [{"name": f"x:{key}", "value": "some words about it"} for key in range(8)],
        }
        for n in range(BILL // 860)
    ]  # fmt: skip
    needs = [{"ref": each["bom-ref"], "dependsOn": [parts[0]["bom-ref"]]} for each in parts]
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": parts, "dependencies": needs}
    ).encode()


def honest_xml() -> bytes:
    """The same as XML, with some words of licences."""
    unit = (
        b'<component type="library" bom-ref="pkg:npm/pack-%d@1.%d.0"><name>pack-%d</name><version>1.%d.0</version>'
        b"<licenses><license><id>MIT</id><text>" + b"word " * 90 + b"</text></license></licenses>"
        b"<purl>pkg:npm/pack-%d@1.%d.0</purl></component>"
    )
    return as_xml(b"<components>", unit, b"</components>", elements=9, attributes=2)


def honest_lock() -> bytes:
    """As npm writes them."""
    packages: dict[str, object] = {"": {"name": "it", "version": "1.0.0"}}
    for n in range(LOCK // 420):
        packages[f"node_modules/pack-{n}"] = {
            "version": f"1.{n}.0",
            "resolved": f"https://npm.registry.example/pack-{n}/-/pack-{n}-1.{n}.0.tgz",
            "integrity": f"sha512-{n:086d}==",
            "license": "MIT",
            "dependencies": {"pack-0": "^1.0.0"},
            "engines": {"node": ">=18"},
        }
    return json.dumps({"name": "it", "lockfileVersion": 3, "requires": True, "packages": packages}, indent=2).encode()


HONEST: dict[str, Callable[[], bytes]] = {"xml": honest_xml, "json": honest_bill, "lock": honest_lock}


def megabytes(raw: bytes, folder: Path, what: str) -> int:
    """What reading it takes beyond the file itself."""
    file = folder / "file"
    file.write_bytes(raw)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(file), what], capture_output=True, text=True, check=True, timeout=300
    )
    return int(done.stdout)


@cache
def honest(what: str, folder: Path) -> tuple[int, int]:
    """Bytes and megabytes of the honest one."""
    raw = HONEST[what]()
    return len(raw), megabytes(raw, folder, what)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux tells of a process")
@pytest.mark.parametrize("name", HOSTILE)
def test_a16_what_is_made_to_cost_much_takes_little_memory_beyond_an_honest_file(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """64 MB at most; the honest one is read in the same way."""
    what = name.partition(" ")[0]
    size, least = honest(what, tmp_path_factory.getbasetemp())
    raw = HOSTILE[name]()
    assert size * 0.8 < len(raw) < size * 1.3
    most = megabytes(raw, tmp_path_factory.mktemp("hostile"), what)
    assert most - least < BEYOND, f"{most} MB, honest: {least} MB"
