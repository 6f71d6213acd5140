"""The command line: arguments → one use case → a table or one JSON document. One file per group of commands.

Commands import what they need when they run, so that `callboard --help` is quick and works whatever is broken.
"""

from __future__ import annotations


def main() -> None:
    """What the `callboard` script calls. Ends the process with an exit code of `cli.errors`."""
    import sys

    # A pipeline asks about a lockfile many times a day; the machinery of the command line would double its time.
    if sys.argv[1:2] == ["match"]:
        from callboard.cli.packages.matching import quick, run

        asked = quick(sys.argv[2:])
        if asked is not None:
            try:
                code = run(asked)
                sys.stdout.flush()
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  errors end where those of all commands do
                from callboard.cli.errors import report

                code = report(error, debug=False)
            sys.exit(code)
    from callboard.cli.root import callboard

    callboard(prog_name="callboard")
