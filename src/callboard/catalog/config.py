"""What the operator tells about a catalog."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

MAX_PAGE_SIZE = 1_000
DEFAULT_PATHS = ("**/catalog-info.yaml", "**/catalog-info.yml")


class BackstageConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A live Backstage portal, read with a static token or with tokens that Callboard signs itself."""

    name: str = "backstage"
    """What this catalog is called in Callboard. Unique. Default "backstage"."""
    url: str
    """The backend's address as Callboard reaches it, without `/api` (in app-config: `backend.baseUrl`)."""
    token: str | None = None
    """A static token (in app-config: `backend.auth.externalAccess`, `type: static`). It is never shown or logged."""
    key_file: Path | None = None
    """The private key that Callboard signs its own tokens with (`type: jwks`). Default: none, a static token is used."""
    issuer: str | None = None
    """The `iss` of own tokens; equal to `issuer` in app-config. Needed with key_file."""
    audience: str = "callboard-catalog"
    """The `aud` of own tokens; equal to `audience` in app-config. Not "backstage". Default "callboard-catalog"."""
    subject: str = "callboard"
    """The `sub` of own tokens, which Backstage shows as `external:<subjectPrefix>:<sub>`. Default "callboard"."""
    page_size: Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE)] = 500
    """Entities per page, 1 to 1000. Default 500."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)] = 60.0
    """Longest wait for one page, in seconds. Default 60."""
    allow_private: bool = False
    """Whether the portal may be at a private address or plain http, as most portals inside a company are. Default false."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("url should be an address like https://backstage.example.com")
        if parts.username or parts.password:
            raise ValueError("url should not carry a user name; give the token as `token`")
        if (self.token is None) == (self.key_file is None):
            raise ValueError("needs either token or key_file")
        if self.token is not None and not _is_header_text(self.token.strip()):
            raise ValueError("token should be one line of ASCII text")
        if self.key_file is not None and not self.issuer:
            raise ValueError("key_file needs an issuer, which the portal's configuration has to name as well")
        if self.audience.strip() in ("", "backstage"):
            # As of 2026-11 (release 1.55.0, measured) such a token is taken for an old-style user token and refused.
            raise ValueError('audience should be another word than "backstage", which the portal would take for a user')

    def __repr__(self) -> str:
        return f"BackstageConfig(name={self.name!r}, url={self.base_url!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name), ("url", self.base_url)]

    @property
    def base_url(self) -> str:
        """The address without a slash at its end."""
        return self.url.strip().rstrip("/")

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        host = urlsplit(self.url).hostname
        return (host,) if self.allow_private and host else ()


class FileCatalogConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Catalog files in a folder, for example in a checkout of the repository that holds them."""

    name: str = "files"
    """What this catalog is called in Callboard. Unique. Left out in callboard.toml: the kind."""
    root: Path = Path()
    """The folder that everything has to lie in. Nothing outside is ever read. Default: beside callboard.toml."""
    paths: tuple[str, ...] = DEFAULT_PATHS
    """Files, folders or globs (`*`, `**`, `?`) below root, in order of precedence. Default: every catalog-info.yaml."""

    def __post_init__(self) -> None:
        if not self.paths:
            raise ValueError("paths needs at least one file, folder or glob")
        for path in self.paths:
            if not path.strip() or path.startswith(("/", "~")) or ".." in Path(path).parts or "\\" in path:
                raise ValueError(f"paths should lie below root, which {path!r} does not")


def _is_header_text(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
