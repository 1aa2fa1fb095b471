"""Markdown that others wrote as HTML that does nothing: no image, no script, no style, no address that acts.

HTML in the text stays text. A link is a button that shows the host it truly leads to and does nothing by
itself (static/js/rendered.js asks first); an image is its address in words. Headings are no headings of
the page. What comes out holds only the elements that this file names. A text that would take seconds is not
laid out: a sentence says so, and the text follows as it is.
"""

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from queues.web.markdown_bounds import too_much

# What a browser reads as we do: no space, no control character, no backslash that it takes for a slash.
_PLAIN_ADDRESS = re.compile(r"[!-\[\]-~]+")
_SCHEMES = frozenset({"http", "https", "mailto"})

Env = MutableMapping[str, Any]


def rendered(text: str) -> SafeString:
    """The text as HTML, safe to be shown as it is."""
    if why_not := too_much(text):
        return SafeString(f'<p class="note">{escape(why_not)}</p>\n{_code(text)}')
    return SafeString(_parser().render(text))


def host_of(address: str) -> str:
    """Whom an address leads to: the host of a page, the address of a mail; "" for what must not be opened."""
    if not _PLAIN_ADDRESS.fullmatch(address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.path if parts.scheme == "mailto" else parts.hostname
    except ValueError:
        return ""
    return host or "" if parts.scheme in _SCHEMES else ""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Inert)
    return parser.enable(["table", "strikethrough"])


class _Inert(RendererHTML):
    """The renderer, with every element that could act or pretend replaced."""

    def link_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: Env) -> str:
        address = str(tokens[idx].attrGet("href") or "")
        env["address"] = address
        if not host_of(address):
            return "<bdi>"
        return f'<button type="button" class="link" data-address="{escape(address)}"><bdi>'

    def link_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, env: Env) -> str:
        address = env.pop("address", "")
        host = host_of(address)
        close = "</bdi></button>" if host else "</bdi>"
        return f'{close} <bdi class="host">{escape(host or address)}</bdi>'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env)
        words = _("image, not loaded: %(address)s") % {"address": token.attrGet("src") or ""}
        return f'<span class="image"><bdi>{escape(alt)}</bdi> <bdi class="host">{escape(words)}</bdi></span>'

    def heading_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Env) -> str:
        return f'<p class="{tokens[idx].tag}">'

    def heading_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: Env) -> str:
        return "</p>\n"

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Env) -> str:
        token = tokens[idx]
        language = token.info.strip().split(maxsplit=1)[0] if token.info.strip() else ""
        name = f'<bdi class="language">{escape(language)}</bdi>' if language else ""
        return f'<div class="fence">{name}{_code(token.content)}</div>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Env) -> str:
        return _code(tokens[idx].content) + "\n"

    def table_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: Env) -> str:
        return '<div class="cells" tabindex="0"><table>\n'

    def table_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: Env) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Env) -> str:
        return _cell(tokens[idx])

    td_open = th_open


def _cell(token: Token) -> str:
    """A cell; its alignment as a class, since the page allows no style in the markup."""
    style = str(token.attrGet("style") or "")
    side = next((name for name in ("center", "right") if style.endswith(f":{name}")), "")
    return f'<{token.tag} class="{side}">' if side else f"<{token.tag}>"


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
