"""Rows of the history are never rewritten or removed, whoever asks: only the columns named here may change.

Where some may, the trigger names the columns that it guards, so an UPDATE of a mutable column alone costs nothing. A
column that a later migration adds to such a table is guarded once that migration makes the trigger anew.
"""

from django.db import migrations

# table → columns that may be updated: a review is withdrawn, a policy activated, a prediction routed
MUTABLE = {
    "queues_agreementtarget": [],
    "queues_attachment": [],
    "queues_calibration": ["is_current"],
    "queues_datasetversion": [],
    "queues_deviation": [],
    "queues_disputerule": [],
    "queues_flag": [],
    "queues_formversion": [],
    "queues_golden": ["retired_at", "retired_why"],
    "queues_goldenversion": ["is_current"],
    "queues_judgement": [],
    "queues_mention": [],
    "queues_policy": ["is_active"],
    "queues_policyactivation": [],
    "queues_prediction": ["state"],
    "queues_recall": [],
    "queues_routing": [],
    "queues_secondlook": [],
    "queues_skip": [],
    "queues_splitgroup": [],
    "queues_wordlist": ["is_active", "too_slow_ms"],
}
# table → columns that may be updated, columns that may be emptied once the payload is erased
ERASABLE = {
    "queues_note": ([], ["text"]),
    "queues_review": (["withdrawn_at"], ["answers", "note", "corrected_text"]),
    "queues_verdict": (["withdrawn_at"], ["answers", "why", "corrected_text"]),
}

REFUSE = """
CREATE FUNCTION queues_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is history: its rows are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""

# What people wrote of an erased payload may become empty or "(erased)", and nothing else.
# Answers may only lose some: whole ones, or the comments on their places.
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
CREATE FUNCTION queues_is_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV[0]::text[] = to_jsonb(NEW) - TG_ARGV[0]::text[]
     AND EXISTS (SELECT 1 FROM queues_item i JOIN queues_payload t
                 ON t.prediction_id IN (i.prediction_id, i.other_id) AND t.erased_at IS NOT NULL
                 WHERE i.id = OLD.item_id)
     AND NOT EXISTS (SELECT 1 FROM unnest(TG_ARGV[0]::text[]) c (name)
                     WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name
                       AND NOT queues_is_emptied(to_jsonb(OLD) -> name, to_jsonb(NEW) -> name)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is history: its rows are never changed or removed, only erased', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) INTO guarded
  FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = '{table}' AND column_name <> ALL ('{mutable}');
  EXECUTE 'CREATE TRIGGER {table}_is_history BEFORE {event} OF ' || guarded
    || ' ON {table} FOR EACH ROW EXECUTE FUNCTION {function}';
END $$;
"""
WHOLE = """
CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""

# Feedback may come before its prediction, join it once, and be erased.
FEEDBACK = """
CREATE TRIGGER queues_feedback_stays BEFORE DELETE ON queues_feedback
  FOR EACH ROW WHEN (OLD.prediction_id IS NOT NULL) EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER queues_feedback_joins_once BEFORE UPDATE OF prediction_id ON queues_feedback
  FOR EACH ROW WHEN (OLD.prediction_id IS NOT NULL AND NEW.prediction_id IS DISTINCT FROM OLD.prediction_id)
  EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER queues_feedback_is_erased_only BEFORE UPDATE OF record ON queues_feedback
  FOR EACH ROW WHEN (NEW.record IS NOT NULL) EXECUTE FUNCTION queues_refuse_rewrite();
"""

# A published release is never changed: only its state may move on to superseded, its files and rows stay.
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
PART = """
CREATE TRIGGER {table}_insert_stands AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION queues_release_parts_stand();
CREATE TRIGGER {table}_update_stands BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
CREATE TRIGGER {table}_delete_stands AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION queues_release_parts_stand();
"""


def guard(
    table: str, mutable: list[str], *, event: str = "DELETE OR UPDATE", empties: list[str] | None = None
) -> str:
    """The statement that makes the trigger of one table."""
    if not mutable and empties is None:
        return WHOLE.format(table=table)
    function = "queues_refuse_rewrite()" if empties is None else f"queues_is_erased_only(''{_array(empties)}'')"
    return GUARD.format(table=table, mutable=_array(mutable), event=event, function=function)


def _array(names: list[str]) -> str:
    return "{" + ",".join(names) + "}"


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("queues", "0002_history_is_append_only"),
        ("queues", "0004_published_releases_stand"),
        ("queues", "0006_second_looks_are_history"),
        ("queues", "0024_notes_are_history"),
        ("queues", "0039_erased_means_empty"),
    ]
    dependencies = [("queues", "0001_tables")]

    operations = [
        migrations.RunSQL(statement)
        for statement in (
            REFUSE,
            EMPTIED,
            ERASED_ONLY,
            *(guard(table, mutable) for table, mutable in MUTABLE.items()),
            *(guard(table, mutable, empties=empties) for table, (mutable, empties) in ERASABLE.items()),
            guard("queues_feedback", ["prediction_id", "record", "erased_at", "is_owed"], event="UPDATE"),
            FEEDBACK,
            RELEASE,
            PARTS,
            *(PART.format(table=table) for table in ("queues_releasefile", "queues_releaserow")),
        )
    ]
