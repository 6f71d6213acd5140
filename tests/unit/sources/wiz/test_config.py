"""What the operator tells, and that a secret is never told on."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest

from callboard.domain.finding import Kind, Severity, State
from callboard.errors import ConfigError
from callboard.sources import SOURCES
from callboard.sources.wiz.auth import api_url_from_token
from callboard.sources.wiz.config import WizConfig, WizScope

GIVEN = {"client_id": "id", "client_secret": "s3cret", "api_url": "https://api.us1.app.wiz.io/graphql"}


def config(**fields: object) -> WizConfig:
    """A configuration as it is read from a file."""
    return msgspec.convert({**GIVEN, **fields}, WizConfig)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.us1.app.wiz.io",
        "https://api.us1.app.wiz.io/",
        "https://api.us1.app.wiz.io/graphql",
        "https://api.us1.app.wiz.io/graphql/",
        " https://api.us1.app.wiz.io/graphql ",
    ],
)
def test_the_api_address_is_taken_as_wiz_shows_it(url: str) -> None:
    """With and without its path."""
    assert config(api_url=url).graphql_url == "https://api.us1.app.wiz.io/graphql"


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        ("https://auth.app.wiz.io/oauth/token", "wiz-api"),
        ("https://auth.gov.wiz.io/oauth/token", "wiz-api"),
        ("https://auth.app.wiz.us/oauth/token", "wiz-api"),
        ("https://auth.wiz.io/oauth/token", "beyond-api"),
        ("https://auth0.gov.wiz.io/oauth/token", "beyond-api"),
        ("https://auth0.test.wiz.io/oauth/token", "beyond-api"),
    ],
)
def test_the_audience_follows_the_token_host(url: str, audience: str) -> None:
    """Unless it is given."""
    assert config(token_url=url).token_audience == audience
    assert config(token_url=url, audience="mine").token_audience == "mine"


def test_no_secret_is_shown() -> None:
    """However a configuration is printed."""
    shown = config(webhook_token="h00k")
    for text in (repr(shown), str(shown), f"{shown!r}", repr([shown]), str(shown.__rich_repr__())):
        assert "s3cret" not in text
        assert "h00k" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"page_size": 501},
        {"page_size": 0},
        {"calls_per_second": 0},
        {"unheard_of": 1},
        {"client_secret": ""},
        {"scope": {"closed_days": -1}},
        {"scope": {"kind": ["issues"]}},
        {"api_url": "api.us1.app.wiz.io/graphql"},
        {"token_url": "not an address"},
    ],
)
def test_a_wrong_value_is_refused(fields: dict[str, object]) -> None:
    """Where it is read, not where it hurts."""
    with pytest.raises(msgspec.ValidationError):
        config(**fields)


def test_a_scope_is_read_in_friendly_words() -> None:
    """Singular or plural, any letter case, each once, in a fixed order."""
    scope = WizScope(
        kinds=("Vulnerabilities", "issue", "issues"),
        severities=("low", "CRITICAL"),
        statuses=("ignored", "open"),
        projects=("b", "a", "b"),
        asset_statuses=("active",),
    ).resolved()
    assert scope.kinds == (Kind.ISSUE, Kind.VULNERABILITY)
    assert scope.severities == (Severity.CRITICAL, Severity.LOW)
    assert scope.states == (State.OPEN, State.REJECTED)
    assert scope.projects == ("a", "b")
    assert scope.asset_statuses == ("Active",)
    with pytest.raises(ConfigError, match="'awful' is not known"):
        WizScope(severities=("awful",)).resolved()


def test_links_may_lead_to_wiz_and_to_the_tenant() -> None:
    """And to what the operator adds, not elsewhere."""
    hosts = config(link_hosts=("wiz.example.com",)).allowed_link_hosts
    assert {"app.wiz.io", "app.us1.app.wiz.io", "wiz.example.com"} <= hosts
    assert "evil.example" not in hosts


def test_private_hosts_are_allowed_only_by_the_operator() -> None:
    """By name, and only those of this source."""
    assert config().allow_hosts == ()
    assert config(allow_private=True).allow_hosts == ("api.us1.app.wiz.io", "auth.app.wiz.io")


def token(claims: object) -> str:
    """A token that nobody signed."""
    return "x." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".x"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (token({"dc": "us17"}), "https://api.us17.app.wiz.io/graphql"),
        (token({"dc": "evil.example/"}), None),
        (token({"dc": "us1.evil"}), None),
        (token({"dc": 7}), None),
        (token({}), None),
        (token([]), None),
        ("x.!!.x", None),
        ("x.y", None),
        ("", None),
    ],
)
def test_the_api_address_is_suggested_from_a_token(text: str, url: str | None) -> None:
    """A claim that is no data centre suggests nothing."""
    assert api_url_from_token(text) == url


def test_the_source_is_found() -> None:
    """By looking, not by a list."""
    assert SOURCES["wiz"].config is WizConfig
    assert SOURCES["wiz"].build(config(), "tests/1", None).name == "wiz"
