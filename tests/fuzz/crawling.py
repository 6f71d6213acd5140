"""What pages themselves offer: links with their questions, forms with their fields; then the same with values nobody would give."""

from __future__ import annotations

import re
import urllib.parse
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

import requests

from callboard.web.errors import MACHINE_PATHS
from tests.fuzz.addresses import TEXTS, Drawn, quoted
from tests.fuzz.judging import Asked
from tests.support.hostile.served import Served

Fields = tuple[tuple[str, str], ...]
STARTS = (
    "/",
    "/do-now",
    "/findings",
    "/components",
    "/ownership",
    "/campaigns",
    "/progress",
    "/packages",
    "/audit",
    "/policies",
    "/evidence",
)
MOST_PAGES = 150
MOST_ALIKE = 4
"""Links to one route that differ by which fields they have."""
ENDLESS = ("/leave", "/enter", "/sign-in")
"""What would end or begin something of the caller's own."""


@dataclass(frozen=True)
class Offer:
    """Something that a page offers to do."""

    method: str
    path: str
    fields: Fields


class _Page(HTMLParser):
    """Links and forms."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what can be followed or filled in."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        for name in ("hx-get", "action"):
            if tag != "form" and name in given:
                self.links.append(given[name])
        if "hx-post" in given:
            self.forms.append(("post", given["hx-post"], []))
        if tag == "form":
            self.forms.append((given.get("method", "get").lower(), given.get("action") or given.get("hx-get", ""), []))
        elif tag in ("input", "select", "textarea", "button") and given.get("name") and self.forms:
            self.forms[-1][2].append((given["name"], given.get("value", "")))
        elif tag == "option" and self.forms and self.forms[-1][2] and given.get("value"):
            name = self.forms[-1][2][-1][0]
            self.forms[-1][2][-1] = (name, given["value"])


class Routes:
    """Which route an address is of."""

    def __init__(self, templates: Sequence[str]) -> None:
        ordered = sorted(templates, key=lambda each: (each.count("{"), -len(each)))
        self._found = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", each)), each) for each in ordered]

    def of(self, path: str) -> str:
        """Its template, "" for none."""
        return next((template for pattern, template in self._found if pattern.fullmatch(path)), "")


def offers(served: Served, caller: str, routes: Routes) -> list[Offer]:
    """Everything that pages offer to this caller, one of a kind."""
    found: dict[tuple[str, str, tuple[str, ...]], Offer] = {}
    waiting = deque(STARTS)
    asked: set[str] = set()
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(served.headers[caller])
        while waiting and len(asked) < MOST_PAGES:
            address = waiting.popleft()
            if address in asked:
                continue
            asked.add(address)
            answer = session.get(served.url + address, timeout=120)
            if "html" not in answer.headers.get("content-type", ""):
                continue
            page = _Page()
            page.feed(answer.text)
            for offer in _of(page, address):
                kind = (offer.method, routes.of(offer.path), tuple(sorted({name for name, _ in offer.fields})))
                alike = sum(each[:2] == kind[:2] for each in found)
                if kind[1] and kind not in found and (alike < MOST_ALIKE or offer.method == "post"):
                    found[kind] = offer
                    if offer.method == "get":
                        query = urllib.parse.urlencode(offer.fields)
                        waiting.append(f"{offer.path}{'?' if query else ''}{query}")
    return list(found.values())


def _of(page: _Page, address: str) -> Iterator[Offer]:
    for method, link, fields in [*(("get", each, []) for each in page.links), *page.forms]:
        if method not in ("get", "post"):  # a form that closes a dialog
            continue
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(address, link))
        is_ours = (
            not parts.netloc and parts.path.startswith("/") and not parts.path.startswith((*MACHINE_PATHS, *ENDLESS))
        )
        if is_ours:
            yield Offer(method, parts.path, (*urllib.parse.parse_qsl(parts.query, keep_blank_values=True), *fields))


def unoffered(templates: Sequence[tuple[str, str]], found: Sequence[Offer], routes: Routes) -> list[Offer]:
    """Routes of pages that no page offers, with every field that any form has."""
    offered = {(each.method.upper(), routes.of(each.path)) for each in found}
    names = sorted({name for each in found for name, _ in each.fields})
    return [
        Offer(method.lower(), template, tuple((name, "") for name in names[:12]))
        for method, template in templates
        if (method, template) not in offered and not template.startswith((*MACHINE_PATHS, *ENDLESS))
    ]


def hostile(drawn: Drawn, offer: Offer) -> Asked:
    """The same with something wrong about it: a value, a field twice, one that is missing, one that nobody knows, another place."""
    draw = drawn.draw
    fields = list(offer.fields)
    path = offer.path
    parts = drawn.parts()
    for name, value in parts.items():
        path = path.replace(f"{{{name}}}", quoted(value))
    at = draw.randrange(len(fields)) if fields else None
    match draw.randrange(7):
        case 0 | 1 | 2 if at is not None:
            fields[at] = (fields[at][0], draw.choice(TEXTS))
        case 3 if at is not None:
            fields[at] = (fields[at][0], drawn.value(fields[at][0]))
        case 4 if at is not None:
            fields.append((fields[at][0], draw.choice(TEXTS)))
        case 5 if at is not None:
            del fields[at]
        case 6:
            pieces = path.split("/")
            pieces[draw.randrange(1, len(pieces))] = quoted(draw.choice([*TEXTS, *parts.values()]))
            path = "/".join(pieces)
        case _:
            fields.append((draw.choice(("nobody-knows", "q", "id", "cursor", *TEXTS)), draw.choice(TEXTS)))
    coded = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields)
    as_body = offer.method == "post" and draw.random() < 0.9
    headers = {"content-type": "application/x-www-form-urlencoded"} if as_body else {}
    if draw.random() < 0.3:
        headers["hx-request"] = "true"
    request = requests.Request(
        offer.method.upper(), drawn.url, data=coded if as_body else None, headers=headers
    ).prepare()
    request.url = f"{drawn.url}{path}{f'?{coded}' if coded and not as_body else ''}"
    return Asked(request=request)
