"""The database itself refuses to change the audit log, whoever asks.

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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
