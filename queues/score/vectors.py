"""Vectors in PostgreSQL: kept as halfvec, read with an index of their own per project, encoder and part.

The table `queues_vector` needs pgvector. Where the server lacks it there is no table, nothing is embedded,
and who searches by meaning is told so. Every statement names project, encoder and part as plain numbers and
words, never as parameters: only so can the planner see that a partial index serves it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import connection, transaction

from queues.models import KnownEncoder, Part
from queues.score.encoder import Encoder, Vectors

log = logging.getLogger(__name__)

INDEX_FROM = 10_000  # vectors; below that a scan of the project's own takes milliseconds, and is exact


_ARE_KEPT = """
    SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('queues_vector')
                   AND attname = 'vector' AND NOT attisdropped)
"""


def are_kept() -> bool:
    """Whether this database can hold vectors: without the extension there is no table, or no such column."""
    return bool(_all(_ARE_KEPT)[0][0])


def make_table() -> bool:
    """Make the table if pgvector is there; True when the table is."""
    return bool(_all("SELECT queues_make_vector_table()")[0][0])


@dataclass(frozen=True, slots=True)
class Space:
    """The vectors that may be compared with each other: one project, one encoder, one part.

    is_reviewed: only those of predictions with a verdict, ever.
    """

    project_id: int
    encoder_id: int
    dimensions: int
    part: Part
    is_reviewed: bool = False

    @property
    def condition(self) -> str:
        """In SQL, without parameters. Nothing in it comes from outside: numbers of ours and a word."""
        only = " AND is_reviewed" if self.is_reviewed else ""
        return (
            f"project_id = {int(self.project_id)} AND encoder_id = {int(self.encoder_id)}"
            f" AND part = '{Part(self.part).value}'{only}"
        )

    @property
    def kind(self) -> str:
        """The type that the index is over."""
        return f"halfvec({int(self.dimensions)})"

    @property
    def index(self) -> str:
        name = f"vector_{self.project_id}_{self.encoder_id}_{Part(self.part).value}"
        return f"{name}_reviewed" if self.is_reviewed else name


def space_of(project_id: int, encoder: Encoder, part: Part, *, is_reviewed: bool = False) -> Space | None:
    """None when this encoder has made no vector in this house yet."""
    row = KnownEncoder.objects.filter(name=encoder.name).first()
    return Space(project_id, row.pk, row.dimensions, part, is_reviewed) if row else None


def known(encoder: Encoder) -> KnownEncoder:
    """The row of this encoder, made when it is used first. The dimensions of a name never change."""
    row, _made = KnownEncoder.objects.get_or_create(
        name=encoder.name,
        defaults={"dimensions": encoder.dimensions, "is_semantic": encoder.is_semantic},
    )
    if row.dimensions != encoder.dimensions:
        raise ValueError(
            f"the encoder {encoder.name!r} had {row.dimensions} dimensions and now has {encoder.dimensions}: "
            "give the new one another name"
        )
    return row


_STORE = """
    INSERT INTO queues_vector (project_id, encoder_id, part, prediction_id, is_reviewed, vector)
    SELECT p.project_id, %s, sent.part, p.id, EXISTS (
        SELECT 1 FROM queues_item i JOIN queues_verdict v ON v.item_id = i.id AND v.withdrawn_at IS NULL
        WHERE i.prediction_id = p.id), sent.vector::halfvec
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS sent (id, part, vector)
    JOIN queues_prediction p ON p.id = sent.id
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class NewVector:
    prediction_id: int
    part: Part
    vector: Vectors


