"""The encoder of words: what it is good for, what it is blind to, and that it is the same everywhere."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.score.encoder import Encoder, facts_of
from queues.score.encoders import named
from queues.score.encoders.hashing import HashingEncoder
from reviewapp.environment import ROOT

ENCODER = HashingEncoder()


def cosine(one: str, other: str) -> float:
    first, second = ENCODER.encode([one, other])
    return float(first @ second)


@pytest.mark.parametrize(
    ("one", "other", "at_least", "at_most"),
    [
        ("Paris is the capital of France", "The capital of France is Paris", 0.9, 1.0),
        ("Paris is the capital of France", "Lyon is the capital of France", 0.7, 0.95),
        ("five business days", "seven business days", 0.6, 0.85),
        ("You get your money back within a week", "Refunds are issued in seven days", -0.15, 0.15),
        ("How do I reset my password?", "The weather is nice today", -0.15, 0.15),
        ("Yes", "No", -0.15, 0.15),
    ],
)
def test_it_sees_words_and_not_meaning(one: str, other: str, at_least: float, at_most: float) -> None:
    assert at_least <= cosine(one, other) <= at_most


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("a  b\n", "a b"), ("wo\u200brd", "word"), ("\ufb01ne", "fine"), ("", "\n\t")],
)
def test_what_normalises_to_the_same_text_is_the_same_vector(one: str, other: str) -> None:
    assert cosine(one, other) == pytest.approx(1.0)


@settings(deadline=None)  # the first call makes the projection
@given(st.lists(st.text(), max_size=5))
def test_every_row_is_finite_of_length_one_and_the_same_in_any_company(texts: list[str]) -> None:
    vectors = ENCODER.encode(texts)

    assert vectors.shape == (len(texts), ENCODER.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    for text, vector in zip(texts, vectors, strict=True):
        assert (ENCODER.encode([text, "other words"])[0] == vector).all()


def test_another_process_gives_the_same_bytes() -> None:
    texts = ["Refunds take 5 days.", "Žluť 🐎"]
    code = (
        "from queues.score.encoders.hashing import HashingEncoder; import hashlib;"
        f"print(hashlib.sha256(HashingEncoder().encode({texts!r}).tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == hashlib.sha256(ENCODER.encode(texts).tobytes()).hexdigest()


def test_many_long_texts_come_out_as_one_by_one() -> None:
    texts = [f"answer number {n} of many " * 400 for n in range(12)]

    assert (ENCODER.encode(texts)[-1] == ENCODER.encode(texts[-1:])[0]).all()


def test_it_is_had_by_its_word_and_says_that_it_sees_no_meaning() -> None:
    encoder: Encoder | None = named("hashing")

    assert encoder is not None
    assert facts_of(encoder) == ("hash-ngram-384@1", False, 0.9)
    assert named("") is None
