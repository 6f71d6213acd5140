"""3. Text becomes markup without being cleaned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, inside, is_constant, member, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from tree_sitter import Node

    from callboard.checks.code.source import Source

_ASSIGNED = """
(assignment_expression left: (member_expression property: (property_identifier) @name) right: (_) @value
  (#any-of? @name "innerHTML" "outerHTML" "srcdoc")) @all
"""
_CALLED = """
(call_expression function: (member_expression object: (_) @of property: (property_identifier) @name)
  (#any-of? @name "insertAdjacentHTML" "write" "writeln" "createContextualFragment")) @all
"""
_ATTRIBUTE = """
(jsx_attribute (property_identifier) @name (jsx_expression (_) @value)
  (#any-of? @name "dangerouslySetInnerHTML" "srcDoc")) @all
"""


def _judge(source: Source) -> Iterator[Fault]:
    if source.has_markup:
        for at in source.find(_ATTRIBUTE):
            given = at["value"]
            value = member(given, "__html") if given.type == "object" else given
            yield from _fault(source, text(at["name"]), value, at["all"])
    for at in source.find(_ASSIGNED):
        yield from _fault(source, text(at["name"]), at["value"], at["all"])
    for at in source.find(_CALLED):
        name = text(at["name"])
        # Streams and files have a `write` as well; only the page's makes markup.
        if name.startswith("write") and text(at["of"]).rpartition(".")[2] != "document":
            continue
        texts = arguments(at["all"])
        yield from _fault(source, name, texts[-1] if texts else None, at["all"])


def _fault(source: Source, name: str, value: Node | None, at: Node) -> Iterator[Fault]:
    if value is not None and not is_constant(value) and not _is_cleaned(source, value):
        yield Fault(path=name, said="Text becomes markup as it comes.", place=source.place(at))


def _is_cleaned(source: Source, value: Node) -> bool:
    """Whether a call that cleans made the value: here, or where its name was first given one."""
    if value.type == "identifier":
        found = source.first_value(text(value))
        if found is None:
            return False
        value = found
    if is_constant(value):
        return True
    while value.type in ("parenthesized_expression", "as_expression", "non_null_expression", "await_expression"):
        value = value.named_children[0]
    calls = [value] if value.type == "call_expression" else []
    # useMemo(() => sanitize(x), [x]): what the function gives is what counts, and that is in its first argument.
    if calls and text(calls[0].child_by_field_name("function")).rpartition(".")[2] in ("useMemo", "useState"):
        calls = list(inside(next(iter(arguments(value)), value), ["call_expression"]))
    return any(
        "sanitize" in text(call.child_by_field_name("function")).lower()
        or "purify" in text(call.child_by_field_name("function")).lower()
        for call in calls
    )


CHECK = CodeCheck(
    advice=Advice(
        key="unsafe-html",
        number=3,
        area="code",
        title="Text becomes markup without being cleaned",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PEOPLE,
        why="Who writes the text (a description in the catalog, an answer of another service) runs code as whoever reads it.",
        remedy="Let React draw text; where it has to be markup, clean it with DOMPurify in the same place.",
        before="<div dangerouslySetInnerHTML={{ __html: entity.metadata.description }} />",
        after="<div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(description) }} />",
    ),
    judge=_judge,
)
