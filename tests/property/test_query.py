"""The query language: what holds for every query and for every text."""

from __future__ import annotations

import base64
import contextlib
import string
from datetime import date

from hypothesis import assume, example, given
from hypothesis import strategies as st

from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.query import (
    KEYS,
    MAX_CHARACTERS,
    Between,
    Day,
    Grouping,
    KeyHelp,
    Match,
    Moment,
    Number,
    OneOf,
    Order,
    Query,
    Relative,
    Takes,
    Term,
    Text,
    Today,
    explain,
    parse,
)
from callboard.domain.query.paging import Cursor
from callboard.domain.query.terms import is_upside_down
from callboard.domain.query.values import MAX_DAYS, fits
from callboard.errors import InvalidQueryError

LISTS = [key for key in KEYS if not key.takes.is_range and key.takes is not Takes.CHOICE]
RANGES = [key for key in KEYS if key.takes.is_range]
# The signs that mean something, more often than chance would bring them.
SIGNS = st.sampled_from('":,-*\\<>=.@/ ')
CHARS = st.characters(exclude_categories=["Cc", "Cs"]) | SIGNS | st.sampled_from(string.ascii_letters)
NAME_CHARS = st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters=":/") | st.sampled_from('-",.@*')
names = st.text(NAME_CHARS, min_size=1, max_size=8)
lines = st.text(CHARS, min_size=1, max_size=12)
advisories = st.from_regex(r"(CVE-[0-9]{4}-[0-9]{4,7}|[gG]HSA(-[0-9a-z]{4}){3}|go-2024-[0-9]{4})", fullmatch=True)


def values_of(key: KeyHelp) -> st.SearchStrategy[str]:
    """Values that a list of the key takes."""
    match key.takes:
        case Takes.WORDS:
            return st.sampled_from([word for word, _ in (*key.words, *key.also)])
        case Takes.REFERENCES:
            forms = [
                names,
                st.builds("{}/{}".format, names, names),
                st.builds("{}:{}/{}".format, names, names, names),
                st.sampled_from([f"{key.kind}:@me", f"{key.kind}:default/x", "user:default/joe"]),
            ]
            return st.one_of(*forms, *([st.just("@me")] if key.name == "owner" else [])).filter(
                lambda text: key.name == "owner" or text.lower() != "@me"
            )
    if key.name == "cve":
        return advisories
    return lines.filter(lambda text: text.strip() and not (key.name == "tag" and text.strip().startswith("=")))


lists = st.sampled_from(LISTS).flatmap(
    lambda key: st.builds(
        OneOf, st.just(key.name), st.lists(values_of(key), min_size=1, max_size=4).map(tuple), st.booleans()
    )
)
relatives = st.integers(-MAX_DAYS * 24, MAX_DAYS * 24).map(lambda hours: Relative(hours * HOUR)) | st.integers(
    -MAX_DAYS, MAX_DAYS
).map(lambda days: Relative(days * DAY))
instants = (
    st.dates(date(1970, 1, 1)).map(Day)
    | st.just(Today())
    | st.integers(0, 253_402_300_799_999_999).map(lambda at: Moment(Instant(at)))
    | relatives
)


def bounds_of(key: KeyHelp) -> st.SearchStrategy[Day | Today | Moment | Relative | Number]:
    """Bounds that the key takes."""
    match key.takes:
        case Takes.DURATION:
            return relatives.filter(lambda length: length.microseconds >= 0)
        case Takes.INSTANT:
            return instants
        case _:
            numbers = st.integers(key.lowest, key.highest).map(Number)
            return numbers if key.is_whole else numbers | st.floats(key.lowest, key.highest).map(Number)


@st.composite
def ranges(draw: st.DrawFn) -> Between:
    """Any range that can be asked for."""
    key = draw(st.sampled_from(RANGES))
    low, high = draw(bounds_of(key)), draw(bounds_of(key))
    is_negated = draw(st.booleans())
    match draw(st.integers(0, 3)):
        case 0:
            return Between(key.name, low, None, includes_low=draw(st.booleans()), is_negated=is_negated)
        case 1:
            return Between(key.name, None, high, includes_high=draw(st.booleans()), is_negated=is_negated)
        case 2:
            return Between(key.name, low, low, is_negated=is_negated)
    if is_upside_down(low, high):
        low, high = high, low
    return Between(key.name, low, high, is_negated=is_negated)


texts = st.builds(
    Text,
    (
        lines
        | st.sampled_from(
            ["is:open", "arn:aws:s3:::x", "a:1.2", "x:latest", "\u017feverity:high", "-abc", "*ab*", "ẞß"]
        )
    ).filter(lambda text: len(" ".join(text.casefold().split())) >= 3),
    st.sampled_from(Match),
    st.booleans(),
)
terms: st.SearchStrategy[Term] = lists | ranges() | texts
queries = st.builds(
    Query, st.lists(terms, max_size=8).map(tuple), st.sampled_from(Order), st.none() | st.sampled_from(Grouping)
).filter(lambda query: len(query.canonical) <= MAX_CHARACTERS)


