"""What goes to stdout: one JSON document or text for people. And what goes to stderr while people wait."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callboard.cli.plain_table import Coloured, Shown, Table, as_lines
from callboard.web import words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from callboard.domain.board import Counts
    from callboard.domain.finding import Severity
    from callboard.domain.health import SourceHealth
    from callboard.domain.instant import Instant
    from callboard.domain.query import Page

PIPE_COLUMNS = 220
"""Width where no terminal tells one: wide enough that `| grep` finds whole rows."""

_SEVERITY_STYLE = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "unknown": "magenta",
    "low": "",
    "info": "dim",
}

_ASKED = ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables with which a person asks for another width, or for colours where no terminal is."""

Cell = Coloured | str | int | None


def document(value: object) -> None:
    """The answer as one JSON document, the only thing on stdout."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
    sys.stdout.flush()


def out() -> Console:
    """For answers. Colours only on a terminal, and none with NO_COLOR."""
    return _console(stderr=False)


def err() -> Console:
    """For progress, questions and remarks."""
    return _console(stderr=True)


def width() -> int:
    """Columns that an answer may take."""
    return PIPE_COLUMNS if _is_plain() else out().width


def _is_plain() -> bool:
    """Whether stdout is a pipe or a file, and nobody asked that it be treated otherwise."""
    return not sys.stdout.isatty() and not any(os.environ.get(name) for name in _ASKED)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_COLUMNS
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def show(part: Table | RenderableType) -> None:
    """Part of an answer, on stdout, without the blanks that fill a table's lines."""
    if isinstance(part, Table):
        if _is_plain() and (lines := as_lines(part, PIPE_COLUMNS)) is not None:
            for text in lines:
                print(text)
            return
        part = _drawn(part)
    console = out()
    with console.capture() as captured:
        console.print(part)
    for text in captured.get().rstrip("\n").split("\n"):
        print(text.rstrip())


def say(text: str) -> None:
    """A remark for people, on stderr."""
    print(words.visible(text, keep_lines=True), file=sys.stderr)


def line(text: str) -> None:
    """A line of an answer, on stdout."""
    # At once, also into a pipe: the sign-in link of `serve` must not wait until the server ends.
    print(words.visible(text, keep_lines=True), flush=True)


def banners(sources: Sequence[SourceHealth], now: Instant) -> None:
    """What a reader must know before reading the numbers, in the words of the pages."""
    from callboard.web import freshness

    for banner in freshness.banners(sources, now):
        say(f"{banner.head} {banner.text}")


def shown(page: Page[Any], what: str, query: str) -> str:
    """What a list says below itself: how much of it is shown, for which query, and how to go on."""
    total = words.count(page.total, what) if page.total else f"No {what}"
    more = " or more" if page.is_more else ""
    head = f"{words.number(len(page.rows))} of {total}{more}" if page.total else f"{total} matches"
    return f"{head} for: {query}" + (f"\nNext page: --cursor {page.cursor}" if page.cursor else "")


def pairs(asked: Mapping[str, object]) -> list[tuple[str, str]]:
    """Options as the parameters of the API, so that both ask in one language."""
    found: list[tuple[str, str]] = []
    for name, value in asked.items():
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        found += [(name, str(each)) for each in values]
    return found


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: Sequence[str] = ()) -> Table:
    """Rows for people. What a source or a file said is shown as text, whatever it looks like."""
    return Table(
        tuple(columns),
        tuple(tuple(map(_shown, row)) for row in rows),
        right=tuple(column in right for column in columns),
    )


def facts(pairs: Iterable[tuple[str, Cell]]) -> Table:
    """Names and values under each other; those without a value are left out."""
    told = ((name, _shown(value)) for name, value in pairs if value is not None and str(value))
    return Table(None, tuple(told), right=(False, False))


def severity(value: Severity) -> Coloured:
    """The severity as a word; its colour only adds to it."""
    return Coloured(value.word, _SEVERITY_STYLE[value.word])


def counts(value: Counts) -> str:
    """Open findings by severity in one line, worst first; those that there are none of are left out."""
    names = ("critical", "high", "medium", "unknown", "low", "info")
    told = [f"{words.number(getattr(value, name))} {name}" for name in names if getattr(value, name)]
    return ", ".join(told) or "none"


def _shown(cell: Cell) -> Shown:
    if isinstance(cell, Coloured):
        return cell
    if cell is None:
        return "–"
    return words.number(cell) if isinstance(cell, int) else words.visible(str(cell), keep_lines=True)


def _drawn(part: Table) -> RenderableType:
    """The same table by rich, which folds what is too wide and colours what a terminal can show."""
    from rich.table import Table as Drawn
    from rich.text import Text

    if part.columns is None:
        made = Drawn.grid(padding=(0, 2, 0, 0))
        made.add_column(style="bold", no_wrap=True)
        made.add_column(overflow="fold")
    else:
        made = Drawn(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for column, right in zip(part.columns, part.right, strict=True):
            made.add_column(column, justify="right" if right else "left", overflow="fold", no_wrap=right)
    for row in part.rows:
        made.add_row(*(Text(cell.text, cell.style) if isinstance(cell, Coloured) else Text(cell) for cell in row))
    return made
