"""The overview of all commands as text, for those who only look: `callboard --help` without anything that draws.

`make docs` writes the texts, by what draws every other help, for the widths of nearly all terminals. Where somebody asks
for something else (another width, an encoding without frames, colours that are judged in another way) there is none.
"""

from __future__ import annotations

import os
import sys

WIDTHS = (80, 110)
"""Columns, the last being the most that help ever takes."""

ASKED = (
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "JUPYTER_COLUMNS",
    "PY_COLORS",
    "RICH_CLICK_THEME",
    "TERMINAL_WIDTH",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)
"""Variables with which a person, or a program for one, says how help is to look."""


def ready() -> str | None:
    """The overview as stdout shows it. None: it has to be drawn."""
    if os.name != "posix" or (sys.stdout.encoding or "").lower() != "utf-8" or any(map(os.environ.get, ASKED)):
        return None
    coloured = sys.stdout.isatty()
    if coloured and (os.environ.get("NO_COLOR") or os.environ.get("TERM", "").lower() in {"dumb", "unknown"}):
        return None
    width = min(_columns(), WIDTHS[-1])
    if width not in WIDTHS:
        return None
    with open(os.path.join(os.path.dirname(__file__), f"{width}.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH120, PTH123 - pathlib costs as much as all of this
        text = file.read()
    return text if coloured else without_colour(text)


def without_colour(text: str) -> str:
    """The text without what tells a terminal its colours."""
    first, *others = text.split("\x1b[")
    return first + "".join(each.partition("m")[2] for each in others)


def _columns() -> int:
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit():
        return int(asked)
    for stream in range(3):
        try:
            return os.get_terminal_size(stream).columns or WIDTHS[0]
        except OSError:
            continue
    return WIDTHS[0]
