"""5. Text is run as code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, is_constant, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_EVAL = """
(call_expression function: [
  (identifier) @name
  (member_expression object: (identifier) @global property: (property_identifier) @name
    (#any-of? @global "window" "globalThis" "self" "global"))
] (#eq? @name "eval")) @all
"""
_FUNCTION = '(new_expression constructor: (identifier) @name (#eq? @name "Function")) @all'
_TIMER = """
(call_expression function: (identifier) @name arguments: (arguments . [(string) (template_string) (binary_expression)] @code)
  (#any-of? @name "setTimeout" "setInterval")) @all
"""
_MACHINE = ("runInContext", "runInNewContext", "runInThisContext", "compileFunction")
_SCRIPT = '(new_expression constructor: [(identifier) (member_expression)] @name (#match? @name "(^|[.])Script$")) @all'


def _judge(source: Source) -> Iterator[Fault]:
    for at in source.find(_EVAL):
        yield Fault(path="eval", said="Text is run as code.", place=source.place(at["all"]))
    for query in (_FUNCTION, _TIMER):
        for at in source.find(query):
            if not all(is_constant(each) for each in arguments(at["all"])):
                yield Fault(path=text(at["name"]), said="Text is run as code.", place=source.place(at["all"]))
    names = source.imported("vm")
    for name, call in source.calls(names):
        if name in _MACHINE and not is_constant(next(iter(arguments(call)), None)):
            yield Fault(path=f"vm.{name}", said=_NO_WALL, place=source.place(call))
    for at in source.find(_SCRIPT) if names else ():
        holder, _, last = text(at["name"]).rpartition(".")
        is_ours = names.get(holder) == "*" if holder else names.get(last) == "Script"
        if is_ours and not is_constant(next(iter(arguments(at["all"])), None)):
            yield Fault(path="vm.Script", said=_NO_WALL, place=source.place(at["all"]))


_NO_WALL = "Text is run as code; Node's vm is no wall against it."

CHECK = CodeCheck(
    advice=Advice(
        key="code-from-text",
        number=5,
        area="code",
        title="Text is run as code",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Whoever has a hand in the text runs code where the portal runs.",
        remedy="Read data as data (JSON.parse), and look names up in a table instead of running them.",
        before="const rule = eval(config.getString('pets.rule'))",
        after="const rule = RULES[config.getString('pets.rule')]",
    ),
    judge=_judge,
)
"""That vm is no security mechanism is said in Node's documentation of it, read 2026-11."""
