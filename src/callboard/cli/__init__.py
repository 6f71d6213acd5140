"""The command line: arguments → one use case → a table or one JSON document. One file per group of commands.

Commands import what they need when they run, so that `callboard --help` is quick and works whatever is broken.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """What the `callboard` script calls. Ends the process with an exit code of `cli.errors`."""
    import gc

    # Nearly all that a start makes stays, so looking whether some could go finds nothing. A list of findings has made
    # 110,000 objects when it is done; commands that live long look oftener once they have begun (`usecases.collecting`).
    gc.set_threshold(200_000)
    _escape_what_cannot_be_shown()
    try:
        _run()
    finally:
        # What is left goes with the process; looking through it for rings, several times, took a fifth of a short command.
        gc.freeze()


def _escape_what_cannot_be_shown() -> None:
    """Lets stdout write a letter that its encoding lacks as JSON would, so that text can be read and JSON stays what it is."""
    import codecs
    import sys

    def escaped(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)  # noqa: S101  nothing but writing is given this handler
        units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end

    codecs.register_error("callboard", escaped)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and sys.stdout.errors == "strict":
        reconfigure(errors="callboard")


def _run() -> None:
    import sys

    quick = _quick(sys.argv[1:])
    if quick is not None:
        try:
            code = quick()
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  errors end where those of all commands do
            from callboard.cli.errors import report

            code = report(error, debug=False)
        sys.exit(code)
    from callboard.cli.root import callboard

    callboard(prog_name="callboard")


def _quick(arguments: list[str]) -> Callable[[], int] | None:
    """What needs none of the command line's machinery, which would double its time."""
    from functools import partial

    if arguments in (["--help"], ["-h"]):
        from callboard.cli.overview import ready

        text = ready()
        return None if text is None else partial(_say, text)
    # A pipeline asks about a lockfile many times a day.
    if arguments[:1] == ["match"]:
        from callboard.cli.packages.matching import quick, run

        asked = quick(arguments[1:])
        return None if asked is None else partial(run, asked)
    return None


def _say(text: str) -> int:
    print(text, end="")
    return 0
