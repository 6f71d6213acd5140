"""Deep links: only https, only listed hosts, nothing hidden in the address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.link import safe_link

HOSTS = ("app.wiz.io", ".wiz.io", "127.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "https://app.wiz.io/issues#~(issue~'1)",
        "https://app.wiz.io",
        "https://APP.WIZ.IO/x",
        "https://eu1.app.wiz.io/x?y=z",
        "https://app.wiz.io:8443/x",
        "http://127.0.0.1:4000/issues",
        "https://app.wiz.io/%0d%0a",
    ],
)
def test_a_page_of_the_source_is_linked(url: str) -> None:
    """As it is, to the character."""
    assert safe_link(url, HOSTS) == url


@pytest.mark.attack("A21")
@pytest.mark.parametrize(
    "url",
    [
        None, "", "issues/1", "/issues", "//evil.example", "//app.wiz.io/x", "https:app.wiz.io", "https:/app.wiz.io/x", "https:///x",
        "http://app.wiz.io/x", "ftp://app.wiz.io/x", "javascript:alert(1)//app.wiz.io",
        "data:text/html,app.wiz.io", "HTTP://wiz.io",
        "https://wiz.io.evil.example/", "https://app.wiz.io.evil/", "https://evilwiz.io/",
        "https://wiz.io/", "https://evil.example/app.wiz.io",
        "https://app.wiz.io@evil.example/", "https://evil.example@app.wiz.io/",
        "https://user:secret@app.wiz.io/", "https://@app.wiz.io/",
        "https://app.wiz.io\r\nSet-Cookie: a=b", "https://app.wiz.io/\nx", "https://app.wiz.io/\tx",
        " https://app.wiz.io/", "https://app.wiz.io/ x",
        "https://app.wiz.io/\x00", "https:\\\\app.wiz.io\\x", "https://evil.example\\@app.wiz.io/",
        "https://app.wiz.io\\.evil.example/",
        "https://app.wiz.io:99999/", "https://app.wiz.io:x/", "https://[app.wiz.io/", "https://[::1/",
        "http://127.0.0.1.evil.example/",
        "http://localhost/", "http://2130706433/", "https://app.wiz.io./", "https://{{host}}/",
        "https://app.wiz.io%2eevil.example/",
        "https://app.wiz.io#@evil.example@/" * 100, "https://xn--app-wiz-io.example/",
        "https://app.w\u0456z.io/", "https://app。wiz。io.evil/",
        "view-source:https://app.wiz.io/", "https://?app.wiz.io", "https://#app.wiz.io",
    ],
)  # fmt: skip
def test_anything_else_is_no_link(url: str | None) -> None:
    """Other schemes, look-alike hosts, users before an @, line breaks, backslashes, templates, hosts not listed."""
    assert safe_link(url, HOSTS) is None


def test_without_hosts_nothing_is_linked() -> None:
    """A source that names no host gets no links."""
    assert safe_link("https://app.wiz.io/", ()) is None


@given(st.text(max_size=80), st.sampled_from(["https://", "http://", "//", "https:/", ""]))
def test_no_text_makes_it_stumble(text: str, start: str) -> None:
    """The answer is the address itself or nothing."""
    url = start + text
    assert safe_link(url, HOSTS) in (url, None)
