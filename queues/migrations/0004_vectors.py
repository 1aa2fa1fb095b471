"""Vectors, where the server has pgvector.

Their table has a column type that a server may lack. So a function of the database makes it, as soon as it can:
here, or when `manage.py prepare` of a later day finds the extension.
"""

from django.db import migrations

# Without a foreign key: derived rows, written by one place, of predictions that are never deleted.
# PLAIN: a vector of 1,000 dimensions would else be kept apart from its row and read twice.
MAKE_TABLE = """
CREATE FUNCTION queues_make_vector_table() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF to_regtype('halfvec') IS NULL THEN
    RETURN false;
  END IF;
  IF to_regclass('queues_vector') IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('queues_vector') AND attname = 'vector'
      AND NOT attisdropped) THEN
    EXECUTE 'DROP TABLE queues_vector';  -- the extension was dropped with all that needs it, and is back
  END IF;
  IF to_regclass('queues_vector') IS NULL THEN
    EXECUTE $ddl$
      CREATE TABLE queues_vector (
        project_id bigint NOT NULL,
        encoder_id bigint NOT NULL,
        part varchar(6) NOT NULL CONSTRAINT vector_part_known CHECK (part IN ('input', 'output')),
        prediction_id bigint NOT NULL,
        is_reviewed boolean NOT NULL DEFAULT false,
        vector halfvec NOT NULL,
        PRIMARY KEY (project_id, encoder_id, part, prediction_id)
      )$ddl$;
    EXECUTE 'ALTER TABLE queues_vector ALTER COLUMN vector SET STORAGE PLAIN';
    EXECUTE 'CREATE INDEX vector_reviewed ON queues_vector (project_id, encoder_id, part, prediction_id)
             WHERE is_reviewed';
  END IF;
  RETURN true;
END $$;
"""
TRY = """
DO $$
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
  EXCEPTION WHEN OTHERS THEN NULL;  -- not on this server, or not for this role: `manage.py prepare` says so
  END;
  PERFORM queues_make_vector_table();
END $$;
"""


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("queues", "0012_enrichment_vectors_and_search"),
    ]
    dependencies = [("queues", "0003_checks_and_recalls")]

    operations = [
        migrations.RunSQL(MAKE_TABLE, "DROP FUNCTION queues_make_vector_table()"),
        migrations.RunSQL(TRY, "DROP TABLE IF EXISTS queues_vector"),
    ]
