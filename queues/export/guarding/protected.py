"""The texts that may not leave to train: golden questions, and what left before to validate or test with."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from itertools import repeat
from typing import Any

import numpy as np
import orjson
from django.db import connection

from queues.export.batches import batched
from queues.export.groups import prompt_of_input
from queues.export.guarding.directions import Directions
from queues.export.guarding.near_texts import NearTexts, Sets
from queues.export.guarding.number_sets import hashes_of, hashes_of_both, sets_of, sets_of_rows, words_of
from queues.export.queries import CHUNK
from queues.models import GoldenVersion
from queues.score.normalise import normalise_v1
from queues.score.own_encoder import own_encoder

# Every version: a question that was golden once has been in front of models.
_GOLDEN = """
SELECT g.golden_id, v.prompt, v.targets FROM queues_goldenversion v
JOIN queues_golden g ON g.id = v.golden_id WHERE v.project_id = %s ORDER BY v.id
"""
_TESTED = """
SELECT DISTINCT ON (r.item_id) p.prediction_id, t.record -> 'input' FROM queues_release l
JOIN queues_dataset d ON d.id = l.dataset_id
JOIN queues_releaserow r ON r.release_id = l.id AND r.split IN ('validation', 'test')
JOIN queues_item i ON i.id = r.item_id
JOIN queues_prediction p ON p.id = i.prediction_id
JOIN queues_payload t ON t.prediction_id = p.id AND t.erased_at IS NULL
WHERE d.project_id = %s AND l.state = 'published' ORDER BY r.item_id
"""
_VECTORS = """
SELECT g.golden_id, k.vector FROM queues_goldenvector k
JOIN queues_knownencoder e ON e.id = k.encoder_id
JOIN queues_goldenversion v ON v.id = k.version_id
JOIN queues_golden g ON g.id = v.golden_id
WHERE k.project_id = %s AND e.name = %s AND length(k.vector) > 0 ORDER BY k.id
"""
_Text = tuple[str, str, Sequence[str]]  # name, prompt, answers


@dataclass(frozen=True, slots=True)
class ProtectedTexts:
    """Ready to be asked by the contamination guard. names: of the texts, by place."""

    names: Sequence[str]
    exact: "_Known"
    normalised: "_Known"
    prompts: NearTexts
    wholes: NearTexts  # prompt and answer together
    whole_of: Sequence[int]  # place of a whole → place of its text
    directions: Directions | None
    _ahead: dict[tuple[str, str], str | None] = field(default_factory=dict)  # prompt and answer → `near`

    @property
    def has_vectors(self) -> bool:
        return self.directions is not None

    def same(self, prompt: str, normalised: str) -> tuple[str, str] | None:
        if not self.names:
            return None
        if (place := self.exact.place_of(prompt)) is not None:
            return "exact", self.names[place]
        if (place := self.normalised.place_of(normalised)) is not None:
            return "normalised", self.names[place]
        return None

    def look_ahead(self, rows: Sequence[tuple[str, str]], wanted: Sequence[bool] | None = None) -> None:
        self._ahead.clear()
        if not self.names:
            return
        prompts, _answers, wholes = sets_of_rows(tuple(rows))
        by_prompt = self.prompts.near_each(prompts, wanted)
        by_whole = self.wholes.near_each(wholes, wanted)
        for at, (row, place, whole) in enumerate(zip(rows, by_prompt, by_whole, strict=True)):
            if wanted is None or wanted[at]:
                found = self.whole_of[whole] if place is None and whole is not None else place
                self._ahead[row] = None if found is None else self.names[found]

    def near(self, prompt: str, answer: str) -> str | None:
        if not self.names:
            return None
        if (prompt, answer) in self._ahead:
            return self._ahead[prompt, answer]
        if (place := self.prompts.near(hashes_of(prompt))) is not None:
            return self.names[place]
        if not len(self.wholes):
            return None
        if (place := self.wholes.near(hashes_of_both(prompt, answer))) is not None:
            return self.names[self.whole_of[place]]
        return None

    def alike(self, vector: Any) -> str | None:
        return None if self.directions is None or vector is None else self.directions.nearest(vector)


class _Known:
    """Texts by 64 bits of their hash: 12 bytes each."""

    def __init__(self, keys: Sequence[int]) -> None:
        all_keys = np.array(keys, np.uint64)
        places = np.argsort(all_keys, kind="stable").astype(np.int32)
        self._places, self._keys = places.data, all_keys[places].data

    def place_of(self, text: str) -> int | None:
        """The first text that is the same."""
        key = _key(text)
        at = bisect_left(self._keys, key)
        return self._places[at] if at < len(self._keys) and self._keys[at] == key else None


class _Loading:
    """Collects in one pass over the texts, so that the texts themselves need not be held."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._exact, self._normalised = array("Q"), array("Q")
        self.whole_of = array("i")
        self._prompts, self._wholes = Sets(), Sets()

    def add(self, texts: Sequence[_Text]) -> None:
        """Some more texts."""
        prompts = [prompt for _name, prompt, _answers in texts]
        self._prompts.add(sets_of(prompts))
        both = [text for _name, prompt, answers in texts for answer in answers for text in (prompt, answer)]
        self._wholes.add(words_of(both).in_pairs().shingles())
        for name, prompt, answers in texts:
            self.whole_of.extend(repeat(len(self.names), len(answers)))
            self.names.append(name)
            self._exact.append(_key(prompt))
            self._normalised.append(_key(normalise_v1(prompt)))

    def done(self, directions: Directions | None) -> ProtectedTexts:
        prompts, wholes = NearTexts(self._prompts), NearTexts(self._wholes)
        exact, same = _Known(self._exact), _Known(self._normalised)
        return ProtectedTexts(self.names, exact, same, prompts, wholes, self.whole_of, directions)


