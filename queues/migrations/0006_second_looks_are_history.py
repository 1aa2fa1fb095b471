"""Second looks and attachments are history; items say by themselves why they are there; input_key never changes."""

from django.db import migrations

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
REASONS = """
UPDATE queues_item i SET reasons = r.reasons FROM queues_routing r
WHERE r.prediction_id = i.prediction_id AND i.reasons = '[]' AND r.reasons <> '[]';
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0005_second_looks")]

    operations = [
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD.format(table="queues_secondlook", mutable="{}"), migrations.RunSQL.noop),
        migrations.RunSQL(GUARD.format(table="queues_attachment", mutable="{}"), migrations.RunSQL.noop),
        migrations.RunSQL(GUARD.format(table="queues_prediction", mutable="{state}"), migrations.RunSQL.noop),
    ]
