"""Addresses: of Callboard's own pages, built in one form, and of other people's pages, judged before they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from callboard.domain.bundle import action
from callboard.domain.component import EntityRef, kind_of, short_name
from callboard.domain.query import Grouping, OneOf, Order, Query, Term, Text, parse
from callboard.web import words

_COMMA_LISTS = frozenset({"component", "kind", "owner", "reason", "severity", "source", "state", "system"})
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\\]")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
MAX_LINK_CHARACTERS = 4_000
_OPEN = OneOf("is", ("open",))
_UNMAPPED = OneOf("is", ("unmapped",))


def again(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The same path of ours with these parameters, as they stand."""
    return f"{quote(path)}?{urlencode(pairs)}" if pairs else quote(path)


def address(path: str, values: Mapping[str, Sequence[str] | str | bool]) -> str:
    """A path with parameters: names sorted, lists joined where lists are allowed, empty ones left out."""
    pairs: list[tuple[str, str]] = []
    for name in sorted(values):
        value = values[name]
        if isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, str):
            pairs += [(name, value)] if value else []
        elif name in _COMMA_LISTS:
            pairs += [(name, ",".join(value))] if value else []
        else:
            pairs += [(name, item) for item in value]
    return f"{path}?{urlencode(pairs, safe=':/,')}" if pairs else path


def findings(**values: Sequence[str] | str | bool) -> str:
    """The list of findings for which all of this holds: open ones, unless a state is given ("any": whatever it is).

    Names are keys of the query language, and `state` (for `status`), `mapped` (true or false), `text` and `sort`.
    """
    return query(_asked(values))


def query(asked: Query | str, path: str = "/findings") -> str:
    """The list that a query asks for, in its canonical text. Raises InvalidQueryError for a text that is none."""
    found = parse(asked) if isinstance(asked, str) else asked
    return f"{path}?q={quote_plus(found.canonical, safe=':/,@')}"


def about(asked: Query | str, extra: str) -> str:
    """What `extra` asks for, of the owner, component, system or domain that `asked` is about."""
    found = parse(asked) if isinstance(asked, str) else asked
    kept = tuple(term for term in found.terms if not isinstance(term, Text) and term.key in words.HOMES)
    wanted = parse(extra)
    return query(Query((*kept, *wanted.terms), wanted.sort, wanted.group))


def within(asked: Query | str, extra: str) -> str:
    """What `extra` asks for, among what `asked` asks for."""
    found, wanted = (parse(each) if isinstance(each, str) else each for each in (asked, extra))
    return query(Query((*found.terms, *wanted.terms), wanted.sort, wanted.group))


def whose(resource: str, source: str) -> str:
    """Whose a resource is, and why."""
    return address("/ownership/of", {"id": resource, "source": source})


def whose_finding(finding_id: int) -> str:
    """Whose the resource of a finding is, and why."""
    return f"/ownership/of?finding={finding_id}"


def decide(**about: str) -> str:
    """Where something is said about the finding `id`, the bundle `bundle` or the query `q`."""
    return address("/decide", about)


def ticket(**about: str) -> str:
    """Where a ticket is made for the finding `id`, the bundle `bundle` or the query `q`."""
    return address("/tickets/new", about)


def grouped(asked: Query | str, by: str) -> str:
    """The same findings put together by something."""
    found = parse(asked) if isinstance(asked, str) else asked
    return query(found.grouped_by(Grouping(by)))


def finding(finding_id: int) -> str:
    """One finding's page."""
    return f"/findings/{finding_id}"


def campaign(campaign_id: int) -> str:
    """One campaign's page."""
    return f"/campaigns/{campaign_id}"


def component(ref: EntityRef) -> str:
    """One component's page."""
    return f"/components/{_entity(ref)}"


def packages_of(ref: EntityRef) -> str:
    """The page of what one component consists of."""
    return f"{component(ref)}/packages"


def who_uses(package: str) -> str:
    """The page of who uses a package."""
    return address("/packages", {"package": package})


def uses_of(bundle_key: str) -> str | None:
    """Who uses the package that a bundle is about. None: it is about no package."""
    package = action(bundle_key).package
    return who_uses(package) if package else None


def uses_asked(query: str) -> str | None:
    """The same for a query that asks for one bundle."""
    keys = parse(query).values("bundle")
    return uses_of(keys[0]) if len(keys) == 1 else None


def team(ref: EntityRef) -> str:
    """The page of a group or a user."""
    return f"/teams/{_entity(ref)}"


def system(ref: EntityRef) -> str:
    """One system's page."""
    return f"/systems/{_placed(ref)}"


def domain(ref: EntityRef) -> str:
    """One domain's page."""
    return f"/domains/{_placed(ref)}"


def rule(external_id: str, source: str = "") -> str:
    """One rule's page. Ids of a source may hold anything, so they are no part of a path."""
    return address("/rules", {"id": external_id, "source": source})


def resource(external_id: str, source: str = "") -> str:
    """One resource's page."""
    return address("/resources", {"id": external_id, "source": source})


def project(external_id: str, source: str = "") -> str:
    """The page of a source's project."""
    return address("/projects", {"id": external_id, "source": source})


def cve(advisory: str) -> str:
    """One advisory's page: a CVE, or an id of another list."""
    return f"/cves/{quote(advisory, safe='')}"


def safe_link(url: str | None) -> str | None:
    """`url` when a reader may be sent to it on any host: https, no user part, nothing unprintable. Otherwise None.

    The source's own page, which stands behind the first button of a finding, is judged more strictly: `domain.link`.
    """
    if url is None or len(url) > MAX_LINK_CHARACTERS or _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or not _HOST.fullmatch(parts.netloc.lower()):
        return None
    return url


def _entity(ref: EntityRef) -> str:
    return f"{quote(kind_of(ref), safe='')}/{_placed(ref)}"


def _placed(ref: EntityRef) -> str:
    namespace = ref.partition(":")[2].partition("/")[0]
    return f"{quote(namespace, safe='')}/{quote(short_name(ref), safe='')}"


def _asked(values: Mapping[str, Sequence[str] | str | bool]) -> Query:
    terms: list[Term] = []
    sort = Order.DO_NOW
    states = values.get("state", ())
    if not states:
        terms.append(_OPEN)
    elif states not in ("any", ("any",)):
        terms.append(OneOf("status", _several(states)))
    for name, value in values.items():
        if name == "state" or value == ():
            continue
        if name == "mapped":
            terms.append(OneOf("is", _UNMAPPED.values, is_negated=bool(value)))
        elif name == "sort" and isinstance(value, str):
            sort = Order(value)
        elif name == "text" and isinstance(value, str):
            terms.append(Text(value))
        elif not isinstance(value, bool):
            terms.append(OneOf(name, _several(value)))
    return Query(tuple(terms), sort)


def _several(value: Sequence[str] | str | bool) -> tuple[str, ...]:  # noqa: FBT001 - a value of a filter, no switch
    return (value,) if isinstance(value, str) else () if isinstance(value, bool) else tuple(value)
