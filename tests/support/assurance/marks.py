"""Which test says that it tries what, read from the code of the tests without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
    for node in tree.body:
        yield from _on_tests(node, _of_module(tree), where)


def _of_module(tree: ast.Module) -> list[tuple[str, str]]:
    found = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(to, ast.Name) and to.id == "pytestmark" for to in node.targets
        ):
            found += list(_calls(node.value))
    return found


def _on_tests(node: ast.stmt, above: list[tuple[str, str]], where: str) -> Iterator[Mark]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    own = above + [call for decorator in node.decorator_list for call in _calls(decorator)]
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            yield from _on_tests(each, own, where)
    elif node.name.startswith("test_"):
        yield from (Mark(kind, name, node.name, where) for kind, name in own)


def _calls(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """`pytest.mark.fault("F1", "F2")` anywhere in an expression, also in the parameters of a test."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KINDS):
            continue
        names = node.args[:1] if node.func.attr == "seeds" else node.args
        for name in names:
            is_plain = isinstance(name, ast.Constant) and isinstance(name.value, str)
            yield node.func.attr, str(name.value) if is_plain and isinstance(name, ast.Constant) else ""
