"""Writes the reference pages of `docs/reference/`, and the API's description for the plugin, from the code itself.

Use: `python -m tools.reference` writes them; with `--check` nothing is written, and it fails when a page is not what the
code says. Every sentence on these pages is a docstring, a help text or a name of the program, so that they cannot drift.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard, get_args

import click
import msgspec
from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint

import callboard
from callboard import config, errors
from callboard.catalog import CATALOGS
from callboard.cli import errors as exits
from callboard.cli import root
from callboard.config.reader import Reader
from callboard.repositories import FORGES
from callboard.sources import SOURCES
from callboard.store import schema
from callboard.web import errors as web_errors
from callboard.web import gate, openapi, routes, wire, wire_ownership, wire_policy, wire_queues, wire_who, wire_work

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
HEAD = "<!-- Made from the code by `make docs`. Change the code, not this page. -->"
Row = Sequence[str]


# What several pages need


def table(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table. Empty: there are no rows."""
    cells = [[re.sub(r"\s+", " ", cell).replace("|", r"\|") for cell in row] for row in rows]
    if not cells:
        return ""
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    """A whole page of parts with an empty line between them."""
    return "\n\n".join((HEAD, f"# {title}", *(part.strip("\n") for part in parts if part))) + "\n"


def prose(text: str | None) -> str:
    """A docstring or help text with one sentence a line."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text or "").replace("\b", "").replace("\f", ""))
    lines = [re.sub(r"(?<=[^.][.!?]) (?=[A-Z`])", "\n", " ".join(each.split())) for each in paragraphs]
    return "\n\n".join(each for each in lines if each)


def notes(body: Iterable[ast.stmt]) -> dict[str, str]:
    """The docstrings that stand under assignments, by the assigned name."""
    found: dict[str, str] = {}
    name: str | None = None
    for statement in body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=target)) | ast.Assign(targets=[ast.Name(id=target)]):
                name = target
            case ast.Expr(value=ast.Constant(value=str(text))) if name is not None:
                found[name] = " ".join(inspect.cleandoc(text).split())
                name = None
            case _:
                name = None
    return found


@functools.cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def module_notes(module: ModuleType) -> dict[str, str]:
    """The docstrings under a module's own names."""
    return notes(_tree(inspect.getfile(module)).body)


def field_notes(kind: type) -> dict[str, str]:
    """The docstrings under the fields of a class; those of its own come before those of its bases."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__[:-1]):
        if not each.__module__.startswith("callboard."):
            continue
        for node in ast.walk(_tree(inspect.getfile(each))):
            if isinstance(node, ast.ClassDef) and node.name == each.__name__:
                found |= notes(node.body)
    return found


# The command line


def cli() -> str:
    """Every command with its options."""
    overview = [(f"[`callboard {name}`](#{_anchor(f'callboard {name}')})", told) for name, (_, told) in commands()]
    top = click.Context(root.callboard, info_name="callboard")
    return page(
        "Command line",
        prose(root.callboard.help),
        "## callboard",
        "Options that stand before the command:",
        _options(root.callboard, top),
        table(("Exit code", "Meaning"), _exit_codes()),
        "## Commands",
        table(("Command", "What it does"), overview),
        *(
            part
            for name, _ in commands()
            for path, command in _walk(f"callboard {name}", root.load(name))
            for part in _command(path, command)
        ),
    )


def commands() -> Iterator[tuple[str, tuple[str, str]]]:
    """Every command's name, place and line, in the order of the overview."""
    yield from root.COMMANDS.items()


def _exit_codes() -> Iterator[Row]:
    told = module_notes(exits)
    yield "0", "Done."
    for name in ("FAILED", "USAGE", "INCOMPLETE", "INTERRUPTED"):
        yield str(getattr(exits, name)), told[name]


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(f"{path} {name}", command.commands[name])


def _command(path: str, command: click.Command) -> Iterator[str]:
    ctx = click.Context(command, info_name=path)
    yield f"## {path}"
    yield prose(command.help)
    yield f"```text\n{path} {' '.join(command.collect_usage_pieces(ctx))}\n```"
    yield _options(command, ctx)
    examples = [line.strip() for line in (command.epilog or "").splitlines() if line.strip()]
    if examples:
        yield f"{examples[0]}\n\n" + "```text\n" + "\n".join(examples[1:]) + "\n```"


def _options(command: click.Command, ctx: click.Context) -> str:
    records = [
        record for parameter in command.get_params(ctx) if (record := parameter.get_help_record(ctx)) is not None
    ]
    rows = [(f"`{left}`", right) for left, right in records if "--help" not in left]
    return table(("Option", "What it does"), rows)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


