"""What a hidden check needs to be told like any other item: when it was withdrawn, and how many review it.

And a lead's reply about one stands in the thread of its own item: by a key over both columns, since no check of
one row can say so.
"""

from django.db import migrations, models

# As the code before this version told them: those of a queue in which several review each item. And what was
# recalled before was never marked; whoever had answered for good is through with it.
_CATCH_UP = """
UPDATE queues_item i SET reviews_needed = q.reviews_per_item FROM queues_queue q
WHERE q.id = i.queue_id AND i.state = 'check' AND q.reviews_per_item > 1;
UPDATE queues_servedcheck s SET withdrawn_at = now() FROM queues_item i
WHERE i.id = s.item_id AND s.reply_id IS NULL AND s.right IS NULL AND EXISTS (
  SELECT 1 FROM queues_recall r WHERE r.prediction_id IN (i.prediction_id, i.other_id));
"""
_REPLY = """
ALTER TABLE queues_servedcheck ADD CONSTRAINT served_check_reply_is_of_its_item
  FOREIGN KEY (reply_id, item_id) REFERENCES queues_note (id, item_id);
"""
_NO_REPLY = "ALTER TABLE queues_servedcheck DROP CONSTRAINT served_check_reply_is_of_its_item"


class Migration(migrations.Migration):
    dependencies = [("queues", "0009_recall_previews")]

    operations = [
        migrations.AddField(
            model_name="servedcheck", name="withdrawn_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(_CATCH_UP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="servedcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(reply=None),
                name="served_check_withdrawn_has_no_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(fields=["id", "item"], name="note_with_its_item"),
        ),
        migrations.RunSQL(_REPLY, _NO_REPLY),
    ]
