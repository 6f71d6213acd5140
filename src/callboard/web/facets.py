"""Filters as links: what is applied can be taken away, what is offered can be chosen, and all of it works without a script.

Lists of findings are filtered by their query (`of_query`, `terms`, `orders`, …), the list of components by parameters of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callboard.domain.board import Facet
from callboard.domain.query import BY_NAME, Grouping, OneOf, Order, Query, Term, explain
from callboard.web import links

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """One filter in force, and the address without it."""

    name: str
    """Empty where the words say it all."""
    words: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice of a menu, and the address with it chosen, or dropped when it is on."""

    words: str
    url: str
    on: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    """One filter that can be set."""

    name: str
    options: tuple[Option, ...]
    note: str | None = None
    """What is to be said above the choices."""


SORT_WORDS = {
    Order.DO_NOW: "what to do first",
    Order.SEVERITY: "worst first",
    Order.DUE: "earliest due first",
    Order.NEWEST: "newest first",
    Order.OLDEST: "oldest first",
}
GROUP_WORDS = {
    Grouping.FIX: "fix",
    Grouping.RULE: "rule",
    Grouping.RESOURCE: "resource",
    Grouping.CVE: "CVE",
    Grouping.COMPONENT: "component",
    Grouping.OWNER: "owner",
}
STATES = {"open": "open", "fixed": "fixed", "gone": "gone with its resource", "suppressed": "suppressed"}
"""What `is:` says about where a finding stands, of which a menu offers one at a time."""
MORE = ("is:overdue", "is:new", "is:kev", "is:exposed", "is:reopened", "is:flapping", "is:transient", "is:unmapped", "is:conflict",
        "has:fix", "no:ticket", "no:due")  # fmt: skip
TOO_MANY = "Too many to count; narrow the list."


def terms(query: Query) -> tuple[Applied, ...]:
    """Every term in force, in words, and the list without it."""
    found = []
    for term, told in zip(query.terms, explain(query), strict=True):
        rest = Query(tuple(each for each in query.terms if each != term), query.sort, query.group)
        found.append(Applied(name="", words=told, url=links.query(rest)))
    return tuple(found)


def of_query(query: Query, counted: Iterable[Facet]) -> tuple[Menu, ...]:
    """The menus of a list: what it could be narrowed to, with counts, and where findings stand."""
    menus = [_of_facet(query, facet) for facet in counted if facet.key != "status" or query.values("status")]
    return (*(item for item in menus if item.options), _states(query), _more(query))


def orders(query: Query) -> Menu:
    """The orders of a list."""
    options = tuple(
        Option(words=words, url=links.query(query.sorted_by(order)), on=order is query.sort)
        for order, words in SORT_WORDS.items()
    )
    return Menu(name=f"sort: {SORT_WORDS[query.sort]}", options=options)


def groupings(query: Query) -> Menu:
    """What a list can be put together by."""
    alone = Option(words="single findings", url=links.query(query.grouped_by(None)), on=query.group is None)
    options = tuple(
        Option(words=words, url=links.query(query.grouped_by(group)), on=group is query.group)
        for group, words in GROUP_WORDS.items()
    )
    now = "none" if query.group is None else GROUP_WORDS[query.group]
    return Menu(name=f"group: {now}", options=(alone, *options))


def _of_facet(query: Query, facet: Facet) -> Menu:
    values: list[tuple[str, str, int | None]] = list(facet.values)
    if facet.too_many:
        values = [(word, told, None) for word, told in BY_NAME[facet.key].words]
    chosen = query.values(facet.key)
    options = tuple(
        Option(
            words=told,
            url=links.query(query.toggled(facet.key, value)),
            on=OneOf(facet.key, (value,)).values[0] in chosen,
            count=count,
        )
        for value, told, count in values
    )
    return Menu(name=facet.key, options=options, note=TOO_MANY if facet.too_many else None)


def _states(query: Query) -> Menu:
    """Open, fixed, …: one at a time, or whatever it is."""
    stated = [word for word in query.values("is") if word in STATES]
    rest = tuple(kept for term in query.terms if (kept := _unstated(term)) is not None)
    bare = Query(rest, query.sort, query.group).without("status")
    options = [
        Option(words=words, url=links.query(bare.toggled("is", word)), on=stated == [word])
        for word, words in STATES.items()
    ]
    on = not stated and not query.values("status")
    return Menu(name="state", options=(*options, Option(words="any state", url=links.query(bare), on=on)))


def _unstated(term: Term) -> Term | None:
    """A term without what it says about where findings stand."""
    if not isinstance(term, OneOf) or term.key != "is" or term.is_negated:
        return term
    kept = tuple(value for value in term.values if value not in STATES)
    return OneOf("is", kept) if kept else None


def _more(query: Query) -> Menu:
    """Other things that can be true of a finding; all that are chosen have to be."""
    options = []
    for each in MORE:
        key, _, value = each.partition(":")
        told = explain(Query((OneOf(key, (value,)),)))[0].removeprefix("is ")
        on = value in query.values(key)
        options.append(Option(words=told, url=links.query(query.toggled(key, value)), on=on))
    return Menu(name="more", options=tuple(options))


def without(values: Values, name: str) -> dict[str, Sequence[str]]:
    """The same parameters but one, and from the first page."""
    return {key: value for key, value in values.items() if key not in (name, "cursor")}


def applied(
    path: str, values: Values, words: Mapping[str, str], told: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Applied, ...]:
    """The filters in force, in the order of `words`, which names each. `told` has words for values, by parameter."""
    told = told or {}
    found = []
    for name in words:
        if values.get(name):
            shown = _shown([told.get(name, {}).get(value, value) for value in values[name]])
            found.append(Applied(name=words[name], words=shown, url=links.address(path, without(values, name))))
    return tuple(found)


def menu(
    path: str,
    values: Values,
    name: str,
    words: str,
    choices: Iterable[tuple[str, str, int | None]],
    *,
    many: bool = True,
) -> Menu:
    """A menu of (value, words, count). `many`: several may be on at a time."""
    on = tuple(values.get(name, ()))
    options = []
    for value, label, count in choices:
        chosen = value in on
        others = tuple(each for each in on if each != value) if many else ()
        after = others if chosen else (*others, value)
        url = links.address(path, {**without(values, name), name: after})
        options.append(Option(words=label, url=url, on=chosen, count=count))
    return Menu(name=words, options=tuple(options))


def _shown(values: Sequence[str]) -> str:
    names = [value.removeprefix("component:default/").removeprefix("group:default/") for value in values]
    names = [name.removeprefix("system:default/") for name in names]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
