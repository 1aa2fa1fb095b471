"""Verdicts name the version of the form whose questions their answers belong to."""

import django.db.models.deletion
from django.db import migrations, models

# Of old verdicts of leads it is not known; of reviews it is that of the review that stood for all.
OF_REVIEWS = """
UPDATE queues_verdict verdict SET form_id = review.form_id
FROM queues_review review WHERE review.id = verdict.review_id
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
    dependencies = [("queues", "0024_notes_are_history")]

    operations = [
        migrations.AddField(
            model_name="verdict",
            name="form",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.formversion",
            ),
        ),
        migrations.RunSQL(OF_REVIEWS, migrations.RunSQL.noop),
        migrations.RunSQL(
            GUARD.format(table="queues_verdict", mutable="{withdrawn_at}"), migrations.RunSQL.noop
        ),
    ]
