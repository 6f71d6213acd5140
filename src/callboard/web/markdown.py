"""Guidance from other systems as HTML: text stays text, links lead to https only, nothing is loaded."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from callboard.web.links import safe_link
from callboard.web.words import visible

MAX_CHARACTERS = 50_000


def _image(_renderer: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """The image's alternative text: no picture is fetched from anywhere."""
    return escapeHtml(tokens[index].content)


def _heading(_renderer: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """A strong line: the page's own headings stay the only ones."""
    return "<p><strong>" if tokens[index].nesting == 1 else "</strong></p>\n"


def _link(renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _cell(renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """Without the inline style that would align its column: the content security policy refuses those."""
    tokens[index].attrs = {}
    return renderer.renderToken(tokens, index, options, env)


_RULES = {
    "image": _image,
    "heading_open": _heading,
    "heading_close": _heading,
    "link_open": _link,
    "th_open": _cell,
    "td_open": _cell,
}


def _make() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    reader.validateLink = lambda url: safe_link(url) is not None  # type: ignore[method-assign]
    for token, rule in _RULES.items():
        reader.add_render_rule(token, rule)
    return reader


_READER = _make()


def to_html(text: str) -> Markup:
    """Markdown that somebody else wrote, as HTML that is safe to show."""
    cut = text[:MAX_CHARACTERS]
    return Markup(_READER.render(visible(cut, keep_lines=True)))  # noqa: S704 (escaped by the renderer, tested with hostile text)
