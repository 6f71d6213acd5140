"""The page of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from callboard.cli import errors as exits
from callboard.cli import root
from tools.reference.docstrings import module_notes
from tools.reference.markdown import Row, page, prose, table


def command_line() -> str:
    """Every command with its options."""
    overview = [(f"[`callboard {name}`](#{_anchor(f'callboard {name}')})", told) for name, (_, told) in commands()]
    # As in life: the names of a help option are kept from the first time they are asked for.
    top = click.Context(root.callboard, info_name="callboard", **root.callboard.context_settings)
    return page(
        "Command line",
        prose(root.callboard.help),
        "## callboard",
        "Options that stand before the command:",
        _options(root.callboard, top),
        table(("Exit code", "Meaning"), exit_codes()),
        "## Commands",
        table(("Command", "What it does"), overview),
        *(
            part
            for name, _ in commands()
            for path, command in _walk(f"callboard {name}", root.load(name))
            for part in _command(path, command)
        ),
    )


def commands() -> Iterator[tuple[str, tuple[str, str]]]:
    """Every command's name, place and line, in the order of the overview."""
    yield from root.COMMANDS.items()


def exit_codes() -> Iterator[Row]:
    """Each exit code and its meaning."""
    told = module_notes(exits)
    yield "0", "Done."
    for name in ("FAILED", "USAGE", "INCOMPLETE", "INTERRUPTED"):
        yield str(getattr(exits, name)), told[name]


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(f"{path} {name}", command.commands[name])


def _command(path: str, command: click.Command) -> Iterator[str]:
    ctx = click.Context(command, info_name=path)
    yield f"## {path}"
    yield prose(command.help)
    yield f"```text\n{path} {' '.join(command.collect_usage_pieces(ctx))}\n```"
    yield _options(command, ctx)
    examples = [line.strip() for line in (command.epilog or "").splitlines() if line.strip()]
    if examples:
        yield f"{examples[0]}\n\n" + "```text\n" + "\n".join(examples[1:]) + "\n```"


def _options(command: click.Command, ctx: click.Context) -> str:
    records = [
        record for parameter in command.get_params(ctx) if (record := parameter.get_help_record(ctx)) is not None
    ]
    rows = [(f"`{left}`", right) for left, right in records if "--help" not in left]
    return table(("Option", "What it does"), rows)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
