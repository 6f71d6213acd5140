"""Where tickets are kept: Jira and GitHub. Strangers to each other, and share only how to ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from callboard.channels.tracker_config import GithubTrackerConfig, JiraTrackerConfig
from callboard.domain.instant import Instant
from callboard.ports import Tracker

if TYPE_CHECKING:
    from callboard.net import Net


class TrackerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of tracker, before any is configured."""

    kind: str
    """The word in the configuration."""
    title: str
    """For people."""
    config: type[GithubTrackerConfig | JiraTrackerConfig]
    """What the operator's file must hold, with a docstring under each field."""


TRACKERS = {
    spec.kind: spec
    for spec in (
        TrackerSpec(kind="github", title="GitHub", config=GithubTrackerConfig),
        TrackerSpec(kind="jira", title="Jira", config=JiraTrackerConfig),
    )
}
"""Every kind by its word."""


def open_tracker(
    config: GithubTrackerConfig | JiraTrackerConfig, net: Net, *, now: Callable[[], Instant]
) -> Tracker:  # fmt: skip
    """The tracker of a configuration. Opening asks nothing yet."""
    from callboard.channels.calling import Caller

    caller = Caller(net, now=now)
    if isinstance(config, GithubTrackerConfig):
        from callboard.channels.github import GithubTracker

        return GithubTracker(config, caller)
    from callboard.channels.jira import JiraTracker

    return JiraTracker(config, caller)
