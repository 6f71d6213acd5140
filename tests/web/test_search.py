"""The search box: what is called exactly so has a page, anything else is a list."""

from __future__ import annotations

import pytest

from tests.web.conftest import Door


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("due-soon", "/findings/{due-soon}"),
        ("CVE-2021-44228", "/cves/CVE-2021-44228"),
        ("ghsa-jfh8-c2jp-5v3q", "/cves/GHSA-JFH8-C2JP-5V3Q"),
        ("CVE-x", "/findings?q=CVE-x"),
        ("ry", "/resources?id=ry"),
        ("bucket", "/findings?q=bucket"),
        ("due-soon done", "/findings?q=due-soon+done"),
        ("severity:high", "/findings?q=severity:high"),
        ("999999999", "/findings?q=999999999"),
        ("sev:high", "/findings?q=sev:high"),
        ("", "/findings"),
    ],
)
def test_an_exact_id_goes_straight_to_its_page(door: Door, text: str, place: str) -> None:
    """By number, by the source's id, by CVE, by resource; a query goes to the list, where its faults are told."""
    number = door.finding_id("due-soon")
    with door.bearer() as client:
        answer = client.get("/search", params={"q": text})
        assert answer.status_code == 303
        assert answer.headers["location"] == place.replace("{due-soon}", str(number))
        assert client.get("/search", params={"q": str(number)}).headers["location"] == f"/findings/{number}"
