"""4. A shell gets a command that is put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callboard.checks.code.action import is_action
from callboard.checks.code.check import CodeCheck
from callboard.checks.code.source import arguments, is_constant, member, text
from callboard.domain.finding import Severity
from callboard.domain.posture import Advice, Fault, Hits, Reach

if TYPE_CHECKING:
    from callboard.checks.code.source import Source

_SHELLS = ("exec", "execSync")
_PROGRAMS = ("spawn", "spawnSync", "execFile", "execFileSync", "fork")
_PROMISED = """
(variable_declarator name: (identifier) @name value: (call_expression
  function: (_) @promisify arguments: (arguments . (_) @of)) (#match? @promisify "promisify$"))
"""


def _judge(source: Source) -> Iterator[Fault]:
    names = source.imported("child_process")
    if not names:
        return
    for at in source.find(_PROMISED):
        of = text(at["of"])
        known = names.get(of) or (of.rpartition(".")[2] if names.get(of.rpartition(".")[0]) == "*" else None)
        if known is not None:
            names[text(at["name"])] = known
    worst = Severity.CRITICAL if is_action(source) else None
    for name, call in source.calls(names):
        given = arguments(call)
        if name in _SHELLS and given and not is_constant(given[0]):
            said = "A shell reads a command that is put together from parts."
        elif name in _PROGRAMS and _has_shell(given) and not all(is_constant(each) for each in given[:-1]):
            said = "A shell is asked for, and reads arguments that are put together."
        else:
            continue
        yield Fault(path=name, said=said, place=source.place(call), severity=worst)


def _has_shell(given: list[Node]) -> bool:
    shell = member(given[-1], "shell") if given else None
    return shell is not None and text(shell) not in ("false", "undefined")


if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = CodeCheck(
    advice=Advice(
        key="shell-command",
        number=4,
        area="code",
        title="A shell gets a command that is put together",
        severity=Severity.HIGH,
        reach=Reach.SIGNED_IN,
        hits=Hits.PORTAL,
        why="Who fills in a template or a form runs commands on the backend, which holds the secrets of every plugin.",
        remedy="Start the program itself with a list of arguments: spawn, execFile, or executeShellCommand of Backstage.",
        before="exec(`git clone ${ctx.input.url}`)",
        after="spawn('git', ['clone', '--', url])",
    ),
    judge=_judge,
)
"""`exec` starts a shell, `spawn` and `execFile` do so when asked: Node's documentation of child_process, read 2026-11."""
