"""Bills from anywhere: XML and JSON made to read files, to explode, or to go round in circles."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.errors import MalformedManifestError, ManifestError, UnknownManifestError
from callboard.sbom import read_bom

BOM = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6">%s</bom>'
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)
ATTACKS = {
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    + BOM % b"<components>&e;</components>",
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://elsewhere.example/x.dtd"> %p;]>' + BOM % b"",
    "document type alone": b"<!DOCTYPE bom>" + BOM % b"",
    "document type elsewhere": b'<!DOCTYPE bom SYSTEM "http://elsewhere.example/x.dtd">' + BOM % b"",
    "billion laughs": LAUGHS + BOM % b"&j;",
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]>' + BOM % (b"&a;" * 50_000),
    "inclusion": BOM % b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    "depth": BOM % (b"<components>" * 100_000),
    "many": BOM % (b"<a/>" * 450_000),
    "half": b"<bom",
    "other words": b"<html/>",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="nonesuch"?>' + BOM % b"",
    "UTF-16 with a document type": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><bom/>'.encode(
        "utf-16"
    ),
}


@pytest.mark.attack("A13")
@pytest.mark.parametrize("name", ATTACKS)
def test_xml_that_attacks_is_refused(name: str) -> None:
    """Before anything of it is read, with little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(ManifestError):
            read_bom("bom.xml", ATTACKS[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64_000_000 + len(ATTACKS[name])


@pytest.mark.attack("A13")
def test_a_huge_token_is_read_once() -> None:
    """Two megabytes in one attribute cost about what they weigh."""
    raw = BOM % (
        b'<components><component type="library" a="' + b"x" * 2_000_000 + b'"><name>a</name></component></components>'
    )
    assert len(read_bom("bom.xml", raw).components) == 1


def cyclonedx(**fields: object) -> bytes:
    """A document of CycloneDX."""
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", **fields}).encode()


COMPONENT = {"type": "library", "name": "a"}
JSON = {
    "depth": b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":' + b"[" * 100_000,
    "1e999": b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":1e999}',
    "NaN": b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":NaN}',
    "half a character": b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"\\ud800"}]}',
    "a number as a name": cyclonedx(components=[{"type": "library", "name": 1}]),
    "a list as metadata": cyclonedx(metadata=[]),
    "a text as a component": cyclonedx(components=["a"]),
    "one reference twice": cyclonedx(components=[{**COMPONENT, "bom-ref": "x"}, {**COMPONENT, "bom-ref": "x"}]),
    "a version to come": json.dumps({"bomFormat": "CycloneDX", "specVersion": "9.9"}).encode(),
    "too many": cyclonedx(components=[COMPONENT] * 50_001),
    "SPDX without packages' ids": json.dumps(
        {
            "spdxVersion": "SPDX-2.3",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": "a",
            "dataLicense": "CC0-1.0",
            "documentNamespace": "https://x.example",
            "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": []},
            "packages": [{"name": "a"}],
        }
    ).encode(),
    "SPDX 3 without a document": b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}',
    "a foreign context": b'{"@context":"https://elsewhere.example/","@graph":[]}',
}


@pytest.mark.attack("A14", "A16")
@pytest.mark.parametrize("name", JSON)
def test_json_that_attacks_is_refused(name: str) -> None:
    """With what was expected."""
    with pytest.raises(MalformedManifestError, match="expected "):
        read_bom("bom.json", JSON[name])


@pytest.mark.attack("A16")
def test_circles_are_only_edges() -> None:
    """A needs B needs A, and A itself: all ways end."""
    lock = read_bom(
        "bom.json",
        cyclonedx(
            metadata={"component": {"type": "application", "name": "root", "bom-ref": "r"}},
            components=[
                {**COMPONENT, "bom-ref": ref, "name": ref, "version": "1", "purl": f"pkg:npm/{ref}@1"} for ref in "ab"
            ],
            dependencies=[
                {"ref": "r", "dependsOn": ["a"]},
                {"ref": "a", "dependsOn": ["b", "a"]},
                {"ref": "b", "dependsOn": ["a", "gone"]},
            ],
        ),
    ).lock()
    assert [lock.entries[at].package.name for at in lock.path_to(2)] == ["root", "a", "b"]
    assert [entry.direct for entry in lock.foreign] == [True, False]
    assert [problem.reason for problem in lock.problems] == ["expected a component with the bom-ref 'gone'"]


def test_what_has_no_package_url_is_said() -> None:
    """It is kept, as something that cannot be looked up, and never as clean."""
    lock = read_bom("bom.json", cyclonedx(components=[{**COMPONENT, "version": "1"}])).lock()
    assert [package.ecosystem for package in lock.packages()] == ["unidentified"]
    assert len(lock.problems) == 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"<", b'{"bomFormat":', b'{"spdxVersion":', b'{"@graph":']))
def test_any_bytes(rest: bytes, start: bytes) -> None:
    """Nothing but a ManifestError comes out."""
    try:
        read_bom("a", start + rest)
    except ManifestError:
        return


def test_a_file_that_is_no_bill_is_told_what_is_read() -> None:
    """By name."""
    with pytest.raises(UnknownManifestError) as refused:
        read_bom("a.txt", b"hello")
    assert "SPDX 2.2 and 2.3" in (refused.value.hint or "")


@pytest.mark.attack("A13")
def test_no_file_was_read(tmp_path: Path) -> None:
    """The content of a file that an entity names is nowhere in the answer."""
    secret = tmp_path / "secret"
    secret.write_text("not to be seen")
    raw = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode() + BOM % b"<components>&e;</components>"
    with pytest.raises(ManifestError) as refused:
        read_bom("bom.xml", raw)
    assert "not to be seen" not in str(refused.value)
