"""Dispute rules; verdicts name the reviews that stood and the rule by which they settled the item."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# The reviews that stood when a verdict was given. Written before the column is history.
STOOD = """
UPDATE queues_verdict v SET review_ids = stood.ids FROM (
  SELECT w.id, jsonb_agg(r.id ORDER BY r.id) AS ids
  FROM queues_verdict w JOIN queues_review r ON r.item_id = w.item_id
  WHERE r.submitted_at <= w.created_at AND (r.withdrawn_at IS NULL OR r.withdrawn_at >= w.withdrawn_at)
  GROUP BY w.id
) stood WHERE stood.id = v.id;
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
        ("queues", "0019_bulk_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisputeRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                (
                    "needs",
                    models.CharField(
                        choices=[
                            ("unanimous", "all of them"),
                            ("majority", "more than half of them"),
                            ("k_of_n", "a fixed number of them"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at_least", models.SmallIntegerField(null=True)),
                ("by_question", models.JSONField(default=dict)),
                ("asks_lead_always", models.BooleanField(default=False)),
                ("asks_lead_for_safety", models.BooleanField(default=False)),
                ("asks_lead_for_golden", models.BooleanField(default=False)),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="verdict",
            name="verdict_basis_known",
        ),
        migrations.AddField(
            model_name="verdict",
            name="review_ids",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AlterField(
            model_name="verdict",
            name="basis",
            field=models.CharField(
                choices=[
                    ("single", "one review"),
                    ("agreed", "agreed"),
                    ("majority", "a majority"),
                    ("adjudicated", "settled by a lead"),
                ],
                max_length=11,
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("state", "disputed")), fields=["queue", "id"], name="item_disputed"
            ),
        ),
        migrations.AddField(
            model_name="disputerule",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disputerule",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dispute_rules", to="queues.queue"
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="dispute_rule",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.disputerule",
            ),
        ),
        migrations.AddField(
            model_name="verdict",
            name="dispute_rule",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.disputerule",
            ),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["single", "agreed", "majority", "adjudicated"])),
                name="verdict_basis_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "majority"), _negated=True),
                    ("dispute_rule__isnull", False),
                    _connector="OR",
                ),
                name="verdict_majority_has_its_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.UniqueConstraint(
                fields=("queue", "version"), name="dispute_rule_once_per_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="dispute_rule_version_counts_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("needs__in", ["unanimous", "majority", "k_of_n"])),
                name="dispute_rule_needs_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("at_least__gte", 2),
                        ("at_least__isnull", False),
                        ("at_least__lte", 20),
                        ("needs", "k_of_n"),
                    ),
                    models.Q(models.Q(("needs", "k_of_n"), _negated=True), ("at_least__isnull", True)),
                    _connector="OR",
                ),
                name="dispute_rule_k_goes_with_k_of_n",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="dispute_rule_has_a_reason"
            ),
        ),
        migrations.RunSQL(STOOD, migrations.RunSQL.noop),
        migrations.RunSQL(
            GUARD.format(table="queues_verdict", mutable="{withdrawn_at}"), migrations.RunSQL.noop
        ),
        migrations.RunSQL(GUARD.format(table="queues_disputerule", mutable="{}"), migrations.RunSQL.noop),
    ]
