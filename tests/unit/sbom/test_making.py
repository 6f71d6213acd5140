"""Bills made of locks: the same each time, valid, with edges that are true, and read back as what they were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from callboard.domain.packages.bom import Bom, Completeness, Component, Stated
from callboard.domain.packages.lock import Lock
from callboard.manifests import read_manifest
from callboard.sbom import read_bom
from callboard.sbom.difference import compare
from callboard.sbom.making import About, make_bom
from callboard.sbom.minimum import CISA, NTIA, score
from callboard.sbom.writing import WRITERS
from tests.unit.manifests.seeds import SEEDS

ABOUT = About(name="shop", version="1", supplier="Example Ltd", authors=("Team",), timestamp="2026-01-31T12:00:00Z")
NAMES = {"yarn-berry": "yarn.lock", "package-lock": "package-lock.json", "uv": "uv.lock", "go": "go.mod"}


@pytest.fixture(params=WRITERS)
def format_(request: pytest.FixtureRequest) -> str:
    """Each format that is written."""
    name: str = request.param
    return name


@pytest.fixture(params=SEEDS)
def lock(request: pytest.FixtureRequest) -> Lock:
    """A small lock of each kind."""
    return read_manifest(NAMES.get(request.param, request.param), SEEDS[request.param])


def pairs(lock: Lock) -> set[tuple[str, str]]:
    """Edges between packages of others, by what they are."""
    found = set()
    for edge in lock.edges:
        by, to = lock.entries[edge.by], lock.entries[edge.to]
        if not by.is_own and not to.is_own and by.package != to.package:
            found.add((f"{by.package.key}@{by.package.version}", f"{to.package.key}@{to.package.version}"))
    return found


def keys(lock: Lock) -> set[tuple[str, str, str]]:
    """Packages by what they are."""
    return {(*package.key, package.version) for package in lock.packages()}


def test_a_bill_is_read_back_as_what_it_was(lock: Lock, format_: str) -> None:
    """The same packages and the same edges, and none that nobody told."""
    bom = read_bom("bom.json", WRITERS[format_](make_bom([lock], ABOUT)))
    again = bom.lock()
    assert bom.problems == ()
    assert {key[1:] for key in keys(again)} == {key[1:] for key in keys(lock)}
    if format_.startswith("cyclonedx"):
        assert pairs(again) == pairs(lock)
    assert bom.root
    assert bom.authors == ("Team",)
    assert bom.timestamp == ABOUT.timestamp


def test_the_same_manifests_give_the_same_bytes(lock: Lock, format_: str) -> None:
    """Also the serial number, which is of the content."""
    write = WRITERS[format_]
    assert write(make_bom([lock], ABOUT)) == write(make_bom([lock], ABOUT))


def test_another_time_is_the_same_serial_number() -> None:
    """What a bill says does not depend on when it was made."""
    lock = read_manifest("uv.lock", SEEDS["uv"])
    later = make_bom([lock], About(name="shop", version="1", supplier="Example Ltd", timestamp="2027-01-01T00:00:00Z"))
    assert later.serial == make_bom([lock], ABOUT).serial


def test_what_nothing_reaches_is_attached_to_nothing() -> None:
    """Pipenv tells no edges: then there are none, and the bill says that it is incomplete."""
    document = json.loads(WRITERS["cyclonedx-1.6"](make_bom([read_manifest("Pipfile.lock", SEEDS["pipfile"])], ABOUT)))
    assert document["dependencies"] == []
    assert document["compositions"][0]["aggregate"] == "incomplete"
    said = [each["value"] for each in document["metadata"]["properties"]]
    assert any("Pipenv does not write what needs what" in each for each in said)


def test_a_whole_lock_gives_a_complete_bill() -> None:
    """Uv tells everything, so a component without needs is known to need nothing."""
    bom = make_bom([read_manifest("uv.lock", SEEDS["uv"])], ABOUT)
    document = json.loads(WRITERS["cyclonedx-1.6"](bom))
    assert bom.completeness is Completeness.COMPLETE
    assert {"ref": "pkg:pypi/extra@1.0"} in document["dependencies"]
    assert {"ref": "root", "dependsOn": ["pkg:pypi/from-git@2.0", "pkg:pypi/plain@1.2.3"]} in document["dependencies"]


def test_yarns_own_checksum_is_nobodys_hash() -> None:
    """It is of Yarn's archive; npm's integrity is of the tarball."""
    berry = make_bom([read_manifest("yarn.lock", SEEDS["yarn-berry"])], ABOUT)
    assert all(component.hashes == () for component in berry.components)


def test_an_address_with_a_password_is_not_passed_on() -> None:
    """A bill goes to others."""
    raw = SEEDS["uv"].replace(b"https://git.example/x", b"https://user:secret@git.example/x")
    written = WRITERS["cyclonedx-1.6"](make_bom([read_manifest("uv.lock", raw)], ABOUT))
    assert b"secret" not in written


def test_hashes_of_several_files_are_of_none() -> None:
    """A component has the hash of one file; where an index offers several, none is the component's."""
    lock = read_manifest(
        "requirements.txt", b"a==1 --hash=sha256:" + b"a" * 64 + b" --hash=sha256:" + b"b" * 64 + b"\n"
    )
    assert make_bom([lock], ABOUT).components[1].hashes == ()
    lock = read_manifest("requirements.txt", b"a==1 --hash=sha256:" + b"a" * 64 + b"\n")
    assert make_bom([lock], ABOUT).components[1].hashes == (("SHA-256", "a" * 64),)


