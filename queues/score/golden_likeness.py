"""Golden questions as vectors: who asks nearly the same finds the verified answer too."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.db import connection

from queues.bulk import write_rows
from queues.models import GoldenVector, KnownEncoder, MatchedBy, Part
from queues.score import vectors
from queues.score.encoder import Vectors
from queues.score.held import Match
from queues.score.own_encoder import own_encoder
from queues.score.prompt_text import whole_question
from queues.score.vectors import Space
from queues.score.veto import mark_of

AT_LEAST = 0.95  # cosine: methods.md, "Vectors and likeness"
AT_ONCE = 64  # golden questions that one batch of predictions takes along
_DIGITS = 3  # of a cosine of what is kept as half floats

_WITHOUT = """
SELECT v.id, v.project_id, v.input
FROM (SELECT DISTINCT project_id FROM queues_prediction WHERE id = ANY(%s)) theirs
JOIN queues_goldenversion v ON v.project_id = theirs.project_id AND v.is_current
JOIN queues_golden g ON g.id = v.golden_id AND g.retired_at IS NULL
WHERE NOT EXISTS (
  SELECT 1 FROM queues_goldenvector k JOIN queues_knownencoder e ON e.id = k.encoder_id
  WHERE k.version_id = v.id AND e.name = %s)
ORDER BY v.id LIMIT %s
"""
# Of every version: what was golden once stays behind the wall that releases have.
_OWED = """
SELECT v.id, v.project_id, v.input FROM queues_goldenversion v
WHERE NOT EXISTS (
  SELECT 1 FROM queues_goldenvector k JOIN queues_knownencoder e ON e.id = k.encoder_id
  WHERE k.version_id = v.id AND e.name = %s)
ORDER BY v.id LIMIT %s
"""
_NEWEST = """
SELECT e.id, e.dimensions, k.id FROM queues_knownencoder e
CROSS JOIN LATERAL (
  SELECT id FROM queues_goldenvector WHERE project_id = %s AND encoder_id = e.id ORDER BY id DESC LIMIT 1) k
WHERE e.name = %s
"""
_IN_USE = """
SELECT v.prompt, v.id, g.golden_id, v.version, v.targets, v.rule, v.tags
FROM queues_goldenversion v JOIN queues_golden g ON g.id = v.golden_id
WHERE v.id = ANY(%s) AND v.is_current AND g.retired_at IS NULL
"""
# One writer at a time: whoever sees an id has seen all that are lower.
_ONE_WRITES = "SELECT pg_advisory_xact_lock(hashtext('queues_goldenvector'))"


class Unencoded(NamedTuple):
    """A golden question in use that this encoder has made no vector of. text "": there is nothing to make."""

    version_id: int
    project_id: int
    text: str


class _Golden(NamedTuple):
    """All vectors of a project and an encoder, also those of versions that are not in use any more."""

    version_ids: Sequence[int]
    rows: Vectors


def without_vector(prediction_ids: Sequence[int], encoder_name: str) -> list[Unencoded]:
    """Of the projects of these predictions, at most AT_ONCE, oldest first."""
    return _unencoded(_all(_WITHOUT, [list(prediction_ids), encoder_name, AT_ONCE]))


def owed(encoder_name: str, *, at_most: int = AT_ONCE) -> list[Unencoded]:
    """Of all projects, oldest first: whether or not a prediction arrives, releases are held against them."""
    return _unencoded(_all(_OWED, [encoder_name, at_most]))


def _unencoded(found: Sequence[tuple[Any, ...]]) -> list[Unencoded]:
    return [
        Unencoded(id_, project, whole_question({"input": orjson.loads(asked)}) or "")
        for id_, project, asked in found
    ]


def store(encoder: KnownEncoder, made: Mapping[Unencoded, Vectors | None]) -> None:
    """Keep these vectors; None or zeros: the question has none. One that is there already stays."""
    if not made:
        return
    _all(_ONE_WRITES)
    there = GoldenVector.objects.filter(encoder=encoder, version__in=[one.version_id for one in made])
    kept = set(there.values_list("version", flat=True))
    rows = (
        (one.version_id, encoder.pk, one.project_id, _as_bytes(vector))
        for one, vector in made.items()
        if one.version_id not in kept
    )
    write_rows(GoldenVector, ("version_id", "encoder_id", "project_id", "vector"), rows)


def alike(project_id: int, records: Mapping[int, Mapping[str, Any]]) -> dict[int, Match]:
    """Prediction → the golden item in use whose question is nearest, of those that ask nearly the same.

    Nearly the same: a cosine of AT_LEAST, the same numbers, and neither or both say "not".
    """
    asked = {id_: text for id_, record in records.items() if (text := whole_question(record)) is not None}
    encoder = own_encoder()
    newest = _all(_NEWEST, [project_id, encoder.name]) if encoder and asked else []
    if not newest or not vectors.are_kept():
        return {}
    ((encoder_id, dimensions, golden_vector),) = newest
    golden = _golden(project_id, encoder_id, dimensions, golden_vector)
    near = _near(golden, vectors.vectors_of(Space(project_id, encoder_id, dimensions, Part.INPUT), [*asked]))
    in_use = _in_use({version for versions in near.values() for version in versions})
    found = {}
    for id_, versions in near.items():
        mark = mark_of(asked[id_])
        same = (in_use[version] for version in versions if version in in_use)
        if match := next((match for match, golden_mark in same if golden_mark == mark), None):
            found[id_] = match
    return found


def _near(golden: _Golden, asked: Mapping[int, Vectors]) -> dict[int, list[int]]:
    """Prediction → the versions whose questions are so near, nearest first, the newest of equals."""
    found = {}
    for id_, vector in asked.items() if len(golden.version_ids) else ():
        cosines = np.round(golden.rows @ (vector / np.linalg.norm(vector)), _DIGITS)
        places = np.flatnonzero(cosines >= AT_LEAST).tolist()
        order = sorted(places, key=lambda place: (-cosines[place], -golden.version_ids[place]))
        if order:
            found[id_] = [golden.version_ids[place] for place in order]
    return found


def _in_use(version_ids: set[int]) -> dict[int, tuple[Match, Any]]:
    """Version → its item, and the mark of its question; only current ones of items that are not retired."""
    rows = _all(_IN_USE, [list(version_ids)]) if version_ids else []
    return {row[0]: (Match.of_row(*row, MatchedBy.EMBEDDING.value), mark_of(prompt)) for prompt, *row in rows}


@lru_cache(maxsize=16)
def _golden(project_id: int, encoder_id: int, dimensions: int, newest: int) -> _Golden:
    """Keyed by the newest of them, so that it can never be stale: rows are only added."""
    found = GoldenVector.objects.filter(project=project_id, encoder=encoder_id, pk__lte=newest)
    rows = [(version, bytes(vector)) for version, vector in found.values_list("version", "vector") if vector]
    vectors_ = np.frombuffer(b"".join(vector for _version, vector in rows), dtype=np.float32)
    return _Golden([version for version, _vector in rows], vectors_.reshape(-1, dimensions))


def _as_bytes(vector: Vectors | None) -> bytes:
    if vector is None or not np.any(vector):
        return b""
    unit: bytes = np.asarray(vector / np.linalg.norm(vector), dtype=np.float32).tobytes()
    return unit


def _all(statement: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()
