"""Addresses of lists and things, and what a query was probably meant to be."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from callboard.domain.component import EntityRef
from callboard.domain.query import parse
from callboard.errors import InvalidQueryError
from callboard.web import links, suggestion

REF = EntityRef("group:default/pay ments")


def _query(url: str) -> str:
    return parse_qs(urlsplit(url).query)["q"][0]


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({}, "is:open sort:do-now"),
        (
            {"component": ("component:default/a",), "severity": ("high",)},
            "component:a is:open severity:high sort:do-now",
        ),
        ({"mapped": False}, "is:open is:unmapped sort:do-now"),
        ({"mapped": True, "severity": ()}, "is:open -is:unmapped sort:do-now"),
        ({"state": "any", "rule": ('a "b", c',)}, 'rule:"a \\"b\\", c" sort:do-now'),
        ({"state": ("fixed",), "sort": "newest"}, "status:fixed sort:newest"),
        ({"text": "log4j", "is": ("overdue",)}, "is:open is:overdue log4j sort:do-now"),
    ],
)
def test_lists_are_asked_for_in_the_query_language(values: dict[str, object], query: str) -> None:
    """In canonical text, which reads back."""
    url = links.findings(**values)  # type: ignore[arg-type]
    assert url.startswith("/findings?q=")
    assert _query(url) == query
    assert parse(_query(url)).canonical == query


def test_a_number_keeps_whose_it_is() -> None:
    """Of the page's query only owner, component, system and domain stay."""
    url = links.about("is:open -is:flapping owner:checkout severity:high", "is:open due:today..+6d")
    assert _query(url) == "due:today..+6d is:open owner:checkout sort:do-now"
    assert _query(links.grouped("is:open", "fix")) == "is:open group:fix sort:do-now"


def test_things_have_pages_whatever_their_id_holds() -> None:
    """Nothing in an id acts on the path."""
    assert links.team(REF) == "/teams/group/default/pay%20ments"
    assert links.system(EntityRef("system:default/shop")) == "/systems/default/shop"
    assert links.domain(EntityRef("domain:x/commerce")) == "/domains/x/commerce"
    assert links.rule("../a?b&c#d", "main") == "/rules?id=../a?b%26c%23d&source=main".replace("?b", "%3Fb")
    assert links.resource("arn:aws:s3:::x") == "/resources?id=arn:aws:s3:::x"
    assert links.project("7f", "") == "/projects?id=7f"
    assert links.cve("CVE-2021-44228") == "/cves/CVE-2021-44228"
    assert links.cve("a/../b") == "/cves/a%2F..%2Fb"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sev:high", "severity:high sort:do-now"),
        ("is:open -sev:high", "is:open -severity:high sort:do-now"),
        ("severity:high,hihg,hihg", None),
        ("severity:crit", "severity:critical sort:do-now"),
        ("cve:2021-44228", "cve:CVE-2021-44228 sort:do-now"),
        ("sev:hihg", None),
        ("first:>=foo", None),
        ("ab", None),
    ],
)
def test_one_mistake_is_mended(text: str, meant: str | None) -> None:
    """As the hint says, and only when what comes out can be read."""
    with pytest.raises(InvalidQueryError) as refused:
        parse(text)
    assert suggestion.meant(text, refused.value) == meant


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("bundle:package:lodash is:open", "/packages?package=lodash"),
        ('bundle:"package:@ctrl/tinycolor"', "/packages?package=%40ctrl/tinycolor"),
        ("bundle:package:lodash,package:other", None),
        ("is:open", None),
        ("bundle:rule:wc-id-1", None),
    ],
)
def test_a_bundle_of_one_package_leads_to_who_uses_it(query: str, url: str | None) -> None:
    """What is about several packages, or none, leads nowhere."""
    assert links.uses_asked(query) == url
