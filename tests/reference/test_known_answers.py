"""Every case of every file in REFERENCE_DIR, by the function of ours that answers its method."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.reference.mapping import MAPPED, NOT_YET, NotYet

FOLDER = Path(os.environ.get("REFERENCE_DIR", Path(__file__).parents[2] / ".." / "shared" / "reference"))


def _cases() -> list[Any]:
    if not FOLDER.is_dir():
        reason = f"the folder of reference cases is not there: set REFERENCE_DIR (looked in {FOLDER})"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="no-folder")]
    cases = [
        case
        for file in sorted(FOLDER.glob("*.json"))
        for case in json.loads(file.read_text("utf-8"))["cases"]
    ]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", _cases())
def test_we_give_the_known_answer(case: dict[str, Any]) -> None:
    method = case["method"]
    if method in NOT_YET:
        pytest.skip(f"{method} belongs to a later issue")
    assert method in MAPPED, f"no function of ours is mapped to {method}"

    actual = MAPPED[method](case["input"])

    assert differences(actual, case["expected"], case["tolerance"]) == []


def test_no_method_is_both_mapped_and_left_for_later() -> None:
    assert not NOT_YET & MAPPED.keys()


@pytest.mark.parametrize(
    ("actual", "expected", "is_same"),
    [
        (0.1 + 0.2, 0.3, True),
        (0.31, 0.3, False),
        (None, None, True),
        (0.0, None, False),
        (None, 0.0, False),
        (True, 1, False),
        (float("nan"), 0.3, False),
        (float("inf"), "inf", True),
        ([1, 2], [1, 2], True),
        ([1, 2], [1, 2, 3], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([NotYet("later")], [5], True),
    ],
)
def test_the_comparison_can_fail(actual: object, expected: object, *, is_same: bool) -> None:
    assert (differences(actual, expected, 1e-9) == []) is is_same


def differences(actual: object, expected: object, tolerance: float, at: str = "") -> list[str]:
    """Where the two differ, by path. Numbers may differ by `tolerance`; null is None and nothing else."""
    if isinstance(actual, NotYet):
        return []
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            return [f"{at}: keys {sorted(actual)} instead of {sorted(expected)}"]
        return [
            line
            for key in expected
            for line in differences(actual[key], expected[key], tolerance, f"{at}/{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            return [f"{at}: {len(actual)} entries instead of {len(expected)}"]
        pairs = enumerate(zip(actual, expected, strict=True))
        return [
            line for i, (ours, theirs) in pairs for line in differences(ours, theirs, tolerance, f"{at}/{i}")
        ]
    return [] if _is_same(actual, expected, tolerance) else [f"{at}: {actual!r} instead of {expected!r}"]


def _is_same(actual: object, expected: object, tolerance: float) -> bool:
    if expected in ("inf", "-inf") and isinstance(actual, float):
        return actual == float(str(expected))
    if _is_number(actual) and _is_number(expected):
        return abs(actual - expected) <= tolerance  # type: ignore[operator]  # NaN is never within
    return type(actual) is type(expected) and actual == expected


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