@given(queries)
@example(Query((Text('a "b" \\', Match.PART), Text("c:\\\\", Match.PREFIX), Text("--", Match.WORD))))
def test_a_query_survives_as_text(query: Query) -> None:
    """What is printed means what it was printed from, and is printed again the same."""
    again = parse(query.canonical)
    assert again == query
    assert again.canonical == query.canonical
    assert hash(again) == hash(query)


@given(queries, st.randoms(use_true_random=False))
def test_the_order_of_terms_means_nothing(query: Query, chance: object) -> None:
    """However they are shuffled and repeated, there is one canonical text."""
    shuffled = [*query.terms, *query.terms[:2]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Query(tuple(shuffled), query.sort, query.group) == query


def read(text: str) -> Query | InvalidQueryError:
    """The query in a text, or its refusal. Any other error fails the test."""
    try:
        return parse(text)
    except InvalidQueryError as error:
        return error


# Pieces of the language in any order find more than characters do.
pieces = st.sampled_from(
    [key.name + ":" for key in KEYS]
    + [word for key in KEYS for word, _ in key.words]
    + ["-", '"', ",", "..", ">", ">=", "<", "<=", " ", "  ", "*", "\\", "@me", "30d", "-7d", "today", "2026-09-01", "0.5", "7"]
    + ["arn:aws:s3:::x", "https://a.b/c", "CVE-2021-44228", "redis:7-alpine", "tag:a=b", "sev:", "\0", "\t", "\ud800", "İ", "\u2028"]
)  # fmt: skip


@given(st.text(max_size=1_000) | st.text(CHARS, max_size=200) | st.lists(pieces, max_size=40).map("".join))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    """Nothing else is raised, and what was read can be read again."""
    found = read(text)
    if isinstance(found, InvalidQueryError):
        assert found.field == "q"
        assert found.hint
        assert found.message.endswith(".")
    else:
        assert parse(found.canonical) == found
        assert len(explain(found)) == len(found.terms)


@given(queries, st.sampled_from(LISTS), st.data())
def test_toggling_twice_changes_nothing_about_what_is_asked_for(
    query: Query, key: KeyHelp, data: st.DataObject
) -> None:
    """A facet's link takes away what it added."""
    value = data.draw(values_of(key))
    wanted = OneOf(key.name, (value,)).values[0]
    once = query.toggled(key.name, value)
    assert (wanted in once.values(key.name)) != (wanted in query.values(key.name))
    assert once.toggled(key.name, value).values(key.name) == query.values(key.name)
    assert [term for term in once.terms if isinstance(term, Text) or term.key != key.name] == [
        term for term in query.terms if isinstance(term, Text) or term.key != key.name
    ]


@given(queries, st.sampled_from(LISTS), st.data())
def test_only_asks_for_just_that(query: Query, key: KeyHelp, data: st.DataObject) -> None:
    """Whatever was said about the key before."""
    value = data.draw(values_of(key))
    only = query.only(key.name, (value,))
    assert only.values(key.name) == OneOf(key.name, (value,)).values
    assert only.without(key.name) == query.without(key.name)


@given(ranges(), st.integers(0, 4_000_000_000_000_000))
def test_a_stretch_of_time_is_never_turned_round(term: Between, now: int) -> None:
    """Bounds that can be compared without a clock give a stretch with something in it."""
    assume(not isinstance(term.low, Number) and not isinstance(term.high, Number))
    span = term.span(Instant(now))
    assert (span.start, span.end) != (None, None)
    if span.start is not None and span.end is not None and type(term.low) is type(term.high):
        assert span.start < span.end


@given(st.sampled_from(RANGES), st.data())
def test_every_bound_fits_its_key_and_no_other_sort(key: KeyHelp, data: st.DataObject) -> None:
    """A number is no time, and a time is no number."""
    bound = data.draw(bounds_of(key))
    assert fits(key, bound)
    others = [each for each in RANGES if (each.takes is Takes.NUMBER) != (key.takes is Takes.NUMBER)]
    assert not any(fits(each, bound) for each in others)


parts = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
)


@given(lines, st.lists(parts, max_size=6).map(tuple))
def test_a_cursor_survives_as_text(order: str, key: tuple[int | str | None, ...]) -> None:
    """In a form that needs no escaping in a URL."""
    cursor = Cursor(order, key)
    text = cursor.encode()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert Cursor.decode(text, order=order, parts=[type(part) for part in key]) == cursor


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda body: base64.urlsafe_b64encode(body).decode()))
def test_any_text_is_a_cursor_or_is_refused(text: str) -> None:
    """Nobody else's error comes out."""
    with contextlib.suppress(InvalidQueryError):
        assert Cursor.decode(text, order="due", parts=(int, str)).order == "due"
