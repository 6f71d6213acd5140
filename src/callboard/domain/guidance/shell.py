"""Commands for people to copy, put together so that no name in them can become anything but a name. Pure.

Names and versions of packages are written by strangers. Only those that are made of what names are made of go into a
command at all, none of them can begin like an option, and each is quoted besides.
"""

from __future__ import annotations

import re
import shlex

import msgspec

LONGEST = 214
"""Characters of a name or a version: npm's own limit for names, the longest of the registries'."""

# No blank, no quote, no dollar, no backslash, nothing unprintable, and nothing that begins like an option.
_NAME = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._~/:+-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~+!:-]*")


class Command(msgspec.Struct, frozen=True):
    """One command of a POSIX shell."""

    words: tuple[str, ...]
    """The program and what it is given, not quoted."""

    @property
    def text(self) -> str:
        """As it is typed."""
        return shlex.join(self.words)


def is_name(text: str) -> bool:
    """Whether this may stand in a command as the name of a package."""
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None and ".." not in text and "//" not in text


def is_version(text: str) -> bool:
    """Whether this may stand in a command as a version."""
    return len(text) <= LONGEST and _VERSION.fullmatch(text) is not None
