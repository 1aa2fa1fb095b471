"""The texts that may not leave to train: golden questions, and what left before to validate or test with."""

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import orjson
from django.db import connection

from queues.export.batches import batched
from queues.export.groups import prompt_of_input
from queues.export.guarding.directions import Directions
from queues.export.guarding.protected_shingles import Asked, Beside, Here, Row, Wanted
from queues.export.queries import CHUNK
from queues.models import GoldenVersion
from queues.score.normalise import normalise_v1
from queues.score.own_encoder import own_encoder

# Every version: a question that was golden once has been in front of models.
_GOLDEN = """
SELECT g.golden_id, v.prompt, v.targets FROM queues_goldenversion v
JOIN queues_golden g ON g.id = v.golden_id WHERE v.project_id = %s ORDER BY v.id
"""
# Each question once, before its text is read: the same ones are in release after release.
_TESTED = """
WITH tested AS MATERIALIZED (
  SELECT DISTINCT r.item_id FROM queues_release l
  JOIN queues_dataset d ON d.id = l.dataset_id
  JOIN queues_releaserow r ON r.release_id = l.id AND r.split IN ('validation', 'test')
  WHERE d.project_id = %s AND l.state = 'published'
)
SELECT p.prediction_id, t.record -> 'input' FROM tested
JOIN queues_item i ON i.id = tested.item_id
JOIN queues_prediction p ON p.id = i.prediction_id
JOIN queues_payload t ON t.prediction_id = p.id AND t.erased_at IS NULL ORDER BY tested.item_id
"""
_VECTORS = """
SELECT g.golden_id, k.vector FROM queues_goldenvector k
JOIN queues_knownencoder e ON e.id = k.encoder_id
JOIN queues_goldenversion v ON v.id = k.version_id
JOIN queues_golden g ON g.id = v.golden_id
WHERE k.project_id = %s AND e.name = %s AND length(k.vector) > 0 ORDER BY k.id
"""
_Text = tuple[str, str, Sequence[str]]  # name, prompt, answers
_VECTORS_AT_ONCE = 4_096
BESIDE_FROM = 20_000  # texts: their shingles take a second, and a process of its own 0.2 to begin


@dataclass(frozen=True, slots=True)
class ProtectedTexts:
    """Ready to be asked by the contamination guard. names: of the texts, by place."""

    names: Sequence[str]
    exact: "_Known"
    normalised: "_Known"
    shingles: Asked
    directions: Directions | None
    _announced: deque[tuple[Sequence[Row], Wanted, int]] = field(default_factory=deque)  # with their tickets
    _ahead: dict[Row, str | None] = field(default_factory=dict)  # → `near`

    @property
    def has_vectors(self) -> bool:
        return self.directions is not None

    def __len__(self) -> int:
        return len(self.names)

    def same(self, prompt: str, normalised: str) -> tuple[str, str] | None:
        if not self.names:
            return None
        if (place := self.exact.place_of(prompt)) is not None:
            return "exact", self.names[place]
        if (place := self.normalised.place_of(normalised)) is not None:
            return "normalised", self.names[place]
        return None

    def announce(self, rows: Sequence[Row], wanted: Wanted = None) -> None:
        self._announced.append((rows, wanted, self.shingles.ask(rows, wanted)))

    def look_ahead(self) -> None:
        rows, wanted, ticket = self._announced.popleft()
        self._ahead.clear()
        for at, (row, place) in enumerate(zip(rows, self.shingles.answer(ticket), strict=True)):
            if wanted is None or wanted[at]:
                self._ahead[row] = None if place is None else self.names[place]

    def near(self, prompt: str, answer: str) -> str | None:
        if not self.names:
            return None
        row = prompt, answer
        if row in self._ahead:
            return self._ahead[row]
        place = self.shingles.answer(self.shingles.ask([row]))[0]
        return None if place is None else self.names[place]

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
    """Collects in one pass over the texts, so that the texts themselves need not be held.

    how_many: of very many a process beside takes the shingles.
    """

    def __init__(self, how_many: int = 0) -> None:
        self.names: list[str] = []
        self._exact, self._normalised = array("Q"), array("Q")
        self._shingles: Asked = Beside() if how_many >= BESIDE_FROM else Here()

    def add(self, texts: Sequence[_Text]) -> None:
        """Some more texts."""
        self._shingles.add([(prompt, answers) for _name, prompt, answers in texts])
        for name, prompt, _answers in texts:
            self.names.append(name)
            self._exact.append(_key(prompt))
            self._normalised.append(_key(normalise_v1(prompt)))

    def done(self, directions: Directions | None) -> ProtectedTexts:
        self._shingles.ready()
        exact, same = _Known(self._exact), _Known(self._normalised)
        return ProtectedTexts(self.names, exact, same, self._shingles, directions)


def no_texts() -> ProtectedTexts:
    """Nothing is protected from what does not train."""
    return _Loading().done(None)


def texts_of(project_id: int) -> ProtectedTexts:
    """All that this project protects; takes seconds for a hundred thousand of them."""
    loading = _Loading(GoldenVersion.objects.filter(project=project_id).count())
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
    directions: Directions | None = None
    stored = _streamed(_VECTORS, [project_id, encoder.name])
    for some in batched(stored, lambda _row: 0, most_rows=_VECTORS_AT_ONCE):
        rows = np.stack([np.frombuffer(vector, np.float32).astype(np.float16) for _name, vector in some])
        directions = directions or Directions(rows.shape[1])
        directions.add([name for name, _vector in some], rows)
    if directions is not None:
        directions.ready()
    return directions


def _streamed(sql: str, arguments: Sequence[Any]) -> Iterator[tuple]:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        yield from cursor.stream(sql, arguments, size=CHUNK)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
