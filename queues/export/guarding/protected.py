"""The texts that may not leave to train: golden questions, and what left before to validate or test with."""

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from django.db import connection

from queues.export.batches import batched
from queues.export.groups import prompt_of_input
from queues.export.guarding.beside import Asked, Beside, Here
from queues.export.guarding.nearness import Question
from queues.export.guarding.protected_shingles import Places, Row, Wanted
from queues.export.guarding.stored_names import StoredNames
from queues.export.queries import CHUNK
from queues.models import GoldenVersion
from queues.models.golden import name_of
from queues.score.normalise import normalise_v1
from queues.score.own_encoder import own_encoder

# Every version: a question that was golden once has been in front of models. What stands now is met first.
_GOLDEN = """
SELECT g.golden_id, v.version, v.is_current, v.prompt, v.targets FROM queues_goldenversion v
JOIN queues_golden g ON g.id = v.golden_id WHERE v.project_id = %s ORDER BY NOT v.is_current, v.id
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
SELECT v.place, k.vector FROM queues_goldenvector k
JOIN queues_knownencoder e ON e.id = k.encoder_id
JOIN (SELECT id, row_number() OVER (ORDER BY NOT is_current, id) - 1 place FROM queues_goldenversion
      WHERE project_id = %s) v ON v.id = k.version_id
WHERE k.project_id = %s AND e.name = %s AND length(k.vector) > 0
"""
_Text = tuple[str, str, Sequence[str]]  # name, prompt, answers
_VECTORS_AT_ONCE = 4_096
BESIDE_FROM = 20_000  # texts: their shingles take a second, and a process of its own 0.2 to begin


@dataclass(frozen=True, slots=True)
class ProtectedTexts:
    """Ready to be asked by the contamination guard. names: of the texts, by place; vectors: how many texts
    have one, so that `alike` could find them."""

    names: StoredNames
    exact: "_Known"
    normalised: "_Known"
    asked: Asked
    vectors: int
    _announced: deque[tuple[Question, int]] = field(default_factory=deque)  # with their tickets
    _near: dict[Row, int | None] = field(default_factory=dict)  # of the rows that come next
    _alike: dict[bytes, int | None] = field(default_factory=dict)  # of their vectors

    def __len__(self) -> int:
        return len(self.names)

    @property
    def has_vectors(self) -> bool:
        return self.vectors > 0

    def same(self, prompt: str, normalised: str) -> tuple[str, str] | None:
        if not len(self.names):
            return None
        if (place := self.exact.place_of(prompt)) is not None:
            return "exact", self.names[place]
        if (place := self.normalised.place_of(normalised)) is not None:
            return "normalised", self.names[place]
        return None

    def announce(
        self, rows: Sequence[Row], wanted: Wanted = None, vectors: Sequence[bytes | None] = ()
    ) -> None:
        question = Question(rows, wanted, [vector for vector in vectors if vector is not None])
        self._announced.append((question, self.asked.ask(question)))

    def look_ahead(self) -> None:
        question, ticket = self._announced.popleft()
        near = self.asked.answer(ticket)
        self._near.clear()
        for at, (row, place) in enumerate(zip(question.rows, near.rows, strict=True)):
            if question.wanted is None or question.wanted[at]:
                self._near[row] = place
        self._alike.clear()
        self._alike.update(zip(question.vectors, near.vectors, strict=True))

    def near(self, prompt: str, answer: str) -> str | None:
        if not len(self.names):
            return None
        row = prompt, answer
        if row not in self._near:
            return self._name(self.asked.answer(self.asked.ask(Question([row]))).rows)
        return self._name([self._near[row]])

    def alike(self, vector: bytes | None) -> str | None:
        if not self.has_vectors or vector is None:
            return None
        if vector not in self._alike:
            return self._name(self.asked.answer(self.asked.ask(Question([], vectors=[vector]))).vectors)
        return self._name([self._alike[vector]])

    def _name(self, places: Places) -> str | None:
        (place,) = places
        return None if place is None else self.names[place]


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
        self._names = StoredNames()
        self._exact, self._normalised = array("Q"), array("Q")
        self._asked: Asked = Beside() if how_many >= BESIDE_FROM else Here()
        self._vectors = 0

    def add(self, texts: Sequence[_Text]) -> None:
        """Some more texts."""
        self._asked.add([(prompt, answers) for _name, prompt, answers in texts])
        self._names.add(name for name, _prompt, _answers in texts)
        for _name, prompt, _answers in texts:
            self._exact.append(_key(prompt))
            self._normalised.append(_key(normalise_v1(prompt)))

    def add_vectors(self, places: Sequence[int], rows: npt.NDArray[np.float16]) -> None:
        """Those of some texts, (n, dimensions)."""
        self._asked.add_vectors(places, rows)
        self._vectors += len(places)

    def done(self) -> ProtectedTexts:
        self._asked.ready()
        exact, same = _Known(self._exact), _Known(self._normalised)
        return ProtectedTexts(self._names, exact, same, self._asked, self._vectors)


