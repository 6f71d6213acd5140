"""What a resource can be found by: the words of its names, and the facts that lists are filtered by. Pure."""

from __future__ import annotations

import re
import unicodedata

from callboard.domain.finding import Resource

ACCOUNT = "account"
REGION = "region"
CLOUD = "cloud"
TAG = "tag"
ENVIRONMENT = "env"
SERVICE = "service"
"""An application service of the source. Not a filter: resources are found by it when a catalog entity takes its name."""

_ENVIRONMENT_TAGS = frozenset({"env", "environment", "stage"})
MOST_TAGS = 50
"""Tags of one resource that count, for filters and for ownership."""
MOST_CHARACTERS = 200
"""Of a value that is filtered by."""
_BREAK = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """As search compares: any letter case, one space between words, letters and their accents joined (Unicode NFC)."""
    text = " ".join(text.casefold().split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def searchable(*parts: str | None) -> str:
    """Names and ids as one text in which words stand between spaces.

    A part stands there whole and, where it has words inside (`receipts-prod`), once more in words. So a piece of text is
    found anywhere, ` word` at the beginning of a word, and ` word ` as a whole word, all by looking for a part.
    """
    lines: dict[str, None] = {}
    for part in parts:
        if part:
            whole = folded(part)
            lines[whole] = None
            lines[_BREAK.sub(" ", whole).strip()] = None
    return "".join(f" {line} \n" for line in lines if line)


def resource_text(resource: Resource) -> str:
    """What a resource is searched by. The source's own id is not in it: that is looked up exactly."""
    return searchable(resource.name, resource.provider_id, resource.repository)


def is_text_equal(one: Resource, other: Resource) -> bool:
    """Whether both are searched by the same text; cheaper than making it."""
    return (one.name, one.provider_id, one.repository) == (other.name, other.provider_id, other.repository)


def terms_of(resource: Resource) -> list[tuple[str, str]]:
    """What a resource is filtered by, as (form, value), each once, values folded."""
    found: set[tuple[str, str]] = set()

    def note(form: str, value: str | None) -> None:
        if value and (text := folded(value)[:MOST_CHARACTERS]):
            found.add((form, text))

    note(ACCOUNT, resource.account_id)
    note(ACCOUNT, resource.account_name)
    note(REGION, resource.region)
    note(CLOUD, resource.platform)
    for service in resource.services:
        note(SERVICE, service.name)
    for key, value in resource.tags[:MOST_TAGS]:
        note(TAG, key)
        note(TAG, f"{key}={value}")
        if key.casefold() in _ENVIRONMENT_TAGS:
            note(ENVIRONMENT, value)
    return sorted(found)


def are_terms_equal(one: Resource, other: Resource) -> bool:
    """Whether both are filtered by the same terms; cheaper than making them. False may also mean "perhaps"."""
    return one.tags == other.tags and (
        one.services,
        one.account_id,
        one.account_name,
        one.region,
        one.platform,
    ) == (
        other.services,
        other.account_id,
        other.account_name,
        other.region,
        other.platform,
    )
