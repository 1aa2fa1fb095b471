"""Near texts and caps, against answers that are found by looking at everything."""

from collections.abc import Callable
from itertools import product
from random import Random

import numpy as np
import pytest

from queues.export.guarding import directions, first_places, near_rows, near_texts
from queues.export.guarding.caps import ORIGINS, kept_under
from queues.export.guarding.directions import Directions
from queues.export.guarding.first_places import FirstPlaces
from queues.export.guarding.near_rows import Asked, NearRows
from queues.export.guarding.near_texts import NearTexts, Sets
from queues.export.guarding.number_sets import hashes_of, hashes_of_both, sets_of, sets_of_rows
from queues.export.guarding.shingles import are_near, jaccard, shingles_of, which_are_near
from queues.export.guarding.stored_pairs import HASH_BITS, StoredPairs

WORDS = [f"w{n}" for n in range(12)]


def said(chance: Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))


def alike(chance: Random) -> list[str]:
    """Of twelve words, so that every run of three is in many texts."""
    return [said(chance, 25) for _n in range(200)]


def from_one_mould(chance: Random) -> list[str]:
    """Thirty words that all share, and some of their own: near one another, just not, or not at all."""
    mould = " ".join(f"mould{n}" for n in range(30))
    return [f"{mould} {' '.join(f'own{n}x{m}' for m in range(chance.randint(0, 14)))}" for n in range(150)]


def of_many_words(chance: Random) -> list[str]:
    """As in real texts most runs of three are said once; some texts are parts of others."""
    texts = [
        " ".join(f"w{int(chance.paretovariate(0.7))}" for _w in range(chance.randint(0, 60)))
        for _n in range(150)
    ]
    parts = [" ".join(text.split()[5:40]) for text in texts[:50]]
    return [*texts, *parts]


@pytest.mark.parametrize("made", [alike, from_one_mould, of_many_words])
@pytest.mark.parametrize("seed", range(3))
def test_no_near_text_is_missed_and_no_other_is_named(
    seed: int, made: Callable[[Random], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_texts, "_PART", 300)  # so that there are several
    chance = Random(seed)
    texts = made(chance)
    near, others = texts_ready(texts), [hashes_of(text) for text in texts]
    all_asked, all_wanted = list[str](), list[int | None]()

    for _n in range(60):
        words = chance.choice(texts).split()
        for _changed in range(chance.randint(0, 3)):
            if words:
                words[chance.randrange(len(words))] = "other"
        text = " ".join([said(chance, 8), *words, said(chance, 8)])
        asked = hashes_of(text)
        wanted = [
            place
            for place, other in enumerate(others)
            if are_near(len(np.intersect1d(asked, other)), len(asked), len(other))
        ]
        assert near.near(asked) == (wanted[0] if wanted else None)
        all_asked.append(text)
        all_wanted.append(wanted[0] if wanted else None)

    assert near.near_each(sets_of(all_asked)) == all_wanted
    monkeypatch.setattr(near_texts, "_AT_ONCE", 0)
    assert near.near_each(sets_of(all_asked)) == all_wanted


def texts_ready(texts: list[str]) -> NearTexts:
    sets = Sets()
    sets.add(sets_of(texts))
    return NearTexts(sets)


def rows_of(texts: list[str]) -> list[int | None]:
    """Of each text, the place of the first that it repeats nearly, where those that do are left out."""
    rows, found = NearRows(), list[int | None]()
    for first in range(0, len(texts), 13):
        some = sets_of(texts[first : first + 13])
        for at, asked in enumerate(rows.asked(some, some), start=first):
            found.append(rows.near(asked))
            if found[-1] is None:
                rows.add(asked, at)
    return found


def test_rows_that_are_nearly_alike_are_met_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_rows, "_IN_HAND", 20)
    monkeypatch.setattr(near_rows, "_STORED_FROM", 600)
    chance = Random(3)
    texts = [" ".join(f"w{int(chance.paretovariate(0.6))}" for _w in range(60)) for _n in range(150)]
    for text in texts[:100]:
        words = text.split()
        for _changed in range(chance.randint(0, 9)):
            words[chance.randrange(60)] = "other"
        texts.append(" ".join(words))

    found, sets = rows_of(texts), [shingles_of(text) for text in texts]

    missed = 0
    for at, place in enumerate(found):
        like = [jaccard(len(sets[at] & one), len(sets[at]), len(one)) for one in sets[:at]]
        if place is None:
            missed += any(value >= 0.7 for value in like)
        else:
            assert like[place] >= 0.7
    assert sum(place is not None for place in found) > 30
    assert missed <= 1
    assert rows_of(texts) == found


