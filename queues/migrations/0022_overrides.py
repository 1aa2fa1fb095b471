"""Judgements: what each decision said of the ones before it, for what has been decided so far as well."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

VIOLATES = """
CASE {said}.answers ->> 'violation' WHEN 'yes' THEN true WHEN 'no' THEN false ELSE
  CASE WHEN NOT jsonb_exists({said}.answers, 'violation') AND {said}.decision = 'approve' THEN false END
END
"""
OF_REVIEWS = f"""
INSERT INTO queues_judgement (project_id, queue_id, item_id, kind, before, after, overrides, person_id,
  component, category, reasons, review_id, at)
SELECT queue.project_id, item.queue_id, item.id, said.kind, said.before, said.after, said.before <> said.after,
  review.person_id, said.component, said.category, review.reasons, review.id, review.submitted_at
FROM queues_review review
JOIN queues_item item ON item.id = review.item_id
JOIN queues_queue queue ON queue.id = item.queue_id
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
    SELECT DISTINCT flag.component, CASE WHEN flag.flagged THEN flag.category ELSE '' END AS category, flag.flagged
    FROM queues_flag flag
    WHERE flag.prediction_id = item.prediction_id AND (flag.flagged OR NOT EXISTS (
      SELECT FROM queues_flag other WHERE other.prediction_id = flag.prediction_id
        AND other.component = flag.component AND other.flagged))
  ) found
  WHERE answer.violates IS NOT NULL
) said
WHERE review.decision <> 'escalate' AND item.other_id IS NULL
ORDER BY review.id
"""
OF_VERDICTS = """
INSERT INTO queues_judgement (project_id, queue_id, item_id, kind, before, after, overrides, person_id,
  before_person_id, reasons, verdict_id, at)
SELECT queue.project_id, verdict.queue_id, verdict.item_id, said.kind, said.before, verdict.decision,
  said.before <> verdict.decision, verdict.decided_by_id, said.whose, verdict.reasons, verdict.id, verdict.created_at
FROM queues_verdict verdict
JOIN queues_queue queue ON queue.id = verdict.queue_id
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
  SELECT CASE WHEN array_position(ARRAY['ml_engineer', 'annotator', 'lead', 'owner'], above.role)
    > array_position(ARRAY['ml_engineer', 'annotator', 'lead', 'owner'], below.role)
    THEN 'senior' ELSE 'reviewer' END AS kind, stood.before, stood.whose
  FROM (SELECT 1) one
  LEFT JOIN accounts_membership above
    ON above.project_id = queue.project_id AND above.person_id = verdict.decided_by_id
  LEFT JOIN accounts_membership below ON below.project_id = queue.project_id AND below.person_id = stood.whose
) said
WHERE verdict.basis = 'adjudicated'
UNION ALL
SELECT queue.project_id, verdict.queue_id, verdict.item_id, 'adjudication', most.decision, verdict.decision,
  most.decision <> verdict.decision, verdict.decided_by_id, NULL, verdict.reasons, verdict.id, verdict.created_at
FROM queues_verdict verdict
JOIN queues_queue queue ON queue.id = verdict.queue_id
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
WHERE verdict.basis = 'adjudicated'
"""
GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> ALL ('{mutable}');
  EXECUTE 'CREATE OR REPLACE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON {table} FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_buckets_without_log"),
        ("queues", "0021_items_with_overlap"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("model", "the model"),
                            ("safety_filter", "a safety filter"),
                            ("reviewer", "another reviewer"),
                            ("senior", "a reviewer of lower rank"),
                            ("adjudication", "the majority of the reviews"),
                            ("gold", "a golden answer"),
                        ],
                        max_length=13,
                    ),
                ),
                ("before", models.CharField(max_length=8)),
                ("after", models.CharField(max_length=8)),
                ("overrides", models.BooleanField()),
                ("component", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("category", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("reasons", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "before_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="queues.item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.review",
                    ),
                ),
                (
                    "verdict",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.verdict",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "-id"], name="judgement_newest"),
                    models.Index(fields=["queue", "-id"], name="judgement_of_queue"),
                    models.Index(fields=["project", "person", "-id"], name="judgement_of_person"),
                    models.Index(
                        condition=models.Q(("overrides", True)),
                        fields=["project", "kind", "-id"],
                        name="override_cases",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["model", "safety_filter", "reviewer", "senior", "adjudication", "gold"],
                            )
                        ),
                        name="judgement_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("overrides", True), models.Q(("before", models.F("after")), _negated=True)
                            ),
                            models.Q(("before", models.F("after")), ("overrides", False)),
                            _connector="OR",
                        ),
                        name="judgement_overrides_when_they_differ",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review__isnull", False), ("verdict__isnull", True)),
                            models.Q(("review__isnull", True), ("verdict__isnull", False)),
                            _connector="OR",
                        ),
                        name="judgement_was_said_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "safety_filter"),
                            models.Q(("category", ""), ("component", "")),
                            _connector="OR",
                        ),
                        name="judgement_category_is_a_filters",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD.format(table="queues_judgement", mutable="{}"), migrations.RunSQL.noop),
        migrations.RunSQL(OF_REVIEWS, migrations.RunSQL.noop),
        migrations.RunSQL(OF_VERDICTS, migrations.RunSQL.noop),
    ]
