"""SPDX as others write it: directions of relationships, lifecycle scopes, and what is not told."""

from __future__ import annotations

import json

from callboard.domain.packages.bom import Bom, Completeness
from callboard.domain.packages.lock import Need
from callboard.sbom import read_bom


def package(name: str) -> dict[str, object]:
    """A package of SPDX 2."""
    reference = {
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": f"pkg:npm/{name}@1",
    }
    return {
        "SPDXID": f"SPDXRef-{name}",
        "name": name,
        "versionInfo": "1",
        "downloadLocation": "NOASSERTION",
        "externalRefs": [reference],
        "checksums": [{"algorithm": "SHA256", "checksumValue": "a" * 64}],
        "licenseDeclared": "MIT",
        "supplier": "Organization: Example Ltd",
    }


def spdx2(*relationships: tuple[str, str, str]) -> Bom:
    """A bill of the packages root, a, b with these relationships."""
    document = {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "bill",
        "dataLicense": "CC0-1.0",
        "documentNamespace": "https://bills.example/1",
        "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: maker-1", "Organization: Us"]},
        "packages": [package(name) for name in ("root", "a", "b")],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in (("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-root"), *relationships)
        ],
    }
    return read_bom("bom.spdx.json", json.dumps(document).encode())


def test_relationships_are_turned_into_one_direction() -> None:
    """DEPENDENCY_OF names the needed one first."""
    bom = spdx2(
        ("SPDXRef-root", "DEPENDS_ON", "SPDXRef-a"),
        ("SPDXRef-b", "DEPENDENCY_OF", "SPDXRef-a"),
        ("SPDXRef-b", "DEV_DEPENDENCY_OF", "SPDXRef-root"),
    )
    assert set(bom.edges) == {
        ("SPDXRef-root", "SPDXRef-a", Need.PRODUCTION),
        ("SPDXRef-a", "SPDXRef-b", Need.PRODUCTION),
        ("SPDXRef-root", "SPDXRef-b", Need.DEVELOPMENT),
    }
    assert {entry.package.name: (entry.direct, entry.need) for entry in bom.lock().foreign} == {
        "a": (True, Need.PRODUCTION),
        "b": (True, Need.PRODUCTION),
    }
    assert (bom.root, bom.authors, bom.tools) == ("SPDXRef-root", ("Us",), ("maker-1",))
    assert bom.components[1].supplier == "Example Ltd"
    assert bom.components[1].hashes == (("SHA-256", "a" * 64),)


def test_what_depends_on_noassertion_is_incomplete() -> None:
    """It is how SPDX says that more is needed than is told."""
    assert spdx2(("SPDXRef-a", "DEPENDS_ON", "NOASSERTION")).completeness is Completeness.INCOMPLETE
    assert spdx2().completeness is Completeness.UNTOLD


def test_a_relationship_to_nothing_is_a_problem() -> None:
    """The rest is read."""
    bom = spdx2(("SPDXRef-a", "DEPENDS_ON", "SPDXRef-gone"))
    assert [problem.reason for problem in bom.problems] == ["expected a package with the SPDXID SPDXRef-gone"]


def test_spdx_3_is_a_graph() -> None:
    """Packages, scopes, licences and makers are elements that name each other."""
    base = "https://bills.example/1#"
    graph = [
        {"type": "CreationInfo", "@id": "_:made", "created": "2026-01-01T00:00:00Z", "createdBy": [f"{base}us"]},
        {"type": "Organization", "spdxId": f"{base}us", "name": "Us", "creationInfo": "_:made"},
        {
            "type": "SpdxDocument",
            "spdxId": f"{base}document",
            "creationInfo": "_:made",
            "rootElement": [f"{base}bill"],
        },
        {"type": "software_Sbom", "spdxId": f"{base}bill", "creationInfo": "_:made", "rootElement": [f"{base}root"]},
        *(
            {
                "type": "software_Package",
                "spdxId": f"{base}{name}",
                "name": name,
                "software_packageVersion": "1",
                "software_packageUrl": f"pkg:npm/{name}@1",
                "suppliedBy": f"{base}us",
                "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "a" * 64}],
            }
            for name in ("root", "a", "b")
        ),
        {
            "type": "Relationship",
            "from": f"{base}root",
            "to": [f"{base}a"],
            "relationshipType": "dependsOn",
            "completeness": "complete",
        },
        {
            "type": "LifecycleScopedRelationship",
            "from": f"{base}root",
            "to": [f"{base}b"],
            "relationshipType": "dependsOn",
            "scope": "development",
        },
        {
            "type": "simplelicensing_LicenseExpression",
            "spdxId": f"{base}mit",
            "simplelicensing_licenseExpression": "MIT",
        },
        {"type": "Relationship", "from": f"{base}a", "to": [f"{base}mit"], "relationshipType": "hasDeclaredLicense"},
    ]
    document = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph}
    bom = read_bom("bom.json", json.dumps(document).encode())
    assert bom.root == f"{base}root"
    assert bom.authors == ("Us",)
    assert bom.completeness is Completeness.COMPLETE
    assert set(bom.edges) == {
        (f"{base}root", f"{base}a", Need.PRODUCTION),
        (f"{base}root", f"{base}b", Need.DEVELOPMENT),
    }
    a = next(each for each in bom.components if each.name == "a")
    assert (a.supplier, a.licences, a.hashes) == ("Us", ("MIT",), (("SHA-256", "a" * 64),))
    assert {entry.package.purl for entry in bom.lock().foreign} == {"pkg:npm/a@1", "pkg:npm/b@1"}