@pytest.mark.parametrize("format_", [each for each in WRITERS if each.startswith("cyclonedx")])
def test_real_bills_pass_the_official_schema(shared_data: Path, format_: str) -> None:
    """Every kind of lock, against the schema that CycloneDX publishes; for SPDX 2.3 there is none to try against."""
    validate = validator(shared_data / "cyclonedx" / "schema", format_.removeprefix("cyclonedx-"))
    for name, raw in SEEDS.items():
        written = WRITERS[format_](make_bom([read_manifest(NAMES.get(name, name), raw)], ABOUT))
        assert list(validate(json.loads(written))) == [], name


def validator(folder: Path, version: str) -> Any:  # noqa: ANN401  a function of a library without types
    """What says all that is wrong with a document."""
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    schemas = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    registry = referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource.from_contents(schema)) for schema in schemas
    )
    schema = json.loads((folder / f"bom-{version}.schema.json").read_text())
    made = jsonschema.Draft7Validator(schema, registry=registry)

    def errors(document: object) -> Iterable[str]:
        return [error.message for error in made.iter_errors(document)]

    return errors


def test_minimum_elements_are_counted_by_component() -> None:
    """Each missing one by name; a list passes only when nothing is missing."""
    found = score(make_bom([read_manifest("uv.lock", SEEDS["uv"])], ABOUT))
    by_name = {element.name: element for element in found.elements}
    assert (by_name["supplier"].has, by_name["supplier"].of) == (0, 3)
    assert "plain@1.2.3" in by_name["supplier"].missing
    assert by_name["hash"].has == 1
    assert by_name["author"].ok
    assert not found.passes(NTIA)
    assert found.share(CISA) < found.share(NTIA) < 1


def test_a_bill_that_says_everything_passes() -> None:
    """Written by somebody who knows suppliers and licences."""
    raw = json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "metadata": {
                "timestamp": "2026-01-01T00:00:00Z",
                "authors": [{"name": "A"}],
                "tools": {"components": [{"type": "application", "name": "t"}]},
                "lifecycles": [{"phase": "build"}],
                "component": {"type": "application", "name": "r", "bom-ref": "r"},
            },
            "components": [
                {
                    "type": "library",
                    "bom-ref": "a",
                    "name": "a",
                    "version": "1",
                    "purl": "pkg:npm/a@1",
                    "supplier": {"name": "S"},
                    "licenses": [{"license": {"id": "MIT"}}],
                    "hashes": [{"alg": "SHA-256", "content": "a" * 64}],
                }
            ],
            "dependencies": [{"ref": "r", "dependsOn": ["a"]}],
            "compositions": [{"aggregate": "complete"}],
        }
    ).encode()
    found = score(read_bom("bom.json", raw))
    assert found.passes(NTIA)
    assert found.passes(CISA)
    assert found.share(CISA) == 1


def test_differences_are_by_package_whatever_the_format() -> None:
    """Added, removed, moved; and one version with two contents."""
    before = read_manifest("requirements.txt", b"gone==1\nmoved==1\nsame_name==1 --hash=sha256:" + b"a" * 64 + b"\n")
    after = read_manifest("requirements.txt", b"new==1\nmoved==2\nSame.Name==1 --hash=sha256:" + b"b" * 64 + b"\n")
    found = compare(before, after)
    assert [package.name for package in found.added] == ["new"]
    assert [package.name for package in found.removed] == ["gone"]
    assert [(each.name, each.before, each.after) for each in found.moved] == [("moved", ("1",), ("2",))]
    assert [package.name for package in found.integrity] == ["Same.Name"]
    assert compare(before, before).is_empty


def test_what_a_bill_says_of_its_parts_is_counted() -> None:
    """Of other people's alone; that something is unknown names nobody, and no licence."""

    def part(name: str, supplier: str = "", *licences: str, is_own: bool = False) -> Component:
        return Component(ref=name, name=name, supplier=supplier, licences=licences, is_own=is_own)

    bom = Bom(
        format="cyclonedx-1.6",
        root="it",
        components=(
            part("it", "Us", "MIT"),
            part("own", "Us", "MIT", is_own=True),
            part("a", "Somebody", "MIT"),
            part("b", " Unknown", "NOASSERTION"),
            part("c", "NONE", "unknown", "Apache-2.0"),
            part("d"),
        ),
        edges=(),
    )
    assert bom.stated == Stated(parts=4, suppliers=1, licences=2)
