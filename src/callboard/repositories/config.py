"""What the operator tells about where source repositories are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]
Calls = Annotated[int, Meta(ge=10, le=1_000_000)]
AtOnce = Annotated[int, Meta(ge=1, le=32)]
Minutes = Annotated[int, Meta(ge=5, le=10_080)]

_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_CLOUD = re.compile(r"[a-z0-9-]+\.ghe\.com")


class GithubConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Repositories on GitHub or on a company's own GitHub, read as a GitHub App or with a token. Nothing is ever written."""

    name: str = "github"
    """What this is called in Callboard. Unique. Default: the kind."""
    url: str = "https://github.com"
    """The address people open, also of a GitHub Enterprise Server. Default https://github.com."""
    organisations: tuple[str, ...] = ()
    """Organisations whose repositories are all read. Default: none, only those that the catalog names."""
    from_catalog: bool = True
    """Whether repositories of this host that catalog entities name are read too. Default true."""
    app_id: str | None = None
    """The id or client id of a GitHub App with read-only rights to contents and metadata. Default: none, a token is used."""
    installation_id: str | None = None
    """Which installation of the app. Default: the one of the first organisation."""
    private_key: str | None = None
    """The app's private key in PEM form. Needed with app_id. Best kept in a file: `private_key_file`."""
    token: str | None = None
    """A fine-grained token with read-only rights to contents and metadata, instead of an app. It is never shown or logged."""
    activity_days: Days = 90
    """How many days back commits count. Default 90."""
    ignored_authors: tuple[str, ...] = ()
    """Handles that are no persons, besides those that end in [bot] and the well-known ones."""
    calls_per_reading: Calls = 4_000
    """Requests that one reading may make. The next one goes on. Default 4000: GitHub gives a token 5000 an hour."""
    at_once: AtOnce = 8
    """Repositories that are read side by side, 1 to 32. Default 8."""
    read_every_minutes: Minutes = 60
    """How often `callboard serve` reads them. Default 60."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http, as a company's own often is. Default false."""

    def __post_init__(self) -> None:
        _check_url(self.url, "https://github.com")
        _check_groups("organisations", self.organisations, nested=False)
        if (self.token is None) == (self.app_id is None):
            raise ValueError("needs either token or app_id with private_key")
        if (self.private_key is None) != (self.app_id is None):
            raise ValueError("app_id and private_key belong together")
        if self.app_id is not None and self.installation_id is None and not self.organisations:
            raise ValueError("an app needs installation_id, or organisations to find its installation by")
        if self.installation_id is not None and not self.installation_id.isdigit():
            raise ValueError("installation_id should be a number")
        _check_token(self.token)

    def __repr__(self) -> str:
        return f"GithubConfig(name={self.name!r}, url={self.url!r})"

    @property
    def host(self) -> str:
        """As it stands in annotations."""
        return urlsplit(self.url).hostname or ""

    @property
    def api(self) -> str:
        """Where the REST API is, without a slash at its end.

        Read 2026-11: https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
        """
        if self.host == "github.com":
            return "https://api.github.com"
        return f"https://api.{self.host}" if _CLOUD.fullmatch(self.host) else f"{_base(self.url)}/api/v3"

    @property
    def graphql(self) -> str:
        """Where the GraphQL API is."""
        if self.host == "github.com" or _CLOUD.fullmatch(self.host):
            return f"{self.api}/graphql"
        return f"{_base(self.url)}/api/graphql"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return (self.host,) if self.allow_private else ()


class GitlabConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Repositories on GitLab.com or on a company's own GitLab, read with a token. Nothing is ever written."""

    name: str = "gitlab"
    """What this is called in Callboard. Unique. Default: the kind."""
    url: str = "https://gitlab.com"
    """The address people open, also of a self-managed GitLab. Default https://gitlab.com."""
    groups: tuple[str, ...] = ()
    """Groups by full path whose projects are all read, subgroups included. Default: none, only what the catalog names."""
    from_catalog: bool = True
    """Whether repositories of this host that catalog entities name are read too. Default true."""
    token: str
    """A group or personal access token with the scope read_api. It is never shown or logged."""
    activity_days: Days = 90
    """How many days back commits count. Default 90."""
    ignored_authors: tuple[str, ...] = ()
    """Handles or e-mail addresses that are no persons, besides GitLab's own bots and the well-known ones."""
    calls_per_reading: Calls = 20_000
    """Requests that one reading may make. The next one goes on. Default 20000."""
    at_once: AtOnce = 8
    """Repositories that are read side by side, 1 to 32. Default 8."""
    read_every_minutes: Minutes = 60
    """How often `callboard serve` reads them. Default 60."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http, as a company's own often is. Default false."""

    def __post_init__(self) -> None:
        _check_url(self.url, "https://gitlab.com")
        _check_groups("groups", self.groups, nested=True)
        _check_token(self.token)

    def __repr__(self) -> str:
        return f"GitlabConfig(name={self.name!r}, url={self.url!r})"

    @property
    def host(self) -> str:
        """As it stands in annotations."""
        return urlsplit(self.url).hostname or ""

    @property
    def api(self) -> str:
        """Where the REST API is, without a slash at its end."""
        return f"{_base(self.url)}/api/v4"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return (self.host,) if self.allow_private else ()


class FolderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder of checkouts or bare clones, for machines that reach no forge. Nothing in them is run."""

    name: str = "folder"
    """What this is called in Callboard. Unique. Default: the kind."""
    root: Path
    """The folder that holds them, up to three folders deep. No link that leads out of it is followed."""
    host: str = "localhost"
    """The host of checkouts that have no remote `origin`. Default "localhost"."""
    activity_days: Days = 90
    """How many days back commits count. Default 90."""
    ignored_authors: tuple[str, ...] = ()
    """Handles or e-mail addresses that are no persons, besides those that end in [bot] and the well-known ones."""
    at_once: AtOnce = 2
    """Repositories that are read side by side, 1 to 32. Default 2."""
    read_every_minutes: Minutes = 60
    """How often `callboard serve` reads them. Default 60."""

    def __post_init__(self) -> None:
        if not self.host or "/" in self.host or not self.host.isprintable():
            raise ValueError('host should be a name like "github.com"')


def _base(url: str) -> str:
    return url.strip().rstrip("/")


def _check_url(url: str, example: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"url should be an address like {example}")
    if parts.username or parts.password:
        raise ValueError("url should not carry a user name; give the token as `token`")


def _check_groups(key: str, groups: tuple[str, ...], *, nested: bool) -> None:
    for group in groups:
        if not _GROUP.fullmatch(group) or (not nested and "/" in group):
            raise ValueError(f"{key} should be names like they stand in addresses, which {group!r} is not")


def _check_token(token: str | None) -> None:
    if token is not None and not (token.strip().isascii() and token.strip().isprintable() and " " not in token.strip()):
        raise ValueError("token should be one line of ASCII text")
