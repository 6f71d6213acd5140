"""Writes the reference pages of `docs/reference/`, and the API's description for the plugin, from the code itself.

Use: `python -m tools.reference` writes them; with `--check` nothing is written, and it fails when a page is not what the
code says. Every sentence on these pages is a docstring, a help text or a name of the program, so that they cannot drift.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from callboard.cli.overview import WIDTHS
from tools.reference.command_line import command_line
from tools.reference.configuration import configuration
from tools.reference.errors import error_page
from tools.reference.http import description, http
from tools.reference.limits import limits_page
from tools.reference.overview import overview
from tools.reference.retention import retention_page
from tools.reference.tables import schema_page

ROOT = Path(__file__).parents[2]

PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/cli.md": command_line,
    "docs/reference/configuration.md": configuration,
    "docs/reference/http.md": http,
    "docs/reference/errors.md": error_page,
    "docs/reference/limits.md": limits_page,
    "docs/reference/retention.md": retention_page,
    "docs/reference/schema.md": schema_page,
    "backstage/plugins/callboard/openapi.json": description,
    **{f"src/callboard/cli/overview/{width}.txt": partial(overview, width) for width in WIDTHS},
}
"""Every generated page and what makes it."""


def outdated(root: Path = ROOT) -> list[str]:
    """The names of pages that are not what the code says."""
    return [
        name
        for name, make in PAGES.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != make()
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` say which would change; 1 when there is one, 2 for other arguments."""
    if arguments not in ([], ["--check"]):
        print("use: python -m tools.reference [--check]", file=sys.stderr)
        return 2
    changed = outdated()
    for name in changed:
        print(f"{name}: {'not what the code says; run `make docs`' if arguments else 'written'}")
        if not arguments:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if arguments and changed else 0
