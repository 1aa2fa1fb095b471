"""Versions of forms say why they were published and how old answers map; drafts of forms are kept."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# The trigger of 0002 guards the columns that were there then; this one guards the new ones too.
DROP = "DROP TRIGGER queues_formversion_is_history ON queues_formversion;"
GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = 'queues_formversion';
  EXECUTE 'CREATE TRIGGER queues_formversion_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON queues_formversion FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("queues", "0013_golden_vectors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="formversion",
            name="reason",
            field=models.TextField(db_default="No reason was given.", default="No reason was given."),
        ),
        migrations.AddField(
            model_name="formversion",
            name="mappings",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="form_version_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="form_version_counts_from_1"
            ),
        ),
        migrations.RunSQL(DROP + GUARD, DROP + GUARD),
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("document", models.JSONField()),
                ("mappings", models.JSONField(default=dict)),
                ("base_version", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="form_drafts",
                        to="queues.queue",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "person"), name="form_draft_one_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="form_draft_revision_counts_from_1"
                    ),
                ],
            },
        ),
    ]
