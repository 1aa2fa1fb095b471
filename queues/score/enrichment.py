"""What becomes known after arrival: rows that are owed, claimed in batches, removed when they are done.

A kind of enrichment is a plug-in of two steps. The first may be slow (an encoder, a remote detector) and
runs outside of any transaction; the second writes, in the one transaction that also removes the rows. So a
worker that is killed loses nothing, and a message that comes twice does nothing twice.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts import events
from accounts.actor import Actor
from queues.bulk import write_rows
from queues.models import ATTEMPTS_MAX, Enrichment
from queues.registry import Registry

log = logging.getLogger(__name__)

Changed = frozenset[str]
"""What a batch changed, for a second look of the routing: "scores", "vectors", "flags"; mostly nothing."""


def as_they_are(prediction_ids: Sequence[int]) -> Sequence[int]:
    """The first step of a kind whose whole work is a statement."""
    return prediction_ids


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of enrichment is done.

    look: ids → whatever `write` needs; slow work, no transaction. write: stores it, says what changed.
    is_ready: may it be done here and now at all? at_once: predictions in a batch: a second's work.
    runs_in: the Celery queue whose workers do it.
    """

    write: Callable[[Any], Changed]
    look: Callable[[Sequence[int]], Any] = as_they_are
    is_ready: Callable[[], bool] = lambda: True
    at_once: int = 200
    runs_in: str = "score"


kinds: Registry[Kind] = Registry("enrichment")

Followed = Callable[[Sequence[int], Changed], object]
"""What is to follow in the same transaction: given the predictions of a batch and what changed."""

# An attempt that has not ended by then counts as dead; a batch takes seconds.
_LEASE = "interval '120 s'"
# The rows are picked once and for all, whatever the plan of the update.
_CLAIM = """
    WITH picked AS MATERIALIZED (
        SELECT project_id, kind, prediction_id FROM queues_enrichment
        WHERE kind = %s AND {owed} LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE queues_enrichment e SET attempts = e.attempts + 1, retry_at = now() + {lease}
    FROM picked WHERE e.project_id = picked.project_id AND e.kind = picked.kind
      AND e.prediction_id = picked.prediction_id
    RETURNING e.prediction_id, e.project_id
"""
_CLAIM_FRESH = _CLAIM.format(owed="attempts = 0 ORDER BY is_routed DESC, prediction_id DESC", lease=_LEASE)
_CLAIM_AGAIN = _CLAIM.format(
    owed=f"attempts BETWEEN 1 AND {ATTEMPTS_MAX - 1} AND retry_at <= now() ORDER BY retry_at", lease=_LEASE
)
_THESE = "WHERE kind = %s AND prediction_id = ANY(%s) AND project_id = ANY(%s)"
_FINISH = f"DELETE FROM queues_enrichment {_THESE}"
# A batch that failed says nothing about its members: they are due again at once, one by one.
_FAIL = f"""
    UPDATE queues_enrichment SET error = %s, retry_at = now()
      + CASE WHEN %s OR attempts = {ATTEMPTS_MAX} THEN '0 s' ELSE interval '10 s' * power(2, attempts - 1) END
    {_THESE}
"""
_GIVE_BACK = f"""
    UPDATE queues_enrichment SET error = %s, attempts = attempts - 1,
      retry_at = CASE WHEN attempts > 1 THEN now() END
    {_THESE}
"""
_OWE = """
    INSERT INTO queues_enrichment (project_id, kind, prediction_id, is_routed)
    SELECT p.project_id, kind, p.id, p.state = 'routed'
    FROM queues_prediction p CROSS JOIN unnest(%s::text[]) AS kind
    WHERE p.id = ANY(%s) ON CONFLICT DO NOTHING
"""
_COLUMNS = ("project_id", "kind", "prediction_id", "is_routed")


def owe_new(project_id: int, owing: Sequence[str], routed: Mapping[int, bool]) -> None:
    """Write down, in the transaction that stores predictions, what each of them owes; routed: id → is it?"""
    rows = [
        (project_id, kind, prediction_id, is_routed)
        for kind in owing
        for prediction_id, is_routed in routed.items()
    ]
    write_rows(Enrichment, _COLUMNS, rows)


def owe(owing: Sequence[str], prediction_ids: Sequence[int]) -> int:
    """The same for predictions that are stored already; how many rows are new."""
    with connection.cursor() as cursor:
        cursor.execute(_OWE, [list(owing), list(prediction_ids)])
        return int(cursor.rowcount)


