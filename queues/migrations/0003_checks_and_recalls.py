"""What no item may become: a hidden check stays one and gets no verdict, and what was recalled is not reviewed.

An item is opened after the lock on its predictions that a recall excludes: one of the two sees the other.
"""

from django.db import migrations

CHECKS = """
CREATE FUNCTION queues_check_stays_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a hidden check stays one, and no other item becomes one' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER queues_item_check_stays BEFORE UPDATE OF state ON queues_item FOR EACH ROW
  WHEN ((OLD.state = 'check') IS DISTINCT FROM (NEW.state = 'check')) EXECUTE FUNCTION queues_check_stays_check();
CREATE FUNCTION queues_no_verdict_of_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM queues_item WHERE id = NEW.item_id AND state = 'check') THEN
    RAISE EXCEPTION 'a hidden check gets no verdict' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER queues_verdict_not_of_check BEFORE INSERT ON queues_verdict FOR EACH ROW
  EXECUTE FUNCTION queues_no_verdict_of_check();
"""
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


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("queues", "0038_recalled_is_not_reviewed"),
    ]
    dependencies = [("queues", "0002_history_stands")]

    operations = [migrations.RunSQL(made) for made in (CHECKS, OPENED, REOPENED)]
