"""Values of lists in the query language: words, entity references, names and ids; how they are read and written."""

from __future__ import annotations

import re

from callboard.domain.component import EntityRef, entity_ref
from callboard.domain.query.words import ME, KeyHelp, Takes, alike
from callboard.errors import InvalidQueryError

# An advisory's id: the letters of who gives it out, and what they number with. The two best known are checked whole.
_ADVISORY = re.compile(
    r"CVE-[0-9]{4}-[0-9]{4,19}|GHSA(-[0-9A-Z]{4}){3}|(?!CVE-|GHSA-)[A-Z][A-Z0-9]{1,15}(-[A-Z0-9.:_]{1,40}){1,5}"
)


def read(key: KeyHelp, text: str, at: str = "") -> str:
    """The value in `text` in the one form it is kept in; `at` says in words where it stands. Raises InvalidQueryError."""
    text = text.strip()
    if not text:
        raise InvalidQueryError(f'"{key.name}:" lacks a value{at}.', field="q", hint=f"For example {key.example}.")
    if key.takes in (Takes.WORDS, Takes.CHOICE):
        return _word(key, text, at)
    if key.takes is Takes.REFERENCES:
        return _reference(key, text, at)
    if key.name == "cve":
        return _advisory(text, at)
    if key.name == "tag" and text.startswith("="):
        raise InvalidQueryError(f"The tag lacks its key{at}.", field="q", hint=f"For example {key.example}.")
    return text.lower() if key.is_folded else text


def write(key: KeyHelp, value: str) -> str:
    """The value in its shortest form that `read` understands: a reference leaves out what is meant without saying."""
    if key.takes is not Takes.REFERENCES or value == ME:
        return value
    kind, _, rest = value.partition(":")
    namespace, _, name = rest.partition("/")
    short = name if namespace == "default" else rest
    return short if kind == key.kind and short != ME else f"{kind}:{short}"


def _word(key: KeyHelp, text: str, at: str) -> str:
    word = text.lower()
    word = dict(key.also).get(word, word)
    known = [each for each, _ in key.words]
    if word in known:
        return word
    meant = alike(word, known)
    if meant:
        hint = f'Did you mean "{key.name}:{meant}"?'
    elif key.name == "group" and "/" in word:
        hint = f'To see what a group owns, write "owner:{word[:60]}".'
    else:
        hint = f"Known are {', '.join(known)}."
    raise InvalidQueryError(f'"{key.name}:" does not know "{text[:60]}"{at}.', field="q", hint=hint)


def _reference(key: KeyHelp, text: str, at: str) -> str:
    if text.lower() == ME:
        if key.name in ("owner", "taken"):
            return ME
        raise InvalidQueryError(
            f'"{key.name}:" does not know "{ME}"{at}.',
            field="q",
            hint=f'Only who owns or has taken it can be you: "owner:{ME}".',
        )
    try:
        reference: EntityRef = entity_ref(text, kind=key.kind)
    except ValueError as error:
        raise InvalidQueryError(
            f'"{key.name}:" cannot read "{text[:60]}" as an entity{at}.',
            field="q",
            hint=f"For example {key.kind}:default/name, or only the name.",
        ) from error
    return reference


def _advisory(text: str, at: str) -> str:
    folded = text.upper()
    if not _ADVISORY.fullmatch(folded):
        bare = re.fullmatch(r"[0-9]{4}-[0-9]{4,19}", text)
        hint = f'Did you mean "cve:CVE-{text}"?' if bare else "For example CVE-2021-44228 or GHSA-jfh8-c2jp-5v3q."
        raise InvalidQueryError(f'"{text[:60]}" is not the id of an advisory{at}.', field="q", hint=hint)
    return folded
