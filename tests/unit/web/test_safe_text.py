"""Text and links of others: shown, never obeyed."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from callboard.web import markdown, render, words
from callboard.web.links import safe_link


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.example/a?b=c#d",
        "https://docs.example:8443/%20x",
        "https://app.wiz.io/issues#~(issue~'4d3b-11')",
    ],
)
def test_https_is_followed(url: str) -> None:
    """With path, port, query and fragment."""
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://docs.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/findings",
        "https:/evil.example",
        "https://user@evil.example/",
        "https://good.example@evil.example/",
        "https://good.example\\@evil.example/",
        "https://evil.example/\r\nset-cookie:x",
        "https://evil.example/\u202egnp",
        "https://evil.example/ x",
        "https://[::1]/",
        "https://\u0435vil.example/",
        "https://",
        "https://x" + "y" * 5_000,
        "vbscript:x",
    ],
)
def test_everything_else_is_not(url: str | None) -> None:
    """Other schemes, hidden hosts, control characters."""
    assert safe_link(url) is None


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


ALLOWED = {
    "p", "strong", "em", "a", "ul", "ol", "li", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
snippets = st.sampled_from(
    ["<script>", "</p>", "<img src=x onerror=y>", "[a](javascript:x)", "[a](https://b.example)", "![i](https://c.example/x.png)",
     "<https://d.example>", "<javascript:x>", "# H", "```\n", "`", "| a | b |\n|---|---|\n", "&lt;", "&#106;avascript:", "\n\n", "> ",
     "[r]\n\n[r]: javascript:x", "[r]\n\n[r]: https://e.example 'onclick=x'", "**", "- ", "\u202e", "\x00", "\"'>"]
)  # fmt: skip


@pytest.mark.attack("A17")
@given(st.lists(st.one_of(snippets, st.text(max_size=8)), max_size=12).map("".join))
def test_guidance_has_only_harmless_tags(text: str) -> None:
    """Whatever is written: no other tag, no other attribute, no link but https."""
    tags = _Tags()
    tags.feed(str(markdown.to_html(text)))
    for tag, attributes in tags.found:
        assert tag in ALLOWED
        names = set(attributes) - {"class" if tag == "code" else "", "start" if tag == "ol" else ""}
        if tag == "a":
            assert str(attributes["href"]).startswith("https://")
            assert attributes["rel"] == "noopener noreferrer"
            names -= {"href", "rel", "target", "title"}
        assert not names


def test_a_table_is_aligned_without_styles() -> None:
    """The content security policy would refuse them, loudly."""
    html = markdown.to_html("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert "<table>" in html
    assert "style" not in html


def test_an_image_is_only_its_words() -> None:
    """Nothing is fetched from anywhere."""
    assert markdown.to_html("![a pixel](https://evil.example/x.png)") == "<p>a pixel</p>\n"


@pytest.mark.attack("A17")
@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\x7f", "\ud800"])
def test_marks_that_act_are_shown(char: str) -> None:
    """By their number."""
    assert words.visible(f"a{char}b") == f"a⟨U+{ord(char):04X}⟩b"


@given(st.text())
def test_breaks_change_no_text(text: str) -> None:
    """Long names may break; they lose and gain nothing."""
    assert str(render.breaks(text)).replace("<wbr>", "") == str(escape(words.visible(text)))
