"""What the operator tells about trackers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from callboard.channels.told import groups_of, hosts_of
from callboard.domain.remediation.ticket import Place

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/[A-Za-z0-9_.-]{1,100}")
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,40}")
_CLOUD = re.compile(r"[a-z0-9-]+\.ghe\.com")
_LABEL = re.compile(r"[^\s,\"]{1,50}")


class GithubTrackerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tickets as issues on GitHub or on a company's own GitHub."""

    name: str = "github"
    """What this tracker is called in Callboard. Unique. Default "github"."""
    url: str = "https://github.com"
    """The address people open, also of a GitHub Enterprise Server. Default https://github.com."""
    repository: str
    """Where issues are made, for example "acme/security". It should be private: issues name what is wrong."""
    token: str
    """A fine-grained token that may read and write issues of the repository. It is never shown or logged."""
    labels: tuple[str, ...] = ("callboard",)
    """Labels of new issues. Default: callboard."""
    teams: tuple[str, ...] = ()
    """Groups whose work is offered this tracker first. Default: everybody's."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http, as a company's own often is. Default false."""

    def __post_init__(self) -> None:
        _check(self.url, "https://github.com", self.teams, self.labels)
        if not _REPOSITORY.fullmatch(self.repository):
            raise ValueError('repository should be like "acme/security"')

    def __repr__(self) -> str:
        return f"GithubTrackerConfig(name={self.name!r}, repository={self.repository!r})"

    @property
    def api(self) -> str:
        """Where the REST API is, without a slash at its end."""
        host = urlsplit(self.url).hostname or ""
        if host == "github.com":
            return "https://api.github.com"
        return f"https://api.{host}" if _CLOUD.fullmatch(host) else f"{_base(self.url)}/api/v3"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return hosts_of(self.url) if self.allow_private else ()

    @property
    def place(self) -> Place:
        """As people choose it."""
        return Place(
            name=self.name,
            kind="github",
            base=_base(self.url),
            project=self.repository.lower(),
            teams=groups_of(self.teams),
        )


class JiraTrackerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tickets as issues in Jira: Cloud with an e-mail address and an API token, Data Center with a personal access token."""

    name: str = "jira"
    """What this tracker is called in Callboard. Unique. Default "jira"."""
    url: str
    """The address people open, for example https://acme.atlassian.net."""
    project: str
    """The key of the project that issues are made in, for example SEC."""
    issue_type: str = "Task"
    """The type of new issues, by its name. Default "Task"."""
    email: str = ""
    """In Jira Cloud: whose API token it is. Default: none, it is Jira Data Center."""
    token: str
    """The token. It needs the right to browse the project and to create issues. It is never shown or logged."""
    labels: tuple[str, ...] = ("callboard",)
    """Labels of new issues. Default: callboard."""
    teams: tuple[str, ...] = ()
    """Groups whose work is offered this tracker first. Default: everybody's."""
    allow_private: bool = False
    """Whether it may be at a private address or plain http, as a company's own often is. Default false."""

    def __post_init__(self) -> None:
        _check(self.url, "https://acme.atlassian.net", self.teams, self.labels)
        if not _PROJECT.fullmatch(self.project):
            raise ValueError("project should be a key like SEC")

    def __repr__(self) -> str:
        return f"JiraTrackerConfig(name={self.name!r}, project={self.project!r})"

    @property
    def api(self) -> str:
        """Where the REST API is, without a slash at its end."""
        return f"{_base(self.url)}/rest/api/2"

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Hosts that `net` may ask although they are private."""
        return hosts_of(self.url) if self.allow_private else ()

    @property
    def place(self) -> Place:
        """As people choose it."""
        return Place(
            name=self.name, kind="jira", base=_base(self.url), project=self.project, teams=groups_of(self.teams)
        )  # fmt: skip


def _base(url: str) -> str:
    return url.strip().rstrip("/")


def _check(url: str, example: str, teams: tuple[str, ...], labels: tuple[str, ...]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"url should be an address like {example}")
    if parts.username or parts.password:
        raise ValueError("url should not carry a user name; give the token as `token`")
    groups_of(teams)
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise ValueError(f"labels should be words without blanks, which {label!r} is not")
