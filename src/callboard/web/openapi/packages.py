"""The description of the addresses about what components consist of."""

from __future__ import annotations

from callboard.domain.packages.who_uses import LONGEST
from callboard.gathering import BILL_FORMATS
from callboard.usecases.packages.manifests import LONGEST_NAME, USUAL_NAME
from callboard.web.openapi.words import Described, in_path, in_query, paged, reading, writing


def described() -> Described:
    """By path."""
    at = "/api/v1/components/{kind}/{namespace}/{name}/sbom"
    path = [in_path(each) for each in ("kind", "namespace", "name")]
    text = {"type": "string", "maxLength": LONGEST}
    package = in_query("package", "NAME, NAME@RANGE or a package URL, for example lodash@<4.17.21.", text)
    asked = [
        {**package, "required": True},
        in_query("ecosystem", "Only this one, as OSV names it, for example npm.", {"type": "string"}),
        in_query("at", "A day or a moment, as 2026-01-31 or 2026-01-31T12:00:00Z. Left out: now.", {"type": "string"}),
        in_query("between", "Two of them, as 2026-01-01..2026-01-31.", {"type": "string"}),
    ]
    name = {"type": "string", "maxLength": LONGEST_NAME, "default": USUAL_NAME}
    deliver = writing(
        "deliverSbom", "Hand in a bill of materials for one component; needs the right `deliver`", "DeliveredSbom",
        [*path, in_query("name", "Tells bills of one component apart: each replaces the one of its name.", name)],
    )  # fmt: skip
    told = "CycloneDX 1.4 to 1.7 as JSON or XML, SPDX 2.2 and 2.3 as JSON, SPDX 3.0 as JSON-LD; not compressed."
    media = (
        "application/json",
        "application/vnd.cyclonedx+json",
        "application/vnd.cyclonedx+xml",
        "application/spdx+json",
    )
    deliver["post"]["requestBody"] = {
        "required": True, "description": told, "content": {each: {"schema": {}} for each in media},
    }  # fmt: skip
    formats = {**in_path("format"), "schema": {"type": "string", "enum": list(BILL_FORMATS)}}
    file = reading("sbomFile", "The bill of materials of one component", None, [*path, formats], conditional=False)
    file["get"]["responses"]["200"] = {"description": "The bill.", "content": {"application/json": {"schema": {}}}}
    return {
        "/api/v1/who-uses": reading("whoUses", "Who uses a package, now or in the past", "WhoUses", paged(*asked)),
        "/api/v1/sbom-coverage": reading(
            "sbomCoverage", "For which components it is known what they consist of", "SbomCoverage"
        ),
        at: {**reading("showSbom", "What one component consists of", "ComponentSbom", path), **deliver},
        f"{at}/{{format}}": file,
        "/api/v1/components/{kind}/{namespace}/{name}/packages": reading(
            "listPackages",
            "The packages that one component uses, the worst first",
            "ComponentPackages",
            [
                *path,
                in_query("start", "`next_start` of the page before.", {"type": "integer", "minimum": 0, "default": 0}),
                in_query(
                    "limit", "Rows on one page.", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}
                ),
            ],
        ),
    }
