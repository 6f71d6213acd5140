"""How a query is built from signs: its text to tokens, each with its place.

    query = *(term SP)        term  = ["-"] (qual / text)       qual = key ":" (list / range)
    list  = value *("," value)                                  value = bare / DQUOTE *char DQUOTE
    range = (">" / ">=" / "<" / "<=") value / value ".." value
    text  = bare              anywhere inside      *"two words"*
          / bare "*"          beginning of a word   "two words"*
          / DQUOTE … DQUOTE   whole words

Between quotes a backslash takes the meaning from a quote mark and from a backslash. A word with a colon is a filter when
what stands before the colon could be one; what is plainly an id is text, because ids are pasted (`spelling.is_id`).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from callboard.domain.query.spelling import Match, is_writable, key_of, quoted
from callboard.domain.query.words import BY_NAME, alike_key
from callboard.errors import InvalidQueryError

MAX_CHARACTERS = 1_000
"""Of one query."""


_BARE = frozenset(word for word, _ in BY_NAME["is"].words)
"""What is said behind "is:"; some write it as a key of its own, like "kev:yes"."""


class Value(msgspec.Struct, frozen=True):
    """One value behind a colon."""

    text: str
    start: int


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A key with its values as they were written."""

    key: str
    """One of `words.BY_NAME`."""
    operator: str
    """">", ">=", "<", "<=", ".." between two values, or nothing."""
    values: tuple[Value, ...]
    is_negated: bool
    start: int


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """Free text."""

    text: str
    match: Match
    is_negated: bool
    start: int


Token = Filter | Phrase


def place(start: int) -> str:
    """Where something stands, for the end of a message. People count from one."""
    return f" at character {start + 1}"


def refusal(message: str, start: int, hint: str) -> InvalidQueryError:
    """The refusal of what stands at `start`."""
    return InvalidQueryError(f"{message}{place(start)}.", field="q", hint=hint)


def tokens(text: str) -> Iterator[Token]:
    """The terms of a query in the order of the text, one by one. Raises InvalidQueryError that names what and where."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidQueryError(
            f"The filter has {len(text)} characters; {MAX_CHARACTERS} are allowed.",
            field="q",
            hint="Leave some terms out.",
        )
    # Pasted text brings line ends and tabs: they part words as a space does. Positions stay as they were.
    text = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    for index, char in enumerate(text):
        if not is_writable(char):
            raise refusal(f"A control character (U+{ord(char):04X})", index, "Take it out.")
    reader = _Reader(text)
    while reader.skip_space():
        yield reader.term()


class _Reader:
    """A place in a text that moves on. Each character is looked at a fixed number of times."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def skip_space(self) -> bool:
        """Go to the next term. False: there is none."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at < len(self._text)

    def term(self) -> Token:
        """The term that begins here."""
        start = self._at
        is_negated = self._take("-")
        if is_negated and (self._is_at_end() or self._peek("-")):
            raise refusal('A "-" without a term behind it', start, 'To search for a "-", put the text into quotes.')
        if self._peek('"') or self._peek('*"'):
            return self._quoted_text(start, is_negated=is_negated)
        end = self._end_of_word()
        word = self._text[self._at : end]
        name = key_of(word)
        if name is None:
            return self._bare_text(word, start, is_negated=is_negated)
        if name.lower() not in BY_NAME:
            raise _unknown(name, word, start)
        self._at += len(name) + 1
        return self._filter(name.lower(), start, is_negated=is_negated)

    def _filter(self, key: str, start: int, *, is_negated: bool) -> Filter:
        is_range = BY_NAME[key].takes.is_range
        operator = next((sign for sign in (">=", "<=", ">", "<") if self._take(sign)), "")
        if operator and not is_range:
            raise refusal(
                f'"{key}:" compares nothing, but "{operator}" stands', self._at - len(operator),
                f"For example {BY_NAME[key].example}; a value that begins so is put into quotes.",
            )  # fmt: skip
        values = [self._value(key, is_range=is_range)]
        if is_range and not operator and self._take(".."):
            operator = ".."
            values.append(self._value(key, is_range=True))
        while self._take(","):
            values.append(self._value(key, is_range=is_range))
        if not self._is_at_end():
            raise refusal(
                f'"{key}:" cannot go on with "{self._text[self._at]}"',
                self._at,
                "Put a space between two terms, and a value with such signs into quotes.",
            )
        return Filter(key=key, operator=operator, values=tuple(values), is_negated=is_negated, start=start)

    def _value(self, key: str, *, is_range: bool) -> Value:
        start = self._at
        if self._peek('"'):
            text = self._between_quotes().strip()
        else:
            while not self._is_at_end() and self._text[self._at] not in ',"' and not (is_range and self._peek("..")):
                self._at += 1
            text = self._text[start : self._at]
        if not text:
            raise refusal(
                f'"{key}:" lacks a value', start,
                f"For example {BY_NAME[key].example}, without a space after a colon or a comma.",
            )  # fmt: skip
        return Value(text, start)

    def _bare_text(self, word: str, start: int, *, is_negated: bool) -> Phrase:
        if '"' in word:
            raise refusal(
                "A quote mark inside a word",
                self._at + word.index('"'),
                'Put the whole text into quotes; \\" is a quote mark in it.',
            )
        self._at += len(word)
        match = Match.PART
        if len(word) > 2 and word[0] == word[-1] == "*":
            word = word[1:-1]
        elif word.endswith("*"):
            word, match = word[:-1], Match.PREFIX
        return Phrase(text=word, match=match, is_negated=is_negated, start=start)

    def _quoted_text(self, start: int, *, is_negated: bool) -> Phrase:
        is_part = self._take("*")
        text = self._between_quotes()
        is_starred = self._take("*")
        if not self._is_at_end() or (is_part and not is_starred):
            raise refusal(
                "A quoted text goes on behind its quotes",
                self._at,
                'Put a space behind it; *"anywhere inside"* has two stars.',
            )
        match = Match.PART if is_part else Match.PREFIX if is_starred else Match.WORD
        return Phrase(text=text, match=match, is_negated=is_negated, start=start)

    def _between_quotes(self) -> str:
        start = self._at
        self._at += 1
        found: list[str] = []
        while self._at < len(self._text):
            if self._take('"'):
                return "".join(found)
            if self._peek('\\"') or self._peek("\\\\"):
                self._at += 1
            found.append(self._text[self._at])
            self._at += 1
        raise refusal(
            "A quote mark is opened and not closed", start, 'Close it with ", or write \\" for the sign itself.'
        )

    def _peek(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _take(self, sign: str) -> bool:
        found = self._peek(sign)
        self._at += len(sign) if found else 0
        return found

    def _is_at_end(self) -> bool:
        """Whether the term ends here."""
        return self._at >= len(self._text) or self._text[self._at].isspace()

    def _end_of_word(self) -> int:
        end = self._at
        while end < len(self._text) and not self._text[end].isspace():
            end += 1
        return end


def _unknown(name: str, word: str, start: int) -> InvalidQueryError:
    if name.lower() in _BARE:
        sign = "-" if word.lower().endswith((":no", ":false", ":0")) else ""
        hint = f'Did you mean "{sign}is:{name.lower()}"?'
    elif meant := alike_key(name):
        hint = f'Did you mean "{meant}:"?'
    else:
        hint = f"To search for it as text, put it into quotes: {quoted(word[:60])}."
    return refusal(f'Unknown filter "{name[:60]}:"', start, hint)