def store(encoder: KnownEncoder, rows: Sequence[NewVector]) -> None:
    """Keep these vectors; one that is there already stays."""
    columns = (
        [row.prediction_id for row in rows],
        [row.part.value for row in rows],
        [as_text(row.vector) for row in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [encoder.pk, *columns])


# A row that is owed and locked is waited for: whoever embeds it either sees the verdict or is seen here.
_LOCK_OWED = """
    SELECT 1 FROM queues_enrichment WHERE kind = 'embed' AND prediction_id = ANY(%s)
    AND project_id IN (SELECT project_id FROM queues_prediction WHERE id = ANY(%s))
    ORDER BY prediction_id FOR UPDATE
"""
# All vectors of these predictions, by the primary key.
_THEIRS = """
    queues_prediction p, queues_knownencoder e, unnest(ARRAY['input', 'output']) AS parts (name)
    WHERE p.id = ANY(%s) AND v.project_id = p.project_id AND v.encoder_id = e.id AND v.part = parts.name
      AND v.prediction_id = p.id
"""
_MARK = f"UPDATE queues_vector v SET is_reviewed = true FROM {_THEIRS} AND NOT v.is_reviewed"


def mark_reviewed(prediction_ids: Sequence[int]) -> None:
    """People have judged these predictions: what is like them is no news. Never taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK_OWED, [list(prediction_ids)] * 2)
        cursor.execute(_MARK, [list(prediction_ids)])


def forget(prediction_ids: Sequence[int]) -> None:
    """Remove the vectors of predictions whose texts were erased."""
    if are_kept():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM queues_vector v USING {_THEIRS}", [list(prediction_ids)])


def vectors_of(space: Space, prediction_ids: Sequence[int]) -> dict[int, Vectors]:
    """The vectors of these predictions that are in this space, by id."""
    rows = _all(
        f"SELECT prediction_id, vector::text FROM queues_vector"
        f" WHERE {space.condition} AND prediction_id = ANY(%s)",
        [list(prediction_ids)],
    )
    return {id_: from_text(text) for id_, text in rows}


def cosine(one: Vectors, other: Vectors) -> float:
    """How near two vectors are: 1 the same direction. Neither is all zeros."""
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def as_text(vector: Vectors) -> str:
    """As pgvector reads it, which is JSON."""
    return orjson.dumps(np.ascontiguousarray(vector), option=orjson.OPT_SERIALIZE_NUMPY).decode()


def from_text(text: str) -> Vectors:
    return np.asarray(orjson.loads(text), dtype=np.float32)


_PROJECTS = """
    WITH RECURSIVE hop(id) AS (
      SELECT min(project_id) FROM queues_vector
      UNION ALL
      SELECT (SELECT min(project_id) FROM queues_vector WHERE project_id > hop.id)
      FROM hop WHERE id IS NOT NULL
    )
    SELECT id FROM hop WHERE id IS NOT NULL
"""


def build_indexes(encoder: Encoder) -> None:
    """Give each space that has grown large its index. Outside of any transaction."""
    for (project_id,) in _all(_PROJECTS):
        for part in Part:
            for is_reviewed in (False, True):
                space = space_of(project_id, encoder, part, is_reviewed=is_reviewed)
                if space and not _has_index(space) and _is_large(space):
                    _build(space)


def _is_large(space: Space) -> bool:
    return bool(_all(f"SELECT 1 FROM queues_vector WHERE {space.condition} OFFSET {INDEX_FROM - 1} LIMIT 1"))


_HAS_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
_ONE_BUILDS = "SELECT pg_try_advisory_lock(hashtext('queues_vector'))"


def _has_index(space: Space) -> bool:
    """Valid: a build that was cut off leaves one that is not, and it is made anew."""
    return _all(_HAS_INDEX, [space.index]) == [(True,)]


def _build(space: Space) -> None:
    """CONCURRENTLY: vectors are written and read meanwhile. One build at a time in the whole house."""
    if not _all(_ONE_BUILDS)[0][0]:
        return
    try:
        if not _has_index(space):
            log.info("building the index %s", space.index)
            _do(f'DROP INDEX CONCURRENTLY IF EXISTS "{space.index}"')
            _do(
                f'CREATE INDEX CONCURRENTLY "{space.index}" ON queues_vector'
                f" USING hnsw ((vector::{space.kind}) halfvec_cosine_ops) WHERE {space.condition}"
            )
    finally:
        _all("SELECT pg_advisory_unlock(hashtext('queues_vector'))")


def _all(statement: str, arguments: Sequence[Any] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
