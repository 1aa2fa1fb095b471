"""What the tests of this package take for dangerous in a page."""

import pytest

from tests.bad_inputs.pages import Page


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=1>",
        "<script>1</script>",
        "<script src='https://evil.example/x.js'></script>",
        "<a href='javascript:1'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<a href='/\\evil.example'>x</a>",
        "<form action='https://evil.example'></form>",
        "<div id='a' hx-swap-oob='true'>x</div>",
        "<textarea></textarea><svg onload=1></svg>",
        "<iframe srcdoc='x'></iframe>",
        "<meta http-equiv=refresh content='0'>",
    ],
)
def test_what_could_act_is_found(html: str) -> None:
    assert Page(f"<main>{html}</main>").acting


def test_escaped_text_and_our_own_addresses_are_not() -> None:
    page = Page('<a href="/x?y#z">&lt;script&gt;1&lt;/script&gt;</a><script src="/static/js/a.js"></script>')

    assert page.acting == []
    assert page.text == "<script>1</script>"


def test_a_form_is_read_as_a_browser_would_post_it() -> None:
    page = Page(
        "<form><input name=a value=1><input type=radio name=b value=x>"
        "<input type=radio name=b value=y checked><textarea name=c>\n\n t</textarea>"
        "<fieldset data-stop=reasons><p class=fault>Choose.</p></fieldset></form>"
    )

    assert (page.fields["a"], page.fields["b"], page.fields["c"]) == (["1"], ["y"], ["\n t"])
    assert page.faults == ["/reasons"]
