"""Filters as links: what is applied can be taken away, what is offered can be chosen, and all of it works without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callboard.web import links

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """One filter in force, and the address without it."""

    name: str
    words: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice of a menu, and the address with it chosen, or dropped when it is on."""

    words: str
    url: str
    on: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    """One filter that can be set."""

    name: str
    options: tuple[Option, ...]


def without(values: Values, name: str) -> dict[str, Sequence[str]]:
    """The same parameters but one, and from the first page."""
    return {key: value for key, value in values.items() if key not in (name, "cursor")}


def applied(
    path: str, values: Values, words: Mapping[str, str], told: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Applied, ...]:
    """The filters in force, in the order of `words`, which names each. `told` has words for values, by parameter."""
    told = told or {}
    found = []
    for name in words:
        if values.get(name):
            shown = _shown([told.get(name, {}).get(value, value) for value in values[name]])
            found.append(Applied(name=words[name], words=shown, url=links.address(path, without(values, name))))
    return tuple(found)


def menu(
    path: str,
    values: Values,
    name: str,
    words: str,
    choices: Iterable[tuple[str, str, int | None]],
    *,
    many: bool = True,
) -> Menu:
    """A menu of (value, words, count). `many`: several may be on at a time."""
    on = tuple(values.get(name, ()))
    options = []
    for value, label, count in choices:
        chosen = value in on
        others = tuple(each for each in on if each != value) if many else ()
        after = others if chosen else (*others, value)
        url = links.address(path, {**without(values, name), name: after})
        options.append(Option(words=label, url=url, on=chosen, count=count))
    return Menu(name=words, options=tuple(options))


def _shown(values: Sequence[str]) -> str:
    names = [value.removeprefix("component:default/").removeprefix("group:default/") for value in values]
    names = [name.removeprefix("system:default/") for name in names]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
