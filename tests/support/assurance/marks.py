"""Which test says that it tries what, read from the code of the tests without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tests.support.assurance.lines import KINDS


class Mark(msgspec.Struct, frozen=True, order=True):
    """One mark on one test."""

    kind: str
    name: str
    """Empty: the code makes the name, so that only a run can tell it."""
    test: str
    """The function's name."""
    path: str
    """Below the folder of tests."""


def marks_of(root: Path) -> list[Mark]:
    """Every mark in every test file below `root`."""
    return sorted(mark for path in root.rglob("test_*.py") for mark in _in_file(path, root))


def _in_file(path: Path, root: Path) -> Iterator[Mark]:
    text = path.read_text(encoding="utf-8")
    if not any(f"mark.{kind}(" in text for kind in KINDS):
        return
    tree = ast.parse(text)
    where = path.relative_to(root).as_posix()
    named = _named(tree)
    above = [call for value in named.get("pytestmark", ()) for call in _calls(value)]
    for node in tree.body:
        yield from _on_tests(node, above, named, where)


def _named(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What a module gives a name: marks of parameters are often kept in a list."""
    found: dict[str, list[ast.expr]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for to in node.targets:
                if isinstance(to, ast.Name):
                    found.setdefault(to.id, []).append(node.value)
    return found


def _on_tests(
    node: ast.stmt, above: list[tuple[str, str]], named: Mapping[str, list[ast.expr]], where: str
) -> Iterator[Mark]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    said = [each for decorator in node.decorator_list for each in (decorator, *_meant(decorator, named))]
    own = above + [call for each in said for call in _calls(each)]
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            yield from _on_tests(each, own, named, where)
    elif node.name.startswith("test_"):
        yield from (Mark(kind, name, node.name, where) for kind, name in own)


def _meant(tree: ast.expr, named: Mapping[str, list[ast.expr]]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield from named.get(node.id, ())


def _calls(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """`pytest.mark.fault("F1", "F2")` anywhere in an expression, also in the parameters of a test."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KINDS):
            continue
        names = node.args[:1] if node.func.attr == "seeds" else node.args
        for name in names:
            is_plain = isinstance(name, ast.Constant) and isinstance(name.value, str)
            yield node.func.attr, str(name.value) if is_plain and isinstance(name, ast.Constant) else ""
