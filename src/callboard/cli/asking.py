"""Questions about findings on the command line: words of the query language, options that add terms, and completion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from callboard.cli import explained

if TYPE_CHECKING:
    from callboard.domain.query import KeyHelp, Query

F = TypeVar("F", bound=Callable[..., Any])

ANY = "any"
"""For --state: whatever the state."""


class Asking(explained.Command):
    """A command whose arguments are a query, so that `-env:test` is a term and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts negated terms behind `--`, where nothing is taken for an option."""
        before, after = (args[: args.index("--")], args[args.index("--") + 1 :]) if "--" in args else (args, [])
        terms = [arg for arg in before if _is_negated_term(arg)]
        kept = [arg for arg in before if not _is_negated_term(arg)]
        return super().parse_args(ctx, [*kept, "--", *terms, *after] if terms or after else kept)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Completes a negated term where click would look for options alone."""
        words = next((each for each in self.params if each.name == "words"), None)
        if words is not None and _is_negated_term(incomplete):
            return complete(ctx, words, incomplete)
        return super().shell_complete(ctx, incomplete)


def _is_negated_term(arg: str) -> bool:
    return len(arg) > 2 and arg[0] == "-" and arg[1] != "-"


def query_words(command: F) -> F:
    """The argument that holds a query, word by word."""
    return click.argument("words", metavar="[QUERY]...", nargs=-1, shell_complete=complete)(command)


def query_of(words: Sequence[str], default: str, sugar: Sequence[str] = (), *, states: Sequence[str] = ()) -> Query:
    """The query in a command's words and options. Without words: `default`, which options narrow.

    Raises InvalidQueryError. A state replaces what the default says about being open.
    """
    from callboard.domain.query import parse

    text = " ".join(words).strip()
    query = parse(text or default)
    if not text and states:
        query = query.without("is")
    chosen = [] if ANY in states else [f"status:{quoted(state)}" for state in states]
    extra = parse(" ".join([*sugar, *chosen]))
    return type(query)((*query.terms, *extra.terms), query.sort, query.group)


def terms(key: str, values: Iterable[str]) -> list[str]:
    """The term that an option adds: one of these values."""
    found = [quoted(value) for value in values if value.strip()]
    return [f"{key}:{','.join(found)}"] if found else []


def split(values: Iterable[str]) -> list[str]:
    """Values given several times or with commas."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def quoted(text: str) -> str:
    """A value as the language takes it, whatever is in it."""
    from callboard.domain.query.spelling import spell_value

    return spell_value(text.strip())


def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Keys of the language, and behind the colon the words that a key knows.

    bash takes a word apart at its colons: then the key stands among the words before, and so does the colon.
    """
    from callboard.domain.query import BY_NAME, KEYS

    before = [str(each) for each in ctx.params.get(param.name or "") or ()]
    if incomplete == ":" and before and (key := BY_NAME.get(_bare(before[-1]))):
        return [_item(word, meaning) for word, meaning in key.words]
    if len(before) > 1 and before[-1] == ":" and (key := BY_NAME.get(_bare(before[-2]))):
        return _values(key, incomplete, "")
    dash = "-" if incomplete.startswith("-") else ""
    name, colon, value = incomplete.removeprefix("-").partition(":")
    if colon:
        found = BY_NAME.get(name.lower())
        return [] if found is None else _values(found, value, f"{dash}{name}:")
    keys = [key for key in KEYS if key.name.startswith(name.lower())]
    if len(keys) == 1 and keys[0].words:
        return _values(keys[0], "", f"{dash}{keys[0].name}:")
    return [_item(f"{dash}{key.name}:", key.help) for key in keys]


def _bare(word: str) -> str:
    return word.removeprefix("-").lower()


def _values(key: KeyHelp, typed: str, lead: str) -> list[CompletionItem]:
    """Words of a key for what is typed behind its colon, which may be a list already."""
    done, comma, last = typed.rpartition(",")
    used = set(done.split(","))
    return [
        _item(f"{lead}{done}{comma}{word}", meaning)
        for word, meaning in key.words
        if word.startswith(last.lower()) and word not in used
    ]


def _item(value: str, told: str) -> CompletionItem:
    return CompletionItem(value, help=told)
