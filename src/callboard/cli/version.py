"""`callboard version`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import answers, examples


@explained.command(epilog=examples("callboard version", "callboard version --json"))
@answers
def version(*, as_json: bool) -> None:
    """Print the version of Callboard and of the Python that runs it."""
    import platform

    from callboard import __version__

    if as_json:
        from callboard.cli import output

        output.document({"callboard": __version__, "python": platform.python_version()})
    else:
        click.echo(f"callboard {__version__} (Python {platform.python_version()})")
