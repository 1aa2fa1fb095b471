"""What people wrote of an erased payload may become empty or "(erased)", and nothing else.

Answers may only lose some: whole ones, or the comments on their places.
"""

from django.db import migrations

EMPTIED = """
CREATE FUNCTION queues_is_emptied(was jsonb, becomes jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_typeof(was) = jsonb_typeof(becomes) AND CASE jsonb_typeof(becomes)
    WHEN 'string' THEN becomes IN ('""', '"(erased)"')
    WHEN 'object' THEN NOT EXISTS (
      SELECT 1 FROM jsonb_each(becomes) n
      WHERE n.value IS DISTINCT FROM was -> n.key
        AND n.value IS DISTINCT FROM (
          SELECT jsonb_agg(CASE jsonb_typeof(place) WHEN 'object' THEN place - 'comment' ELSE place END ORDER BY at)
          FROM jsonb_array_elements(CASE jsonb_typeof(was -> n.key) WHEN 'array' THEN was -> n.key ELSE '[]' END)
            WITH ORDINALITY places (place, at)))
    ELSE false
  END
$$;
"""
# The argument names the columns that hold what people wrote.
ERASED_ONLY = """
CREATE OR REPLACE FUNCTION queues_is_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV[0]::text[] = to_jsonb(NEW) - TG_ARGV[0]::text[]
     AND EXISTS (SELECT 1 FROM queues_item i JOIN queues_payload t
                 ON t.prediction_id IN (i.prediction_id, i.other_id) AND t.erased_at IS NOT NULL
                 WHERE i.id = OLD.item_id){more} THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is history: its rows are never changed or removed, only erased', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""
EMPTY = """
     AND NOT EXISTS (SELECT 1 FROM unnest(TG_ARGV[0]::text[]) c (name)
                     WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name
                       AND NOT queues_is_emptied(to_jsonb(OLD) -> name, to_jsonb(NEW) -> name))"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0038_recalled_is_not_reviewed")]

    operations = [
        migrations.RunSQL(EMPTIED, "DROP FUNCTION queues_is_emptied(jsonb, jsonb)"),
        migrations.RunSQL(ERASED_ONLY.replace("{more}", EMPTY), ERASED_ONLY.replace("{more}", "")),
    ]
