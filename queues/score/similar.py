"""What is near: by the vectors of one encoder, within one project, at a cost that does not grow with it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from queues.models import Part
from queues.score import vectors
from queues.score.encoder import Vectors
from queues.score.own_encoder import own_encoder
from queues.score.vectors import Space

MOST = 1_000  # neighbours of one text: what the index can look at
_EFFORT = 200  # candidates that the index keeps while it searches: below that it misses too many
_OPEN_ITEMS = 2_000  # of a queue, most urgent first, that a newcomer is compared with


@dataclass(frozen=True, slots=True)
class Near:
    """A prediction and how near it is: the cosine, 1 the same, about 0 unrelated."""

    prediction_id: int
    cosine: float


@dataclass(frozen=True, slots=True)
class OpenIn:
    """Among the items of this queue that wait or are under review: the most urgent _OPEN_ITEMS of each."""

    queue_id: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Among the predictions that ever had a verdict."""


def nearest_to(space: Space, vector: Vectors | str, *, limit: int) -> list[Near]:
    """The vectors of the space that are nearest to this one, nearest first; limit: at most MOST."""
    text = vector if isinstance(vector, str) else vectors.as_text(vector)
    limit = min(limit, MOST)
    distance = f"vector::{space.kind} <=> %s::{space.kind}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(max(_EFFORT, limit))])
        cursor.execute(
            f"SELECT prediction_id, 1 - ({distance}) FROM queues_vector WHERE {space.condition}"
            f" ORDER BY {distance} LIMIT {int(limit)}",
            [text, text],
        )
        return [Near(*row) for row in cursor.fetchall()]


def like(project_id: int, prediction_id: int, part: Part, *, limit: int) -> list[Near] | None:
    """What is most like this prediction, without itself; None when it has no vector (yet)."""
    encoder = own_encoder()
    space = vectors.space_of(project_id, encoder, part) if encoder else None
    own = vectors.vectors_of(space, [prediction_id]) if space else {}
    if not space or prediction_id not in own:
        return None
    found = nearest_to(space, own[prediction_id], limit=limit + 1)
    return [near for near in found if near.prediction_id != prediction_id][:limit]


def nearest(
    project_id: int, vector_of: int, part: Part, *, among: OpenIn | Reviewed, limit: int = 1
) -> list[Near]:
    """The nearest of `among` to one prediction, nearest first; empty when it has no vector."""
    return nearest_of_each(project_id, [vector_of], part, among=among, limit=limit).get(vector_of, [])


def nearest_of_each(
    project_id: int, prediction_ids: Sequence[int], part: Part, *, among: OpenIn | Reviewed, limit: int = 1
) -> dict[int, list[Near]]:
    """The same for a batch: prediction → the nearest of `among` to it. One statement."""
    encoder = own_encoder()
    space = vectors.space_of(project_id, encoder, part) if encoder and vectors.are_kept() else None
    if space is None:
        return {}
    arguments: dict[str, Any] = {"ids": list(prediction_ids), "limit": limit}
    if isinstance(among, OpenIn):
        statement = _AMONG_OPEN.format(condition=space.condition, kind=space.kind)
        return _rows(statement, arguments | {"queue": among.queue_id, "items": _OPEN_ITEMS})
    reviewed = Space(project_id, space.encoder_id, space.dimensions, part, is_reviewed=True)
    statement = _AMONG_REVIEWED.format(
        condition=space.condition, reviewed=reviewed.condition, kind=space.kind
    )
    return _rows(statement, arguments)


def novelty(project_id: int, prediction_ids: Sequence[int], part: Part = Part.INPUT) -> dict[int, float]:
    """Prediction → 1 - cosine of the nearest prediction that was ever reviewed; 1 when none was.

    Predictions without a vector are absent.
    """
    encoder = own_encoder()
    space = vectors.space_of(project_id, encoder, part) if encoder and vectors.are_kept() else None
    if space is None:
        return {}
    near = nearest_of_each(project_id, prediction_ids, part, among=Reviewed())
    return {
        id_: 1.0 - near[id_][0].cosine if id_ in near else 1.0
        for id_ in vectors.vectors_of(space, prediction_ids)
    }


# The vectors of the open items are fetched once, however many predictions are compared with them.
_AMONG_OPEN = """
    WITH waiting AS MATERIALIZED (
        (SELECT prediction_id FROM queues_item WHERE queue_id = %(queue)s AND state = 'open'
         ORDER BY priority DESC, due_at, id LIMIT %(items)s)
        UNION ALL
        (SELECT prediction_id FROM queues_item WHERE queue_id = %(queue)s AND state = 'in_review'
         ORDER BY priority DESC, due_at, id LIMIT %(items)s)
    ), there AS MATERIALIZED (
        SELECT prediction_id, vector FROM waiting JOIN queues_vector USING (prediction_id) WHERE {condition}
    ), new AS MATERIALIZED (
        SELECT prediction_id, vector FROM queues_vector WHERE {condition} AND prediction_id = ANY(%(ids)s)
    )
    SELECT new.prediction_id, near.prediction_id, 1 - near.distance
    FROM new CROSS JOIN LATERAL (
        SELECT there.prediction_id, there.vector <=> new.vector AS distance FROM there
        WHERE there.prediction_id <> new.prediction_id ORDER BY distance LIMIT %(limit)s
    ) near ORDER BY new.prediction_id, near.distance
"""
_AMONG_REVIEWED = """
    WITH new AS MATERIALIZED (
        SELECT prediction_id, vector::{kind} AS vector FROM queues_vector
        WHERE {condition} AND prediction_id = ANY(%(ids)s)
    )
    SELECT new.prediction_id, near.prediction_id, 1 - near.distance
    FROM new CROSS JOIN LATERAL (
        SELECT v.prediction_id, v.vector::{kind} <=> new.vector AS distance FROM queues_vector v
        WHERE {reviewed} AND v.prediction_id <> new.prediction_id
        ORDER BY v.vector::{kind} <=> new.vector LIMIT %(limit)s
    ) near ORDER BY new.prediction_id, near.distance
"""


def _rows(statement: str, arguments: dict[str, Any]) -> dict[int, list[Near]]:
    found: dict[int, list[Near]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        for id_, *near in cursor.fetchall():
            found[id_].append(Near(*near))
    return dict(found)
