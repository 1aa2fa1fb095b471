"""How far an output is from the answers that it should have been one of. Pure: texts in, a number out."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from rapidfuzz.distance import Levenshtein

from queues.score.detectors.patterns import compiled, refusal_of
from queues.score.normalise import normalise_v1
from queues.score.numbers import number_in

LONGEST = 5_000  # code points of a text that are compared letter by letter; equality is of the whole text
PATTERN_TEXT_MOST = 20_000  # code points that a pattern is looked for in
_EXACT_FLOAT = 1e-9  # a number sent as the expected value may differ by its last bits


class Deviation(NamedTuple):
    """deviates: by the rule. distance: 0 (as expected) to 1. why: a code, also when it does not deviate."""

    deviates: bool
    distance: float
    why: str


def compare(output: str, targets: Sequence[str], rule: Mapping[str, Any]) -> Deviation:
    """The output against the nearest of the targets, by a deviation rule (see docs/golden.md)."""
    return _RULES[rule["kind"]](output, targets, rule)


def is_usable(rule: Mapping[str, Any]) -> bool:
    """Whether outputs can be held against the rule: a stored pattern may be one that is refused by now."""
    return rule["kind"] != "regex" or _refusal_of(rule["pattern"]) is None


def _exact(output: str, targets: Sequence[str], _rule: Mapping[str, Any]) -> Deviation:
    """Code point for code point."""
    if output in targets:
        return _as_expected(0.0, "same")
    return _deviating(_distance(output, targets), "other_text")


def _normalised(output: str, targets: Sequence[str], _rule: Mapping[str, Any]) -> Deviation:
    """Equal in the form of normalise_v1: case, width, invisible characters and spaces do not count."""
    said, wanted = normalise_v1(output), [normalise_v1(target) for target in targets]
    if said in wanted:
        return _as_expected(0.0, "same")
    return _deviating(_distance(said, wanted), "other_text")


def _similarity(output: str, targets: Sequence[str], rule: Mapping[str, Any]) -> Deviation:
    """At least `threshold` alike: 1 - edits / length of the longer, over the form of normalise_v1."""
    distance = _distance(normalise_v1(output), [normalise_v1(target) for target in targets])
    if 1.0 - distance >= rule["threshold"]:
        return _as_expected(distance, "alike")
    return _deviating(distance, "not_alike")


def _regex(output: str, _targets: Sequence[str], rule: Mapping[str, Any]) -> Deviation:
    """The pattern is found somewhere in the output. One too long to search goes to a person, unsearched."""
    if len(output) > PATTERN_TEXT_MOST:
        return _deviating(1.0, "too_long_for_pattern")
    if _compiled(rule["pattern"]).search(output):
        return _as_expected(0.0, "matches")
    return _deviating(1.0, "no_match")


def _number(output: str, targets: Sequence[str], rule: Mapping[str, Any]) -> Deviation:
    """The number of the output lies within the tolerance of a target's."""
    pick, decimal = rule.get("pick", "last"), rule.get("decimal", ".")
    said = number_in(output, pick=pick, decimal=decimal)
    if said is None:
        return _deviating(1.0, "no_number")
    wanted = [number_in(target, pick=pick, decimal=decimal) for target in targets]
    absolute, relative = rule.get("absolute", 0.0), rule.get("relative", 0.0)
    numbers = [number for number in wanted if number is not None]
    distance = min((_apart(said, number) for number in numbers), default=1.0)
    if any(abs(said - number) <= max(absolute, relative * abs(number)) for number in numbers):
        return _as_expected(distance, "within_tolerance")
    return _deviating(distance, "outside_tolerance")


_compiled = lru_cache(maxsize=1_000)(compiled)
_refusal_of = lru_cache(maxsize=1_000)(refusal_of)

_RULES = {
    "exact": _exact,
    "normalised": _normalised,
    "similarity": _similarity,
    "regex": _regex,
    "number": _number,
}


def compare_value(expected: Any, output: str, structured: Any = None) -> Deviation:
    """The output against what its sender expected: text in normal form, numbers, or JSON as a whole."""
    if isinstance(expected, str):
        return compare(output, [expected], {"kind": "normalised"})
    said = structured if structured is not None else _read(output)
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        if isinstance(said, int | float) and not isinstance(said, bool):
            is_same = math.isclose(said, expected, rel_tol=_EXACT_FLOAT)
            return _same_or_not(_apart(said, expected), is_same=is_same)
        return compare(output, [repr(expected)], {"kind": "number", "relative": _EXACT_FLOAT})
    return _same_or_not(1.0, is_same=_is_same(said, expected))


def _distance(said: str, wanted: Sequence[str]) -> float:
    """0 equal, 1 nothing in common with the nearest; beyond LONGEST code points only length is known."""
    return min((_apart_in_text(said, target) for target in wanted), default=1.0)


def _apart_in_text(said: str, target: str) -> float:
    if said == target:
        return 0.0
    longest = max(len(said), len(target))
    if longest <= LONGEST:
        return float(Levenshtein.normalized_distance(said, target))
    edits = Levenshtein.distance(said[:LONGEST], target[:LONGEST])
    beyond = abs(max(len(said), LONGEST) - max(len(target), LONGEST))
    return min(1.0, max(edits + beyond, 1) / longest)


def _apart(said: float, wanted: float) -> float:
    """The difference as a share of the larger: 0 equal, 1 at least as far apart as either is large."""
    larger = max(abs(said), abs(wanted))
    return 0.0 if larger == 0 else min(1.0, abs(said - wanted) / larger)


def _as_expected(distance: float, why: str) -> Deviation:
    return Deviation(deviates=False, distance=distance, why=why)


def _deviating(distance: float, why: str) -> Deviation:
    return Deviation(deviates=True, distance=distance, why=why)


def _same_or_not(distance: float, *, is_same: bool) -> Deviation:
    return _as_expected(0.0, "same") if is_same else _deviating(distance, "other_value")


def _read(output: str) -> Any:
    """The JSON that an output is, else the text itself."""
    try:
        return orjson.loads(output)
    except orjson.JSONDecodeError:
        return output


def _is_same(said: Any, expected: Any) -> bool:
    """Equal as JSON: true is not 1, 1 is 1.0."""
    if isinstance(said, bool) or isinstance(expected, bool):
        return said is expected
    if isinstance(said, dict) and isinstance(expected, dict):
        return said.keys() == expected.keys() and all(_is_same(said[k], expected[k]) for k in said)
    if isinstance(said, list) and isinstance(expected, list):
        return len(said) == len(expected) and all(map(_is_same, said, expected))
    return bool(said == expected)