def no_texts() -> ProtectedTexts:
    """Nothing is protected from what does not train."""
    return _Loading().done()


def texts_of(project_id: int) -> ProtectedTexts:
    """All that this project protects; takes seconds for a hundred thousand of them."""
    loading = _Loading(GoldenVersion.objects.filter(project=project_id).count())
    golden = _streamed(_GOLDEN, [project_id])
    texts = (
        (name_of(golden_id, version, is_current), prompt, _json(targets))
        for golden_id, version, is_current, prompt, targets in golden
    )
    for some in batched(texts, _length):
        loading.add(some)
    _add_vectors(loading, project_id)
    return loading.done()


def tested_texts_of(project_id: int) -> ProtectedTexts:
    """The questions of all current releases that validate or test; what is golden is there as well."""
    loading = _Loading()
    asked = _streamed(_TESTED, [project_id])
    for some in batched(((name, prompt_of_input(_json(input_)), ()) for name, input_ in asked), _length):
        loading.add(some)
    return loading.done()


def same_as(project_id: int, prompts: Iterable[str]) -> ProtectedTexts:
    """Only those that these prompts equal but for case and width: for a page, which must not wait.

    What is merely near is looked for when a release is built.
    """
    from_ours = [sha for prompt in prompts for sha in _stored_hashes(prompt)]
    loading = _Loading()
    found = GoldenVersion.objects.filter(project=project_id, normalised_sha256__in=from_ours)
    columns = "golden__golden_id", "version", "is_current", "prompt", "targets"
    rows = found.order_by("-is_current", "pk").values_list(*columns)
    loading.add(
        [
            (name_of(golden_id, version, is_current), prompt, targets)
            for golden_id, version, is_current, prompt, targets in rows
        ]
    )
    return loading.done()


def _length(text: _Text) -> int:
    _name, prompt, answers = text
    return len(prompt) * (1 + len(answers)) + sum(map(len, answers))


def _json(value: Any) -> Any:
    """A column of JSON, which a stream gives as text."""
    return orjson.loads(value) if isinstance(value, bytes | str) else value


def _stored_hashes(prompt: str) -> list[bytes]:
    return [sha256(normalise_v1(prompt).encode("utf-8", "surrogatepass")).digest()]


def _add_vectors(loading: _Loading, project_id: int) -> None:
    """What this installation's encoder made of these texts."""
    encoder = own_encoder()
    if encoder is None:
        return
    stored = _streamed(_VECTORS, [project_id, project_id, encoder.name])
    for some in batched(stored, lambda _row: 0, most_rows=_VECTORS_AT_ONCE):
        rows = np.stack([np.frombuffer(vector, np.float32).astype(np.float16) for _place, vector in some])
        loading.add_vectors([place for place, _vector in some], rows)


def _streamed(sql: str, arguments: Sequence[Any]) -> Iterator[tuple]:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        yield from cursor.stream(sql, arguments, size=CHUNK)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
