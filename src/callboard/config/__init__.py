"""The configuration: one `callboard.toml`, every key overridable by a `CALLBOARD_…` variable, taken whole or refused whole.

    [server]                        CALLBOARD_SERVER_PORT=8443
    port = 8400

    [[source]]                      CALLBOARD_SOURCE_MAIN_CLIENT_SECRET=…   (the name in capitals, all else as "_")
    name = "main"                   CALLBOARD_SOURCE_MAIN_CLIENT_SECRET_FILE=/run/secrets/wiz
    kind = "wiz"
    client_secret = { file = "wiz.secret" }     or { env = "WIZ_SECRET" } or { keyring = "callboard/wiz" }

The keys of a source or a catalog are its room's own `Config`; the room's registry is asked for it. A section may also
stand in the environment alone: `CALLBOARD_SOURCE_MAIN_KIND=wiz` makes one. Variables that are set but empty count as not
set. Secrets stay where they are until a source or catalog is opened, so that looking at findings needs none of them.
All mistakes are reported together. No message repeats a value, since the value may be a secret in the wrong place.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from callboard.advisories.config import AdvisoriesConfig
from callboard.advisories.place import VARIABLE as INDEX_VARIABLE
from callboard.config.jobs import Jobs
from callboard.config.mcp import Mcp
from callboard.config.reader import KeyPath, Reader, words
from callboard.config.retention import Retention
from callboard.config.secret import Keeper, Secret, hide_password
from callboard.config.standards import Standards
from callboard.domain import reconcile
from callboard.domain.due import Policy, PolicyName
from callboard.domain.finding import Severity
from callboard.errors import ConfigError
from callboard.identity.config import IdentityConfig

__all__ = [
    "Config",
    "Database",
    "Due",
    "Freshness",
    "Jobs",
    "Mcp",
    "Ownership",
    "Retention",
    "Safety",
    "Section",
    "Server",
    "hide_password",
    "load",
]

FILE_NAME = "callboard.toml"
MAX_BYTES = 1_000_000
"""Size of the largest configuration file that is read."""

PREFIX = "CALLBOARD_"

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Kinds = Mapping[str, type[msgspec.Struct]]
"""Which kinds of source, or of catalog, there are, and the Config of each."""


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is kept."""

    url: Annotated[str, msgspec.Meta(extra={"secret": True})] = ""
    """An SQLAlchemy URL. Left out: the SQLite file `callboard.db` beside the configuration."""

    def __repr__(self) -> str:
        return f"Database(url={hide_password(self.url)!r})"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pages and the API are served."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs [identity] and `public_url`."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8400
    """Port to listen on. 0: any free one."""
    api_token: Annotated[str, msgspec.Meta(extra={"secret": True})] = ""
    """Bearer token with which programs on this machine read everything. Only without `public_url`; else `callboard token`."""
    public_url: str = ""
    """Where people and the portal find Callboard, for example https://callboard.example.com. Left out: only this machine does."""
    hosts: tuple[str, ...] = ()
    """Other names, with their ports, by which it is asked: the portal's proxy may use an inner one."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Host are believed. Default: of nobody."""
    portal_origins: tuple[str, ...] = ()
    """Portals whose pages ask the API directly, for example https://backstage.example.com. Default: none, as by the portal's proxy."""
    requests_per_minute: Annotated[int, msgspec.Meta(ge=10)] = 1_200
    """Requests that one person or program may make in a minute."""
    exports_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 60
    """Files that one person or program may take in an hour."""
    alarm_rows: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    """A file with more findings than this is told as a warning in the log."""

    def __post_init__(self) -> None:
        if self.public_url:
            parts = urlsplit(self.public_url.strip())
            is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
            if parts.scheme not in ("https", "http") or not parts.hostname or not is_bare:
                raise ValueError("public_url should be an address without a path, like https://callboard.example.com")
        for text in self.portal_origins:
            parts = urlsplit(text.strip())
            is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
            if parts.scheme not in ("https", "http") or not parts.hostname or not is_bare or "*" in text:
                raise ValueError(
                    f"portal_origins should hold addresses without a path or a star, which {text!r} is not"
                )
        for text in self.trusted_proxies:
            try:
                ipaddress.ip_network(text, strict=False)
            except ValueError:
                raise ValueError(f"trusted_proxies should hold addresses or networks, which {text!r} is not") from None

    def __repr__(self) -> str:
        return f"Server(host={self.host!r}, port={self.port})"


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """How old findings may be before they are called stale."""

    promised_minutes: Annotated[int, msgspec.Meta(ge=1)] = 60
    """Age in minutes from which a source counts as stale."""


