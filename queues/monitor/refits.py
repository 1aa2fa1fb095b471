"""When curves are owed a refit: enough labels came since one was last asked for."""

from django.db import connection

KIND = "refit_calibration"
LABELS_NEEDED = 50
_COUNT_UP_TO = 2_000  # also a tenth of the labels that one refit reads

_NEWEST = """
SELECT coalesce(max(verdict.id), 0) FROM queues_queue queue
CROSS JOIN LATERAL (
  SELECT id FROM queues_verdict WHERE queue_id = queue.id AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1
) verdict WHERE queue.project_id = %s
"""
# A tenth more labels than last time, and at least LABELS_NEEDED: a refit costs more the more there are.
_OWED = """
SELECT project.id FROM accounts_project project
LEFT JOIN LATERAL (
  SELECT subject_id, total, state FROM queues_job
  WHERE project_id = project.id AND kind = 'refit_calibration' ORDER BY subject_id DESC LIMIT 1
) last ON true
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_queue queue
    CROSS JOIN LATERAL (
      SELECT 1 FROM queues_verdict
      WHERE queue_id = queue.id AND id > coalesce(last.subject_id, 0) AND withdrawn_at IS NULL
      ORDER BY id LIMIT %(up_to)s
    ) one WHERE queue.project_id = project.id LIMIT %(up_to)s
  ) counted
) since
WHERE since.n >= greatest(%(needed)s, coalesce(last.total, 0) / 10)
  AND coalesce(last.state, 'done') IN ('done', 'failed')
"""


def newest_verdict(project_id: int) -> int:
    """The newest standing verdict; 0: there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [project_id])
        return int(cursor.fetchone()[0])


def owed() -> list[int]:
    """Projects with enough new labels; looks at no more than _COUNT_UP_TO verdicts of each queue."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, {"needed": LABELS_NEEDED, "up_to": _COUNT_UP_TO})
        return [row[0] for row in cursor.fetchall()]
