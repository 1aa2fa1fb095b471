"""What a selection may choose from: the newest predictions of a project that have a vector."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from django.db import connection

from queues.models import SelectedBy, Selection
from queues.models.vector import Part
from queues.route.dry_run.walk import Span
from queues.route.effective_pi import effective_pi_sql
from queues.score import vectors
from queues.score.encoder import Vectors
from queues.score.own_encoder import own_encoder
from queues.score.vectors import Space
from queues.statistics.arrays import Floats

PART = 1_000  # rows read at once

_CANDIDATES = """
SELECT p.id, {pi} >= 1.0, (scores."values" ->> %(measure)s)::float8, v.vector::text
FROM queues_prediction p
JOIN queues_routing routing ON routing.prediction_id = p.id
LEFT JOIN queues_scores scores ON scores.prediction_id = p.id
LEFT JOIN LATERAL (SELECT vector FROM queues_vector WHERE {condition} AND prediction_id = p.id) v ON true
WHERE p.project_id = %(project)s AND p.id BETWEEN %(first)s AND %(last)s ORDER BY p.id LIMIT %(part)s
"""


@dataclass(slots=True)
class Candidates:
    """What may be chosen, by place. known: places of those that a rule had taken for certain.

    scores: of the selection's measure; all 0 where it has none. looked_at counts also those without a
    vector or without the score, which cannot be chosen.
    """

    room: Floats
    ids: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    looked_at: int = 0
    without_vector: int = 0
    without_score: int = 0

    @property
    def vectors(self) -> Floats:
        """A row per place."""
        return self.room[: len(self.ids)]

    def add(self, id_: int, *, is_known: bool, score: float, vector: Vectors) -> None:
        place = len(self.ids)
        self.room[place] = vector
        self.ids.append(id_)
        self.scores.append(score)
        if is_known:
            self.known.append(place)


def space_for(project_id: int, part: Part) -> Space | None:
    """The vectors that a selection compares; None when this project can have none."""
    encoder = own_encoder()
    return vectors.space_of(project_id, encoder, part) if encoder and vectors.are_kept() else None


def read(selection: Selection, space: Space, span: Span, *, seen: Callable[[int], None]) -> Candidates:
    """All candidates of the span, oldest first. seen: told after each part how many rows were looked at."""
    found = Candidates(np.empty((span.total, space.dimensions)))
    needs_score = selection.by == SelectedBy.RELEVANCE
    for part in _parts(selection, space, span):
        for id_, is_certain, score, vector in part:
            found.looked_at += 1
            if vector is None:
                found.without_vector += 1
            elif needs_score and score is None:
                found.without_score += 1
            else:
                found.add(id_, is_known=is_certain, score=score or 0.0, vector=vectors.from_text(vector))
        seen(found.looked_at)
    return found


Row = tuple[int, bool, float | None, str | None]


def _parts(selection: Selection, space: Space, span: Span) -> Iterator[list[Row]]:
    """By ranges of the primary key, as a dry run walks: no transaction stays open for it."""
    statement = _CANDIDATES.format(pi=f"({effective_pi_sql('routing')})", condition=space.condition)
    first = span.first
    while first <= span.last:
        arguments: dict[str, int | str] = {
            "measure": selection.measure,
            "project": span.project_id,
            "first": first,
            "last": span.last,
            "part": PART,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            part: list[Row] = cursor.fetchall()
        if not part:
            return
        yield part
        first = part[-1][0] + 1
