"""`[[registry]]` of callboard.toml: which registry may be asked, and about what."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta


class RegistryConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registry that may be asked for release dates and about internal names. Without it nobody is asked; one of each kind."""

    name: str = ""
    """What this is called in Callboard. Unique. Default: the kind."""
    url: str
    """The address under which it has names: `<url>/<name>` for npm, `<url>/<name>/json` for pypi. There is no default."""
    token: str | None = None
    """A bearer token with read-only rights. Default: none. It is never shown or logged."""
    young_days: Annotated[int, Meta(ge=1, le=90)] = 7
    """Days for which a release counts as young. Default 7."""
    internal: tuple[str, ...] = ()
    """Names that are the company's own, `*` for any text: "acme-*". With them, `url` should be the public registry. Default: none."""
    publishers: tuple[str, ...] = ()
    """Who publishes for the company there, by the registry's names. Default: nobody, so that an internal name that is there is told."""
    calls_per_run: Annotated[int, Meta(ge=1, le=10_000)] = 200
    """Requests that may be made in one go; the rest are made the next time. Default 200."""
    calls_per_second: Annotated[float, Meta(gt=0, le=20)] = 2.0
    """Requests a second, one after the other. Default 2."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http, as a company's own often is. Default false."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            is_good = (
                parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.query and not parts.fragment
            )
        except ValueError:
            is_good = False
        if not is_good:
            raise ValueError("url should be an address like https://packages.example.com")
        if parts.username or parts.password:
            raise ValueError("url should not carry a user name; give the token as `token`")
        if parts.scheme == "http" and not self.allow_private:
            raise ValueError("url should be https, unless allow_private says that the registry is the company's own")
        for pattern in self.internal:
            if not pattern.strip("*@/") or not pattern.isprintable() or " " in pattern:
                raise ValueError(f"internal should hold names like acme-* or @acme/*, which {pattern!r} is not")
        token = None if self.token is None else self.token.strip()
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise ValueError("token should be one line of ASCII text")

    def __repr__(self) -> str:
        return f"RegistryConfig(name={self.name!r}, url={self.url!r})"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return (urlsplit(self.url).hostname or "",) if self.allow_private else ()
