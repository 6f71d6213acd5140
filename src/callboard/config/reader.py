"""Reads one file and one environment into typed sections, and gathers everything that is wrong with them.

Nothing here knows which sections there are. A field counts as a secret when its `msgspec.Meta(extra={"secret": True})`
says so or its name ends like one.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from callboard.config.secret import Keeper, Secret
from callboard.errors import ConfigError

KeyPath = tuple[str | int, ...]
"""For example ("source", 0, "client_secret")."""

UNREAD = "unread"
"""Stands in for a secret while the rest of its section is checked. Plain enough to pass a room's own checks."""

_SECRET_NAME = re.compile(r"(?:^|_)(?:secret|password|token|private_key|api_key)$")
_NOT_OURS = re.compile(r"(?:_SERVICE_HOST|_SERVICE_PORT(?:_\w+)?|_PORT_\d+_(?:TCP|UDP)(?:_\w+)?)$")
"""Variables that Kubernetes adds for a service that is called callboard-…"""

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
    "datetime": "a date",
}


class Reader:
    """One file, one environment, and what is wrong with them."""

    def __init__(self, file: Path | None, text: str, environ: Mapping[str, str], *, prefix: str) -> None:
        try:
            self.tree: dict[str, Any] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ConfigError(f"{file} is not valid TOML: {error}.") from None
        self.file = file
        self.folder = (file.parent if file else Path()).absolute()
        self.environ = {key: value for key, value in environ.items() if value}
        self.prefix = prefix
        self.problems: list[str] = []
        self.hints: list[str] = []
        self.secrets: list[Secret] = []
        self.known_variables: set[str] = set()
        self._lines = dict(_key_lines(text))

    def problem(self, path: KeyPath, text: str, *, hint: str | None = None) -> None:
        """Notes that something is wrong with a key of the file."""
        line = next((self._lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._lines), None)
        self.problems.append(f"{f'line {line}: ' if line else ''}{self.name(path)} {text}")
        if hint:
            self.hints.append(hint)

    def refuse(self) -> None:
        """Raises a ConfigError with all that is wrong, when something is."""
        if not self.problems:
            return
        place = str(self.file or "The environment")
        hint = " ".join(dict.fromkeys(self.hints)) or None
        if len(self.problems) == 1:
            raise ConfigError(f"{place}: {self.problems[0]}", hint=hint)
        told = "\n".join(f"  {problem}" for problem in self.problems)
        raise ConfigError(f"{place} cannot be used as configuration:\n{told}", hint=hint)

    def name(self, path: KeyPath) -> str:
        """The key in words: `server.port`, `source "main": page_size`."""
        words = [str(part) for part in path]
        if len(path) > 1 and isinstance(path[1], int):
            table = self.at(path[:2])
            name = table.get("name") if isinstance(table, dict) else None
            head = f'{path[0]} "{name}"' if isinstance(name, str) else f"{_ordinal(path[1] + 1)} {path[0]}"
            return f"{head}: {'.'.join(words[2:])}" if words[2:] else head
        return ".".join(words)

    def at(self, path: KeyPath) -> Any:
        """What the file holds at this place; an empty table where it holds nothing."""
        value: Any = self.tree
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError):
                return {}
            except TypeError:
                return None
        return value

    def unknown_keys(self, table: Mapping[str, Any], known: Sequence[str], path: KeyPath) -> None:
        """Notes each key of the table that is not known, with the nearest one that is."""
        for key in table:
            if key not in known:
                self.problem((*path, key), f"is not known{_nearest(key, known)}")

    def unknown_variables(self, sections: Sequence[str]) -> list[str]:
        """Notes variables that belong to one of our sections and to none of its keys. Returns words about stray ones."""
        stray = []
        known = sorted(self.known_variables)
        for variable in sorted(self.environ):
            if not variable.startswith(self.prefix) or variable in self.known_variables or _NOT_OURS.search(variable):
                continue
            if any(variable.startswith(f"{self.prefix}{section.upper()}_") for section in sections):
                self.problems.append(f"environment variable {variable} is not known{_nearest(variable, known)}")
            elif near := difflib.get_close_matches(variable, known, 1, 0.85):
                stray.append(f"the environment variable {variable} means nothing to Callboard; did you mean {near[0]}?")
        return stray

    def struct(
        self, kind: type[msgspec.Struct], path: KeyPath, variable: str, *, read: bool, given: Sequence[str] = ()
    ) -> Any:
        """The table at `path`, overridden by `variable`_…, as `kind`; None when something is wrong with it.

        `given` keys are taken as they stand. With `read` False, secrets are replaced by a stand-in.
        """
        table = self.at(path)
        if not isinstance(table, dict):
            self.problem(path, "should be a table")
            return None
        fields = msgspec.structs.fields(kind)
        files = [f"{field.encode_name}_file" for field in fields if _is_secret(field)]
        self.unknown_keys(table, [*(field.encode_name for field in fields), *files, *given], path)
        before = len(self.problems)
        values: dict[str, Any] = {}
        for field in fields:
            key = field.encode_name
            inner, own = (*path, key), f"{variable}_{key.upper()}"
            nested = _struct_in(field.type)
            if key in given:
                found = table.get(key, msgspec.UNSET)
            elif nested is not None:
                there = key in table or any(name.startswith(f"{own}_") for name in self.environ)
                found = self.struct(nested, inner, own, read=read) if there or field.required else msgspec.UNSET
                if not there:
                    self.known_variables.update(
                        f"{own}_{each.encode_name.upper()}" for each in msgspec.structs.fields(nested)
                    )
            elif _is_secret(field):
                found = self._secret(table, inner, own, read=read)
            else:
                found = self._plain(table, field, inner, own)
            if found is not msgspec.UNSET:
                values[field.name] = found
            elif field.required and len(self.problems) == before:
                self.problem(path, f"needs {key} (or {own} in the environment)")
        if len(self.problems) > before:
            return None
        try:
            return kind(**values)
        except (ValueError, TypeError) as error:
            self.problem(path, str(error) or "cannot be used")
            return None

    def _plain(self, table: dict[str, Any], field: Any, path: KeyPath, variable: str) -> Any:
        self.known_variables.add(variable)
        if variable in self.environ:
            text = self.environ[variable]
            try:
                return msgspec.convert(_from_text(text, field.type), field.type, strict=False, dec_hook=self._from_word)
            except (msgspec.ValidationError, ValueError) as error:
                self.problems.append(f"environment variable {variable} {_expected(error)}")
                if text.startswith("tcp://"):
                    self.hints.append("Kubernetes adds such variables by itself; `enableServiceLinks: false` stops it.")
                return None
        if field.encode_name not in table:
            return msgspec.UNSET
        try:
            return msgspec.convert(table[field.encode_name], field.type, dec_hook=self._from_word)
        except (msgspec.ValidationError, ValueError) as error:
            self.problem(path, _expected(error))
            return None

    def _from_word(self, kind: type, value: Any) -> Any:
        """Types that msgspec does not know. Paths are relative to the configuration."""
        if isinstance(value, str) and issubclass(kind, Path):
            return self.folder / Path(value).expanduser()
        raise ValueError(f"should be {kind.__name__.lower()}")

    def _secret(self, table: dict[str, Any], path: KeyPath, variable: str, *, read: bool) -> Any:
        self.known_variables |= {variable, f"{variable}_FILE"}
        secret = self._find_secret(table, path, variable)
        if secret is None:
            return msgspec.UNSET
        self.secrets.append(secret)
        if not read:
            return UNREAD
        try:
            return secret.read(self.environ)
        except ConfigError as error:
            self.problems.append(error.message.rstrip("."))
            if error.hint:
                self.hints.append(error.hint)
            return None

    def _find_secret(self, table: dict[str, Any], path: KeyPath, variable: str) -> Secret | None:
        key, label = str(path[-1]), self.name(path)
        value, file = table.get(key), table.get(f"{key}_file")
        if variable in self.environ:
            return Secret(Keeper.VARIABLE, variable, label=label)
        if f"{variable}_FILE" in self.environ:
            return Secret(Keeper.FILE, str(self.folder / self.environ[f"{variable}_FILE"]), label=label)
        if value is not None and file is not None:
            self.problem(path, f"is given twice, here and as {key}_file")
            return None
        match {"file": file} if file is not None else value:
            case None | "":
                return None
            case str(text):
                return Secret(Keeper.TOML, text, label=label)
            case {"env": str(name), **rest} if not rest:
                return Secret(Keeper.VARIABLE, name, label=label)
            case {"file": str(name), **rest} if not rest:
                return Secret(Keeper.FILE, str(self.folder / Path(name).expanduser()), label=label)
            case {"keyring": str(name), **rest} if not rest and 0 < name.rfind("/") < len(name) - 1:
                return Secret(Keeper.KEYRING, name, label=label)
        self.problem(path, 'should be text, { env = "NAME" }, { file = "path" } or { keyring = "service/user" }')
        return None


