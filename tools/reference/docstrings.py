"""The docstrings under names and fields, which Python itself does not keep."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType


def notes(body: Iterable[ast.stmt]) -> dict[str, str]:
    """The docstrings that stand under assignments, by the assigned name."""
    found: dict[str, str] = {}
    name: str | None = None
    for statement in body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=target)) | ast.Assign(targets=[ast.Name(id=target)]):
                name = target
            case ast.Expr(value=ast.Constant(value=str(text))) if name is not None:
                found[name] = " ".join(inspect.cleandoc(text).split())
                name = None
            case _:
                name = None
    return found


@functools.cache
def tree(file: str) -> ast.Module:
    """A source file, parsed once."""
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def module_notes(module: ModuleType) -> dict[str, str]:
    """The docstrings under a module's own names."""
    return notes(tree(inspect.getfile(module)).body)


def field_notes(kind: type) -> dict[str, str]:
    """The docstrings under the fields of a class; those of its own come before those of its bases."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__[:-1]):
        if not each.__module__.startswith("callboard."):
            continue
        for node in ast.walk(tree(inspect.getfile(each))):
            if isinstance(node, ast.ClassDef) and node.name == each.__name__:
                found |= notes(node.body)
    return found