@pytest.mark.parametrize("how_many", [0, 1, 511, 512, 513, 5_000])
def test_pairs_on_the_disk_are_found_as_in_memory(how_many: int) -> None:
    chance = np.random.default_rng(how_many)
    hashes = chance.integers(0, 40, how_many, np.uint64) * np.uint64(2**27 - 1)
    pairs = np.sort((hashes << HASH_BITS) | np.arange(how_many, dtype=np.uint64))
    stored = StoredPairs([pairs[: how_many // 3], pairs[how_many // 3 :]])
    asked = (np.arange(-3, 42) * (2**27 - 1)).clip(0, 2**32 - 1).astype(np.uint32)

    low, high = stored.spans(asked)

    wanted = [pairs[(pairs >> HASH_BITS) == one].tolist() for one in asked]
    assert [found.tolist() for found in stored.read(low, high)] == wanted
    assert stored.have(asked).tolist() == [bool(found) for found in wanted]
    assert len(stored) == how_many


def test_another_answer_to_nearly_the_same_question_is_no_repetition() -> None:
    question = " ".join(f"q{n}" for n in range(80))
    rows, answers = NearRows(), ["yes of course you can", "no you never can do that"]
    rows.add(asked_of(rows, question, answers[0]), 77)

    assert rows.near(asked_of(rows, f"{question} please", answers[0])) == 77
    assert rows.near(asked_of(rows, question, answers[1])) is None


def test_a_row_is_near_to_one_that_was_put_away_since_it_was_made_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(near_rows, "_IN_HAND", 2)
    rows, some = NearRows(), sets_of(["one two three four", "five six seven eight", "one two three four"])
    first, second, third = rows.asked(some, some)
    rows.add(first, 4)
    rows.add(second, 5)

    assert rows.near(third) == 4


def asked_of(rows: NearRows, question: str, answer: str) -> Asked:
    _questions, answers, wholes = sets_of_rows(((question, answer),))
    return rows.asked(wholes, answers)[0]


def test_what_is_near_is_the_same_for_many_texts_as_for_two() -> None:
    for size, shared in product(range(1, 31), range(31)):
        if shared <= size:
            sizes = np.arange(max(shared, 1), 31, dtype=np.int32)
            found = which_are_near(np.full(len(sizes), shared), sizes, size)
            assert found.tolist() == [are_near(shared, one, size) for one in sizes.tolist()]


def test_numbers_keep_the_place_where_they_were_first_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_places, "_IN_HAND", 7)
    chance, places, known = Random(1), FirstPlaces(), dict[int, int]()

    for _n in range(2_000):
        number, place = chance.randrange(300) * 4 - 600, chance.randrange(4)
        assert places.first(number, place) == known.get(number)
        known.setdefault(number, place)


@pytest.mark.parametrize("text", ["Don't_do 3.5 %!", "a\x1cb\x0bc\td\n", "x" * 99, "(a)[b]{c}~d`e"])
def test_plain_letters_are_split_as_all_others_are(text: str) -> None:
    spelled = [hashes_of(text), hashes_of(f"{text} \u00e9"), hashes_of_both(text, "\u00e9 no more")]

    assert len(spelled[0]) == len(shingles_of(text))
    assert len(spelled[1]) == len(shingles_of(f"{text} \u00e9"))
    assert spelled[2].tolist() == hashes_of(f"{text}\n\u00e9 no more").tolist()


@pytest.mark.parametrize(
    "text", ["", "ok", "two words", "three words now", "a b c a b c a b c", "Straße ﬁne"]
)
def test_the_numbers_are_those_of_the_shingles(text: str) -> None:
    assert len(hashes_of(text)) == len(shingles_of(text))


def test_a_text_with_just_four_fifths_of_it_in_a_longer_one_is_near() -> None:
    near = texts_ready([" ".join(f"w{n}" for n in range(60))])
    fits, fits_not = (
        " ".join([*(f"w{n}" for n in range(10, 22 - other)), *"xyz"[:other]]) for other in (2, 3)
    )

    assert near.near_each(sets_of([fits, fits_not])) == [0, None]


def test_a_short_phrase_inside_a_long_text_means_nothing() -> None:
    near = texts_ready(["how do I pay"])

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
    near = Directions(64)
    for at in (0, 300):
        some = rows[at : at + 300].astype(np.float16)
        near.add(range(1_000 + at, 1_000 + at + len(some)), some)
    near.ready()
    aside = chance.standard_normal((500, 64)).astype(np.float32)
    aside -= (aside * rows).sum(axis=1, keepdims=True) * rows
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)

    assert (
        sum(name == n for n, name in enumerate(near.nearest_each(0.98 * rows + 0.199 * aside), 1_000)) >= 498
    )
    assert near.nearest_each(0.9 * rows[:50] + 0.436 * aside[:50]) == [None] * 50
    assert near.nearest_each(np.zeros((2, 64), np.float32)) == [None] * 2
    assert near.nearest_each(np.ones((1, 65), np.float32)) == [None]


def test_of_several_near_vectors_the_nearest_is_named_however_many_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(8)
    mould = chance.standard_normal(64)
    rows = (mould + 0.15 * chance.standard_normal((300, 64))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    near = Directions(64)
    near.add(range(300), rows.astype(np.float16))
    near.ready()

    for at_once in (1_000_000, 1_000, 1):
        monkeypatch.setattr(directions, "_AT_ONCE", at_once)
        assert near.nearest_each(rows * 3) == list(range(300))
