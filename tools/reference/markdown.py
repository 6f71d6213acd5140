"""The Markdown that every reference page is made of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

HEAD = "<!-- Made from the code by `make docs`. Change the code, not this page. -->"
Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table. Empty: there are no rows."""
    cells = [[re.sub(r"\s+", " ", cell).replace("|", r"\|") for cell in row] for row in rows]
    if not cells:
        return ""
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    """A whole page of parts with an empty line between them."""
    return "\n\n".join((HEAD, f"# {title}", *(part.strip("\n") for part in parts if part))) + "\n"


def prose(text: str | None) -> str:
    """A docstring or help text with one sentence a line."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text or "").replace("\b", "").replace("\f", ""))
    lines = [re.sub(r"(?<=[^.][.!?]) (?=[A-Z`])", "\n", " ".join(each.split())) for each in paragraphs]
    return "\n\n".join(each for each in lines if each)
