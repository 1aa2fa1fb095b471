"""Writing down what each decision says of the ones before it, in the transaction of the decision.

One statement for a review, one for a lead's verdict, whatever they are about.
"""

from django.db import connection

from queues.models import Decision, Item, Review, Verdict

# Whether people call it a violation: the answer to a question `violation`; without one, who approves says no,
# and who corrects or rejects may have any cause and says nothing.
VIOLATES = """
CASE {said}.answers ->> 'violation' WHEN 'yes' THEN true WHEN 'no' THEN false ELSE
  CASE WHEN NOT jsonb_exists({said}.answers, 'violation') AND {said}.decision = 'approve' THEN false END
END
"""

# A component that flagged something said so of each category; one that did not said "fine" of all.
_OF_REVIEW = f"""
INSERT INTO queues_judgement (project_id, queue_id, item_id, kind, before, after, overrides, person_id,
  component, category, reasons, review_id)
SELECT %(project)s, item.queue_id, item.id, said.kind, said.before, said.after, said.before <> said.after,
  review.person_id, said.component, said.category, review.reasons, review.id
FROM queues_review review
JOIN queues_item item ON item.id = review.item_id
CROSS JOIN LATERAL (SELECT {VIOLATES.format(said="review")} AS violates) answer
CROSS JOIN LATERAL (
  SELECT 'model' AS kind, 'approve' AS before, review.decision AS after, '' AS component, '' AS category
  UNION ALL
  SELECT 'gold', CASE WHEN deviates THEN 'wrong' ELSE 'right' END,
    CASE WHEN review.decision = 'approve' THEN 'right' ELSE 'wrong' END, '', ''
  FROM queues_deviation WHERE prediction_id = item.prediction_id AND version_id IS NOT NULL
  UNION ALL
  SELECT 'safety_filter', CASE WHEN found.flagged THEN 'flagged' ELSE 'fine' END,
    CASE WHEN answer.violates THEN 'flagged' ELSE 'fine' END, found.component, found.category
  FROM (
    SELECT DISTINCT flag.component, flag.flagged,
      CASE WHEN flag.flagged THEN flag.category ELSE '' END AS category
    FROM queues_flag flag
    WHERE flag.prediction_id = item.prediction_id AND (flag.flagged OR NOT EXISTS (
      SELECT FROM queues_flag other WHERE other.prediction_id = flag.prediction_id
        AND other.component = flag.component AND other.flagged))
  ) found
  WHERE answer.violates IS NOT NULL
) said
WHERE review.id = %(review)s
"""

# Against each review that stood, against their majority, and against the lead's verdict before this one.
_OF_VERDICT = """
INSERT INTO queues_judgement (project_id, queue_id, item_id, kind, before, after, overrides, person_id,
  before_person_id, reasons, verdict_id)
SELECT %(project)s, verdict.queue_id, verdict.item_id, said.kind, said.before, verdict.decision,
  said.before <> verdict.decision, verdict.decided_by_id, said.whose, verdict.reasons, verdict.id
FROM queues_verdict verdict
CROSS JOIN LATERAL (
  SELECT review.person_id AS whose, review.decision AS before FROM queues_review review
  WHERE review.item_id = verdict.item_id AND verdict.review_ids @> to_jsonb(review.id)
    AND review.decision <> 'escalate'
  UNION ALL
  (SELECT decided_by_id, decision FROM queues_verdict WHERE item_id = verdict.item_id
    AND id < verdict.id AND basis = 'adjudicated' AND decided_by_id <> verdict.decided_by_id
  ORDER BY id DESC LIMIT 1)
) stood
CROSS JOIN LATERAL (
  SELECT CASE WHEN array_position(%(ranks)s::text[], above.role)
      > array_position(%(ranks)s::text[], below.role)
    THEN 'senior' ELSE 'reviewer' END AS kind, stood.before, stood.whose
  FROM (SELECT 1) one
  LEFT JOIN accounts_membership above
    ON above.project_id = %(project)s AND above.person_id = verdict.decided_by_id
  LEFT JOIN accounts_membership below ON below.project_id = %(project)s AND below.person_id = stood.whose
) said
WHERE verdict.id = %(verdict)s
UNION ALL
SELECT %(project)s, verdict.queue_id, verdict.item_id, 'adjudication', most.decision, verdict.decision,
  most.decision <> verdict.decision, verdict.decided_by_id, NULL, verdict.reasons, verdict.id
FROM queues_verdict verdict
CROSS JOIN LATERAL (
  SELECT review.decision FROM queues_review review
  WHERE review.item_id = verdict.item_id AND verdict.review_ids @> to_jsonb(review.id)
    AND review.decision <> 'escalate'
  GROUP BY review.decision
  HAVING 2 * count(*) > (
    SELECT count(*) FROM queues_review WHERE item_id = verdict.item_id
      AND verdict.review_ids @> to_jsonb(id) AND decision <> 'escalate')
    AND count(*) > 1
) most
WHERE verdict.id = %(verdict)s
"""
RANKS = ["ml_engineer", "annotator", "lead", "owner"]  # who may overrule whom; the later, the higher


def judge_by_review(review: Review, item: Item, *, project_id: int) -> None:
    """What a review says of the model, of each filter and of a golden answer; an escalation says nothing.

    In the transaction of the review. A comparison judges two outputs at once, so it says nothing of either.
    """
    if review.decision == Decision.ESCALATE or item.other_id is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_OF_REVIEW, {"project": project_id, "review": review.pk})


def judge_by_verdict(verdict: Verdict, *, project_id: int) -> None:
    """What a lead's verdict says of the reviews that stood, in the transaction of the verdict.

    Which of two outputs is better is no decision on either: it overrides nobody's.
    """
    if verdict.item.other_id is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_OF_VERDICT, {"project": project_id, "verdict": verdict.pk, "ranks": RANKS})
