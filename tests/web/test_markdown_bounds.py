"""Hostile Markdown: what would take seconds is not laid out, and says so; judged by work, not by time."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.web.markdown import rendered
from queues.web.markdown_bounds import CELLS_MOST, MARKS_MOST, extent_of, too_much
from queues.web.rendering import rendering_of

LENGTH = 200_000
HOSTILE: dict[str, Callable[[int], str]] = {
    "lazy lines of a nested quote": lambda n: "> " * 50 + "a\n" + "b\n" * n,
    "images that never end": lambda n: "![" * n,
    "brackets on lines of their own": lambda n: "[\n" * n,
    "emphasis of two kinds": lambda n: "*_" * n,
    "a list of single letters": lambda n: "- a\n" * n,
    "half links": lambda n: "[a](b" * n,
    "references that are none": lambda n: "[a][" * n,
    "ticks of all lengths": lambda n: "".join("`" * (k % 400) + " " for k in range(n // 200)),
    "a wide table with short rows": lambda n: f"{'|a' * 4_000}\n{'|-' * 4_000}\n" + "c\n" * n,
    "many small tables": lambda n: "|a\n|-\n" * n,
    "links that never end within images": lambda n: "![" * 18 + "[a](" * 33 + "b" * n,
    "long links that never end": lambda n: ("[a](" + "b" * 2_000) * (n // 2_000),
    "headings": lambda n: "a\n=\n" * n,
}


def calls_of(work: Callable[[], object]) -> int:
    """How many functions, ours and of the interpreter, the work calls."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event.endswith("call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", HOSTILE)
def test_a_long_hostile_text_is_not_laid_out_and_says_why(name: str) -> None:
    text = HOSTILE[name](LENGTH)[:LENGTH]

    found = rendering_of(text)

    assert found.html is None
    assert found.why_not.endswith("so it is shown as it was sent.")
    assert calls_of(lambda: rendered(text)) < 2 * LENGTH


def test_an_answer_with_many_links_is_laid_out() -> None:
    text = "\n\n".join(
        "See [the page](https://shop.example.org/help) and ![the photo](p.png). " * 8 for _ in range(60)
    )

    assert too_much(text) == ""


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "> " * 20 + "a\n" + "b\n" * n,
        lambda n: "![" * n,
        lambda n: f"{'|a' * n}\n{'|-' * n}\n" + "c\n" * 10,
    ],
)
def test_within_the_bounds_twice_as_much_is_about_twice_the_work(hostile: Callable[[int], str]) -> None:
    few, many = (calls_of(lambda n=n: rendered(hostile(n))) for n in (100, 200))  # type: ignore[misc]

    assert too_much(hostile(200)) == ""
    assert many < 2.5 * few < 200_000


@given(
    st.lists(
        st.sampled_from(["|", "-", "a", ":", "\n", "\n\n", "> ", "- ", "\u00a0", "\\", "|-|-\n", "|a|b\n"]),
        max_size=24,
    ).map("".join)
)
def test_no_table_has_more_cells_than_were_counted(text: str) -> None:
    html = rendered(text)

    assert html.count("<td") + html.count("<th") - html.count("<thead") <= extent_of(text).cells


def test_cells_are_counted_where_letters_become_rows() -> None:
    few, many = f"{'|a' * 50}\n{'|-' * 50}\n", "c\n" * 200

    assert extent_of(few + many).cells > CELLS_MOST
    assert "tables" in too_much(few + many)
    assert too_much(few + "\n" + many) == ""


def test_a_text_that_is_not_laid_out_is_there_whole() -> None:
    text = "*<b>" * MARKS_MOST

    html = rendered(text)

    assert f'<pre tabindex="0"><code>{text.replace("<", "&lt;").replace(">", "&gt;")}</code></pre>' in html
    assert "16,000 signs of Markdown" in html


def test_json_is_laid_out_however_many_signs_it_has() -> None:
    assert rendering_of("[" + '"*",' * MARKS_MOST + "1]").json
