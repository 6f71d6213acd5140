"""What a page's form sends, read strictly: fields that are not known, twice there or too long are errors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from callboard.errors import InvalidQueryError

LONG = frozenset({"document"})
"""Fields that hold a whole text."""
MOST_CHARACTERS = 2_000


def read(body: bytes, known: Collection[str]) -> Mapping[str, str]:
    """The fields by name, trimmed; a missing one is an empty text. Raises InvalidQueryError that names the field."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidQueryError("The form cannot be read.", hint="Send it from the page itself.") from error
    found = dict.fromkeys(known, "")
    seen: set[str] = set()
    for name, value in pairs:
        if name not in found or name in seen:
            raise InvalidQueryError(f"There is no field {name[:60]!r} here, or it is there twice.", field=name[:60])
        if "\0" in value or (name not in LONG and len(value) > MOST_CHARACTERS):
            raise InvalidQueryError(f"The field is longer than {MOST_CHARACTERS} characters.", field=name)
        seen.add(name)
        found[name] = value.strip()
    return found


def needed(fields: Mapping[str, str], name: str) -> str:
    """A field that has to be filled. Raises InvalidQueryError."""
    if not fields[name]:
        raise InvalidQueryError("This field is empty.", field=name)
    return fields[name]


def number(text: str, field: str) -> int | None:
    """A whole number; None: the field is empty. Raises InvalidQueryError."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise InvalidQueryError("A number is expected.", field=field)
    return int(text)
