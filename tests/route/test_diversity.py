"""Not the same twice: greedy choices by brute force, and what attaching keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from queues.route.diversity import k_centre, most_relevant_and_unlike, normalised, without_near_duplicates

VECTORS = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(-2, 2))


@given(VECTORS, st.integers(0, 15))
def test_a_batch_holds_no_place_twice_and_never_more_than_there_are(vectors: np.ndarray, k: int) -> None:
    spread = k_centre(vectors, chosen=[0], k=k)
    order = most_relevant_and_unlike(np.arange(len(vectors), dtype=float), vectors, k=k)

    assert len(set(spread.order)) == len(spread.order) == min(k, len(vectors) - 1)
    assert 0 not in spread.order
    assert len(set(order)) == len(order) == min(k, len(vectors))


@given(VECTORS)
def test_each_centre_is_the_farthest_from_those_before_it(vectors: np.ndarray) -> None:
    order = [0, *k_centre(vectors, chosen=[0], k=len(vectors)).order]

    for step in range(1, len(order)):
        nearest = [min(np.linalg.norm(v - vectors[c]) for c in order[:step]) for v in vectors]
        assert nearest[order[step]] == pytest.approx(max(nearest[p] for p in order[step:]))


@given(VECTORS)
def test_every_item_is_kept_or_attached_to_a_kept_one_that_is_close(vectors: np.ndarray) -> None:
    scores = np.arange(len(vectors), dtype=float)

    found = without_near_duplicates(scores, vectors, cosine=0.95)

    points = normalised(vectors)
    assert sorted([*found.kept, *found.attached]) == list(range(len(vectors)))
    assert set(found.attached.values()) <= set(found.kept)
    assert all(points[place] @ points[to] >= 0.95 - 1e-12 for place, to in found.attached.items())


def test_relevance_alone_is_the_order_of_the_scores() -> None:
    vectors = np.eye(3)

    assert most_relevant_and_unlike([0.1, 0.9, 0.5], vectors, k=3, relevance=1.0) == [1, 2, 0]


def test_texts_without_a_vector_are_like_nothing() -> None:
    assert without_near_duplicates([1.0, 1.0], np.zeros((2, 3))).attached == {}


def test_nothing_to_choose_from_gives_nothing() -> None:
    nothing = np.zeros((0, 3))

    assert k_centre(nothing, chosen=[], k=2) == ([], 0.0)
    assert most_relevant_and_unlike([], nothing, k=2) == []
    assert without_near_duplicates([], nothing) == ([], {})
