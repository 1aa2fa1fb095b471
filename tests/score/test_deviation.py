"""How far an output is from a verified answer, by each rule."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.score.deviation import compare, compare_value
from queues.score.numbers import number_in

EXACT = {"kind": "exact"}
NORMALISED = {"kind": "normalised"}


def alike(threshold: float) -> dict[str, Any]:
    return {"kind": "similarity", "threshold": threshold}


@pytest.mark.parametrize(
    ("output", "targets", "rule", "deviates", "why"),
    [
        ("Paris", ["Rome", "Paris"], EXACT, False, "same"),
        ("paris", ["Paris"], EXACT, True, "other_text"),
        (" PARIS\u200b ", ["Paris"], NORMALISED, False, "same"),
        ("Paris.", ["Paris"], NORMALISED, True, "other_text"),
        ("kitten", ["sitting"], alike(0.57), False, "alike"),
        ("kitten", ["sitting"], alike(0.58), True, "not_alike"),
        ("It takes five days.", [], {"kind": "regex", "pattern": r"(?i)\bFIVE days\b"}, False, "matches"),
        ("Six days.", [], {"kind": "regex", "pattern": "five"}, True, "no_match"),
        ("So it is 42.", ["42"], {"kind": "number"}, False, "within_tolerance"),
        ("So it is 42.5.", ["42"], {"kind": "number", "absolute": 0.5}, False, "within_tolerance"),
        ("So it is 42.6.", ["42"], {"kind": "number", "absolute": 0.5}, True, "outside_tolerance"),
        ("99", ["100"], {"kind": "number", "relative": 0.01}, False, "within_tolerance"),
        ("98", ["100"], {"kind": "number", "relative": 0.01}, True, "outside_tolerance"),
        ("3 of 4", ["3"], {"kind": "number", "pick": "first"}, False, "within_tolerance"),
        ("1.234,5", ["1234,5"], {"kind": "number", "decimal": ","}, False, "within_tolerance"),
        ("I cannot say.", ["3"], {"kind": "number"}, True, "no_number"),
    ],
)
def test_each_rule_has_its_own_idea_of_right(
    output: str, targets: list[str], rule: dict[str, Any], *, deviates: bool, why: str
) -> None:
    found = compare(output, targets, rule)

    assert (found.deviates, found.why) == (deviates, why)
    assert (found.distance == 0.0) or found.distance <= 1.0


def test_the_distance_is_edits_by_the_longer_text() -> None:
    # Levenshtein's classic: kitten → sitting takes 3 edits of 7 letters.
    assert compare("kitten", ["sitting"], alike(0.9)).distance == pytest.approx(3 / 7)
    assert compare("kitten", ["mitten", "sitting"], EXACT).distance == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("text", "options", "number"),
    [
        ("1,234.56 EUR", {}, 1234.56),
        ("from 3-5", {}, 5.0),
        ("minus: -3", {}, -3.0),
        ("minus: \u22127", {}, -7.0),
        ("2e3", {}, 2000.0),
        ("12\u202f345", {}, 12345.0),
        ("1e999, or 4", {"pick": "first"}, 4.0),
        ("٣", {}, None),
        ("", {}, None),
        ("no number", {}, None),
    ],
)
def test_the_number_of_a_text(text: str, options: dict[str, str], number: float | None) -> None:
    assert number_in(text, **options) == number


@pytest.mark.parametrize(
    ("expected", "output", "structured", "deviates"),
    [
        ("Five Days", "five  days", None, False),
        (5, "It takes 5.", None, False),
        (5, "5.0", None, False),
        (5, "no", None, True),
        (0.1, "0.1", None, False),
        (5, "six", 5.0, False),
        (True, "true", None, False),
        (True, "1", None, True),
        (1, "true", None, True),
        ({"a": [1, 2]}, '{"a": [1.0, 2]}', None, False),
        ({"a": 1}, '{"a": 1, "b": 2}', None, True),
        ([1], "one", [1], False),
        (["x"], "not json", None, True),
    ],
)
def test_a_value_that_the_sender_expected(
    expected: Any, output: str, structured: Any, *, deviates: bool
) -> None:
    assert compare_value(expected, output, structured).deviates is deviates


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_distance_is_a_share_and_nothing_only_for_the_same(said: str, wanted: str) -> None:
    found = compare(said, [wanted], EXACT)

    assert 0.0 <= found.distance <= 1.0
    assert (found.distance == 0.0) is (said == wanted)
    assert number_in(said) is None or isinstance(number_in(said), float)


@pytest.mark.parametrize(
    "rule",
    [EXACT, NORMALISED, alike(0.5), {"kind": "number"}, {"kind": "regex", "pattern": "(a+)+b"}],
)
@pytest.mark.parametrize("text", ["a" * 200_000, "1," * 100_000, "ab c" * 50_000])
def test_the_longest_output_takes_no_second(rule: dict[str, Any], text: str) -> None:
    targets = [text[:20_000][::-1] + str(n) for n in range(20)]

    start = time.perf_counter()
    compare(text, targets, rule)

    assert time.perf_counter() - start < 1.0
