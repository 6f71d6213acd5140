"""What the operator tells about who may come in."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from callboard.domain.access import Depth, Rules
from callboard.domain.component import EntityRef, entity_ref

Algorithm = Literal["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"]
"""Signatures that are checked with a public key. Nothing else is ever accepted, whatever a document or a token says."""

DEPTHS = {"nothing": None, "counts": Depth.COUNTS, "work": Depth.WORK}


class PortalConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The portal whose signed-in users may ask, with the token that its proxy passes on."""

    url: str
    """The backend's address as Callboard reaches it, without `/api`. Keys and userinfo are asked for here, never where a token says."""
    issuer: str
    """The `iss` of its tokens: `backend.baseUrl` of app-config as people reach it, followed by `/api/auth`."""
    algorithms: tuple[Algorithm, ...] = ("ES256",)
    """Signatures that are accepted (`auth.identityTokenAlgorithm` of app-config). Default: ES256, as the portal's."""
    decides: bool = False
    """Whether the portal's permission framework decides which entities of others a person may know of. Default false."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 10.0
    """Longest wait for one answer, in seconds. Default 10."""
    allow_private: bool = False
    """Whether the portal may be at a private address or plain http, as most portals inside a company are. Default false."""

    def __post_init__(self) -> None:
        _address(self.url, "url")
        if urlsplit(self.issuer).scheme not in ("https", "http"):
            raise ValueError("issuer should be an address like https://backstage.example.com/api/auth")
        if not self.algorithms:
            raise ValueError("algorithms needs at least one, for example ES256")

    @property
    def base_url(self) -> str:
        """The address without a slash at its end."""
        return self.url.strip().rstrip("/")

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return _private(self.url, allow=self.allow_private)


class ProviderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenID Connect provider with which people sign in to the pages."""

    issuer: str
    """Its issuer, exactly as its discovery document spells it."""
    client_id: str
    """Callboard's name there. Its redirect address there is `<public_url>/sign-in/done`."""
    client_secret: Annotated[str, Meta(extra={"secret": True})] = ""
    """Callboard's secret there. Left out: a public client, protected by PKCE alone."""
    name: str = "your company account"
    """What the sign-in page calls it: "Sign in with …". Default "your company account"."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    """What is asked for. Default openid, profile, email."""
    claim: str = "email"
    """The claim of the id token that names the person. Default email, which has to be a verified one."""
    matches: str = "email"
    """What of a catalog user it equals: `email` (`spec.profile.email`), `name`, or the key of an annotation. Default email."""
    trust_unverified_email: bool = False
    """Whether an e-mail that the provider does not call verified is good enough. Default false."""
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256")
    """Signatures that are accepted on id tokens. Default RS256 and ES256."""
    session_hours: Annotated[float, Meta(gt=0, le=168)] = 12.0
    """A session ends after so many hours, however busy it is. Default 12."""
    idle_minutes: Annotated[float, Meta(gt=0, le=10_080)] = 120.0
    """And after so many minutes in which nobody used it. Default 120."""
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 10.0
    """Longest wait for one answer, in seconds. Default 10."""
    allow_private: bool = False
    """Whether the provider may be at a private address or plain http. Default false."""

    def __post_init__(self) -> None:
        _address(self.issuer, "issuer")
        if "openid" not in self.scopes:
            raise ValueError("scopes needs openid, without which there is no id token")
        if not self.client_id.strip():
            raise ValueError("client_id should not be empty")

    def __repr__(self) -> str:
        return f"ProviderConfig(issuer={self.issuer!r})"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return _private(self.issuer, allow=self.allow_private)


class IdentityConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may come in, and what is open to whom."""

    catalog: str = ""
    """The catalog that tells who is in which group. Left out: the only one there is."""
    organisation_sees: Literal["nothing", "counts", "work"] = "nothing"
    """What of others' findings everybody in the catalog sees: nothing, how many there are, or all that is needed to fix them."""
    security: tuple[str, ...] = ()
    """Groups whose direct members see everything, for example group:default/security."""
    administrators: tuple[str, ...] = ()
    """Groups whose direct members look after Callboard itself. They see no finding by that."""
    portal: PortalConfig | None = None
    """The portal whose users may ask."""
    provider: ProviderConfig | None = None
    """The provider with which people sign in to the pages."""

    def __post_init__(self) -> None:
        for name in ("security", "administrators"):
            for text in getattr(self, name):
                _group(text, name)

    @property
    def is_configured(self) -> bool:
        """Whether anybody can come in by name."""
        return self.portal is not None or self.provider is not None

    def rules(self) -> Rules:
        """What was decided about access, as the domain knows it."""
        return Rules(
            organisation_sees=DEPTHS[self.organisation_sees],
            security=frozenset(_group(text, "security") for text in self.security),
            administrators=frozenset(_group(text, "administrators") for text in self.administrators),
            portal_decides=self.portal is not None and self.portal.decides,
        )

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        found = [each.allow_hosts for each in (self.portal, self.provider) if each is not None]
        return tuple(host for hosts in found for host in hosts)


def _group(text: str, key: str) -> EntityRef:
    try:
        return entity_ref(text, kind="group")
    except ValueError as error:
        raise ValueError(f"{key} should hold groups like group:default/security: {error}") from None


def _address(url: str, key: str) -> None:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{key} should be an address like https://backstage.example.com")
    if parts.username or parts.password:
        raise ValueError(f"{key} should not carry a user name")


def _private(url: str, *, allow: bool) -> tuple[str, ...]:
    host = urlsplit(url.strip()).hostname
    return (host,) if allow and host else ()
