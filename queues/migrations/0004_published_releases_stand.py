"""A published release is never changed: only its state may move on to superseded, its files and rows stay."""

from django.db import migrations

RELEASE = """
CREATE FUNCTION queues_release_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'superseded'
     AND to_jsonb(OLD) - 'state' = to_jsonb(NEW) - 'state' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'release % is published: it is never changed or removed', OLD.id
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER queues_release_stands BEFORE UPDATE OR DELETE ON queues_release
  FOR EACH ROW WHEN (OLD.state IN ('published', 'superseded')) EXECUTE FUNCTION queues_release_stands();
"""

# By statement: a check for each of a million copied rows would cost seconds.
PARTS = """
CREATE FUNCTION queues_release_parts_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM queues_release r WHERE r.state IN ('published', 'superseded')
             AND r.id IN (SELECT release_id FROM touched)) THEN
    RAISE EXCEPTION 'a published release keeps exactly its files and rows (%)', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
"""

GUARD = """
CREATE TRIGGER {table}_insert_stands AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION queues_release_parts_stand();
CREATE TRIGGER {table}_update_stands BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER {table}_delete_stands AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION queues_release_parts_stand();
"""
UNGUARD = """
DROP TRIGGER {table}_insert_stands ON {table};
DROP TRIGGER {table}_update_stands ON {table};
DROP TRIGGER {table}_delete_stands ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0003_datasets_and_releases")]

    operations = [
        migrations.RunSQL(RELEASE, "DROP FUNCTION queues_release_stands() CASCADE"),
        migrations.RunSQL(PARTS, "DROP FUNCTION queues_release_parts_stand()"),
        *[
            migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table))
            for table in ("queues_releasefile", "queues_releaserow")
        ],
    ]