_IS_OWED = f"""
    SELECT EXISTS (SELECT 1 FROM queues_enrichment WHERE kind = %(kind)s AND attempts = 0)
        OR EXISTS (SELECT 1 FROM queues_enrichment WHERE kind = %(kind)s
                   AND attempts BETWEEN 1 AND {ATTEMPTS_MAX - 1} AND retry_at <= now())
"""


def kinds_in(runs_in: str) -> list[str]:
    """The kinds that the workers of this Celery queue can do now, the quick ones first.

    So the slow ones know what the quick ones note: a verdict is marked before the next is called novel.
    """
    able = [(-kind.at_once, name) for name, kind in kinds if kind.runs_in == runs_in and kind.is_ready()]
    return [name for _quickness, name in sorted(able)]


def is_owed(kind: str) -> bool:
    """Is any prediction owed this, and due?"""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OWED, {"kind": str(kind)})
        return bool(cursor.fetchone()[0])


_RETRY = f"""
    WITH picked AS MATERIALIZED (
        SELECT project_id, kind, prediction_id FROM queues_enrichment
        WHERE project_id = %s AND attempts = {ATTEMPTS_MAX} AND retry_at <= now()
          AND (%s::bigint IS NULL OR (prediction_id = %s AND kind = %s))
        ORDER BY prediction_id DESC LIMIT 10000 FOR UPDATE SKIP LOCKED
    )
    UPDATE queues_enrichment e SET attempts = 0, retry_at = NULL, error = ''
    FROM picked WHERE e.project_id = picked.project_id AND e.kind = picked.kind
      AND e.prediction_id = picked.prediction_id
    RETURNING e.prediction_id, e.project_id
"""


@transaction.atomic
def retry(project_id: int, *, by: Actor, prediction_id: int | None = None, kind: str = "") -> int:
    """Owe again what was given up: one enrichment, or the newest 10,000 of the project; how many."""
    how_many = len(_execute(_RETRY, [project_id, prediction_id, prediction_id, kind]))
    if how_many:
        events.record(
            project_id=project_id,
            kind="enrichment.retried",
            by=by,
            subject_kind="project" if prediction_id is None else "prediction",
            subject_id=prediction_id or project_id,
            after={"count": how_many, "kind": kind},
        )
    return how_many


class NotNow(Exception):
    """What this kind needs is away (an encoder that does not load, a service that is down): no attempt."""


def work_on(kind: str, *, then: Followed) -> bool:
    """Do one batch of this kind; False when none was owed or it cannot be done here now."""
    plug_in = kinds.get(kind)
    batch = _claim(kind, plug_in.at_once) if plug_in.is_ready() else None
    if not batch:
        return False
    try:
        found = plug_in.look(batch.prediction_ids)
        with transaction.atomic():
            _execute(_FINISH, batch.named)
            then(batch.prediction_ids, plug_in.write(found))
    except NotNow as error:
        log.warning("%s is not done now: %s", kind, error)
        _execute(_GIVE_BACK, [_storable(error), *batch.named])
        return False
    except Exception as error:
        log.exception("%s of %d predictions failed", kind, len(batch.prediction_ids))
        is_batch = len(batch.prediction_ids) > 1
        _execute(_FAIL, [f"{type(error).__name__}: {_storable(error)}", is_batch, *batch.named])
    return True


@dataclass(frozen=True, slots=True)
class _Batch:
    kind: str
    prediction_ids: list[int]
    project_ids: list[int]

    @property
    def named(self) -> tuple[object, ...]:
        """What _THESE asks for."""
        return self.kind, self.prediction_ids, self.project_ids


def _claim(kind: str, at_once: int) -> _Batch | None:
    """The next rows, ours until the lease ends: what is due again, else a batch of fresh ones.

    The attempt is counted here, so that one that kills its worker is counted too; and what was tried
    before is tried alone, so that it takes no neighbour along.
    """
    rows = _execute(_CLAIM_AGAIN, [kind, 1]) or _execute(_CLAIM_FRESH, [kind, at_once])
    if not rows:
        return None
    return _Batch(kind, sorted(id_ for id_, _project in rows), sorted({project for _id, project in rows}))


def _storable(error: Exception) -> str:
    return str(error).replace("\x00", "")[:1_000]


def _execute(statement: str, arguments: Sequence[Any]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall() if cursor.description else []
