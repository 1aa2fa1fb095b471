"""What a word list may say: patterns are checked when they are stored, each fault by its entry."""

import time

import pytest

from queues.errors import Invalid
from queues.score.list_document import parse
from queues.score.list_matcher import Matcher, Place, TooSlow

WORDS = {"kind": "words", "entries": ["refund"], "category": "promise"}


def patterns(*entries: str) -> dict[str, object]:
    return {"kind": "patterns", "entries": list(entries), "category": "promise"}


def faults(document: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        parse(document)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_what_is_left_out_is_said_as_it_is_today() -> None:
    parsed = parse(WORDS)

    assert (parsed.severity, parsed.target, parsed.locale) == ("medium", "output", "")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "regex"}, ("/kind", "list.literal_error")),
        ({"entries": []}, ("/entries", "list.too_short")),
        ({"entries": ["ok", " "]}, ("/entries/1", "list.word_text")),
        ({"entries": ["a\x07b"]}, ("/entries/0", "list.word_text")),
        ({"entries": ["a\u202eb"]}, ("/entries/0", "list.word_text")),
        ({"entries": ["x" * 101]}, ("/entries/0", "list.entry_long")),
        ({"entries": ["Refund", "ok", "REFUND"]}, ("/entries/2", "list.entry_twice")),
        ({"entries": [f"{n:0>40}" for n in range(600)]}, ("/entries", "list.entries_many")),
        ({"entries": [3]}, ("/entries/0", "list.string_type")),
        ({"category": "Not Good"}, ("/category", "list.string_pattern_mismatch")),
        ({"severity": 3}, ("/severity", "list.literal_error")),
        ({"target": "retrieval"}, ("/target", "list.literal_error")),
        ({"flags": "i"}, ("/flags", "list.extra_forbidden")),
    ],
)
def test_each_fault_is_told_by_its_place(change: dict[str, object], expected: tuple[str, str]) -> None:
    assert expected in faults({**WORDS, **change})


def test_a_locale_has_the_form_of_one() -> None:
    assert {pointer for pointer, _code in faults({**WORDS, "locale": "?"})} == {"/locale"}


# What people and attackers write as rules: each is refused with its place, or stored and then fast.
HOSTILE = [
    r"(a+)+$",
    r"(a|aa)+$",
    r"(.*a){20}",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    r"(?:a?){30}a{30}",
    r"[ab]*a[ab]{200}c",
    r"(\pL+\s?)*!",
    r".*.*.*.*=.*",
    r"(.+)\1",
    r"(?=a)b",
    r"(?<!a)b",
    r"a{1000}{1000}",
    r".{0,1000}z",
    r"(a{1,50}){1,50}",
    r"((((((((((a*)*)*)*)*)*)*)*)*)*)*b",
    "(",
    "[z-a]",
    "*",
    "a**",
    "\\",
    r"\C",
    r"(?P<x>a)(?P<x>b)",
    "",
    r"\b",
    r"a*",
    r"x|",
    "\x00",
    "\ud800",
    "(?i)" + "|".join(f"w{n}" for n in range(120)),
    "a" * 501,
    "(" * 250 + ")" * 250,
]


@pytest.mark.parametrize("pattern", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_pattern_is_refused_with_its_place_or_harmless(pattern: str) -> None:
    document = patterns("fine", pattern)
    began = time.thread_time()

    refusal = refusal_of(document)

    assert time.thread_time() - began < 2
    if refusal is None:
        assert slowest_seconds(Matcher("patterns", parse(document).entries)) < 0.1
    else:
        assert {fault.pointer for fault in refusal.faults} == {"/entries/1"}
        assert all(fault.code.startswith("list.") and fault.detail for fault in refusal.faults)


def refusal_of(document: dict[str, object]) -> Invalid | None:
    try:
        parse(document)
    except Invalid as refused:
        return refused
    return None


def slowest_seconds(matcher: Matcher) -> float:
    seconds = []
    for text in ("a" * 5_000 + "!", "ab" * 2_500, "x" * 5_000, "fine " * 1_000):
        start = time.thread_time()
        matcher.places(text)
        seconds.append(time.thread_time() - start)
    return max(seconds)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(", "list.pattern_syntax"),
        (r"(.+)\1", "list.pattern_syntax"),
        (r"(?=a)b", "list.pattern_syntax"),
        ("", "list.pattern_empty"),
        (r"a*", "list.pattern_empty"),
        (r"\b", "list.pattern_empty"),
        (r"x|", "list.pattern_empty"),
        (r"a\Cb", "list.pattern_bytes"),
        (r"\\\C", "list.pattern_bytes"),
        (r".{0,1000}z", "list.pattern_large"),
        ("a" * 501, "list.entry_long"),
    ],
)
def test_the_fault_of_a_pattern_has_a_name(pattern: str, code: str) -> None:
    assert faults(patterns("fine", pattern)) == [("/entries/1", code)]


@pytest.mark.parametrize("pattern", [r"a\\C", r"\Qa\C\E"])
def test_a_backslash_before_a_c_is_text_where_it_is_quoted(pattern: str) -> None:
    assert parse(patterns(pattern)).entries


def test_patterns_that_are_too_large_together_are_refused() -> None:
    large = [rf"\pL{{5}}{n}" for n in range(9)]

    assert {code for _pointer, code in faults(patterns(*large))} == {"list.patterns_large"}


def test_the_same_pattern_twice_is_refused() -> None:
    assert faults(patterns("a.b", "c", "a.b")) == [("/entries/2", "list.entry_twice")]


def test_places_are_in_code_points_and_groups_and_anchors_hold() -> None:
    matcher = Matcher("patterns", [r"(?i)(free) (delivery)", r"^ä", r"end$"])

    assert matcher.places("ä Free delivery end") == [
        Place(1, (0, 1)),
        Place(0, (2, 15)),
        Place(2, (16, 19)),
    ]


def test_a_long_text_is_looked_through_to_its_end_without_losing_what_lies_between() -> None:
    matcher = Matcher("patterns", [r"^first", r"last$", r"x[^y]+y"])
    text = "first " + "b" * 7_000 + "x" + "-" * 4_000 + "y" + "b" * 90_000 + " last"

    assert [place.entry for place in matcher.places(text)] == [0, 2, 1]


def test_a_pattern_that_takes_longer_than_its_budget_is_told() -> None:
    matcher = Matcher("patterns", [r"[ab]*a[ab]{200}c"])

    with pytest.raises(TooSlow) as slow:
        matcher.places("ab" * 3_000, budget_seconds=0.0)

    assert slow.value.milliseconds >= 1


def test_words_are_never_too_slow() -> None:
    assert Matcher("words", ["refund"]).places("no refund", budget_seconds=0.0) == [Place(0, (3, 9))]


def test_a_text_full_of_entries_gives_a_bounded_number_of_places() -> None:
    assert len(Matcher("words", ["a"]).places("a " * 5_000)) == 20
    assert len(Matcher("patterns", ["a"]).places("a " * 50_000)) == 20
