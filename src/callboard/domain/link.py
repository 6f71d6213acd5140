"""Deep links: which addresses a page may point at, what they point at, and whether that is the right thing.

What is told here from the text of a link alone proves nothing about the far end: whether the source still knows the id is
asked of its API (`usecases.check_links`), never of the page, since a sign-in page answers 200 for anything.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping
from urllib.parse import quote, unquote, urlsplit

import msgspec

from callboard.domain import fragment
from callboard.domain.finding import Kind

MAX_CHARACTERS = 2000
"""A longer address is not shown."""

ID, PORTAL = "{id}", "{portal}"
"""What a template leaves open: the finding's id at the source, and where the source's pages begin."""

UNSAFE_LINK = "The source gave no link that is safe to follow."
NO_LINK = "The source gave no link to this finding, and no template for one is configured."
NO_PORTAL = "The source gave no link to this finding, and where its pages are is not known."


@enum.unique
class Shape(enum.StrEnum):
    """The forms of links that have been seen (Wiz, 2026-08). The words are stored."""

    ISSUE = "issue"
    ISSUE_CLEARED = "issue-filters-cleared"
    """Opens resolved issues too."""
    ISSUE_FILTERED = "issue-filtered"
    ISSUE_REGIONAL = "issue-regional"
    """On a host that names the data centre."""
    ISSUE_PATH = "issue-path"
    """`/issues/<id>`: one client makes it, and it may open nothing."""
    VULNERABILITY = "vulnerability"
    TEMPLATE = "template"
    """The form that the operator's template gives."""
    OTHER = "other"
    NONE = "none"
    """There is no link."""


@enum.unique
class Verdict(enum.StrEnum):
    """What is to be said of a link."""

    OK = "ok"
    MISSING = "missing"
    UNSAFE = "unsafe"
    """Not https, a user part, a hidden character, too long."""
    FOREIGN_HOST = "foreign-host"
    UNKNOWN_SHAPE = "unknown-shape"
    """What it names cannot be read from it, or the form is known to open nothing."""
    WRONG_ID = "wrong-id"
    DEAD = "dead"
    """The source does not know the id any more."""
    UNCHECKED = "unchecked"
    """Right as far as its text tells; the source could not be asked."""

    @property
    def is_broken(self) -> bool:
        """True when a person who follows it does not arrive. A missing link leads nobody astray."""
        return self not in (Verdict.OK, Verdict.MISSING, Verdict.UNCHECKED)


class LinkRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the pages of one source."""

    hosts: frozenset[str] = frozenset()
    """Lower case; one that starts with a dot allows every name below it."""
    templates: Mapping[Kind, str] = {}
    """By kind, for findings whose record gives no address."""
    no_template: Mapping[Kind, str] = {}
    """By kind, why there is no template, in words."""
    portal: str | None = None
    """Where the pages begin, for example https://app.wiz.io. None: to be learnt from where the source's own links lead."""


class Reading(msgspec.Struct, frozen=True):
    """What the text of a link says."""

    shape: Shape
    id: str | None = None
    """None: it cannot be read."""
    kind: Kind | None = None
    """The kind that links of this shape open."""


class Judgement(msgspec.Struct, frozen=True):
    """What is to be said of one finding's link, by its text."""

    shape: Shape
    verdict: Verdict
    names: str | None = None
    """The id that the link names; None when it cannot be read."""


def safe_link(url: str | None, hosts: Collection[str]) -> str | None:
    """The address, if it is https (or http on loopback), has no user part and its host is listed; else None.

    `hosts` are lower case; one that starts with a dot allows every name below it.
    """
    host = _safe_host(url)
    return url if host is not None and _is_listed(host, hosts) else None


def _safe_host(url: str | None) -> str | None:
    """The host that an address leads to. None: it is not one that anybody should follow."""
    if not url or len(url) > MAX_CHARACTERS or any(ord(char) < 0x21 or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return None
    is_loopback = host in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        return None
    if parts.username is not None or parts.password is not None:
        return None
    return host or None


def _is_listed(host: str, hosts: Collection[str]) -> bool:
    return host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts)


def portal_of(url: str | None, hosts: Collection[str]) -> str | None:
    """Where the pages begin that a safe link leads to."""
    if safe_link(url, hosts) is None or url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


# Reading

_REGIONAL = re.compile(r"app\.[a-z0-9-]+\.app\.wiz\.(?:io|us)")
_FINDING = ",SECURITY_TOOL_FINDING"
_NOTHING = Reading(Shape.OTHER)