# The configuration


def configuration() -> str:
    """Every key of callboard.toml."""
    parts: list[str] = []
    for name, kind in config.FIXED.items():
        parts += [f"## [{name}]", prose(kind.__doc__), *_keys(kind, (name,), f"{config.PREFIX}{name.upper()}")]
    for what, kinds in (("source", SOURCES), ("catalog", CATALOGS), ("repositories", FORGES)):
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
        "In the variables of a source, a catalog or repositories, `<NAME>` is its name in capitals, with every other character than "
        "letters and digits as `_`.\n"
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
        case tuple():
            return f"`{msgspec.json.encode(value).decode()}`"
        case _:
            return f"`{msgspec.json.encode(value).decode()}`" if isinstance(value, str | int | float) else "see below"


def _type_words(kind: object) -> str:
    return _words(msgspec.inspect.type_info(kind))


def _words(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.Metadata():
            return _words(info.type)
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.StrType():
            return "text"
        case msgspec.inspect.IntType():
            return f"whole number{_range(info)}"
        case msgspec.inspect.FloatType():
            return f"number{_range(info)}"
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.LiteralType(values=values)):
            return f"list of {', '.join(f'`{value}`' for value in values)}"
        case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
            return f"list of {_words(info.item_type)}s"
        case msgspec.inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case msgspec.inspect.UnionType():
            return " or ".join(_words(each) for each in info.types if not isinstance(each, msgspec.inspect.NoneType))
        case msgspec.inspect.CustomType(cls=cls):
            return str(cls.__name__).lower()
    raise TypeError(f"{type(info).__name__} needs words in tools/reference.py")


def _range(info: msgspec.inspect.IntType | msgspec.inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge:,} to {info.le:,}"
    said = [
        f"{word} {bound:,}"
        for word, bound in (("from", info.ge), ("above", info.gt), ("up to", info.le), ("below", info.lt))
        if bound is not None
    ]
    return f" {' '.join(said)}" if said else ""


# HTTP


def http() -> str:
    """Every address, from the routes and from the API's own description."""
    document = openapi.document("")
    told = field_notes(gate.Policy)
    policies = [(f"`{policy.value}`", told[policy.name]) for policy in gate.Policy]
    addresses = [
        (f"`{method}`", f"`{plain(path)}`", f"`{handler.opt['policy'].value}`")
        for handler in routes.ALL
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    ]
    parts: list[str] = []
    for path, methods in document["paths"].items():
        for method, told_of in methods.items():
            parts += _operation(method.upper(), path, told_of)
    return page(
        "HTTP",
        prose(document["info"]["description"]),
        "A running board describes its API as OpenAPI 3.1 at `/openapi.json`.\n"
        "Errors come as `application/problem+json` with a request id; see [errors](errors.md).\n"
        "An unknown parameter is refused and never ignored.",
        "## Who may ask",
        table(("Policy", "Who"), policies),
        "## Every address",
        table(("Method", "Address", "Policy"), addresses),
        "## Operations",
        *parts,
        "## Shapes",
        *(part for name, shape in sorted(document["components"]["schemas"].items()) for part in _shape(name, shape)),
    )


