"""How values, texts and filters look: when a word with a colon is a filter, and when quotes are needed."""

from __future__ import annotations

import enum
import re

from callboard.domain.query.words import BY_NAME, alike_key


@enum.unique
class Match(enum.StrEnum):
    """How a text has to be found."""

    PART = "part"
    """Anywhere, also inside a word."""
    PREFIX = "prefix"
    """At the beginning of a word."""
    WORD = "word"
    """As whole words, one after the other."""


# What stands behind an image's name: 7, 1.25, v2, 7-alpine, latest, or the hash of a commit.
_VERSION = re.compile(r"(v?[0-9]+([.][0-9]|-[a-z]|[@*]|$)|(latest|[0-9a-f]{7,64})([@*]|$))", re.IGNORECASE)
_MISTYPED = 0.75
"""How much a name has to resemble a key. `node` resembles `no` by two thirds, and is an image."""

_SCHEMES = frozenset({"arn", "urn", "pkg", "cpe", "sha1", "sha256", "sha384", "sha512"})


def key_of(word: str) -> str | None:
    """What stands before the first colon of a word where it could be a key, as written. None: the word is text."""
    name, colon, _ = word.partition(":")
    is_name = name[:1].isalpha() and name.replace("_", "").replace("-", "").isalnum()
    if not colon or not is_name:
        return None
    return name if name.lower() in BY_NAME or not is_id(word) else None


def is_id(word: str) -> bool:
    """Whether a word with a colon is plainly an id or a name: an ARN, an address, a package URL, an image, a type.

    A name and a version (`redis:7-alpine`) is an image, unless the name resembles a key: then it is more likely a
    filter that was mistyped, and searching for it would hide the mistake.
    """
    name, _, rest = word.partition(":")
    if rest.startswith(("//", ":")) or (rest and name.lower() in _SCHEMES):
        return True
    return _VERSION.match(rest) is not None and alike_key(name, cutoff=_MISTYPED) is None


def is_writable(char: str) -> bool:
    """Whether a character may stand in a query: no control character, and no half of a pair, which no database stores."""
    return not (char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff")


def quoted(text: str) -> str:
    """The text between quote marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def spell_value(text: str) -> str:
    """A value of a list, quoted only where it has to be."""
    needs = not text or text[0] in "<>" or any(char.isspace() or char in ',"' for char in text)
    return quoted(text) if needs else text


def spell_text(text: str, match: Match) -> str:
    """Free text, quoted only where it has to be."""
    if match is Match.WORD:
        return quoted(text)
    star = "*" if match is Match.PREFIX else ""
    is_bare = (
        text[:1] not in ("", "-", "*")
        and not text.endswith("*")
        and not any(char.isspace() or char == '"' for char in text)
        and key_of(text + star) is None
    )
    if is_bare:
        return text + star
    return quoted(text) + star if star else f"*{quoted(text)}*"