def read_link(url: str, template: str | None = None) -> Reading:
    """The shape of a link and the id that it names. `template` has its portal filled in already."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return _NOTHING
    path = parts.path.rstrip("/")
    if path == "/issues":
        found = _issue(fragment.read(parts.fragment), parts.hostname or "")
    elif path.startswith("/issues/") and "/" not in path.removeprefix("/issues/"):
        found = Reading(Shape.ISSUE_PATH, unquote(path.removeprefix("/issues/")), Kind.ISSUE)
    elif path == "/explorer/vulnerability-findings":
        found = _vulnerability(fragment.read(parts.fragment))
    else:
        found = _NOTHING
    if found.id is None and template is not None and (named := _by_template(url, template)) is not None:
        return Reading(Shape.TEMPLATE, named)
    return found


def _issue(said: fragment.Value, host: str) -> Reading:
    if not isinstance(said, dict) or not isinstance(id_ := said.get("issue"), str):
        return _NOTHING
    filters = said.get("filters")
    if _REGIONAL.fullmatch(host.lower()):
        shape = Shape.ISSUE_REGIONAL
    elif filters is None:
        shape = Shape.ISSUE
    elif filters == {"status": {}}:
        shape = Shape.ISSUE_CLEARED
    else:
        shape = Shape.ISSUE_FILTERED
    return Reading(shape, id_, Kind.ISSUE)


def _vulnerability(said: fragment.Value) -> Reading:
    match said:
        case {"entity": [str(entity)]} if entity.endswith(_FINDING):
            return Reading(Shape.VULNERABILITY, entity.removesuffix(_FINDING), Kind.VULNERABILITY)
        case _:
            return _NOTHING


def _by_template(url: str, template: str) -> str | None:
    before, _, after = template.partition(ID)
    if not url.startswith(before) or not url.endswith(after) or len(url) <= len(before) + len(after):
        return None
    middle = url[len(before) : len(url) - len(after)]
    if _in_dialect(before):
        return None if re.search(r"[~()]", middle) else fragment.decode(middle)
    return None if re.search(r"[/?#&]", middle) else unquote(middle)


# Building


def build_link(template: str, id_: str, *, portal: str | None = None) -> str | None:
    """The link that a template gives for an id, which is encoded for the place where it stands.

    None: the template needs a portal and there is none, or no address can hold the id.
    """
    if not id_:
        return None
    if PORTAL in template:
        if portal is None:
            return None
        template = template.replace(PORTAL, portal)
    before, _, after = template.partition(ID)
    if _in_dialect(before):
        return before + fragment.encode(id_) + after
    try:
        encoded = quote(id_, safe="")
    except UnicodeEncodeError:
        return None
    # A browser takes these for steps between folders, however they are written.
    return None if encoded in (".", "..") else before + encoded + after


def _in_dialect(before: str) -> bool:
    return "#~" in before


def template_problem(template: str) -> str | None:
    """What is wrong with an operator's template, in words. None: nothing."""
    if template.count(ID) != 1:
        return f"expected {ID} in it exactly once"
    if re.search(r"[{}]", template.replace(ID, "").removeprefix(PORTAL)):
        return f"expected no braces but {ID}, and {PORTAL} at its start"
    if template.startswith(PORTAL) and template.removeprefix(PORTAL)[:1] not in ("/", "?", "#"):
        return f"expected a path behind {PORTAL}"
    filled = template.replace(PORTAL, "https://portal")
    before, _, _ = filled.partition(ID)
    if _safe_host(filled.replace(ID, "x")) is None:
        return "expected an https address"
    # A browser reads the host up to the first of these; behind it no id can change where the link leads.
    if not re.match(r"https?://[^/?#]+[/?#]", before):
        return f"expected {ID} behind the host"
    if _in_dialect(before) and fragment.read(urlsplit(filled.replace(ID, "x")).fragment) is None:
        return "the part behind # cannot be read"
    return None


def template_host(template: str) -> str | None:
    """The host that a template names itself. None: that of the portal."""
    return None if template.startswith(PORTAL) else _safe_host(template.replace(ID, "x"))


# Judging


def link_of(url: str | None, kind: Kind, external_id: str, rules: LinkRules) -> tuple[str | None, str | None]:
    """The link of a finding: the source's own, else by template. Without one, why, in words; it is not judged yet."""
    if url:
        return url, None
    template = rules.templates.get(kind)
    if template is None:
        return None, rules.no_template.get(kind, NO_LINK)
    built = build_link(template, external_id, portal=rules.portal)
    return built, None if built else NO_PORTAL


def judge(link: str | None, kind: Kind, external_id: str, rules: LinkRules) -> Judgement:
    """What the text of a finding's link tells. OK means: it names this finding, on a page of this source."""
    if not link:
        return Judgement(Shape.NONE, Verdict.MISSING)
    read = read_link(link, filled_template(kind, rules))
    return Judgement(read.shape, _verdict(read, link, kind, external_id, rules.hosts), read.id)


def filled_template(kind: Kind, rules: LinkRules) -> str | None:
    """The template of a kind with its portal; None when there is none or its portal is not known."""
    template = rules.templates.get(kind)
    if template is None or (PORTAL in template and rules.portal is None):
        return None
    return template.replace(PORTAL, rules.portal or "")


def _verdict(read: Reading, link: str, kind: Kind, external_id: str, hosts: Collection[str]) -> Verdict:
    host = _safe_host(link)
    if host is None:
        return Verdict.UNSAFE
    if not _is_listed(host, hosts):
        return Verdict.FOREIGN_HOST
    if read.id is None or read.shape is Shape.ISSUE_PATH:
        return Verdict.UNKNOWN_SHAPE
    if read.id != external_id or read.kind not in (None, kind):
        return Verdict.WRONG_ID
    return Verdict.OK
