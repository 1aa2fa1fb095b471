"""What was said about an item, and who was named in it, is never rewritten or removed."""

from django.db import migrations

TABLES = ("queues_note", "queues_mention")


class Migration(migrations.Migration):
    dependencies = [("queues", "0023_notes")]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()",
            f"DROP TRIGGER {table}_is_history ON {table}",
        )
        for table in TABLES
    ]
