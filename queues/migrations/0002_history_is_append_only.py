"""Rows of the history are never rewritten or removed, whoever asks: only the columns named here may change.

The trigger names the columns that it guards, so an UPDATE of a mutable column alone costs nothing.
"""

from django.db import migrations

# table → columns that may be updated: a review is withdrawn, a policy activated, a prediction routed
MUTABLE = {
    "queues_review": ["withdrawn_at"],
    "queues_verdict": ["withdrawn_at"],
    "queues_policy": ["is_active"],
    "queues_formversion": [],
    "queues_routing": [],
    "queues_flag": [],
    "queues_skip": [],
    "queues_prediction": ["state"],
}

REFUSE = """
CREATE FUNCTION queues_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is history: its rows are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""

GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> ALL ('{mutable}');
  EXECUTE 'CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON {table} FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION queues_refuse_rewrite()"),
        *[
            migrations.RunSQL(
                GUARD.format(table=table, mutable="{" + ",".join(mutable) + "}"),
                f"DROP TRIGGER {table}_is_history ON {table}",
            )
            for table, mutable in MUTABLE.items()
        ],
    ]
