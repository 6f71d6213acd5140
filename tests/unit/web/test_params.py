"""Query strings: strict, bounded, and the same forwards and backwards."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.query import DEFAULT_LIMIT, FOR_ANYBODY, Grouping, OneOf, Order, Query, parse
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.web import links
from callboard.web.params import board as params

severities = st.lists(st.sampled_from(["critical", "high", "low"]), min_size=1, unique=True)
ids = st.text('abcdefghijklmnopqrstuvwxyz0123456789-._/:," ', min_size=1, max_size=12).filter(str.strip)
terms = st.one_of(
    st.builds(OneOf, st.just("severity"), severities.map(tuple), st.booleans()),
    st.builds(OneOf, st.just("rule"), st.lists(ids, min_size=1, max_size=3).map(tuple), st.booleans()),
)
queries = st.builds(
    Query,
    st.lists(terms, max_size=4).map(tuple),
    st.sampled_from(Order),
    st.one_of(st.none(), st.sampled_from(Grouping)),
)


@given(queries)
def test_reading_what_was_written_gives_the_same_question(query: Query) -> None:
    """Through the address and back."""
    address = links.address("/findings", {"q": query.canonical})
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert params.asked(pairs, FOR_ANYBODY).query == query


@given(st.lists(st.tuples(st.sampled_from([*params.FINDING_PARAMETERS, "x"]), st.text(max_size=30)), max_size=6))
def test_any_question_is_answered_or_refused(pairs: list[tuple[str, str]]) -> None:
    """With an error that names the parameter, never with another one."""
    refused: InvalidQueryError | None = None
    try:
        asked = params.asked(pairs, FOR_ANYBODY)
    except InvalidQueryError as error:
        refused = error
    assert refused.field in ("q", "cursor", "limit", "x") if refused else asked.limit >= 1


@given(st.lists(st.tuples(st.sampled_from([*params.COMPONENT_PARAMETERS, "x"]), st.text(max_size=30)), max_size=6))
def test_any_question_about_components_is_answered_or_refused(pairs: list[tuple[str, str]]) -> None:
    """As with findings."""
    with contextlib.suppress(InvalidQueryError):
        assert params.components(pairs).limit >= 1


def test_without_a_query_the_default_is_asked() -> None:
    """Also for a blank one, as an empty form field sends it."""
    for pairs in ([], [("q", "")], [("q", "  "), ("limit", "")]):
        found = params.asked(pairs, FOR_ANYBODY)
        assert (found.query, found.cursor, found.limit) == (parse(FOR_ANYBODY), None, DEFAULT_LIMIT)


def test_a_query_that_is_given_is_all_there_is() -> None:
    """Nothing hidden is added to it."""
    assert params.asked([("q", "severity:high")], FOR_ANYBODY).query == parse("severity:high")


@pytest.mark.parametrize(
    ("pairs", "field", "hint"),
    [
        ([("severity", "high")], "severity", "q=severity:"),
        ([("state", "any")], "state", "q=status:"),
        ([("crusor", "x")], "crusor", "cursor"),
        ([("q", "sev:high")], "q", "severity:"),
        ([("q", "abc"), ("q", "def")], "q", ""),
        ([("q", "a\0b")], "q", ""),
        ([("limit", "501")], "limit", ""),
    ],
)
def test_what_cannot_be_read_names_its_parameter(pairs: list[tuple[str, str]], field: str, hint: str) -> None:
    """With what was probably meant."""
    with pytest.raises(InvalidQueryError) as refused:
        params.asked(pairs, FOR_ANYBODY)
    assert refused.value.field == field
    assert hint in (refused.value.hint or "")


def test_lists_may_be_written_both_ways() -> None:
    """With commas, or again; references may be short."""
    asked = params.components([("owner", "a,user:x/Ana"), ("owner", "b"), ("system", "shop")])
    assert asked.owners == ("group:default/a", "user:x/ana", "group:default/b")
    assert asked.systems == ("system:default/shop",)


def test_a_page_about_one_thing_wants_its_id() -> None:
    """As it is at its source, which may be named."""
    assert params.named([("id", "a,b&c"), ("source", "main")]) == params.Named(id="a,b&c", source="main")
    assert params.named([("id", "x")]).source is None
    for pairs in ([], [("source", "main")], [("id", "x"), ("id", "y")], [("id", "x"), ("q", "y")]):
        with pytest.raises(InvalidQueryError):
            params.named(pairs)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "0x1", "9" * 19, "1e3", " 1"])
def test_what_is_no_id_is_not_found(text: str) -> None:
    """Like an id that does not exist."""
    with pytest.raises(NotFoundError):
        params.finding_id(text)
