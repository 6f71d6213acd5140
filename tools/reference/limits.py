"""The page of limits: every bound that the code names, from the place where it holds."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import callboard
from tools.reference.markdown import page, table

ROOT = Path(callboard.__file__).parent
NAMED = re.compile(
    r"_?(?:(?:MAX|MOST|LARGEST|LONGEST|DEEPEST)(?:_[A-Z]+)*|(?:[A-Z]+_)*(?:AT_ONCE|AT_MOST|SECONDS|BYTES|BUDGET|CAP)|DEPTH)"
)
"""How bounds are called."""
LEFT_OUT = ("demo", "store/migrations/versions")
"""What made-up data and former steps hold themselves to bounds nobody."""
KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("Bytes", "What is larger is refused, or is read no further.", re.compile("BYTES|LARGEST|WEIGHT")),
    ("Time", "What takes longer is given up, or tried again later.", re.compile("SECONDS|DAYS")),
    ("Depth", "What is nested or chained deeper is refused.", re.compile("DEPTH|DEEPEST|CHAIN|DOTS|STEPS|WALK")),
    ("Length of texts", "In characters.", re.compile("CHARACTERS|LONGEST|LINE$|TEXT|PATH")),
    ("Numbers", "Rows, pages, entries, calls.", re.compile("")),
)
"""Every sort of bound, the first that fits."""


class Limit(NamedTuple):
    """One bound."""

    place: str
    name: str
    value: float
    says: str


def limits_page() -> str:
    """Every bound with its value and what it bounds, by sort."""
    parts: list[str] = []
    left = sorted(limits())
    for title, meaning, pattern in KINDS:
        here = [limit for limit in left if pattern.search(limit.name)]
        left = [limit for limit in left if limit not in here]
        rows = [(f"`{each.place}`", f"`{each.name}`", _shown(each), each.says) for each in here]
        parts += [f"## {title}", meaning, table(("Where", "Name", "Limit", "What it bounds"), rows)]
    return page(
        "Limits",
        "Nothing that comes from outside, and nothing that is kept in memory, is without a bound.\n"
        "Each stands in the code beside what it bounds; this page is made from there.\n"
        "What can be configured is on the [page of the configuration](configuration.md), what is kept for how long with it.",
        *parts,
    )


def limits() -> Iterator[Limit]:
    """Every number at the top of a module that is named like a bound."""
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        if place.startswith(LEFT_OUT):
            continue
        body = ast.parse(file.read_text(encoding="utf-8")).body
        for node, following in zip(body, [*body[1:], None], strict=True):
            name = _name(node)
            if name is None or not NAMED.fullmatch(name):
                continue
            module = importlib.import_module(
                f"callboard.{place.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"
            )
            value = getattr(module, name)
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12:
                yield Limit(place, name, value, _said(following))


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return node.target.id
    return None


def _said(following: ast.stmt | None) -> str:
    """The sentences behind a name, on one line."""
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return " ".join(str(following.value.value).split())
    return ""


def _shown(limit: Limit) -> str:
    value = limit.value
    if "SECONDS" in limit.name:
        return f"{value:,g} s"
    if "BYTES" in limit.name or limit.name == "LARGEST":
        for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
            if value >= size and value % size == 0:
                return f"{value / size:,g} {unit}"
    return f"{value:,}"
