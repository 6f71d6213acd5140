"""Query strings: strict, bounded, and the same forwards and backwards."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import EntityRef
from callboard.domain.finding import OPEN_STATES, Kind, Severity, State
from callboard.domain.ownership import Reason
from callboard.domain.query import FindingQuery
from callboard.errors import InvalidQueryError, NotFoundError
from callboard.web import links, params

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-._", min_size=1, max_size=12)
refs = st.tuples(names, names).map(lambda pair: EntityRef(f"component:{pair[0]}/{pair[1]}"))
plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)
queries = st.builds(
    FindingQuery,
    states=st.one_of(st.just(OPEN_STATES), st.lists(st.sampled_from(State), unique=True).map(tuple)),
    severities=st.lists(st.sampled_from(Severity), unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(Kind), unique=True).map(tuple),
    components=st.lists(refs, unique=True, max_size=4).map(tuple),
    owners=st.lists(refs, unique=True, max_size=4).map(tuple),
    systems=st.lists(refs, unique=True, max_size=4).map(tuple),
    rules=st.lists(plain, unique=True, max_size=4).map(tuple),
    resources=st.lists(plain, unique=True, max_size=4).map(tuple),
    projects=st.lists(plain, unique=True, max_size=4).map(tuple),
    sources=st.lists(names, unique=True, max_size=4).map(tuple),
    text=st.one_of(st.just(""), plain),
    mapped=st.sampled_from([True, False, None]),
    reasons=st.lists(st.sampled_from([reason.value for reason in Reason]), unique=True).map(tuple),
)


def _sets(query: FindingQuery) -> dict[str, object]:
    values = {name: getattr(query, name) for name in query.__struct_fields__}
    return {name: frozenset(value) if isinstance(value, tuple) else value for name, value in values.items()}


@given(queries)
def test_reading_what_was_written_gives_the_same_question(query: FindingQuery) -> None:
    """Through the address and back; order inside a field does not matter."""
    address = links.address("/findings", params.finding_values(query))
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert _sets(params.findings(pairs).query) == _sets(query)


@given(queries)
def test_one_question_has_one_address(query: FindingQuery) -> None:
    """Whatever the order its values were given in."""
    turned = FindingQuery(
        **{
            name: tuple(reversed(value)) if isinstance(value, tuple) else value
            for name, value in ((field, getattr(query, field)) for field in query.__struct_fields__)
        }
    )
    assert params.finding_values(turned) == params.finding_values(query)


@given(st.lists(st.tuples(st.sampled_from([*params.FINDING_PARAMETERS, "x"]), st.text(max_size=30)), max_size=6))
def test_any_question_is_answered_or_refused(pairs: list[tuple[str, str]]) -> None:
    """With an error that names the parameter, never with another one."""
    with contextlib.suppress(InvalidQueryError):
        assert params.findings(pairs).limit >= 1


def test_blank_values_are_no_values() -> None:
    """As an empty form field sends them."""
    assert params.findings([("q", ""), ("severity", " "), ("state", ",")]).query == FindingQuery()


def test_lists_may_be_written_both_ways() -> None:
    """With commas, or again; ids only again, since they may hold commas."""
    both = params.findings([("severity", "high,low"), ("severity", "info"), ("rule", "a,b"), ("rule", "c")]).query
    assert both.severities == (Severity.HIGH, Severity.LOW, Severity.INFO)
    assert both.rules == ("a,b", "c")


def test_references_may_be_short() -> None:
    """Kind and namespace are filled in."""
    query = params.findings([("component", "A"), ("owner", "user:x/Ana"), ("system", "shop")]).query
    assert query.components == ("component:default/a",)
    assert query.owners == ("user:x/ana",)
    assert query.systems == ("system:default/shop",)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "0x1", "9" * 19, "1e3", " 1"])
def test_what_is_no_id_is_not_found(text: str) -> None:
    """Like an id that does not exist."""
    with pytest.raises(NotFoundError):
        params.finding_id(text)
