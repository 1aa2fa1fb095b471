"""Insults, slurs and threats by word: whole words, with the severity of their list."""

import unicodedata

import pytest

from queues.score.detector import HIGH, LOW, MEDIUM
from queues.score.detectors.insults import LANGUAGES, TERMS, insult_findings, insults_in
from queues.score.detectors.words import Words, key_of


@pytest.mark.parametrize(
    "text",
    [
        "He is gay and proud of it.",
        "Screw the bolt in firmly.",
        "Scunthorpe and Penistone are towns in England.",
        "How can I kill a Python process?",
        "Johnny Depp played the part.",
        "The chink in the armour, spic and span.",
        "A cocktail for the assassin in class.",
        "Ich werde dich finden.",
        "I will hurt nobody.",
        "",
    ],
)
def test_words_that_are_no_insult_are_left_alone(text: str) -> None:
    assert insults_in(text) == []


@pytest.mark.parametrize(
    ("text", "category", "severity"),
    [
        ("That man is an IDIOT.", "insult", LOW),
        ("You are such an idiot!", "insult", MEDIUM),
        ("du bist ein Trottel", "insult", MEDIUM),
        ("I'll kill you", "threat", HIGH),
        ("I’ll kill you", "threat", HIGH),
        ("ich bring dich um!", "threat", HIGH),
        ("Halt  die\nFresse", "insult", MEDIUM),
        ("Dummköpfe", "insult", LOW),
        (unicodedata.normalize("NFD", "Dummköpfe"), "insult", LOW),
    ],
)
def test_a_word_of_the_lists_is_found_whatever_its_case_and_spelling(
    text: str, category: str, severity: int
) -> None:
    [said] = insults_in(text)

    assert (said.category, said.severity) == (category, severity)


def test_slurs_are_high_and_no_entry_is_in_two_lists_of_different_severity() -> None:
    slurs = [term for term in TERMS if term.category == "slur"]
    seen: dict[str, int] = {}

    assert len(slurs) > 20
    assert {term.severity for term in slurs} == {HIGH}
    for term in TERMS:
        assert seen.setdefault(key_of(term.words), term.severity) == term.severity, term.words


def test_every_entry_of_the_lists_is_found_in_a_sentence() -> None:
    missed = [term.words for term in TERMS if not insults_in(f"Well, {term.words}.")]

    assert missed == []
    assert LANGUAGES == ("en", "de")


def test_the_finding_has_the_place_in_the_output_only() -> None:
    [finding] = insult_findings({"input": {"prompt": "idiot"}, "output": {"text": "ä idiot"}})

    assert (finding.category, finding.group, finding.span, finding.target) == (
        "insult",
        "harassment",
        (2, 7),
        "output",
    )


def found(entries: list[str], text: str) -> list[str]:
    return [text[slice(*one.span)] for one in Words(entries).found(text)]


@pytest.mark.parametrize(
    ("entries", "text", "expected"),
    [
        (["кот"], "Кот и котик", ["Кот"]),
        (["кот", "котик"], "котики котик", ["котик"]),
        (["über"], "über überall Über", ["über", "Über"]),
        (["Straße"], "STRAẞE straße", ["STRAẞE", "straße"]),
        (["रम"], "रम रमा", ["रम"]),
        (["猫"], "我的猫很大", ["猫"]),
        (["c++"], "c++ and c+++", ["c++", "c++"]),
        (["a b", "a b c"], "a b cd", ["a b"]),
        (["idiot"], "idiot idiot,idiot", ["idiot", "idiot", "idiot"]),
        (["idiot"], "idiots idiot_x xidiot idiotä", []),
        (["."], "a.b", ["."]),
        (["(a+)+$"], "(a+)+$ aaa", ["(a+)+$"]),
    ],
)
def test_words_end_where_words_of_their_script_end(
    entries: list[str], text: str, expected: list[str]
) -> None:
    assert found(entries, text) == expected


def test_every_letter_is_found_in_both_its_cases() -> None:
    letters = [chr(code) for code in range(0x24F) if chr(code).isalpha()]
    words = Words(letters)

    for letter in letters:
        for form in (letter, letter.upper(), letter.lower()):
            if key_of(form) == key_of(letter) and len(form) == 1:
                assert [key_of(letters[one.entry]) for one in words.found(form)] == [key_of(letter)]
