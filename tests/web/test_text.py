"""Texts that others wrote, prepared for showing."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from queues.review.conversation import Document
from queues.web.text import INVISIBLE, Piece, count_invisible, marked_pieces


def document(*citations: tuple[int, int]) -> Document:
    return Document(id="d", text="", score=None, used=None, uri="", citations=citations)


def test_invisible_characters_are_counted_and_line_ends_are_not() -> None:
    assert count_invisible("a\u200bb\u202ec\u202c\ufeff \U000e0041\n\t\r\n\u00a0é") == 5


def test_script_and_server_agree_on_what_is_invisible() -> None:
    script = Path("static/js/invisible.js").read_text()
    listed = re.search(r"/\[(.*?)\]/gu;", script)
    assert listed

    plain = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: rf"\U{match[1]:0>8}", listed[1])

    assert plain.encode().decode("unicode_escape") == INVISIBLE


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=6),
)
def test_pieces_joined_are_the_text_whatever_is_cited(text: str, citations: list[tuple[int, int]]) -> None:
    pieces = marked_pieces(text, [document(*citations), document((0, 3))])

    assert "".join(piece.text for piece in pieces) == text


def test_overlapping_citations_name_both_documents() -> None:
    pieces = marked_pieces("abcdef", [document((0, 4)), document((2, 6))])

    assert [(piece.text, piece.cited) for piece in pieces] == [("ab", "1"), ("cd", "1 2"), ("ef", "2")]


def test_what_was_flagged_is_marked_where_it_stands_and_only_inside_of_the_text() -> None:
    flagged = [(1, 3, "email"), (2, 9, "secret"), (7, 9, "gone")]

    pieces = marked_pieces("abcdef", [document((0, 2))], flagged)

    assert [(piece.text, piece.cited, piece.flagged) for piece in pieces] == [
        ("a", "1", ""),
        ("b", "1", "email"),
        ("c", "", "email secret"),
        ("def", "", "secret"),
    ]


def test_an_empty_text_is_one_empty_piece() -> None:
    assert marked_pieces("", [], [(0, 1, "email")]) == [Piece("")]
