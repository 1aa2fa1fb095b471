"""Writes of scoring: received → scored."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from queues.bulk import Value, write_rows
from queues.ingest.actions import New
from queues.models import Flag, Scores
from queues.score import detectors as _shipped  # noqa: F401 - importing it registers the detectors
from queues.score import golden, queries
from queues.score.active_lists import ListsAtWork
from queues.score.compute import Scored, scores_of
from queues.score.detector import Finding, Record, detectors
from queues.score.list_queries import in_force
from queues.score.lists import switch_off
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
    at_work = _lists_at_work({row.project_id for row in claimed})
    scores = [scores_of(records[row.id]) for row in claimed]
    findings = [findings_of(records[row.id], at_work[row.project_id]) for row in claimed]
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
        golden.keep(golden.held_by_words(project_id, theirs))


def findings_of(record: Record, lists: ListsAtWork) -> list[Finding]:
    """The findings of all detectors, and of the project's own lists."""
    found = [finding for _name, detect in detectors for finding in detect(record)]
    return found + lists.findings(record) if lists.lists else found


def _lists_at_work(project_ids: Collection[int]) -> dict[int, ListsAtWork]:
    """The lists of these projects. One that is too slow is switched off when the transaction stands."""
    if not project_ids:
        return {}
    active = in_force(project_ids)
    at_work = {project_id: ListsAtWork(active.get(project_id, ())) for project_id in project_ids}
    if active:
        transaction.on_commit(partial(_switch_off_slow, list(at_work.values())))
    return at_work


def _switch_off_slow(at_work: Sequence[ListsAtWork]) -> None:
    for lists in at_work:
        for list_id, milliseconds in lists.too_slow.items():
            switch_off(list_id, milliseconds=milliseconds)


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
    store_flags([(row.id, found) for row, found in zip(claimed, findings, strict=True)])


def store_flags(found: Sequence[tuple[int, Sequence[Finding]]]) -> None:
    """Write the findings of these predictions (our numbers) as flags, in the caller's transaction."""
    rows = [(prediction_id, *_flag_values(finding)) for prediction_id, each in found for finding in each]
    if rows:
        write_rows(Flag, _FLAG_COLUMNS, rows)


def _flag_values(finding: Finding) -> list[Value]:
    """The values of `_FLAG_COLUMNS` after the prediction; a JSON column takes text."""
    values = finding._asdict()
    span = values["span"]
    values["span"] = None if span is None else f"[{span[0]},{span[1]}]"
    return [values[column] for column in _FLAG_COLUMNS[1:]]
