"""Reads of scoring: what is owed, and what was found."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from django.db import connection

from queues.models import Flag, Prediction, Scores
from queues.score.detector import Finding, Record
from queues.score.detectors.taxonomy import group_of


class ScoredPrediction(NamedTuple):
    """What scoring leaves for routing: the scores that exist, and the findings that were flagged."""

    id: int
    values: dict[str, float]
    findings: Sequence[Finding]


def records(prediction_ids: Sequence[int]) -> dict[int, Record]:
    """The stored records of these predictions, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prediction_id, record FROM queues_payload WHERE prediction_id = ANY(%s)",
            [list(prediction_ids)],
        )
        return {id_: orjson.loads(record) for id_, record in cursor.fetchall()}


def by_project(found: Mapping[int, Record]) -> dict[int, dict[int, Record]]:
    """Project → its own of these records."""
    theirs: dict[int, dict[int, Record]] = defaultdict(dict)
    rows = (
        Prediction.objects.filter(pk__in=found).values_list("project_id", "pk").order_by("project_id", "pk")
    )
    for project_id, id_ in rows:
        theirs[project_id][id_] = found[id_]
    return dict(theirs)


def scored(prediction_ids: Sequence[int]) -> list[ScoredPrediction]:
    """Scores and flagged findings of these predictions, as far as they are scored."""
    findings = _flagged(prediction_ids)
    rows = Scores.objects.filter(prediction__in=prediction_ids).values_list("prediction_id", "values")
    return [ScoredPrediction(id_, values, findings.get(id_, ())) for id_, values in rows]


def _flagged(prediction_ids: Sequence[int]) -> dict[int, list[Finding]]:
    fields = [field for field in Finding._fields if field != "group"]
    found: dict[int, list[Finding]] = defaultdict(list)
    flags = Flag.objects.filter(prediction__in=prediction_ids, flagged=True).order_by("id")
    for row in flags.values("prediction_id", *fields):
        prediction_id, span = row.pop("prediction_id"), row.pop("span")
        group = group_of(row["taxonomy"], row["category"])
        found[prediction_id].append(Finding(**row, group=group, span=tuple(span) if span else None))
    return found
