"""The page of callboard.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard, get_args

import msgspec

from callboard import config
from callboard.catalog import CATALOGS
from callboard.channels import CHANNELS
from callboard.channels.trackers import TRACKERS
from callboard.config.reader import Reader
from callboard.registries import REGISTRIES
from callboard.repositories import FORGES
from callboard.sources import SOURCES
from tools.reference.docstrings import field_notes
from tools.reference.markdown import Row, page, prose, table

LISTS = (
    ("source", SOURCES), ("catalog", CATALOGS), ("repositories", FORGES), ("channel", CHANNELS), ("tracker", TRACKERS),
    ("registry", REGISTRIES),
)  # fmt: skip


def configuration() -> str:
    """Every key of callboard.toml."""
    parts: list[str] = []
    for name, kind in config.FIXED.items():
        parts += [f"## [{name}]", prose(kind.__doc__), *_keys(kind, (name,), f"{config.PREFIX}{name.upper()}")]
    for what, kinds in LISTS:
        for word in sorted(kinds):
            kind = kinds[word].config
            parts += [f'## [[{what}]] with kind = "{word}"', prose(kind.__doc__)]
            parts += _keys(kind, (what, 0), f"{config.PREFIX}{what.upper()}_<NAME>", kind_word=word)
    return page(
        "Configuration",
        "One file, `callboard.toml`: the one that `--config` names, else the one that `CALLBOARD_CONFIG` names, else the "
        "one in the folder where the command is called.\n"
        "Every key can be overridden by the environment variable beside it, and a variable that is set but empty counts as "
        "not set.\n"
        "In the variables of a source, a catalog, repositories, a channel, a tracker or a registry, `<NAME>` is its name in "
        "capitals, with every other character than letters and digits as `_`.\n"
        "A source or catalog may also stand in the environment alone: `CALLBOARD_SOURCE_MAIN_KIND=wiz` makes one.\n"
        "A list in a variable is split at commas, or written as JSON.\n"
        "Relative paths are relative to the file.\n"
        "An unknown key is an error that names the nearest key that exists.",
        "A key marked *secret* is best given in one of these forms, and is read only when it is needed:",
        '```toml\nclient_secret = { file = "wiz.secret" }\nclient_secret = { env = "WIZ_SECRET" }\n'
        'client_secret = { keyring = "callboard/wiz" }\n```',
        "Its variable with `_FILE` at the end names a file that holds it.\n"
        "The keyring needs the Python package `keyring`, which Callboard does not bring.",
        *parts,
    )


def _keys(
    kind: type[msgspec.Struct], path: tuple[str | int, ...], variable: str, *, kind_word: str | None = None
) -> Iterator[str]:
    """The table of a section, followed by those of the tables inside it."""
    told = field_notes(kind)
    known = known_variables(kind, path, variable)
    rows: list[Row] = []
    inner: list[str] = []
    if kind_word is not None:
        rows.append(("`kind`", "text", "needed", f'`"{kind_word}"`.', f"`{variable}_KIND`"))
    for field in msgspec.structs.fields(kind):
        key, own = field.encode_name, f"{variable}_{field.encode_name.upper()}"
        about, default = told.get(field.name, ""), _default(field)
        nested = next((each for each in (field.type, *get_args(field.type)) if _is_table(each)), None)
        if kind_word is not None and key == "name":
            about = re.sub(r' Default "[^"]*"\.$', "", about)
            rows.append(("`name`", "text", f'`"{kind_word}"`', about, ""))
        elif nested is not None:
            rows.append((f"`{key}`", "a table", "none" if field.default is None else "see below", about, ""))
            inner += [f"### {key}", prose(nested.__doc__), *_keys(nested, (*path, key), own)]
        else:
            is_secret = f"{own}_FILE" in known
            about = f"{about} *Secret.*" if is_secret else about
            variables = f"`{own}`" + (f", `{own}_FILE`" if is_secret else "")
            rows.append((f"`{key}`", _type_words(field.type), default, about, variables))
    yield table(("Key", "Type", "Default", "Meaning", "Variable"), rows)
    yield from inner


def _is_table(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def known_variables(kind: type[msgspec.Struct], path: tuple[str | int, ...], variable: str) -> set[str]:
    """What the reader of the configuration itself takes for variables of this section."""
    reader = Reader(None, "", {}, prefix=config.PREFIX)
    reader.struct(kind, path, variable, read=False, given=("kind", "name"))
    return reader.known_variables


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    elif field.default is msgspec.NODEFAULT:
        return "needed"
    else:
        value = field.default
    match value:
        case None:
            return "none"
        case "":
            return "see meaning"
        case bool():
            return f"`{str(value).lower()}`"
        case Path():
            return f'`"{value}"`'
        case tuple() | dict():
            return f"`{msgspec.json.encode(value).decode()}`"
        case _:
            return f"`{msgspec.json.encode(value).decode()}`" if isinstance(value, str | int | float) else "see below"


def _type_words(kind: object) -> str:
    return _words(msgspec.inspect.type_info(kind))


def _words(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.Metadata():
            return _words(info.type)
        case msgspec.inspect.BoolType() | msgspec.inspect.StrType():
            return "text" if isinstance(info, msgspec.inspect.StrType) else "true or false"
        case msgspec.inspect.IntType():
            return f"whole number{_range(info)}"
        case msgspec.inspect.FloatType():
            return f"number{_range(info)}"
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.LiteralType(values=values)):
            return f"list of {', '.join(f'`{value}`' for value in values)}"
        case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
            return f"list of {_words(info.item_type)}s"
        case msgspec.inspect.DictType():
            return f"table of {_words(info.value_type)}s"
        case msgspec.inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case msgspec.inspect.UnionType():
            return " or ".join(_words(each) for each in info.types if not isinstance(each, msgspec.inspect.NoneType))
        case msgspec.inspect.CustomType(cls=cls):
            return str(cls.__name__).lower()
    raise TypeError(f"{type(info).__name__} needs words in tools/reference/configuration.py")


def _range(info: msgspec.inspect.IntType | msgspec.inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge:,} to {info.le:,}"
    said = [
        f"{word} {bound:,}"
        for word, bound in (("from", info.ge), ("above", info.gt), ("up to", info.le), ("below", info.lt))
        if bound is not None
    ]
    return f" {' '.join(said)}" if said else ""
