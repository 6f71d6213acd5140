"""The command line: arguments → one use case → a table or one JSON document. One file per group of commands.

Commands import what they need when they run, so that `callboard --help` is quick and works whatever is broken.
"""

from __future__ import annotations


def main() -> None:
    """What the `callboard` script calls. Ends the process with an exit code of `cli.errors`."""
    from callboard.cli.root import callboard

    callboard(prog_name="callboard")