class Safety(reconcile.Safety, frozen=True, kw_only=True):
    """From when on a run is so surprising that a person decides. Shares lie between 0 and 1."""

    close_share: Share = 0.2
    """Share of a source's open findings that one run may close."""
    new_share: Share = 0.2
    """Share that is new while as much is gone, which looks like ids that have changed."""
    owner_share: Share = 0.02
    """Share of findings whose owner one run may move, or of resources that one catalog reading may move, or tags at once."""
    entity_share: Share = 0.9
    """Share of the last catalog reading's entities below which a reading is not applied."""
    min_findings: Annotated[int, msgspec.Meta(ge=0)] = 20
    """Below this many nothing is surprising."""


Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """By when findings are due. A source's own date counts where it is earlier."""

    policy: Literal["severity", "cisa-bod-26-04"] = "severity"
    """Days by severity, or CISA's directive 26-04 for vulnerabilities and days by severity for everything else."""
    critical_days: Days = 15
    """Calendar days for a critical finding. 0: no date."""
    high_days: Days = 30
    """Calendar days for a high one. 0: no date."""
    medium_days: Days = 90
    """Calendar days for a medium one. 0: no date."""
    unknown_days: Days = 30
    """Calendar days for one of unknown severity, which may be a high one. 0: no date."""
    low_days: Days = 180
    """Calendar days for a low one. 0: no date."""
    info_days: Days = 0
    """Calendar days for an informational one. 0: no date."""
    known_exploited_days: Days = 14
    """Calendar days that a known exploited one may take at most. 0: that shortens nothing."""

    def as_policy(self) -> Policy:
        """The policy as the domain knows it."""
        days = {severity: getattr(self, f"{severity.word}_days") or None for severity in Severity}
        return Policy(name=PolicyName(self.policy), days=days, known_exploited_days=self.known_exploited_days or None)


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """Whose things are."""

    trusted_locations: tuple[str, ...] = ()
    """Catalog locations that only the right people can write, as the catalog names them; `*` stands for any text. Annotations
    from there that name a source's own object also open what is sensitive."""


FIXED: Mapping[str, type[msgspec.Struct]] = {
    "database": Database,
    "server": Server,
    "freshness": Freshness,
    "jobs": Jobs,
    "safety": Safety,
    "due": Due,
    "identity": IdentityConfig,
    "standards": Standards,
    "ownership": Ownership,
    "advisories": AdvisoriesConfig,
    "mcp": Mcp,
    "retention": Retention,
}
LISTS = ("source", "catalog", "repositories", "channel", "tracker", "registry")
"""Sections that may come several times; each says its kind and its name."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One configured source, catalog, place of repositories, channel, tracker or registry, with its secrets still unread."""

    what: str
    """source, catalog, repositories, channel, tracker or registry."""
    kind: str
    name: str
    secrets: tuple[Secret, ...]
    read: Callable[[], Any]

    def __repr__(self) -> str:
        return f"Section({self.what} {self.name!r}, kind={self.kind!r})"

    def settings(self) -> Any:
        """The room's own Config, with every secret read. Raises ConfigError."""
        return self.read()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the operator said."""

    file: Path | None
    """None: there was no file, only defaults and the environment."""
    folder: Path
    """What relative paths are relative to."""
    database: Database
    server: Server
    freshness: Freshness
    jobs: Jobs
    safety: Safety
    due: Due
    identity: IdentityConfig
    standards: Standards
    ownership: Ownership
    advisories: AdvisoriesConfig
    mcp: Mcp
    retention: Retention
    sources: tuple[Section, ...]
    catalogs: tuple[Section, ...]
    repositories: tuple[Section, ...]
    channels: tuple[Section, ...]
    trackers: tuple[Section, ...]
    registries: tuple[Section, ...]
    notices: tuple[str, ...]
    """What is allowed and still deserves a word from `callboard doctor`."""
    named_index: Path | None = None
    """The index of advisories that the environment names: that one and no other. None: it names none."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Everything that is asked or written to, in the order in which a person would mend it."""
        return (*self.sources, *self.catalogs, *self.repositories, *self.channels, *self.trackers, *self.registries)

    def source(self, name: str) -> Section:
        """The source of that name. Raises ConfigError with the names that there are."""
        for section in self.sources:
            if section.name == name:
                return section
        there = words([section.name for section in self.sources])
        raise ConfigError(
            f"No source is called {name!r}.",
            hint=f"There is {there}." if there else "Set one up with `callboard init`.",
        )


