"""Links to Wiz's pages: what the operator may say, and which hosts follow from it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.domain.finding import Kind
from callboard.domain.link import template_problem
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.links import TEMPLATES


def config(**fields: Any) -> WizConfig:
    """A tenant with these settings, read as from a file."""
    base = {"client_id": "a", "client_secret": "b", "api_url": "https://api.us17.app.wiz.io/graphql"}
    return msgspec.convert(base | fields, WizConfig)


def test_without_a_word_every_host_of_wiz_is_allowed() -> None:
    """And the tenant's own; where links go that we build is learnt from the tenant's."""
    rules = config().link_rules
    assert {"app.wiz.io", "app.wiz.us", "app.us17.app.wiz.io"} <= rules.hosts
    assert rules.portal is None
    assert rules.templates == TEMPLATES
    assert Kind.MISCONFIGURATION in rules.no_template


def test_the_portal_narrows_the_hosts() -> None:
    """Then a link to another tenant's page is a link to a foreign host."""
    rules = config(portal="https://App.Wiz.io/", link_hosts=["proxy.example"]).link_rules
    assert rules.hosts == {"app.wiz.io", "proxy.example"}
    assert rules.portal == "https://app.wiz.io"


def test_templates_of_the_operator_come_first() -> None:
    """Each kind for itself."""
    own = "{portal}/configuration#{id}"
    rules = config(links={"misconfiguration": own}).link_rules
    assert rules.templates == {**TEMPLATES, Kind.MISCONFIGURATION: own}


@pytest.mark.parametrize(
    "fields",
    [
        {"portal": ""}, {"portal": "app.wiz.io"}, {"portal": "http://app.wiz.io"}, {"portal": "https://me@app.wiz.io"}, {"portal": "https://app.wiz.io/x"},
        {"portal": "https://app.wiz.io?x"}, {"portal": "javascript:x"}, {"portal": "https://{host}"},
        {"links": {"issue": "https://app.wiz.io/issues"}},
        {"links": {"issue": "https://elsewhere.example/{id}"}},
        {"links": {"issue": "https://app.wiz.us/{id}"}, "portal": "https://app.wiz.io"},
        {"links": {"issues": "https://app.wiz.io/{id}"}},
    ],
)  # fmt: skip
def test_what_could_lead_astray_is_refused(fields: dict[str, Any]) -> None:
    """When the configuration is read, not when somebody clicks."""
    with pytest.raises(msgspec.ValidationError):
        config(**fields)


def test_our_own_templates_are_good() -> None:
    """By the rule that holds for the operator's."""
    assert [template_problem(template) for template in TEMPLATES.values()] == [None] * len(TEMPLATES)
