"""JSON laid out for reading."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.web.json_view import laid_out

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(ANY_JSON) | st.dictionaries(st.text(), ANY_JSON))
def test_the_same_is_said_laid_out(value: object) -> None:
    shown = laid_out(json.dumps(value, ensure_ascii=False))

    assert shown is not None
    assert json.loads(shown) == value


def test_nothing_but_white_space_changes() -> None:
    text = '{"a":1.0e400,"a":[1,{"b":"x, {y} \\" z"}],"e":{ },"f":[]}'

    shown = laid_out(text)

    assert shown == (
        '{\n  "a": 1.0e400,\n  "a": [\n    1,\n    {\n      "b": "x, {y} \\" z"\n    }\n  ],\n'
        '  "e": {},\n  "f": []\n}'
    )


@pytest.mark.parametrize("text", ["", "12", '"a"', "{a}", "[1,]", "[NaN]", "[" * 100_000, "[]x", "# [1]"])
def test_what_is_no_object_or_list_is_not_laid_out(text: str) -> None:
    assert laid_out(text) is None


def test_deep_json_does_not_grow_with_its_depth() -> None:
    text = "[" * 900 + "[]," * 30_000 + "[]" + "]" * 900

    shown = laid_out(text)

    assert shown is not None
    assert len(shown) < 30 * len(text)
