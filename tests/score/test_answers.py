"""What is compared when answers are compared, and what keeps two of them apart."""

import pytest

from queues.score.answers import answers, final_answer
from queues.score.veto import mark_of


def test_the_output_comes_first_and_reasoning_parts_are_left_out() -> None:
    parts = [{"type": "reasoning", "content": "Five or six?"}, {"type": "text", "content": "Five."}]
    record = {"output": {"messages": [{"parts": parts}]}, "samples": [{"text": "Six."}]}

    assert answers(record) == ["Five.", "Six."]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>Five? Six?</think>\n\nSix.", "\n\nSix."),
        ("So: five, no six.</think>Six.", "Six."),  # the opening tag is part of some models' prompts
        ("<thinking>a</thinking>b</thinking>c", "c"),
        ("Six.", "Six."),
        ("It ends with </think>", "It ends with </think>"),
        ("<think>It never ends", "<think>It never ends"),
        ("", ""),
    ],
)
def test_inline_reasoning_is_cut_off_unless_nothing_is_left(text: str, answer: str) -> None:
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refunds take five business days.", "Refunds take seven business days."),
        ("It costs 42 euros.", "It costs 43 euros."),
        ("Buses 3 and 4 stop here.", "Buses 3, 3 and 4 stop here."),
        ("It is 5 °C.", "It is -5 °C."),
        ("You may return it.", "You may not return it."),
        ("We can do that.", "We can’t do that."),
        ("Das ist erlaubt.", "Das ist nicht erlaubt."),
        ("Es gibt eine Gebühr.", "Es gibt keine Gebühr."),
    ],
)
def test_other_numbers_or_one_negation_keep_answers_apart(one: str, other: str) -> None:
    assert mark_of(one) != mark_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refunds take 5 days.", "It is five days until the refund."),
        ("1,000 pieces", "1000 pieces"),
        ("3.50 €", "3,5 €"),
        ("007", "7"),
        ("From 3-5 pm", "from 5 to 3"),
        ("You must not.", "That is never allowed."),
        ("One of them is open.", "It is open."),
        ("fünf Tage", "five days"),
    ],
)
def test_the_same_numbers_in_another_form_do_not(one: str, other: str) -> None:
    assert mark_of(one) == mark_of(other)


def test_only_the_list_of_the_locale_counts() -> None:
    assert mark_of("Not am Mann", "de-AT").is_negated is False
    assert mark_of("We can't", "en-GB").is_negated is True
    assert mark_of("Ce n'est pas vrai", "fr").is_negated is False
    assert mark_of("Das geht nicht").is_negated is True
