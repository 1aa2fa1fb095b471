"""No item shows to reviewers what was withdrawn, and what is erased may only become empty.

An item is opened after the lock on its predictions that a recall excludes: one of the two sees the other.
"""

from django.db import migrations, models

OPENED = """
CREATE FUNCTION queues_refuse_recalled_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM queues_prediction p
  WHERE p.id IN (SELECT unnest(ARRAY[prediction_id, other_id]) FROM opened) ORDER BY p.id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM opened o CROSS JOIN LATERAL unnest(ARRAY[o.prediction_id, o.other_id]) shown (id)
             JOIN queues_recall c ON c.prediction_id = shown.id
             WHERE o.state NOT IN ('settled', 'withdrawn')) THEN
    RAISE EXCEPTION 'what was recalled is not reviewed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER queues_item_opened_not_recalled AFTER INSERT ON queues_item REFERENCING NEW TABLE AS opened
  FOR EACH STATEMENT EXECUTE FUNCTION queues_refuse_recalled_items();
"""
NOT_OPENED = """
DROP TRIGGER queues_item_opened_not_recalled ON queues_item;
DROP FUNCTION queues_refuse_recalled_items();
"""
REOPENED = """
CREATE FUNCTION queues_refuse_recalled_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM queues_recall c WHERE c.prediction_id IN (NEW.prediction_id, NEW.other_id)) THEN
    RAISE EXCEPTION 'what was recalled is not reviewed again' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER queues_item_reopened_not_recalled BEFORE UPDATE OF state ON queues_item FOR EACH ROW
  WHEN (OLD.state IN ('settled', 'withdrawn') AND NEW.state NOT IN ('settled', 'withdrawn'))
  EXECUTE FUNCTION queues_refuse_recalled_item();
"""
NOT_REOPENED = """
DROP TRIGGER queues_item_reopened_not_recalled ON queues_item;
DROP FUNCTION queues_refuse_recalled_item();
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0037_hidden_checks")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                fields=["other"], condition=models.Q(other__isnull=False), name="item_of_other"
            ),
        ),
        migrations.AddIndex(
            model_name="recall", index=models.Index(fields=["request"], name="recall_of_request")
        ),
        migrations.RunSQL(OPENED, NOT_OPENED),
        migrations.RunSQL(REOPENED, NOT_REOPENED),
    ]
