"""A13 to A16: bills that are made to read files, to explode, or to cost more than honest ones; by every door that reads them."""

from __future__ import annotations

import gzip
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator

import pytest

from callboard.domain.access import Grant, Right
from callboard.domain.component import EntityRef
from callboard.errors import ManifestError
from callboard.gathering import read_lock
from callboard.sbom import read_bom
from tests.support.bills import bill
from tests.support.named import NamedDoor, named_door
from tests.unit.sbom.test_hostile import ATTACKS, BOM
from tests.unit.sbom.test_hostile import JSON as SHAPES

CART = EntityRef("component:default/cart")
AT = "/api/v1/components/component/default/cart/sbom"
JSON = {"content-type": "application/json"}
SIZE = 4_000_000
HEAD = b'{"bomFormat":"CycloneDX","specVersion":"1.6",'


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door; a good bill was handed in."""
    with named_door(tmp_path_factory.mktemp("bills") / "callboard.db") as found:
        yield found


@pytest.mark.attack("A13")
def test_a13_no_xml_reads_a_file_or_expands_and_the_good_bill_stays(door: NamedDoor) -> None:
    """Whatever the body is called, so that what looks for the format is tried as well; each with its place."""
    with door.as_program("a13", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        assert client.post(AT, content=bill("lodash@4.17.20", at=door.clock.now()), headers=JSON).status_code == 200
        for number, (name, raw) in enumerate(ATTACKS.items()):
            called = ("application/json", "application/xml", "application/vnd.cyclonedx+xml")[number % 3]
            told = client.post(AT, content=raw, headers={"content-type": called})
            assert (told.status_code, told.headers["content-type"]) == (422, "application/problem+json"), name
            assert "root:" not in told.text
        assert client.get(AT).json()["packages"] == 1


@pytest.mark.attack("A14")
@pytest.mark.parametrize("name", ATTACKS)
def test_a14_every_reader_of_the_format_is_closed(name: str) -> None:
    """The reader of bills, and the one that finds out what a file is, under any name."""
    for path in ("bom.xml", "bom.json", "a/b.cdx.xml"):
        with pytest.raises(ManifestError):
            read_lock(path, ATTACKS[name], {})
        with pytest.raises(ManifestError):
            read_bom(path, ATTACKS[name])


@pytest.mark.attack("A15")
def test_a15_nothing_is_unpacked(door: NamedDoor) -> None:
    """Neither what says so, nor what does not; small or large, once or twice."""
    packed = gzip.compress(bill("evil@1.0.0"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../bom.json", bill("evil@1.0.0"))
    with door.as_program("a15", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        for encoding in ("gzip", "gzip, gzip", "br", "zstd", "deflate"):
            told = client.post(AT, content=packed, headers=JSON | {"content-encoding": encoding})
            assert told.status_code == 415, encoding
        for raw in (packed, gzip.compress(packed), archive.getvalue()):
            assert client.post(AT, content=raw, headers=JSON).status_code == 422
        found = client.get("/api/v1/who-uses", params={"package": "evil"}).json()
        assert found["total"] == 0


@pytest.mark.attack("A16")
def test_a16_json_of_odd_shapes_is_refused_with_its_place(door: NamedDoor) -> None:
    """Deep, not a number, half a character, five million components: a clear answer, and the good bill stays."""
    many = HEAD + b'"components":[' + b"{}," * 5_000_000 + b"{}]}"
    twice = HEAD + b'"components":[],"components":[{"type":"library","name":"x"}]}'
    with door.as_program("a16", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        for name, raw in {**SHAPES, "five million": many, "NUL": HEAD + b'"x":"\0"}'}.items():
            told = client.post(AT, content=raw, headers=JSON)
            assert (told.status_code, told.headers["content-type"]) == (422, "application/problem+json"), name
            assert "expected" in told.json()["detail"], name
        # Of a key that comes twice the last one counts, as it does for the programs that write bills.
        assert client.post(f"{AT}?name=twice", content=twice, headers=JSON).json()["packages"] == 1


def honest() -> bytes:
    """A bill as tools write them, of the size of the hostile ones."""
    components = [
        {
            "type": "library", "bom-ref": f"pkg:npm/pack-{number}@1.{number}.0", "name": f"pack-{number}",
            "version": f"1.{number}.0", "purl": f"pkg:npm/pack-{number}@1.{number}.0", "scope": "required",
            "hashes": [{"alg": "SHA-512", "content": "ab" * 64}], "properties": [{"name": "x:manifest", "value": "yarn.lock"}],
        }
        for number in range(SIZE // 560)
    ]  # fmt: skip
    needs = [{"ref": each["bom-ref"], "dependsOn": [components[0]["bom-ref"]]} for each in components]
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, "dependencies": needs}
    ).encode()


def filled(head: bytes, unit: bytes, tail: bytes) -> bytes:
    """As often as fits."""
    return head + unit * ((SIZE - len(head) - len(tail)) // len(unit)) + tail


def counted(head: bytes, unit: bytes, tail: bytes) -> bytes:
    """With another number each time."""
    return head + b"".join(unit % number for number in range(SIZE // (len(unit) + 4))) + tail


XML = BOM.partition(b"%s")[0]
COSTLY: dict[str, Callable[[], bytes]] = {
    "objects": lambda: filled(HEAD + b'"x":[', b"{},", b"0]}"),
    "lists": lambda: filled(HEAD + b'"x":[', b"[],", b"0]}"),
    "components": lambda: filled(HEAD + b'"components":[', b"{},", b"{}]}"),
    "keys": lambda: counted(HEAD + b'"x":{', b'"%d":0,', b'"a":0}}'),
    "texts": lambda: counted(HEAD + b'"x":[', b'"%d",', b"0]}"),
    "numbers": lambda: filled(HEAD + b'"x":[', b"1.5,", b"0]}"),
    "edges": lambda: filled(HEAD + b'"dependencies":[', b'{"ref":"a","dependsOn":["a"]},', b'{"ref":"a"}]}'),
    "properties": lambda: filled(
        HEAD + b'"components":[{"type":"library","name":"a","properties":[',
        b'{"name":"","value":""},',
        b'{"name":"a"}]}]}',
    ),
    "graph": lambda: filled(
        b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[', b'{"type":"x"},', b'{"type":"x"}]}'
    ),
    "elements": lambda: filled(XML, b"<a/>", b"</bom>"),
    "elements with attributes": lambda: filled(XML, b'<a b=""/>', b"</bom>"),
    "attributes": lambda: counted(XML + b"<a ", b'b%d="" ', b"/></bom>"),
    "elements in elements": lambda: filled(XML, b"<a><b/>x</a>", b"</bom>"),
    "text": lambda: filled(XML, b"x", b"</bom>"),
    "components of XML": lambda: filled(
        XML + b"<components>", b'<component type="library"><name>a</name></component>', b"</components></bom>"
    ),
}


def cost(raw: bytes) -> tuple[int, float]:
    """Bytes at most, and seconds of work."""
    tracemalloc.start()
    started = time.process_time()
    try:
        read_bom("bom", raw).lock()
    except ManifestError:
        pass
    finally:
        spent, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak, spent


@pytest.fixture(scope="module")
def honest_cost() -> tuple[int, float]:
    """What an honest bill of the same size costs."""
    read_bom("bom", bill("a@1"))
    return cost(honest())


@pytest.mark.attack("A16")
@pytest.mark.parametrize("name", COSTLY)
def test_a16_what_is_made_to_cost_much_costs_little_beyond_honest_work(
    name: str, honest_cost: tuple[int, float]
) -> None:
    """At most 64 MB and 2 seconds more than an honest bill of as many bytes."""
    raw = COSTLY[name]()
    assert SIZE * 0.7 < len(raw) <= SIZE * 1.3
    peak, spent = cost(raw)
    assert peak < honest_cost[0] + 64_000_000, f"{peak:,} against {honest_cost[0]:,}"
    assert spent < honest_cost[1] + 2
