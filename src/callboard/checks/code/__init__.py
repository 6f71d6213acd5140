"""The portal's own plugins, checked one rule a file over their syntax trees; the engine is in the extra `assess`."""

from __future__ import annotations

from callboard.checks.code import (
    browser_schema,
    certificates_off,
    code_from_text,
    open_fetch,
    raw_sql,
    shell_command,
    unauthenticated_route,
    unsafe_html,
    workspace_path,
)
from callboard.checks.code.check import CodeCheck

ALL: tuple[CodeCheck, ...] = (
    unauthenticated_route.CHECK, browser_schema.CHECK, unsafe_html.CHECK, shell_command.CHECK, code_from_text.CHECK,
    workspace_path.CHECK, open_fetch.CHECK, raw_sql.CHECK, certificates_off.CHECK,
)  # fmt: skip
"""Every rule."""
