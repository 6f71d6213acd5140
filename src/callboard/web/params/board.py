"""What addresses ask for, read from their query strings (`query_string`).

Findings are asked for with `q`, which holds the whole question in the query language, `cursor` and `limit`. Components keep a few
filters of their own: words and references, as a comma list or by repeating the parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.finding import Severity
from callboard.domain.packages.who_uses import Period, Wanted, read_period, read_wanted
from callboard.domain.query import DEFAULT_LIMIT, Query, parse
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.web.query_string import boolean, choice, collected, limit, only, refs, words

DEFAULT_COMPONENT_LIMIT = 200
MAX_ENTRIES = 1_000
"""Entries of the log of who did what in one answer at most."""
FINDING_PARAMETERS = ("q", "cursor", "limit")
COMPONENT_FILTERS = ("mapped", "owner", "ref", "severity", "system")
COMPONENT_PARAMETERS = (*COMPONENT_FILTERS, "sort", "cursor", "limit")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question about findings: which, in what order, from where, how many."""

    query: Query
    cursor: str | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One thing by its id at a source."""

    id: str
    source: str | None
    """The configured source; None: whichever has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentAsk:
    """A question about components."""

    refs: tuple[EntityRef, ...] = ()
    """These and no others; one that is not in the answer is not there, or not the caller's to see."""
    owners: tuple[EntityRef, ...] = ()
    systems: tuple[EntityRef, ...] = ()
    severities: tuple[Severity, ...] = ()
    """Those with an open finding of one of these severities."""
    mapped: bool | None = None
    """True: an annotation names something at a source; False: none does; None: both."""
    sort: str = "worst"
    cursor: str | None = None
    limit: int = DEFAULT_COMPONENT_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class UsesAsk:
    """A question about who uses a package."""

    wanted: Wanted
    period: Period
    cursor: str | None
    limit: int


COMPONENT_SORTS = ("worst", "name", "oldest")


def asked(values: Iterable[tuple[str, str]], default: str) -> Asked:
    """The question in a query string; `default` is the query where it gives none.

    Raises InvalidQueryError that names the parameter, and the place in the query.
    """
    found = collected(values, FINDING_PARAMETERS)
    return Asked(
        query=parse(only(found, "q") or default),
        cursor=only(found, "cursor"),
        limit=limit(found, default=DEFAULT_LIMIT),
    )


def query(values: Iterable[tuple[str, str]], default: str) -> Query:
    """The query of an address that takes `q` and nothing else. Raises InvalidQueryError."""
    return parse(text(values) or default)


def text(values: Iterable[tuple[str, str]]) -> str | None:
    """`q` as it was written, where nothing else is taken. None: there is none. Raises InvalidQueryError."""
    return only(collected(values, ("q",)), "q")


def named(values: Iterable[tuple[str, str]]) -> Named:
    """The `id` and the `source` of a page about one rule, resource or project. Raises InvalidQueryError."""
    found = collected(values, ("id", "source"))
    id_ = only(found, "id")
    if id_ is None:
        raise InvalidQueryError("The id is missing.", field="id", hint="Write ?id= and the id at its source.")
    return Named(id=id_, source=only(found, "source"))


def one(values: Iterable[tuple[str, str]], name: str) -> str | None:
    """The only parameter that an address takes. None: it is not there. Raises InvalidQueryError."""
    return only(collected(values, (name,)), name)


def texts(values: Iterable[tuple[str, str]], known: tuple[str, ...]) -> dict[str, str]:
    """Plain texts by name; one that is not there is empty. Raises InvalidQueryError."""
    found = collected(values, known)
    return {name: (only(found, name) or "").strip() for name in known}


@dataclass(frozen=True, slots=True)
class DecideAsk:
    """What somebody wants to say something about: one of the first three."""

    finding: int | None = None
    bundle: str | None = None
    q: str | None = None
    act: str = ""
    """Which form is to be open."""


def deciding(values: Iterable[tuple[str, str]]) -> DecideAsk:
    """A finding, a bundle or a query. Raises InvalidQueryError."""
    found = collected(values, ("id", "bundle", "q", "act"))
    given = [name for name in ("id", "bundle", "q") if name in found]
    if len(given) != 1:
        raise InvalidQueryError("Name a finding, a bundle or a query: one of these.", field=given[1] if given else "id")
    number = only(found, "id")
    return DecideAsk(
        None if number is None else finding_id(number),
        only(found, "bundle"),
        only(found, "q"),
        only(found, "act") or "",
    )


def components(pairs: Iterable[tuple[str, str]]) -> ComponentAsk:
    """The question in a query string. Raises InvalidQueryError that names the parameter."""
    values = collected(pairs, COMPONENT_PARAMETERS)
    return ComponentAsk(
        refs=refs(values, "ref", kind="component"),
        owners=refs(values, "owner", kind="group"),
        systems=refs(values, "system", kind="system"),
        severities=words(values, "severity", Severity),
        mapped=boolean(values, "mapped"),
        sort=choice(values, "sort", COMPONENT_SORTS) or "worst",
        cursor=only(values, "cursor"),
        limit=limit(values, default=DEFAULT_COMPONENT_LIMIT),
    )


def who_uses(values: Iterable[tuple[str, str]]) -> UsesAsk:
    """Which package, when, from where, how many. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("package", "ecosystem", "at", "between", "cursor", "limit"))
    between = only(found, "between")
    ends = None if between is None else between.partition("..")[::2]
    return UsesAsk(
        wanted=read_wanted(only(found, "package") or "", ecosystem=only(found, "ecosystem")),
        period=read_period(only(found, "at"), ends),
        cursor=only(found, "cursor"),
        limit=limit(found, default=DEFAULT_LIMIT),
    )


def numbers(values: Iterable[tuple[str, str]], known: Mapping[str, tuple[int, int, int]]) -> list[int]:
    """Whole numbers by name, each with its default, least and most, in the order of `known`. Raises InvalidQueryError."""
    found = collected(values, tuple(known))
    numbers = []
    for name, (default, least, most) in known.items():
        text = only(found, name)
        number = (
            default if text is None else int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
        )
        if not least <= number <= most:
            raise InvalidQueryError(f"{name} is a whole number from {least:,} to {most:,}.", field=name)
        numbers.append(number)
    return numbers


def is_json(content_type: str | None) -> None:
    """Raise HTTPException of status 415 unless a body is called JSON: a form of another site cannot call it that."""
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        from litestar.exceptions import HTTPException

        raise HTTPException(status_code=415)


def nothing(pairs: Iterable[tuple[str, str]]) -> None:
    """For addresses that take no parameters. Raises InvalidQueryError for any."""
    collected(pairs, ())


def finding_id(text: str) -> int:
    """The id in a path. Raises NotFoundError for what no finding can be called."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFoundError
    return int(text)


def component_ref(kind: str, namespace: str, name: str) -> EntityRef:
    """The reference in a path. Raises NotFoundError for what no entity can be called."""
    try:
        return entity_ref(f"{kind}:{namespace}/{name}")
    except ValueError as error:
        raise NotFoundError from error
