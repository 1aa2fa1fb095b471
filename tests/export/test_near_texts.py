"""Near texts and caps, against answers that are found by looking at everything."""

from itertools import product
from random import Random

import numpy as np
import pytest

from queues.export.guarding.caps import ORIGINS, kept_under
from queues.export.guarding.directions import Directions
from queues.export.guarding.near_texts import NearTexts
from queues.export.guarding.shingles import are_near, hashes_of, shingles_of

WORDS = [f"w{n}" for n in range(12)]


def said(chance: Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))


@pytest.mark.parametrize("seed", range(5))
def test_no_near_text_is_missed_and_no_other_is_named(seed: int) -> None:
    chance = Random(seed)
    texts = [said(chance, 25) for _n in range(200)]
    near, others = NearTexts(map(hashes_of, texts)), [hashes_of(text) for text in texts]

    for _n in range(200):
        words = chance.choice(texts).split()
        if words and chance.random() < 0.5:
            words[chance.randrange(len(words))] = "other"
        asked = hashes_of(" ".join([said(chance, 8), *words, said(chance, 8)]))
        wanted = [
            place
            for place, other in enumerate(others)
            if are_near(len(np.intersect1d(asked, other)), len(asked), len(other))
        ]
        assert near.near(asked) == (wanted[0] if wanted else None)


@pytest.mark.parametrize(
    "text", ["", "ok", "two words", "three words now", "a b c a b c a b c", "Straße ﬁne"]
)
def test_the_numbers_are_those_of_the_shingles(text: str) -> None:
    assert len(hashes_of(text)) == len(shingles_of(text))


def test_a_short_phrase_inside_a_long_text_means_nothing() -> None:
    near = NearTexts([hashes_of("how do I pay")])

    assert near.near(hashes_of("Tell me please how do I pay for the second kettle with a card")) is None


@pytest.mark.parametrize("seed", range(60))
def test_caps_leave_the_largest_export_that_there_is(seed: int) -> None:
    chance = Random(seed)
    counts = {origin: chance.randint(0, 5) for origin in ORIGINS}
    shares = {"model_approved": chance.choice([0.3, 0.5, 1.0]), "synthetic": chance.choice([0.1, 0.4, 0.6])}
    allowed = [
        (sum(kept), kept)
        for kept in product(*(range(n + 1) for n in counts.values()))
        if all(
            n <= shares.get(origin, 1.0) * sum(kept) + 1e-9 for origin, n in zip(counts, kept, strict=True)
        )
    ]

    assert tuple(kept_under(counts, shares).values()) == max(allowed)[1]


def test_directions_find_what_is_near_enough_and_nothing_else() -> None:
    chance = np.random.default_rng(7)
    rows = chance.standard_normal((500, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    near = Directions([str(n) for n in range(500)], rows.astype(np.float16))
    aside = chance.standard_normal((500, 64)).astype(np.float32)
    aside -= (aside * rows).sum(axis=1, keepdims=True) * rows
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)

    found = [near.nearest(0.98 * row + 0.199 * off) for row, off in zip(rows, aside, strict=True)]

    assert sum(name == str(n) for n, name in enumerate(found)) >= 498
    assert [near.nearest(0.9 * r + 0.436 * o) for r, o in zip(rows[:50], aside, strict=False)] == [None] * 50
    assert near.nearest(np.zeros(64, np.float32)) is None