def words(items: Sequence[str]) -> str:
    """The items as a list in a sentence."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 <= number % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there is {words(sorted(known))}" if len(known) <= 20 else ""


def _is_secret(field: Any) -> bool:
    if any((getattr(each, "extra", None) or {}).get("secret") for each in getattr(field.type, "__metadata__", ())):
        return True
    return bool(_SECRET_NAME.search(field.encode_name))


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct that a field holds, also when it may be None."""
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each if kind is each or type(None) in get_args(kind) else None
    return None


def _from_text(text: str, kind: Any) -> Any:
    """An environment variable's text as what msgspec can convert: lists are split at commas or written as JSON."""
    if text[0] in "[{":
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ValueError(f"is not valid JSON: {error}") from None
    is_list = any(
        getattr(each, "__origin__", each) in (tuple, list, frozenset, set) for each in (kind, *get_args(kind))
    )
    return [item.strip() for item in text.split(",") if item.strip()] if is_list else text


def _expected(error: Exception) -> str:
    """What msgspec says, in words and without the value."""
    text = str(error)
    text = re.sub(r"^Invalid enum value .*?(?= - at|$)", "is not one of the words that are possible here", text)
    text = re.sub(r"^Expected ", "should be ", text)
    text = re.sub(r"`(\w+)(?: \| null)?`", lambda match: _WORDS.get(match[1], match[1]), text)
    text = re.sub(r", got ", ", and is ", text)
    text = re.sub(r" - at `\$\[(\d+)\]`$", lambda match: f" (item {int(match[1]) + 1})", text)
    return re.sub(r" - at `\$?\.?(.*)`$", r" (at \1)", text)


def _key_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Which line each key stands on; tomllib does not tell. Only for messages: near enough is good enough."""
    path: KeyPath = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\" '-]+?)\s*\]", line):
            parts = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[parts[0]] = counts.get(parts[0], -1) + 1
            path = (parts[0], counts[parts[0]], *parts[1:]) if parts[0] in counts else parts
            yield path, number
        elif key := re.match(r"\s*([\w.\" '-]+?)\s*=", line):
            yield (*path, *(part.strip(" \"'") for part in key[1].split("."))), number
