"""The word diff loses nothing and marks what changed."""

from hypothesis import given
from hypothesis import strategies as st

from queues.review.word_diff import WORDS_MAX, Part, word_diff

TEXTS = st.text(alphabet=st.sampled_from("ab \n\r\u00a0\u202e"), max_size=60)


@given(TEXTS, TEXTS)
def test_without_the_ins_it_reads_as_before_and_without_the_del_as_after(before: str, after: str) -> None:
    parts = word_diff(before, after)

    assert "".join(part.text for part in parts if part.kind != "ins") == before
    assert "".join(part.text for part in parts if part.kind != "del") == after


def test_one_changed_word_is_one_change() -> None:
    assert word_diff("Refunds are instant today.", "Refunds are slow today.") == [
        Part("same", "Refunds are"),
        Part("del", " instant"),
        Part("ins", " slow"),
        Part("same", " today."),
    ]


def test_equal_texts_have_no_change() -> None:
    assert [part.kind for part in word_diff("a b\n", "a b\n")] == ["same"]


def test_a_change_too_long_to_compare_is_shown_as_one_replacement() -> None:
    before, after = "a " * (WORDS_MAX + 1), "b " * (WORDS_MAX + 1)

    assert [part.kind for part in word_diff(before, after)] == ["del", "ins", "same"]
