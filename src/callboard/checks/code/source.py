"""A file of TypeScript or JavaScript as a syntax tree, and the questions that rules ask of it.

The tree is made by tree-sitter with the grammar of TypeScript, both of the extra `assess`. Nothing of the file is run,
resolved or imported. What the grammar could not read is said, and the rest of the file is judged all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from callboard.domain.posture import Place

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
"""Files that are read."""
MAX_BYTES = 100_000
"""Bytes of one file. What is larger was made by a program, and is told as not judged."""
DEEPEST = 300
"""Levels of one file. The 2,288 modules of Backstage 1.55's own packages have 49 at most."""
WIDEST = 5_000
"""Parts of one node of it. There 770, but for one table of 39,000 icons."""
MOST_NODES = 2_000
"""Nodes that are looked at inside of one expression: people write no longer ones."""
_LONGEST_NAME = 200
"""Bytes of what a call is made on, where its name is asked for: `something.like.this`."""
_PLAIN = (".ts", ".mts", ".cts")
"""Written without markup: there `<T>x` is a cast, which it is not elsewhere."""


def has_engine() -> bool:
    """Whether the extra `assess` is installed."""
    return all(find_spec(name) is not None for name in ("tree_sitter", "tree_sitter_typescript"))


@cache
def _language(*, markup: bool) -> Language:
    import tree_sitter_typescript
    from tree_sitter import Language

    return Language(tree_sitter_typescript.language_tsx() if markup else tree_sitter_typescript.language_typescript())


@cache
def _query(text: str, *, markup: bool) -> Query:
    from tree_sitter import Query

    return Query(_language(markup=markup), text)


class TwistedError(Exception):
    """A file that nobody wrote: so deep or wide that to ask it anything takes hours."""


class Source:
    """One file, read."""

    def __init__(self, path: str, raw: bytes, *, frontend: bool | None = None) -> None:
        """Reads it.

        Args:
            path: below the portal's folder.
            raw: what it holds; at most MAX_BYTES.
            frontend: whether its package is sent to browsers; None: its package.json does not tell.

        Raises:
            TwistedError: it is deeper or wider than DEEPEST and WIDEST.
        """
        from tree_sitter import Parser

        self.path = path
        self.frontend = frontend
        self.has_markup = PurePosixPath(path).suffix not in _PLAIN
        self.root = Parser(_language(markup=self.has_markup)).parse(raw).root_node
        _refuse_twisted(self.root)

    @property
    def unread(self) -> int | None:
        """The first line that the grammar could not read; None: it read all."""
        if not self.root.has_error:
            return None
        at = self.root
        while not (at.is_error or at.is_missing):
            inner = next((each for each in at.children if each.has_error or each.is_missing), None)
            if inner is None:
                break
            at = inner
        return at.start_point[0] + 1

    def place(self, node: Node) -> Place:
        """Where a node begins."""
        return Place(self.path, node.start_point[0] + 1)

    def find(self, query: str) -> Iterator[Mapping[str, Node]]:
        """Where a query of tree-sitter fits: the node of each of its captures."""
        from tree_sitter import QueryCursor

        for _, captures in QueryCursor(_query(query, markup=self.has_markup)).matches(self.root):
            yield {name: nodes[0] for name, nodes in captures.items()}

    def imported(self, *modules: str) -> dict[str, str]:
        """Local name → name in these modules; `*` is the module as a whole. By import, by require, by await import."""
        found: dict[str, str] = {}
        for at in self.find(_IMPORTS):
            if text(at["module"]).removeprefix("node:") in modules:
                found.update(_names(at["names"]))
        return found

    def calls(self, names: Mapping[str, str]) -> Iterator[tuple[str, Node]]:
        """The calls of what was imported under these local names: the name in its module, and the call."""
        for at in self.find(_CALLS):
            function = at["function"]
            if function.type == "identifier":
                name = names.get(text(function))
            elif function.end_byte - function.start_byte <= _LONGEST_NAME:
                holder = text(function.child_by_field_name("object"))
                name = text(function.child_by_field_name("property")) if names.get(holder) == "*" else None
            else:
                continue
            if name is not None:
                yield name, at["call"]

    def first_value(self, name: str) -> Node | None:
        """What a name is first given in this file; None where it is given nothing, or is a parameter."""
        return self._values.get(name)

    @cached_property
    def _values(self) -> Mapping[str, Node]:
        found: dict[str, Node] = {}
        for at in self.find("(variable_declarator name: (identifier) @name value: (_) @value)"):
            found.setdefault(text(at["name"]), at["value"])
        return found


