"""The page of errors, exit codes and statuses."""

from __future__ import annotations

import ast
import inspect
import re

from callboard import errors
from callboard.cli import errors as exits
from callboard.web import errors as web_errors
from tools.reference.command_line import exit_codes
from tools.reference.docstrings import tree
from tools.reference.markdown import page, table


def error_page() -> str:
    """The error family with exit codes and HTTP statuses."""
    tree = re.search(r"(?m)^ {4}CallboardError.*(?:\n {4}.*)*", errors.__doc__ or "")
    rows = [
        (
            f"`{kind.__name__}`",
            inspect.getdoc(kind) or "",
            str(exits.exit_code(kind())),
            str(web_errors.judge(kind()).status),
        )
        for kind in error_classes()
    ]
    statuses = [(str(status), text) for status, text in sorted(web_errors.WORDS.items())]
    return page(
        "Errors",
        "How Callboard says no.\n"
        "On the command line an error is one sentence on stderr, a hint where there is one, and an exit code.\n"
        "Over HTTP it is a problem document; what went wrong inside (500 and above) is told as its sort and the request's id.",
        "```text\n" + inspect.cleandoc(tree[0] if tree else "") + "\n```",
        table(("Error", "Default message", "Exit code", "HTTP status"), rows),
        "## Exit codes",
        table(("Exit code", "Meaning"), exit_codes()),
        "## Titles of problem documents",
        table(("HTTP status", "Title"), statuses),
    )


def error_classes() -> list[type[errors.CallboardError]]:
    """Every class of the family, in the order of its file."""
    found = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.CallboardError) and kind.__module__ == errors.__name__
    ]
    order = [node.name for node in tree(inspect.getfile(errors)).body if isinstance(node, ast.ClassDef)]
    return sorted(found, key=lambda kind: order.index(kind.__name__))
