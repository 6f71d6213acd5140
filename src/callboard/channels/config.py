"""What the operator tells about channels."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from callboard.channels.told import groups_of, hosts_of
from callboard.domain.remediation.message import Route

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"]
Hour = Annotated[int, Meta(ge=0, le=23)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
SecretText = Annotated[str, Meta(extra={"secret": True})]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ChannelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What every kind of channel says: whose messages go there, and when."""

    needs_teams: ClassVar[bool] = False

    name: str
    teams: tuple[str, ...] = ()
    at_once: bool = False
    digest: Weekday = "monday"
    hour: Hour = 7
    allow_private: bool = False

    def __post_init__(self) -> None:
        if self.needs_teams and not self.teams:
            raise ValueError("needs teams: whoever reads along there sees what those groups may see")
        groups_of(self.teams)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Persons or lists that get messages. "": the channel is the place."""
        return ("",)

    @property
    def route(self) -> Route:
        """Where the channel leads."""
        weekday = None if self.digest == "never" else _DAYS.index(self.digest)
        return Route(
            channel=self.name, teams=groups_of(self.teams), addresses=self.addresses, at_once=self.at_once, weekday=weekday,
            hour=self.hour,
        )  # fmt: skip


class PostedConfig(ChannelConfig, frozen=True, kw_only=True):
    """What every kind of channel says that is posted to an address."""

    url: str

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return hosts_of(self.url) if self.allow_private else ()


class SlackConfig(PostedConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A room in Slack, by an incoming webhook."""

    needs_teams: ClassVar[bool] = True

    name: str = "slack"
    """What this channel is called in Callboard. Unique. Default "slack"."""
    url: SecretText
    """The address of the incoming webhook. Whoever has it can write into the room: it is never shown or logged."""
    teams: tuple[str, ...]
    """Groups whose messages go there. Everybody in the room sees what these groups may see, but for what is sensitive."""
    at_once: bool = False
    """Whether what cannot wait is told at once: new and urgent, worse, overdue, reopened. Default false."""
    digest: Weekday = "monday"
    """The day of the weekly digest, or "never"."""
    hour: Hour = 7
    """The hour of that day, in UTC. Default 7."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http. Default false."""


class WebhookConfig(PostedConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any program that takes signed messages over HTTP."""

    name: str = "webhook"
    """What this channel is called in Callboard. Unique. Default "webhook"."""
    url: SecretText
    """Where messages are sent to. It is never shown or logged, since such an address often holds a key."""
    secret: str
    """What messages are signed with; the receiver has it as well. `whsec_` and 24 bytes or more in Base64, or 24 characters or
    more."""
    former_secret: str | None = None
    """The one before, while receivers change over: messages carry a signature by each."""
    teams: tuple[str, ...] = ()
    """Groups whose messages go there. Default: every group that owns something."""
    at_once: bool = False
    """Whether what cannot wait is told at once: new and urgent, worse, overdue, reopened. Default false."""
    digest: Weekday = "monday"
    """The day of the weekly digest, or "never"."""
    hour: Hour = 7
    """The hour of that day, in UTC. Default 7."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http. Default false."""


class BackstageConfig(PostedConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The notifications of a Backstage portal: each group's own."""

    name: str = "backstage"
    """What this channel is called in Callboard. Unique. Default "backstage"."""
    url: str
    """The backend's address as Callboard reaches it, without `/api` (in app-config: `backend.baseUrl`)."""
    token: str
    """A static token (in app-config: `backend.auth.externalAccess`, `type: static`, for the plugin notifications)."""
    teams: tuple[str, ...] = ()
    """Groups that are told. Default: every group that owns something."""
    at_once: bool = False
    """Whether what cannot wait is told at once: new and urgent, worse, overdue, reopened. Default false."""
    digest: Weekday = "monday"
    """The day of the weekly digest, or "never"."""
    hour: Hour = 7
    """The hour of that day, in UTC. Default 7."""
    allow_private: bool = False
    """Whether the portal may be at a private address or plain http, as most portals inside a company are. Default false."""

    def __post_init__(self) -> None:
        super().__post_init__()
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("url should be an address like https://backstage.example.com")


class EmailConfig(ChannelConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Mailboxes, by a mail server. Nobody gets more than one mail a day."""

    needs_teams: ClassVar[bool] = True

    name: str = "email"
    """What this channel is called in Callboard. Unique. Default "email"."""
    host: str
    """The mail server."""
    port: Port = 587
    """Its port. Default 587."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to it is encrypted; "none" only with allow_private. Default "starttls"."""
    username: str = ""
    """Who signs in there. Default: nobody."""
    password: str = ""
    """With what."""
    sender: str
    """From whom mails are, for example `Callboard <callboard@example.com>`."""
    to: tuple[str, ...]
    """Addresses that get them: of a list, or of people."""
    teams: tuple[str, ...]
    """Groups whose messages go there. Who reads along sees what these groups may see, but for what is sensitive."""
    at_once: bool = False
    """Whether what cannot wait is told at once, one mail a day at most: new and urgent, worse, overdue, reopened. Default false."""
    digest: Weekday = "monday"
    """The day of the weekly digest, or "never"."""
    hour: Hour = 7
    """The hour of that day, in UTC. Default 7."""
    allow_private: bool = False
    """Whether the server may be at a private address, as most inside a company are. Default false."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.host or "/" in self.host or not self.host.isprintable() or " " in self.host:
            raise ValueError("host should be a name like smtp.example.com")
        for address in (self.sender, *self.to):
            bare = parseaddr(address)[1]
            if "@" not in bare or not address.isprintable() or bare.startswith("@") or " " in bare:
                raise ValueError(f"sender and to should be mail addresses, which {address!r} is not")
        if not self.to:
            raise ValueError("to needs at least one address")
        if self.security == "none" and not self.allow_private:
            raise ValueError('security "none" is possible only with allow_private')
        if bool(self.username) != bool(self.password):
            raise ValueError("username and password belong together")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Persons or lists that get mails."""
        return self.to

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that may be private."""
        return (self.host,) if self.allow_private else ()