def load(
    given: Path | None = None, *, environ: Mapping[str, str] | None = None, kinds: Callable[[str], Kinds] | None = None
) -> Config:
    """The configuration in `given`, or where CALLBOARD_CONFIG says, or in ./callboard.toml.

    Raises ConfigError that names every mistake at once. `kinds` tells which kinds of source or catalog there are.
    """
    environ = os.environ if environ is None else environ
    file = _find(given, environ)
    reader = Reader(file, _text(file) if file else "", environ, prefix=PREFIX)
    reader.known_variables |= {f"{PREFIX}CONFIG", f"{PREFIX}DEBUG"}
    reader.unknown_keys(reader.tree, [*FIXED, *LISTS], ())
    fixed = {name: reader.struct(kind, (name,), PREFIX + name.upper(), read=True) for name, kind in FIXED.items()}
    lists = {what: _sections(reader, what, kinds or _kinds) for what in LISTS}
    kinds_of_registries = [section.kind for section in lists["registry"]]
    for number, kind in enumerate(kinds_of_registries):
        if kind in kinds_of_registries[:number]:
            reader.problem(("registry", number), "has to be the only one of its kind")
    # A section that could not be read may well be the one that a variable belongs to.
    whole = [what for what in LISTS if len(lists[what]) == len(reader.tree[what])]
    notices = reader.unknown_variables([*FIXED, *whole])
    reader.refuse()
    database = fixed["database"]
    return Config(
        file=file,
        folder=reader.folder,
        database=database if database.url else Database(url=f"sqlite:///{reader.folder / 'callboard.db'}"),
        server=fixed["server"],
        freshness=fixed["freshness"],
        jobs=fixed["jobs"],
        safety=fixed["safety"],
        due=fixed["due"],
        identity=fixed["identity"],
        standards=fixed["standards"],
        ownership=fixed["ownership"],
        advisories=fixed["advisories"],
        mcp=fixed["mcp"],
        retention=fixed["retention"],
        sources=lists["source"],
        catalogs=lists["catalog"],
        repositories=lists["repositories"],
        channels=lists["channel"],
        trackers=lists["tracker"],
        registries=lists["registry"],
        notices=(*notices, *_open_to_others(reader)),
        named_index=Path(environ[INDEX_VARIABLE]) if environ.get(INDEX_VARIABLE) else None,
    )


def _find(given: Path | None, environ: Mapping[str, str]) -> Path | None:
    named = given or (Path(environ[f"{PREFIX}CONFIG"]) if environ.get(f"{PREFIX}CONFIG") else None)
    if named is None:
        return Path(FILE_NAME) if Path(FILE_NAME).is_file() else None
    if not named.is_file():
        raise ConfigError(
            f"There is no configuration file at {named}.",
            hint="Make one with `callboard init`, or correct --config or CALLBOARD_CONFIG.",
        )
    return named


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ConfigError(f"{file} is larger than {MAX_BYTES:,} bytes; it cannot be a configuration.")
        # Some editors begin a file with a byte order mark, which TOML 1.0 does not know.
        return raw.decode().removeprefix("\ufeff")
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text (byte {error.start}).") from None


