"""Where messages go: a chat, mailboxes, the portal's own notifications, any program. Strangers to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from callboard.channels.config import BackstageConfig, ChannelConfig, EmailConfig, SlackConfig, WebhookConfig
from callboard.domain.instant import Instant
from callboard.ports import Channel

if TYPE_CHECKING:
    from callboard.net import Net

__all__ = ["CHANNELS", "BackstageConfig", "ChannelConfig", "ChannelSpec", "EmailConfig", "SlackConfig", "WebhookConfig"]


class ChannelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of channel, before any is configured."""

    kind: str
    """The word in the configuration."""
    title: str
    """For people."""
    config: type[ChannelConfig]
    """What the operator's file must hold, with a docstring under each field."""


CHANNELS = {
    spec.kind: spec
    for spec in (
        ChannelSpec(kind="slack", title="Slack", config=SlackConfig),
        ChannelSpec(kind="email", title="E-mail", config=EmailConfig),
        ChannelSpec(kind="webhook", title="A program", config=WebhookConfig),
        ChannelSpec(kind="backstage", title="Backstage notifications", config=BackstageConfig),
    )
}
"""Every kind by its word."""


def open_channel(config: ChannelConfig, net: Net, *, now: Callable[[], Instant]) -> Channel:
    """The channel of a configuration. Opening asks nothing yet. Raises ConfigError."""
    # Late, since most commands send nothing.
    if isinstance(config, SlackConfig):
        from callboard.channels.slack import SlackChannel

        return SlackChannel(config, net, now=now)
    if isinstance(config, EmailConfig):
        from callboard.channels.mail import MailChannel

        return MailChannel(config, now=now)
    if isinstance(config, BackstageConfig):
        from callboard.channels.backstage import BackstageChannel

        return BackstageChannel(config, net, now=now)
    from callboard.channels.webhook import WebhookChannel

    assert isinstance(config, WebhookConfig)  # noqa: S101 - there is no other kind
    return WebhookChannel(config, net, now=now)
