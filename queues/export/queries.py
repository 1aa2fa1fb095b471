"""The verdicts of a dataset, read as one snapshot with constant memory, and what leaves them out.

No model instances: a release of a million rows would make five million of them. Each queue is walked
along the index of its standing verdicts, a page at a time, all pages in one REPEATABLE READ snapshot.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg
from django.db import connection

from queues.export import soft_labels
from queues.export.definition.filters import Filter
from queues.export.row import VerdictRow
from queues.export.soft_labels import SoftLabels
from queues.models import Part, Queue, ReleaseRow, Review, Severity, Verdict
from queues.route.effective_pi import effective_pi_sql
from queues.score.vectors import Space

PAGE = 5_000  # so the planner walks the index; rows still come in chunks
# The server goes on while a chunk is worked on. Before libpq 17 a chunk is one row.
CHUNK = 100 if psycopg.pq.version() >= 170_000 else 1

# Categories that never leave, whatever a reviewer decided (Llama Guard, MLCommons and OpenAI names).
NEVER_EXPORTED = ("S4", "S9", "S11", "sexual/minors")

_COLUMNS = """
  v.id, i.id, p.prediction_id, p.environment, q.slug, v.decision, v.basis, p.model_version, p.locale,
  t.record -> 'input', t.output_text, v.corrected_text,
  NOT jsonb_path_exists(t.record, '$.output.messages[*].parts[*].type ? (@ != "text" && @ != "reasoning")'),
  t.record #>> '{trace,conversation_id}', t.record #>> '{rights,licence}', t.record #>> '{prompt,version}',
  t.record #>> '{rights,origin}',
  CASE
    WHEN EXISTS (SELECT 1 FROM queues_recall c WHERE c.prediction_id = p.id) THEN 'row.recalled'
    WHEN i.state = 'withdrawn' THEN 'item.withdrawn'
    WHEN i.state = 'disputed' THEN 'dispute.open'
    WHEN i.other_id IS NOT NULL THEN 'item.compared'
    WHEN t.erased_at IS NOT NULL THEN 'payload.erased'
    WHEN t.record #>> '{rights,consent}' IN ('denied', 'withdrawn')
      THEN 'consent.' || (t.record #>> '{rights,consent}')
    WHEN NOT t.record #> '{rights,consent_scope}' @> to_jsonb(%(scope)s::text) THEN 'consent.scope'
    WHEN EXISTS (SELECT 1 FROM queues_flag f WHERE f.prediction_id = p.id AND f.flagged
                 AND f.category = ANY (%(never)s)) THEN 'safety.never_exported'
    WHEN v.decision = 'approve' AND EXISTS (SELECT 1 FROM queues_flag f WHERE f.prediction_id = p.id
                 AND f.flagged AND f.severity = %(severe)s) THEN 'safety.severe'
"""
# What rests on somebody who was right too seldom; what a lead settled rests on the lead.
_UNRELIABLE = """
    WHEN v.basis <> 'adjudicated' AND EXISTS (SELECT 1 FROM queues_review r WHERE r.item_id = i.id
                 AND r.withdrawn_at IS NULL AND r.decision = v.decision
                 AND r.person_id = ANY (%(unreliable)s)) THEN 'reviewer.unreliable'
"""
_TABLES = """
FROM queues_verdict v
JOIN queues_item i ON i.id = v.item_id
JOIN queues_queue q ON q.id = v.queue_id
JOIN queues_prediction p ON p.id = i.prediction_id
JOIN queues_payload t ON t.prediction_id = p.id
"""
# What a record was made of; only releases ask for it.
_LINEAGE_COLUMNS = f""", {effective_pi_sql("g")}, i.reasons, o.version, w.ids, w.people, w.forms, w.agreeing,
  v.decided_by_id, to_json(v.created_at) #>> '{{}}'"""
_LINEAGE_TABLES = """
LEFT JOIN queues_routing g ON g.prediction_id = p.id
LEFT JOIN queues_policy o ON o.id = g.policy_id
CROSS JOIN LATERAL (
  SELECT array_agg(r.id ORDER BY r.id) ids, array_agg(r.person_id ORDER BY r.id) people,
    array_agg(r.form_id ORDER BY r.id) forms, count(*) FILTER (WHERE r.decision = v.decision) agreeing
  FROM queues_review r WHERE r.item_id = i.id AND r.withdrawn_at IS NULL) w
"""
# Along the index of the disputes of each queue, and no further than the limit in all of them.
_DISPUTED = """
SELECT i.id, p.prediction_id FROM (
  SELECT d.id, d.prediction_id FROM unnest(%(queues)s::bigint[]) asked (queue_id)
  CROSS JOIN LATERAL (
    SELECT id, prediction_id FROM queues_item WHERE queue_id = asked.queue_id AND state = 'disputed'
    ORDER BY id LIMIT %(limit)s) d
  LIMIT %(limit)s) i
JOIN queues_prediction p ON p.id = i.prediction_id
JOIN queues_payload t ON t.prediction_id = p.id
"""
_OF_PREDICTIONS = ("locales", "model_versions", "environments", "tags")  # what a dispute can be asked as well
_WALK = "WHERE v.queue_id = %(queue)s AND v.withdrawn_at IS NULL AND v.id > %(after)s"

# filter field → what a row must fulfil
_CONDITIONS = {
    "decisions": "v.decision = ANY (%(decisions)s)",
    "basis": "v.basis = ANY (%(basis)s)",
    "locales": "p.locale = ANY (%(locales)s)",
    "model_versions": "p.model_version = ANY (%(model_versions)s)",
    "environments": "p.environment = ANY (%(environments)s)",
    "tags": "t.record -> 'tags' ?| %(tags)s",
    "reasons": "v.reasons ?| %(reasons)s",
    "decided_after": "v.created_at >= %(decided_after)s",
    "decided_before": "v.created_at < %(decided_before)s",
    "min_reviews": (
        "(SELECT count(*) FROM queues_review r WHERE r.item_id = i.id AND r.withdrawn_at IS NULL)"
        " >= %(min_reviews)s"
    ),
}


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a verdict came to be, as plain ids; pi is None for an item that no policy routed.

    pi: the one that counts. agreeing: how many reviews decided as the verdict does.
    reasons: of the item, so those of second looks as well.
    """

    pi: float | None
    reasons: Sequence[dict[str, object]]
    policy_version: int | None
    review_ids: Sequence[int]
    reviewer_ids: Sequence[int]
    form_ids: Sequence[int]
    agreeing: int
    decided_by: int | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """One verdict that the filter asks for. left_out: why it gives no record in any format, or None.

    vector: what the encoder made of the prompt, where it was asked for and is there: float16, big-endian.
    """

    row: VerdictRow
    left_out: str | None
    lineage: Lineage | None
    vector: bytes | None = None


def verdicts_of(
    project_id: int,
    filter_: Filter,
    *,
    scope: str,
    with_lineage: bool = False,
    with_soft_labels: bool = False,
    vectors: Space | None = None,
    at_most: int | None = None,
    unreliable: Sequence[int] = (),
) -> Generator[Found, None, None]:
    """What the filter asks for, queue by queue (by slug) in the order of the verdicts.

    scope: the consent that a row needs, "train" or "eval"; vectors: where those of the prompts are;
    with_soft_labels: how answers spread, of the questions on which people may rightly differ;
    unreliable: people on whom no row may rest.
    Read inside `snapshot()`, and close it before that ends: while it is open the connection belongs to
    it, and the end of the transaction would wait.
    """
    arguments = {
        **_arguments(filter_), "scope": scope, "never": list(NEVER_EXPORTED), "severe": Severity.SEVERE,
        "unreliable": list(unreliable),
    }  # fmt: skip
    left = at_most
    for queue_id in _queue_ids(project_id, filter_):
        soft = soft_labels.of_queue(queue_id) if with_soft_labels else soft_labels.NONE
        sql = _statement(
            filter_,
            with_lineage=with_lineage,
            with_given=bool(soft.asked),
            vectors=vectors,
            judges=bool(unreliable),
        )
        seen = yield from _walk(sql, {**arguments, "queue": queue_id, "soft": soft.keys}, left, soft)
        left = None if left is None else left - seen


def disputed_of(project_id: int, filter_: Filter, *, at_most: int) -> list[tuple[int, str]]:
    """The open disputes that may yet become rows, as item and prediction id; of the first `at_most` ones.

    They have no verdict, so the walk does not meet them, and nothing of a filter that asks about verdicts
    can be asked of them.
    """
    asked = [_CONDITIONS[name] for name in _OF_PREDICTIONS if getattr(filter_, name)]
    sql = f"{_DISPUTED} {'WHERE ' if asked else ''}{' AND '.join(asked)} ORDER BY i.id"
    arguments: dict[str, Any] = _arguments(filter_)
    arguments |= {"queues": _queue_ids(project_id, filter_), "limit": at_most}
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def count_standing(project_id: int, filter_: Filter) -> int:
    """How many standing verdicts the walk will look at, before the filter's finer conditions."""
    queue_ids = _queue_ids(project_id, filter_)
    return Verdict.objects.filter(queue__in=queue_ids, withdrawn_at=None).count()


def _walk(
    sql: str, arguments: dict[str, object], at_most: int | None, soft: SoftLabels
) -> Generator[Found, None, int]:
    """The verdicts of one queue, page by page; returns how many there were."""
    after, seen_in_all = 0, 0
    with connection.cursor() as cursor, connection.wrap_database_errors:
        while limit := PAGE if at_most is None else min(PAGE, at_most - seen_in_all):
            page = {**arguments, "after": after, "limit": limit}
            seen = 0
            with closing(cursor.stream(sql, page, size=CHUNK)) as rows:
                for seen, values in enumerate(rows, start=1):  # noqa: B007 - read after the loop
                    after = values[0]
                    yield _found(values, soft)
            seen_in_all += seen
            if seen < limit:
                break
    return seen_in_all


def _found(values: tuple, soft: SoftLabels) -> Found:
    (verdict, item, prediction_id, environment, queue, decision, basis, model_version, locale,
     input_, output_text, corrected_text, in_text, conversation, licence, prompt_version, origin,
     left_out, vector, given, *lineage) = values  # fmt: skip
    row = VerdictRow(
        item, verdict, prediction_id, environment, queue, decision, basis, model_version, locale,
        orjson.loads(input_) if input_ else {}, output_text, in_text, corrected_text,
        conversation, licence, prompt_version, origin, soft.of(given),
    )  # fmt: skip
    return Found(row, left_out, _lineage(lineage) if lineage else None, _vector(vector))


def _vector(sent: bytes | None) -> bytes | None:
    """pgvector sends a halfvec as two numbers of two bytes, then its values."""
    return None if sent is None else sent[4:]


def _lineage(values: Sequence) -> Lineage:
    pi, reasons, policy_version, reviews, people, forms, agreeing, decided_by, decided_at = values
    return Lineage(
        pi,
        orjson.loads(reasons) if reasons else [],
        policy_version,
        reviews or (),
        people or (),
        forms or (),
        agreeing,
        decided_by,
        datetime.fromisoformat(decided_at),  # as text: what Django reads times with takes 9 µs for each
    )


def _statement(
    filter_: Filter, *, with_lineage: bool, with_given: bool, vectors: Space | None, judges: bool
) -> str:
    """Pieces of constant text; every value goes by argument. judges: reviewers as well."""
    vector = "halfvec_send(x.vector)" if vectors else "NULL::bytea"
    given = soft_labels.GIVEN if with_given else "NULL::jsonb"
    why_not = f"{_COLUMNS} {_UNRELIABLE if judges else ''} END"
    columns = f"{why_not}, {vector}, {given}" + (_LINEAGE_COLUMNS if with_lineage else "")
    tables = _TABLES + (_LINEAGE_TABLES if with_lineage else "")
    if vectors:
        tables += (
            f" LEFT JOIN queues_vector x ON x.project_id = {int(vectors.project_id)}"
            f" AND x.encoder_id = {int(vectors.encoder_id)} AND x.part = '{Part(vectors.part).value}'"
            " AND x.prediction_id = p.id"
        )
    asked = [sql for name, sql in _CONDITIONS.items() if getattr(filter_, name)]
    return f"SELECT {columns} {tables} {' AND '.join([_WALK, *asked])} ORDER BY v.id LIMIT %(limit)s"


def _arguments(filter_: Filter) -> dict[str, Any]:
    values = {name: getattr(filter_, name) for name in _CONDITIONS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _queue_ids(project_id: int, filter_: Filter) -> list[int]:
    queues = Queue.objects.filter(project=project_id)
    if filter_.queues:
        queues = queues.filter(slug__in=filter_.queues)
    return list(queues.order_by("slug").values_list("pk", flat=True))


def is_released(review_id: int) -> bool:
    """Whether the standing verdict of this review's item is in a published release.

    One that is being built leaves a withdrawn verdict out (queues.export.publishing).
    """
    item = Review.objects.filter(pk=review_id).values("item")
    verdicts = Verdict.objects.filter(item__in=item, withdrawn_at=None).values("pk")
    return ReleaseRow.objects.filter(item__in=item, verdict__in=verdicts).exists()
