"""The cohort of a record beside it, so that counting a shared item inside a submit does not open the record.

Neither the column nor the constraint reads the table, which holds every text there is: rows of before keep no cohort
here, and are read from their record.
"""

from django.db import migrations, models

HOLDS = """
ALTER TABLE queues_payload ADD CONSTRAINT payload_cohort_is_the_records CHECK (
  cohort IS NULL OR cohort = COALESCE(NULLIF(record #> '{subject,cohort}', 'null'), '{}')
) NOT VALID
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0013_draft_tabs")]

    operations = [
        migrations.AddField(model_name="payload", name="cohort", field=models.JSONField(null=True)),
        migrations.RunSQL(
            HOLDS, "ALTER TABLE queues_payload DROP CONSTRAINT payload_cohort_is_the_records"
        ),
    ]