def no_texts() -> ProtectedTexts:
    """Nothing is protected from what does not train."""
    return _Loading().done(None)


def texts_of(project_id: int) -> ProtectedTexts:
    """All that this project protects; takes seconds for a hundred thousand of them."""
    loading = _Loading()
    golden = _streamed(_GOLDEN, [project_id])
    texts = ((name, prompt, _json(targets)) for name, prompt, targets in golden)
    for some in batched(texts, _length):
        loading.add(some)
    return loading.done(_directions(project_id))


def tested_texts_of(project_id: int) -> ProtectedTexts:
    """The questions of all current releases that validate or test; what is golden is there as well."""
    loading = _Loading()
    asked = _streamed(_TESTED, [project_id])
    for some in batched(((name, prompt_of_input(_json(input_)), ()) for name, input_ in asked), _length):
        loading.add(some)
    return loading.done(None)


def same_as(project_id: int, prompts: Iterable[str]) -> ProtectedTexts:
    """Only those that these prompts equal but for case and width: for a page, which must not wait.

    What is merely near is looked for when a release is built.
    """
    from_ours = [sha for prompt in prompts for sha in _stored_hashes(prompt)]
    loading = _Loading()
    found = GoldenVersion.objects.filter(project=project_id, normalised_sha256__in=from_ours)
    loading.add(list(found.order_by("pk").values_list("golden__golden_id", "prompt", "targets")))
    return loading.done(None)


def _length(text: _Text) -> int:
    _name, prompt, answers = text
    return len(prompt) * (1 + len(answers)) + sum(map(len, answers))


def _json(value: Any) -> Any:
    """A column of JSON, which a stream gives as text."""
    return orjson.loads(value) if isinstance(value, bytes | str) else value


def _stored_hashes(prompt: str) -> list[bytes]:
    return [sha256(normalise_v1(prompt).encode("utf-8", "surrogatepass")).digest()]


def _directions(project_id: int) -> Directions | None:
    encoder = own_encoder()
    if encoder is None:
        return None
    names: list[str] = []
    rows: list[np.ndarray] = []
    for name, vector in _streamed(_VECTORS, [project_id, encoder.name]):
        names.append(name)
        rows.append(np.frombuffer(vector, np.float32).astype(np.float16))
    return Directions(names, np.stack(rows)) if rows else None


def _streamed(sql: str, arguments: Sequence[Any]) -> Iterator[tuple]:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        yield from cursor.stream(sql, arguments, size=CHUNK)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
