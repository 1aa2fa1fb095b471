"""The encoder of words: character and word n-grams, hashed. Small, quick, exact, and blind to meaning.

Two texts are near when they share words and pieces of words. That serves near-duplicates, diversity and the
drift of topics; it puts "five days" beside "seven days" and a paraphrase far away (methods.md 2.12).

A text's features are the character 3- to 5-grams of each of its words (with a space at either end), its
words, and its pairs of neighbouring words. Each falls into one of 2^18 buckets with a sign, and each bucket
is spread over a few of the 384 dimensions by a fixed sparse random projection. So a text's vector is a sum
of the vectors of its words and pairs, and each distinct word is looked at once per batch. All sums are of
small integers and thus exact: the vectors are the same in every process, batch and order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
import numpy.typing as npt

from queues.score.encoder import Vectors, unit_rows
from queues.score.normalise import normalise_v1

DIMENSIONS = 384
_BUCKETS = 1 << 18
_SPREAD = 8  # dimensions per bucket
_GRAMS = (3, 4, 5)

# Very long words, such as an unbroken script or base64, are cut: the cache holds small things only.
_WORD = re.compile(r"\w{1,32}|[^\w\s]{1,32}")
_MOST_WORDS = 8_192  # of one text; further ones are not looked at
_WORDS_AT_ONCE = 8_192  # bounds the memory of a batch to some 50 MB

Words = list[str]
Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.float32]


class HashingEncoder:
    """Needs numpy only; the same vectors in every process and on every machine."""

    name = f"hash-ngram-{DIMENSIONS}@1"  # another version for any change of what follows
    dimensions = DIMENSIONS
    is_semantic = False

    def encode(self, texts: Sequence[str], /) -> Vectors:
        rows = [_rows(batch) for batch in _batches(map(_words, texts))]
        return unit_rows(np.concatenate([np.zeros((0, DIMENSIONS)), *rows])).astype(np.float32)


def _words(text: str) -> Words:
    """At least one, so that no vector is zero: texts without any word are all alike."""
    return _WORD.findall(normalise_v1(text))[:_MOST_WORDS] or [""]


def _batches(texts: Iterable[Words]) -> Iterator[list[Words]]:
    batch: list[Words] = []
    size = 0
    for words in texts:
        if batch and size + len(words) > _WORDS_AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(words)
        size += len(words)
    if batch:
        yield batch


def _rows(texts: list[Words]) -> Rows:
    """One row per text: how often each word occurs × the row of the word, and the rows of the pairs."""
    vocabulary = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    ids = np.array([vocabulary[word] for words in texts for word in words])
    lengths = np.array([len(words) for words in texts])
    hashes, of_words = _rows_of_words(vocabulary)
    sums = np.add.reduceat(of_words[ids], _starts(lengths))

    owners, heads = np.repeat(np.arange(len(texts)), lengths), hashes[ids]
    is_pair = owners[1:] == owners[:-1]
    pairs = _mixed((heads[:-1] << np.uint64(1)) ^ heads[1:])[is_pair]
    return sums + _projected(owners[1:][is_pair], pairs, len(texts))


def _rows_of_words(words: Iterable[str]) -> tuple[Hashes, Rows]:
    """For each word its own hash, and the sum over it and its character n-grams."""
    features = [_features_of_word(word) for word in words]
    lengths = np.array([len(of_word) for of_word in features])
    hashes = _mixed(np.concatenate(features))
    rows = _projected(np.repeat(np.arange(len(features)), lengths), hashes, len(features))
    return hashes[_starts(lengths)], rows


def _starts(lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.cumsum(lengths) - lengths


@lru_cache(maxsize=1 << 15)  # about 10 MB; the same words come again and again
def _features_of_word(word: str) -> Hashes:
    """The word itself, first, and its character n-grams."""
    padded = f" {word} "
    grams = (padded[at : at + n] for n in _GRAMS for at in range(len(padded) - n + 1))
    return np.array([crc32(feature.encode()) for feature in (f"={word}", *grams)], np.uint64)


def _projected(owners: npt.NDArray[np.intp], hashes: Hashes, n: int) -> Rows:
    """One row per owner: the sum over its features of sign × the projection of their bucket."""
    buckets = (hashes % np.uint64(_BUCKETS)).astype(np.intp)
    signs = np.where(hashes >> np.uint64(63), np.int8(-1), np.int8(1))
    dimensions, spread_signs = _projection()
    cells = owners[:, np.newaxis] * DIMENSIONS + dimensions[buckets]
    weights = signs[:, np.newaxis] * spread_signs[buckets]
    sums = np.bincount(cells.ravel(), weights.ravel(), n * DIMENSIONS)
    return sums.reshape(n, DIMENSIONS).astype(np.float32)


@lru_cache(maxsize=1)
def _projection() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int8]]:
    """For each bucket the dimensions that it is spread over, and a sign for each, by integer mixing."""
    mixed = _mixed(np.arange(1, _BUCKETS * _SPREAD + 1, dtype=np.uint64).reshape(_BUCKETS, _SPREAD))
    signs = np.where(mixed >> np.uint64(63), np.int8(-1), np.int8(1))
    return (mixed % np.uint64(DIMENSIONS)).astype(np.uint16), signs


def _mixed(numbers: Hashes) -> Hashes:
    """Splitmix64: neighbouring numbers become unrelated ones."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
