"""Clusters of meaning: published answers are in tests/reference; here is what always holds."""

from math import isfinite, log

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from queues.score.compute import embedded_scores_of, known_names, scores_of
from queues.score.encoder import EncoderFacts
from queues.score.linkage import average_linkage
from queues.score.measure import Record
from queues.score.measures.semantic import NAMES, clusters_of, pairwise_cosines

MEANING = EncoderFacts("some-model", is_semantic=True)
WORDS = EncoderFacts("some-hashes", is_semantic=False)
# Three directions: the second is near the first, the third far from both.
NEAR, NEARER, FAR = [1.0, 0.0, 0.0], [0.98, 0.2, 0.0], [0.0, 0.0, 1.0]

rows = st.integers(2, 12).flatmap(
    lambda n: st.lists(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), min_size=n, max_size=n)
)


def asked(*texts: str, **more: object) -> Record:
    samples = [{"text": text, "mean_token_logprob": -0.5} for text in texts[1:]]
    logprobs = {"content": [{"token": "a", "logprob": -0.5}]}
    return {"output": {"text": texts[0]}, "samples": samples, "logprobs": logprobs, **more}


def vectors(*directions: list[float]) -> npt.NDArray[np.float32]:
    return np.array(directions, np.float32)


@given(rows, st.floats(0.05, 1.95))
def test_average_linkage_is_that_of_scipy(points: list[list[float]], cut: float) -> None:
    # Distances without ties: among equal ones either order is right, and the clusters differ.
    distances = 1.0 - pairwise_cosines(
        np.array(points) + np.random.default_rng(7).normal(size=(len(points), 4))
    )
    np.fill_diagonal(distances, 0.0)

    ours = average_linkage(distances, cut=cut)

    theirs = fcluster(linkage(squareform(distances, checks=False), "average"), cut, "distance")
    together = np.equal.outer(theirs, theirs)
    assert (np.equal.outer(np.array(ours), np.array(ours)) == together).all()


@given(rows)
def test_whatever_the_vectors_each_score_is_finite_or_says_why_not(points: list[list[float]]) -> None:
    record = asked(*["text"] * len(points))

    for encoder in (MEANING, WORDS):
        scored = embedded_scores_of(record, vectors(*points), encoder)
        assert scored.values.keys() | scored.missing.keys() == set(NAMES)
        assert all(isfinite(value) and value >= 0 for value in scored.values.values())
        assert str(scored.values.get("semantic_entropy")) != "-0.0"


def test_two_near_and_one_far_answer_make_two_clusters() -> None:
    scored = embedded_scores_of(asked("Paris", "Paris, France", "Lyon"), vectors(NEAR, NEARER, FAR), MEANING)

    expected = -(2 / 3 * log(2 / 3) + 1 / 3 * log(1 / 3))
    assert scored.values["semantic_entropy"] == pytest.approx(expected)
    assert scored.values["semantic_entropy_rb"] == pytest.approx(expected)
    assert 0.6 < scored.values["seu"] < 0.7


def test_near_answers_with_other_numbers_are_two_clusters() -> None:
    scored = embedded_scores_of(asked("5 days", "7 days"), vectors(NEAR, NEARER), MEANING)

    assert scored.values["semantic_entropy"] == pytest.approx(log(2))


def test_a_vetoed_pair_is_not_joined_through_a_third_answer() -> None:
    cosines = pairwise_cosines(vectors(NEAR, NEAR, NEAR))

    assert clusters_of(cosines, 0.9, marks=["a", "b", "a"]) == [0, 1, 0]


def test_an_encoder_of_words_claims_nothing_about_meaning() -> None:
    scored = embedded_scores_of(asked("Paris", "Lyon"), vectors(NEAR, FAR), WORDS)

    assert scored.values == {"wording_dispersion": pytest.approx(1.0)}
    assert scored.missing["semantic_entropy"] == "encoder_sees_only_words"


def test_one_sample_without_log_probabilities_leaves_the_weighted_entropy_out() -> None:
    record = {**asked("Paris"), "samples": [{"text": "Lyon"}]}

    scored = embedded_scores_of(record, vectors(NEAR, FAR), MEANING)

    assert scored.missing["semantic_entropy_rb"] == "sample_without_logprobs"
    assert scored.values["semantic_entropy"] == pytest.approx(log(2))


def test_a_single_answer_has_no_dispersion() -> None:
    scored = embedded_scores_of({"output": {"text": "Paris"}}, vectors(NEAR), MEANING)

    assert scored.values == {}
    assert set(scored.missing.values()) == {"no_samples"}


def test_rows_and_answers_that_do_not_fit_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="2 vectors for 3 answers"):
        embedded_scores_of(asked("a", "b", "c"), vectors(NEAR, FAR), MEANING)


def test_the_arrival_says_nothing_of_what_comes_later_and_policies_may_name_it() -> None:
    at_arrival = scores_of(asked("Paris", "Lyon"))

    assert not set(NAMES) & (at_arrival.values.keys() | at_arrival.missing.keys())
    assert set(NAMES) <= known_names()
