"""A table for a pipe looks as rich would draw it, or is left to rich."""

from __future__ import annotations

import contextlib
import io
import os
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from callboard.cli import output
from callboard.cli.plain_table import Coloured, Shown, Table, as_lines

words = st.one_of(
    st.text(st.sampled_from("abZ 09-–…→ä✓:[]/b\\"), max_size=12),
    st.text(max_size=6),
    st.text(st.sampled_from("word "), max_size=120),
)
cells: st.SearchStrategy[Shown] = st.one_of(words, st.builds(Coloured, words, st.sampled_from(["", "bold red"])))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Facts, and rows under names."""
    count = draw(st.integers(1, 4))
    rows = tuple(draw(st.lists(st.tuples(*[cells] * count), max_size=4)))
    if count == 2 and draw(st.booleans()):
        return Table(None, tuple((str(name), told) for name, told in rows), right=(False, False))
    names = tuple(draw(st.lists(st.text("ABc d", min_size=1, max_size=9), min_size=count, max_size=count)))
    return Table(names, rows, right=tuple(draw(st.tuples(*[st.booleans()] * count))))


def shown(part: Table) -> str:
    """What `output.show` prints into a pipe."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), mock.patch.dict(os.environ):
        for name in output._ASKED:
            os.environ.pop(name, None)
        output.show(part)
    return said.getvalue()


@given(tables())
def test_it_is_the_table_that_rich_draws(part: Table) -> None:
    """Letter by letter, whichever of the two writes it."""
    with mock.patch.object(output, "as_lines", return_value=None):
        drawn = shown(part)
    assert shown(part) == drawn


def test_what_is_too_wide_is_left_to_rich() -> None:
    """As is what no terminal shows one column wide, and what has lines of its own."""
    assert as_lines(Table(("A", "B"), (("a" * 10, "b" * 10),), right=(False, True)), 24) is not None
    assert as_lines(Table(("A", "B"), (("a" * 10, "b" * 10),), right=(False, True)), 23) is None
    for text in ("漢", "a\nb", "a\tb", "e\u0301", " a"):
        assert as_lines(Table(("A",), ((text,),), right=(False,)), 80) is None