_IMPORTS = """
(import_statement (import_clause) @names source: (string (string_fragment) @module))
(variable_declarator name: (_) @names value: (call_expression
  function: (identifier) @require arguments: (arguments . (string (string_fragment) @module)))
  (#eq? @require "require"))
(variable_declarator name: (_) @names value: (await_expression (call_expression
  function: (import) arguments: (arguments . (string (string_fragment) @module)))))
"""
_CALLS = """
(call_expression function: [(identifier) (member_expression)] @function) @call
"""


def _refuse_twisted(root: Node) -> None:
    """Every question costs the square of depth and width, so that these are bounded before the first one."""
    cursor = root.walk()
    depth = 0
    while True:
        if depth > DEEPEST or (cursor.node is not None and cursor.node.child_count > WIDEST):
            raise TwistedError
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


def text(node: Node | None) -> str:
    """The text of a node; empty where there is none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _names(node: Node) -> Iterator[tuple[str, str]]:
    for each in [node, *_below(node)]:
        if each.type == "identifier" and each.parent is not None:
            if each.parent.type in ("import_clause", "namespace_import", "variable_declarator"):
                yield text(each), "*"
        elif each.type == "import_specifier":
            name = text(each.child_by_field_name("name"))
            yield text(each.child_by_field_name("alias")) or name, name
        elif each.type == "shorthand_property_identifier_pattern":
            yield text(each), text(each)
        elif each.type == "pair_pattern":
            yield text(each.child_by_field_name("value")), text(each.child_by_field_name("key"))


def _below(node: Node) -> Iterator[Node]:
    queue = list(node.named_children)
    for each in queue:
        yield each
        if each.type in ("named_imports", "namespace_import", "import_specifier", "object_pattern", "import_clause"):
            queue += each.named_children


def arguments(call: Node) -> list[Node]:
    """What a call is given, remarks left out."""
    given = call.child_by_field_name("arguments")
    return [each for each in given.named_children if each.type != "comment"] if given is not None else []


def is_constant(node: Node | None) -> bool:
    """Whether the text or number stands here itself, at most put together from such."""
    queue = [node] if node is not None else []
    for each in queue:
        if each.type in ("binary_expression", "parenthesized_expression"):
            queue += each.named_children
        elif each.type == "template_string":
            if any(part.type == "template_substitution" for part in each.named_children):
                return False
        elif each.type not in ("string", "number", "true", "false", "null", "undefined"):
            return False
    return bool(queue)


def member(node: Node | None, name: str) -> Node | None:
    """The value behind a name in an object that is written out; None where it is not there."""
    for each in node.named_children if node is not None and node.type == "object" else ():
        if each.type == "pair" and text(each.child_by_field_name("key")).strip("'\"") == name:
            return each.child_by_field_name("value")
    return None


def string(node: Node | None) -> str | None:
    """The text of a string that is written out; None for anything else."""
    return text(node)[1:-1] if node is not None and node.type == "string" else None


def inside(node: Node, types: Iterable[str]) -> Iterator[Node]:
    """Every node of these types in a node, itself among them; in the order of the text, of its first MOST_NODES."""
    wanted = frozenset(types)
    queue = [node]
    for _ in range(MOST_NODES):
        if not queue:
            return
        each = queue.pop()
        if each.type in wanted:
            yield each
        queue += reversed(each.named_children)
