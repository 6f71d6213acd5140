"""The page of what is kept for how long: every table with what bounds it, and every rule."""

from __future__ import annotations

from callboard.config.retention import Retention
from callboard.store.retention.bounds import BOUNDS
from callboard.store.retention.rules import RULES
from tools.reference.docstrings import field_notes
from tools.reference.markdown import page, table


def retention_page() -> str:
    """Rules with their settings, then every table."""
    notes = field_notes(Retention)
    defaults = Retention()
    rules = [
        (
            f"`{rule.key}`",
            rule.words,
            f"`{rule.setting}` = {getattr(defaults, rule.setting)}" if rule.setting else "always",
            notes.get(rule.setting, ""),
        )
        for rule in RULES
    ]
    tables = [
        (f"[`{name}`](schema.md#{name})", bound.grows, bound.bounded, ", ".join(f"`{key}`" for key in bound.rules))
        for name, bound in sorted(BOUNDS.items())
    ]
    return page(
        "What is kept for how long",
        "Nothing open is ever dropped, nor what people decided, nor when a finding was open: every figure rests on that.\n"
        "Whoever works on the board drops what is old once a day, in short transactions, and says so in the log.\n"
        "[How to look at it, change it and stop it](../howto/retention.md).",
        "## Rules",
        "In this order. The settings are keys of `[retention]`.",
        table(("Rule", "What it drops", "Setting", "Meaning"), rules),
        "## Tables",
        "With what each grows, and what bounds it.",
        table(("Table", "Grows with", "Bounded by", "Rules"), tables),
    )
