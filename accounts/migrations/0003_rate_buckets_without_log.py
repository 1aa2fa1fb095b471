"""Rate buckets are worth nothing after a crash: without write-ahead log they cost no wait for the disk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_events_are_append_only")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_ratebucket SET UNLOGGED", "ALTER TABLE accounts_ratebucket SET LOGGED"
        )
    ]
