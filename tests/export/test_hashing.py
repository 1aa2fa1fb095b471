"""Hashes: the fast road gives the bytes of the reference package, or is not taken."""

from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from queues.export.files.hashing import canonical, dataset_sha256, record_sha256

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
@example({"\U0001f600": 1, "\ufb33": 2})
@example({"content": '\x00\x07\b\t\n\x0b\f\r\x1b\x1f"\\/\x7f\u2028\u2029\u0085'})
@example([1.0, -0.0, 1e21, 1e-7, 5e-324, 2**53 - 1])
@example({"ö": True, "a": None, "\r": []})
def test_canonical_json_is_that_of_the_reference_package(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), {1: 2}, "\ud800"])
def test_what_json_cannot_hold_exactly_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical(value)


def test_the_dataset_hash_does_not_depend_on_the_order() -> None:
    hashes = [record_sha256({"n": n}) for n in range(5)]

    assert dataset_sha256(hashes) == dataset_sha256(reversed(hashes))
    assert dataset_sha256(hashes) == sha256("".join(f"{h}\n" for h in sorted(hashes)).encode()).hexdigest()
