"""Query strings, read strictly: a parameter that is not known is an error with a suggestion, never an unfiltered list.

Words, references and source names may be given as a comma list or by repeating the parameter; ids (rule, resource, project) may hold
commas, so they are only ever repeated. A blank value is no value, as an empty form field sends it.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.finding import OPEN_STATES, Kind, Severity, State
from callboard.domain.ownership import Reason
from callboard.domain.query import MAX_LIMIT, FindingQuery, Sort
from callboard.errors import InvalidQueryError, NotFoundError

MAX_VALUES = 200
MAX_VALUE_CHARACTERS = 1_000
MAX_CURSOR_CHARACTERS = 2_000
DEFAULT_LIMIT = 50
DEFAULT_COMPONENT_LIMIT = 200
ANY = "any"
"""For `state`: whatever the state."""

FINDING_FILTERS = (
    "component", "kind", "mapped", "owner", "project", "q", "reason", "resource", "rule", "severity", "source", "state",
    "system",
)  # fmt: skip
FINDING_PARAMETERS = (*FINDING_FILTERS, "sort", "cursor", "limit")
COMPONENT_FILTERS = ("mapped", "owner", "severity", "system")
COMPONENT_PARAMETERS = (*COMPONENT_FILTERS, "sort", "cursor", "limit")

Values = Mapping[str, tuple[str, ...]]
"""A query string by parameter."""


class Word(Protocol):
    """An enumeration whose members are written as words."""

    @property
    def word(self) -> str:
        """The member in the API's words."""


W = TypeVar("W", bound=Word)


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingAsk:
    """A question about findings: which, in what order, from where, how many."""

    query: FindingQuery
    sort: Sort = Sort.SEVERITY
    cursor: str | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentAsk:
    """A question about components."""

    owners: tuple[EntityRef, ...] = ()
    systems: tuple[EntityRef, ...] = ()
    severities: tuple[Severity, ...] = ()
    """Those with an open finding of one of these severities."""
    mapped: bool | None = None
    """True: an annotation names something at a source; False: none does; None: both."""
    sort: str = "worst"
    cursor: str | None = None
    limit: int = DEFAULT_COMPONENT_LIMIT


COMPONENT_SORTS = ("worst", "name", "oldest")


def findings(pairs: Iterable[tuple[str, str]]) -> FindingAsk:
    """The question in a query string. Raises InvalidQueryError that names the parameter."""
    values = _collect(pairs, FINDING_PARAMETERS)
    query = FindingQuery(
        states=_states(values),
        severities=_words(values, "severity", Severity),
        kinds=_words(values, "kind", Kind),
        components=_refs(values, "component", kind="component"),
        owners=_refs(values, "owner", kind="group"),
        systems=_refs(values, "system", kind="system"),
        rules=values.get("rule", ()),
        resources=values.get("resource", ()),
        projects=values.get("project", ()),
        sources=_split(values.get("source", ())),
        text=_one(values, "q") or "",
        mapped=_boolean(values, "mapped"),
        reasons=_reasons(values),
    )
    sort = _choice(values, "sort", [sort.value for sort in Sort]) or Sort.SEVERITY.value
    return FindingAsk(
        query=query, sort=Sort(sort), cursor=_one(values, "cursor"), limit=_limit(values, default=DEFAULT_LIMIT)
    )


def components(pairs: Iterable[tuple[str, str]]) -> ComponentAsk:
    """The question in a query string. Raises InvalidQueryError that names the parameter."""
    values = _collect(pairs, COMPONENT_PARAMETERS)
    return ComponentAsk(
        owners=_refs(values, "owner", kind="group"),
        systems=_refs(values, "system", kind="system"),
        severities=_words(values, "severity", Severity),
        mapped=_boolean(values, "mapped"),
        sort=_choice(values, "sort", COMPONENT_SORTS) or "worst",
        cursor=_one(values, "cursor"),
        limit=_limit(values, default=DEFAULT_COMPONENT_LIMIT),
    )


def nothing(pairs: Iterable[tuple[str, str]]) -> None:
    """For addresses that take no parameters. Raises InvalidQueryError for any."""
    _collect(pairs, ())


