"""Where source repositories are read from: GitHub, GitLab, or a folder of checkouts. Read only, and nothing is executed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from callboard.domain.instant import Instant
from callboard.ports import Repositories
from callboard.repositories.config import FolderConfig, GithubConfig, GitlabConfig

if TYPE_CHECKING:
    from callboard.net import Net

__all__ = ["FORGES", "FolderConfig", "ForgeSpec", "GithubConfig", "GitlabConfig", "open_repositories"]


class ForgeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of place that holds repositories, before any is configured."""

    kind: str
    """The word in the configuration."""
    title: str
    """For people."""
    config: type[msgspec.Struct]
    """What the operator's file must hold, with a docstring under each field."""


FORGES = {
    spec.kind: spec
    for spec in (
        ForgeSpec(kind="github", title="GitHub", config=GithubConfig),
        ForgeSpec(kind="gitlab", title="GitLab", config=GitlabConfig),
        ForgeSpec(kind="folder", title="A folder of checkouts", config=FolderConfig),
    )
}
"""Every kind by its word."""


def open_repositories(
    config: GithubConfig | GitlabConfig | FolderConfig, net: Net, *, folder: Path, now: Callable[[], Instant]
) -> Repositories:
    """What `config` describes. Nothing is asked yet.

    `net` has to allow the config's `allow_hosts`; relative paths are relative to `folder`. Raises ConfigError.
    """
    # Late, since most commands read no repository.
    if isinstance(config, GithubConfig):
        from callboard.repositories.github import GithubRepositories

        return GithubRepositories(config, net, now=now)
    if isinstance(config, GitlabConfig):
        from callboard.repositories.gitlab import GitlabRepositories

        return GitlabRepositories(config, net, now=now)
    from callboard.repositories.folder import FolderRepositories

    return FolderRepositories(config, folder=folder, now=now)
