"""Texts that others wrote, prepared for showing."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from queues.review.conversation import Document
from queues.web.text import INVISIBLE, LONG, Piece, blocks_of, count_invisible, marked_pieces


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


def test_a_thousand_overlapping_places_are_all_marked() -> None:
    text = "word " * 8_000
    flagged = [(n * 30, n * 30 + 20_000, f"category {n % 40}") for n in range(1_000)]

    pieces = marked_pieces(text, [document(*((n * 31, n * 31 + 9_000) for n in range(1_000)))], flagged)

    assert "".join(piece.text for piece in pieces) == text
    assert len(pieces) > 1_900
    assert all(piece.flagged.count("category") <= 12 for piece in pieces)


@given(st.lists(st.text("ab\n", max_size=200), max_size=8), st.integers(0, 3))
def test_blocks_joined_are_the_text_and_each_ends_after_a_line(texts: list[str], times: int) -> None:
    pieces = [Piece(text * 10**times, cited=str(n)) for n, text in enumerate(texts)]

    blocks = blocks_of(pieces)

    whole = "".join(piece.text for piece in pieces)
    assert "".join(piece.text for block in blocks for piece in block) == whole
    assert len(blocks) == 1 or len(whole) > LONG or blocks == []
    for block in blocks[:-1]:
        assert sum(piece.text.count("\n") for piece in block) == 40
        assert block[-1].text.endswith("\n")