def finding_values(query: FindingQuery) -> dict[str, tuple[str, ...]]:
    """The query as parameters: the inverse of `findings`, in one canonical form (sorted, defaults left out)."""
    values: dict[str, tuple[str, ...]] = {
        "severity": tuple(severity.word for severity in sorted(set(query.severities), reverse=True)),
        "kind": tuple(kind.word for kind in sorted(set(query.kinds))),
        "component": tuple(sorted(set(query.components))),
        "owner": tuple(sorted(set(query.owners))),
        "system": tuple(sorted(set(query.systems))),
        "rule": tuple(sorted(set(query.rules))),
        "resource": tuple(sorted(set(query.resources))),
        "project": tuple(sorted(set(query.projects))),
        "source": tuple(sorted(set(query.sources))),
        "q": (query.text,) if query.text else (),
        "reason": tuple(sorted(set(query.reasons))),
        "mapped": () if query.mapped is None else (str(query.mapped).lower(),),
    }
    if set(query.states) != set(OPEN_STATES):
        values["state"] = tuple(state.word for state in sorted(set(query.states))) or (ANY,)
    return {name: values[name] for name in sorted(values) if values[name]}


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


def _collect(pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Values:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if name not in known:
            raise InvalidQueryError(
                f"There is no parameter {name[:60]!r} here.", field=name[:60], hint=_meant(name, known)
            )
        limit = MAX_CURSOR_CHARACTERS if name == "cursor" else MAX_VALUE_CHARACTERS
        if len(value) > limit:
            raise InvalidQueryError(f"A value is longer than {limit} characters.", field=name)
        if "\0" in value:
            raise InvalidQueryError("A value holds a NUL character.", field=name)
        if value.strip():
            values[name].append(value.strip())
        if len(values[name]) > MAX_VALUES:
            raise InvalidQueryError(f"More than {MAX_VALUES} values.", field=name)
    return {name: tuple(dict.fromkeys(found)) for name, found in values.items() if found}


def _meant(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word.lower()[:60], known, n=1, cutoff=0.5)
    close = close or [candidate for candidate in known if len(word) > 2 and candidate.startswith(word.lower())][:1]
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known here: {', '.join(sorted(known))}." if known else "This address takes no parameters."


def _split(values: Iterable[str]) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))
    if len(parts) > MAX_VALUES:
        raise InvalidQueryError(f"More than {MAX_VALUES} values.")
    return parts


def _one(values: Values, name: str) -> str | None:
    found = values.get(name, ())
    if len(found) > 1:
        raise InvalidQueryError("This parameter is given once.", field=name)
    return found[0] if found else None


def _choice(values: Values, name: str, choices: Collection[str]) -> str | None:
    word = _one(values, name)
    if word is not None and word not in choices:
        raise InvalidQueryError(f"{word[:60]!r} is not known.", field=name, hint=_meant(word, choices))
    return word


def _words(values: Values, name: str, members: Iterable[W]) -> tuple[W, ...]:
    by_word = {member.word: member for member in members}
    found = []
    for word in _split(values.get(name, ())):
        member = by_word.get(word.lower())
        if member is None:
            raise InvalidQueryError(f"{word[:60]!r} is not known.", field=name, hint=_meant(word, by_word))
        found.append(member)
    return tuple(found)


def _states(values: Values) -> tuple[State, ...]:
    given = _split(values.get("state", ()))
    if not given:
        return OPEN_STATES
    if given == (ANY,):
        return ()
    known = [*(state.word for state in State), ANY]
    for word in given:
        if word == ANY or word.lower() not in known:
            told = f"{word[:60]!r} is not known." if word != ANY else f"{ANY!r} stands alone."
            raise InvalidQueryError(told, field="state", hint=_meant(word, known))
    return _words(values, "state", State)


def _reasons(values: Values) -> tuple[str, ...]:
    known = [reason.value for reason in Reason]
    given = _split(values.get("reason", ()))
    for word in given:
        if word not in known:
            raise InvalidQueryError(f"{word[:60]!r} is not known.", field="reason", hint=_meant(word, known))
    return given


def _refs(values: Values, name: str, *, kind: str) -> tuple[EntityRef, ...]:
    found = []
    for text in _split(values.get(name, ())):
        try:
            found.append(entity_ref(text, kind=kind))
        except ValueError as error:
            raise InvalidQueryError(
                f"{text[:60]!r} is not an entity reference.", field=name, hint=f"For example {kind}:default/name."
            ) from error
    return tuple(dict.fromkeys(found))


def _boolean(values: Values, name: str) -> bool | None:
    word = _choice(values, name, ("true", "false"))
    return None if word is None else word == "true"


def _limit(values: Values, *, default: int) -> int:
    text = _one(values, "limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MAX_LIMIT):
        raise InvalidQueryError(f"A number from 1 to {MAX_LIMIT} is expected.", field="limit")
    return int(text)
