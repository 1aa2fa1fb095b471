"""When two texts count as the same."""

from hypothesis import given
from hypothesis import strategies as st

from queues.score.normalise import normalise_v1


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise_v1(text)

    assert normalise_v1(once) == once


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_gives_what_the_long_way_gives(text: str) -> None:
    long_way = normalise_v1(text + " \u00e9").removesuffix("\u00e9").strip()

    assert normalise_v1(text) == long_way


def test_case_width_and_invisible_characters_do_not_count() -> None:
    assert normalise_v1(" \uff28ello\u200b\n W\u00d6RLD ") == normalise_v1("hello wo\u0308rld")
