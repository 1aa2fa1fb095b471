"""Markdown that others wrote: what it may become, and what it never becomes."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.web.markdown import host_of, rendered
from queues.web.rendering import rendering_of
from tests.bad_inputs import corpus

ELEMENTS = {
    "p": {"class"}, "strong": set(), "em": set(), "s": set(), "code": set(), "pre": {"tabindex"},
    "br": set(), "hr": set(), "ul": set(), "ol": {"start"}, "li": set(), "blockquote": set(),
    "table": set(), "thead": set(), "tbody": set(), "tr": set(), "th": {"class"}, "td": {"class"},
    "bdi": {"class"}, "span": {"class"}, "div": {"class", "tabindex"},
    "button": {"type", "class", "data-address"},
}  # fmt: skip


class Seen(HTMLParser):
    """Every element and attribute of some HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[tuple[str, str]] = []
        self.addresses: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.strange.append((tag, ""))
            return
        self.strange += [(tag, name) for name, _value in attrs if name not in ELEMENTS[tag]]
        found = dict(attrs)
        self.classes.add(found.get("class") or "")
        if tag == "button":
            assert found["type"] == "button"
            self.addresses.append(found["data-address"] or "")


def seen(text: str) -> Seen:
    parser = Seen()
    parser.feed(rendered(text))
    parser.close()
    return parser


MARKUP = st.lists(
    st.sampled_from(
        ["<script>", "<img/src=x/onerror=y>", "<a/href='javascript:x'>", "</div>", "&#60;", "hx-get=/x"]
    )
    | st.sampled_from(["http://a.example/", "javascript:alert(1)", "//b.example", "data:text/html,x"])
    | st.sampled_from([*"[]()`|->#*_<'\"\\a", "![", "```", "**", "1.", "\u202e", "\u05d0"])
    | st.sampled_from([" ", "\n", "\n\n", "    "]),
    max_size=40,
).map("".join)


@given(MARKUP | st.text(max_size=60))
def test_no_text_becomes_anything_but_the_named_elements(text: str) -> None:
    found = seen(text)

    assert found.strange == []
    assert all(host_of(address) for address in found.addresses)


def strings_of(value: Any) -> Iterator[str]:
    """Every text in a payload."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings_of(inner)


@pytest.mark.parametrize("rows", corpus.by_kind("ingest_records.jsonl"))
def test_no_hostile_text_of_the_corpus_becomes_anything_else(rows: list[corpus.Row]) -> None:
    for row in rows:
        if "escaped_in_html" in row.get("check", ()):
            for text in strings_of(corpus.expand(row["payload"])):
                assert seen(text).strange == [], row["id"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One", '<p class="h1">One</p>\n'),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        (
            "[safe.example](https://safe.example@evil.example/x)",
            '<p><button type="button" class="link" data-address="https://safe.example@evil.example/x">'
            '<bdi>safe.example</bdi></button> <bdi class="host">evil.example</bdi></p>\n',
        ),
        ("[in](/login/)", '<p><bdi>in</bdi> <bdi class="host">/login/</bdi></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        (
            "![a](https://evil.example/p.png)",
            '<p><span class="image"><bdi>a</bdi> '
            '<bdi class="host">image, not loaded: https://evil.example/p.png</bdi></span></p>\n',
        ),
        (
            "```py x\n<1>\n```",
            '<div class="fence"><bdi class="language">py</bdi>'
            '<pre tabindex="0"><code>&lt;1&gt;\n</code></pre></div>\n',
        ),
    ],
)
def test_markdown_becomes(text: str, html: str) -> None:
    assert rendered(text) == html


def test_cells_are_aligned_by_a_class_since_the_page_allows_no_style() -> None:
    assert '<th class="right">b</th>' in rendered("|a|b|\n|-|-:|\n|1|2|")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://a.example:8443/x", "a.example"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("https://xn--e1afmkfd.xn--p1ai/", "xn--e1afmkfd.xn--p1ai"),
        ("https://good.example\\@evil.example/", ""),
        ("//evil.example/", ""),
        ("ftp://a.example/", ""),
        ("https://a.example/ b", ""),
        ("https://[::1", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_only_addresses_that_a_browser_reads_as_we_do_can_be_opened(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize("text", ["> ", "[a]: https://example.org 'said nowhere'", "- "])
def test_a_text_of_which_nothing_would_be_seen_is_shown_as_it_was_sent(text: str) -> None:
    found = rendering_of(text)

    assert found.html is None
    assert "as it was sent" in found.why_not


@pytest.mark.parametrize("text", ["***", "> a", "`x`", "![](https://example.org/a.png)", "&nbsp;a"])
def test_a_text_of_which_anything_is_seen_is_laid_out(text: str) -> None:
    assert rendering_of(text).html
