"""What a constraint cannot say: nobody changes the audit log, whoever asks; rate buckets need no log of their own.

A row trigger alone would let TRUNCATE through, so there is a statement trigger too.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION accounts_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_event_no_change BEFORE UPDATE OR DELETE ON accounts_event
    FOR EACH ROW EXECUTE FUNCTION accounts_event_refuse_change();
CREATE TRIGGER accounts_event_no_truncate BEFORE TRUNCATE ON accounts_event
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_event_refuse_change();
"""
ALLOW = """
DROP TRIGGER accounts_event_no_truncate ON accounts_event;
DROP TRIGGER accounts_event_no_change ON accounts_event;
DROP FUNCTION accounts_event_refuse_change();
"""
# They are worth nothing after a crash: without write-ahead log they cost no wait for the disk.
UNLOGGED = "ALTER TABLE accounts_ratebucket SET UNLOGGED"
LOGGED = "ALTER TABLE accounts_ratebucket SET LOGGED"


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("accounts", "0002_events_are_append_only"),
        ("accounts", "0003_rate_buckets_without_log"),
    ]
    dependencies = [("accounts", "0001_tables")]

    operations = [migrations.RunSQL(REFUSE, ALLOW), migrations.RunSQL(UNLOGGED, LOGGED)]