def plain(path: str) -> str:
    """A route's path without the types of its parameters."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _operation(method: str, path: str, told: dict[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}"
    yield f"{told['summary']}."
    rows = [
        (f"`{each['name']}`", each["in"], _json_type(each["schema"]), each.get("description", ""))
        for each in told.get("parameters", [])
    ]
    yield table(("Parameter", "In", "Type", "Meaning"), rows)
    for answer in told["responses"].values():
        for content in answer.get("content", {}).values():
            yield f"Answers with {_json_type(content['schema'])}."


def _shape(name: str, shape: dict[str, Any]) -> Iterator[str]:
    rooms = (wire, wire_work, wire_ownership, wire_policy, wire_queues, wire_who, web_errors)
    about = field_notes(next(getattr(room, name) for room in rooms if hasattr(room, name)))
    yield f"### {name}"
    yield prose(shape.get("description"))
    rows = [
        (f"`{key}`", _json_type(each), prose(about.get(key, ""))) for key, each in shape.get("properties", {}).items()
    ]
    yield table(("Field", "Type", "Meaning"), rows)


def _json_type(each: dict[str, Any]) -> str:
    if "$ref" in each:
        name = each["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in each:
        return " or ".join(_json_type(one) for one in each["anyOf"])
    if "enum" in each:
        return " ".join(f"`{word}`" for word in each["enum"])
    if each.get("type") == "array":
        if isinstance(items := each.get("items"), dict) and items:
            return f"list of {_json_type(items)}"
        return f"list of {', '.join(_json_type(one) for one in each.get('prefixItems', [])) or 'anything'}"
    if each.get("type") == "object" and isinstance(inner := each.get("additionalProperties"), dict):
        return f"object of {_json_type(inner)}"
    words = str(each.get("type", "anything"))
    bounds = [f"{key} {each[key]}" for key in ("minimum", "maximum", "default") if key in each]
    return f"{words} ({', '.join(bounds)})" if bounds else words


# Errors


def error_page() -> str:
    """The error family with exit codes and HTTP statuses."""
    tree = re.search(r"(?m)^ {4}CallboardError.*(?:\n {4}.*)*", errors.__doc__ or "")
    rows = [
        (
            f"`{kind.__name__}`",
            inspect.getdoc(kind) or "",
            str(exits.exit_code(kind())),
            str(web_errors.judge(kind()).status),
        )
        for kind in error_classes()
    ]
    statuses = [(str(status), text) for status, text in sorted(web_errors.WORDS.items())]
    return page(
        "Errors",
        "How Callboard says no.\n"
        "On the command line an error is one sentence on stderr, a hint where there is one, and an exit code.\n"
        "Over HTTP it is a problem document; what went wrong inside (500 and above) is told as its sort and the request's id.",
        "```text\n" + inspect.cleandoc(tree[0] if tree else "") + "\n```",
        table(("Error", "Default message", "Exit code", "HTTP status"), rows),
        "## Exit codes",
        table(("Exit code", "Meaning"), _exit_codes()),
        "## Titles of problem documents",
        table(("HTTP status", "Title"), statuses),
    )


def error_classes() -> list[type[errors.CallboardError]]:
    """Every class of the family, in the order of its file."""
    found = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.CallboardError) and kind.__module__ == errors.__name__
    ]
    order = [node.name for node in _tree(inspect.getfile(errors)).body if isinstance(node, ast.ClassDef)]
    return sorted(found, key=lambda kind: order.index(kind.__name__))


# The schema


def schema_page() -> str:
    """Every table."""
    about = {name: note for module in _modules_of(schema) for name, note in module_notes(module).items()}
    return page(
        "Database schema",
        prose(schema.__doc__),
        "The schema is not a contract: it changes with the program, by migrations.\n"
        "Read the board through the [API](http.md) or the [command line](cli.md).",
        *(
            part
            for each in sorted(schema.metadata.tables.values(), key=lambda each: each.name)
            for part in _table(each, about)
        ),
    )


def _modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}")


def _table(each: Table, about: dict[str, str]) -> Iterator[str]:
    yield f"## {each.name}"
    yield prose(about.get(each.name))
    rows = [(f"`{column.name}`", _sql_type(column), _sql_notes(column)) for column in each.columns]
    yield table(("Column", "Type", "Notes"), rows)
    lines = [
        f"- unique: {_columns(constraint.columns)}"
        for constraint in each.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    lines += [
        f"- check: `{constraint.sqltext}`" for constraint in each.constraints if isinstance(constraint, CheckConstraint)
    ]
    lines += [f"- {'unique index' if index.unique else 'index'}: {_columns(index.columns)}" for index in each.indexes]
    yield "\n".join(sorted(lines))


def _sql_type(column: Column[Any]) -> str:
    return str(column.type.compile()).lower()


def _sql_notes(column: Column[Any]) -> str:
    said = ["key"] if column.primary_key else []
    said += [f"of `{key.target_fullname}`" for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname)]
    said += ["may be null"] if column.nullable else []
    return ", ".join(said)


def _columns(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def description() -> str:
    """The API's own description, from which the portal's plugin takes its types."""
    return json.dumps(openapi.document(callboard.__version__), indent=2, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/cli.md": cli,
    "docs/reference/configuration.md": configuration,
    "docs/reference/http.md": http,
    "docs/reference/errors.md": error_page,
    "docs/reference/schema.md": schema_page,
    "backstage/plugins/callboard/openapi.json": description,
}
"""Every generated page and what makes it."""


def outdated(root: Path = ROOT) -> list[str]:
    """The names of pages that are not what the code says."""
    return [
        name
        for name, make in PAGES.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != make()
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` say which would change; 1 when there is one, 2 for other arguments."""
    if arguments not in ([], ["--check"]):
        print("use: python -m tools.reference [--check]", file=sys.stderr)
        return 2
    changed = outdated()
    for name in changed:
        print(f"{name}: {'not what the code says; run `make docs`' if arguments else 'written'}")
        if not arguments:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if arguments and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
