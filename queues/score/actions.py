"""Writes of scoring: received → scored."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from queues.bulk import write_rows
from queues.ingest.actions import New
from queues.models import Flag, Scores
from queues.score import detectors as _shipped  # noqa: F401 - importing it registers the detectors
from queues.score import golden, queries
from queues.score.compute import Scored, scores_of
from queues.score.detector import Finding, Record, detectors
from queues.score.queries import ScoredPrediction

_CLAIM = """
    UPDATE queues_prediction SET state = 'scored'
    WHERE id IN (
        SELECT id FROM queues_prediction WHERE id = ANY(%s) AND state = 'received'
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
    RETURNING id, project_id, model_version
"""
_SCORE_COLUMNS = ("prediction_id", "project_id", "model_version", "values", "missing")
_FLAG_COLUMNS = ("prediction_id", *(field for field in Finding._fields if field != "group"))


class _Claimed(NamedTuple):
    id: int
    project_id: int
    model_version: str


@transaction.atomic(savepoint=False)
def score(prediction_ids: Sequence[int]) -> list[ScoredPrediction]:
    """received → scored, with the scores and flags of each; what was scored before is left alone."""
    claimed = _claim(prediction_ids)
    return _score(claimed, queries.records([row.id for row in claimed]) if claimed else {})


def score_new(project_id: int, arriving: Sequence[New]) -> list[ScoredPrediction]:
    """The same for records that this very transaction stores: nobody else sees them, so none is claimed."""
    claimed = [_Claimed(new.id, project_id, new.checked.model_version) for new in arriving]
    return _score(claimed, {new.id: new.checked.record for new in arriving})


def _score(claimed: Sequence[_Claimed], records: Mapping[int, Record]) -> list[ScoredPrediction]:
    scores = [scores_of(records[row.id]) for row in claimed]
    findings = [findings_of(records[row.id]) for row in claimed]
    _store_scores(claimed, scores)
    _store_flags(claimed, findings)
    _hold_against_golden(claimed, records)
    return [
        ScoredPrediction(row.id, scored.values, [finding for finding in found if finding.flagged])
        for row, scored, found in zip(claimed, scores, findings, strict=True)
    ]


def _hold_against_golden(claimed: Sequence[_Claimed], records: Mapping[int, Record]) -> None:
    for project_id in sorted({row.project_id for row in claimed}):
        theirs = {row.id: records[row.id] for row in claimed if row.project_id == project_id}
        golden.keep(golden.held_against(project_id, theirs))


def findings_of(record: Record) -> list[Finding]:
    """The findings of all detectors."""
    return [finding for _name, detect in detectors for finding in detect(record)]


def _claim(prediction_ids: Sequence[int]) -> list[_Claimed]:
    """The predictions that are ours to score, in the order of their ids; the state is the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [list(prediction_ids)])
        return sorted(_Claimed(*row) for row in cursor.fetchall())


def _store_scores(claimed: Sequence[_Claimed], scores: Sequence[Scored]) -> None:
    if not claimed:
        return
    rows = (
        (*row, orjson.dumps(scored.values).decode(), _as_json(tuple(scored.missing.items())))
        for row, scored in zip(claimed, scores, strict=True)
    )
    write_rows(Scores, _SCORE_COLUMNS, rows)


@lru_cache(maxsize=256)
def _as_json(reasons: tuple[tuple[str, str], ...]) -> str:
    """Nearly all predictions of a client lack the same measures for the same reasons."""
    return orjson.dumps(dict(reasons)).decode()


def _store_flags(claimed: Sequence[_Claimed], findings: Sequence[Sequence[Finding]]) -> None:
    rows = [
        (row.id, *(value for field, value in zip(Finding._fields, finding, strict=True) if field != "group"))
        for row, found in zip(claimed, findings, strict=True)
        for finding in found
    ]
    if rows:
        write_rows(Flag, _FLAG_COLUMNS, rows)