def _kinds(what: str) -> Kinds:
    """Late, because only configurations with a source or a catalog have to load what reads them."""
    if what == "source":
        from callboard.sources import SOURCES

        return {kind: spec.config for kind, spec in SOURCES.items()}
    if what == "repositories":
        from callboard.repositories import FORGES

        return {kind: spec.config for kind, spec in FORGES.items()}
    if what == "tracker":
        from callboard.channels.trackers import TRACKERS

        return {kind: spec.config for kind, spec in TRACKERS.items()}
    if what == "registry":
        from callboard.registries import REGISTRIES

        return {kind: spec.config for kind, spec in REGISTRIES.items()}
    if what == "channel":
        from callboard.channels import CHANNELS

        return {kind: spec.config for kind, spec in CHANNELS.items()}
    from callboard.catalog import CATALOGS

    return {kind: spec.config for kind, spec in CATALOGS.items()}


def _sections(reader: Reader, what: str, kinds: Callable[[str], Kinds]) -> tuple[Section, ...]:
    tables = reader.tree.setdefault(what, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        reader.problem((what,), f"should be a list of tables, each under [[{what}]]")
        return ()
    _add_from_environment(reader, what, tables)
    if not tables:
        return ()
    known = kinds(what)
    sections: list[Section] = []
    taken: dict[str, str] = {}
    for number, table in enumerate(tables):
        path = (what, number)
        table.setdefault("name", table.get("kind"))
        if not _is_named(reader, table, path, known):
            continue
        name, variable = table["name"], _variable(what, table["name"])
        if variable in taken:
            other = taken[variable]
            same = (
                f"two are called {name!r}" if other == name else f"{other!r} and {name!r} read the same in {variable}_…"
            )
            reader.problem((*path, "name"), f"has to be the only one of its name: {same}")
            continue
        taken[variable] = name
        before = len(reader.secrets)
        read = _later(reader, known[table["kind"]], path, variable)
        reader.known_variables.add(f"{variable}_KIND")
        reader.struct(known[table["kind"]], path, variable, read=False, given=("kind", "name"))
        secrets = tuple(reader.secrets[before:])
        sections.append(Section(what=what, kind=table["kind"], name=name, secrets=secrets, read=read))
    return tuple(sections)


def _later(reader: Reader, kind: type[msgspec.Struct], path: KeyPath, variable: str) -> Callable[[], Any]:
    def read() -> Any:
        settings = reader.struct(kind, path, variable, read=True, given=("kind", "name"))
        try:
            reader.refuse()
        finally:
            reader.problems.clear()
            reader.hints.clear()
        return settings

    return read


def _is_named(reader: Reader, table: dict[str, Any], path: KeyPath, known: Kinds) -> bool:
    kind, name = table.get("kind"), table.get("name")
    if not isinstance(kind, str) or kind not in known:
        wrong = "needs a kind" if kind is None else "has a kind that is not known"
        reader.problem(path, f"{wrong}; there is {words(sorted(known))}")
        return False
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
        reader.problem(path, 'needs a name: up to 64 letters, digits, "-", "_" and "."')
        return False
    return True


def _add_from_environment(reader: Reader, what: str, tables: list[dict[str, Any]]) -> None:
    start = f"{PREFIX}{what.upper()}_"
    known = {_variable(what, str(table.get("name", table.get("kind")))) for table in tables}
    for variable in sorted(reader.environ):
        base = variable.removesuffix("_KIND")
        if variable.startswith(start) and len(base) > len(start) and base != variable and base not in known:
            name = base.removeprefix(start).lower().replace("_", "-")
            tables.append({"kind": reader.environ[variable], "name": name})


def _variable(what: str, name: str) -> str:
    return f"{PREFIX}{what.upper()}_{re.sub('[^A-Z0-9]', '_', name.upper())}"


def _open_to_others(reader: Reader) -> list[str]:
    """Files that hold a secret and that other people on this machine can read."""
    labels: dict[Path, list[str]] = {}
    for secret in reader.secrets:
        holder = reader.file if secret.keeper is Keeper.TOML else secret.file
        if holder is not None and not (secret.keeper is Keeper.TOML and _is_harmless(secret)):
            labels.setdefault(holder, []).append(secret.label)
    return [
        f"others on this machine can read {file}, which holds a secret ({words(found)}): `chmod 600 {file}`"
        for file, found in labels.items()
        if file.exists() and file.stat().st_mode & 0o077
    ]


def _is_harmless(secret: Secret) -> bool:
    """A database URL without a password in it."""
    url = secret.read({})
    return "://" in url and hide_password(url) == url
