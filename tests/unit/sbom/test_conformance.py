"""CycloneDX as published: every valid document is read, every invalid one refused, and with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.errors import ManifestError
from callboard.sbom import read_bom


def documents(shared_data: Path) -> list[Path]:
    """The documents of the specification's own tests, JSON and XML."""
    return sorted(path for path in (shared_data / "cyclonedx").glob("1.*/*") if path.suffix in {".json", ".xml"})


def test_all_valid_documents_are_read_and_all_invalid_ones_refused(shared_data: Path) -> None:
    """190 valid, 122 invalid; the name says which."""
    valid = invalid = 0
    for path in documents(shared_data):
        if "invalid" in path.name:
            invalid += 1
            with pytest.raises(ManifestError, match="expected ") as refused:
                read_bom(path.name, path.read_bytes())
            assert refused.value.message.startswith(path.name)
        else:
            valid += 1
            bom = read_bom(path.name, path.read_bytes())
            assert bom.format.startswith("cyclonedx-1.")
    assert (valid, invalid) == (190, 122)


def test_both_notations_say_the_same(shared_data: Path) -> None:
    """The same document as JSON and as XML is the same bill, where the specification has both."""
    compared = 0
    for path in documents(shared_data):
        twin = path.with_suffix(".xml")
        if path.suffix != ".json" or "valid-dependency" not in path.name or not twin.is_file():
            continue
        if path.name.startswith("invalid"):
            continue
        one, other = read_bom("a", path.read_bytes()), read_bom("a", twin.read_bytes())
        assert {each.ref for each in one.components} == {each.ref for each in other.components}, path.name
        assert set(one.edges) == set(other.edges), path.name
        assert one.edges
        compared += 1
    assert compared == 4
