"""The seals of the audit log, and what verifications have found. Nobody changes either, whoever asks."""

import accounts.models.event
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


REFUSE = """
CREATE FUNCTION accounts_seal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
ALLOW = "DROP FUNCTION accounts_seal_refuse_change()"
GUARD = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION accounts_seal_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_seal_refuse_change();
"""
UNGUARD = """
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_no_change ON {table};
"""
GUARDED = ("accounts_seal", "accounts_auditverification")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_what_the_tables_promise"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditVerification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("chain", models.BigIntegerField()),
                ("verified_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by_id", models.BigIntegerField(null=True)),
                ("after_seq", models.BigIntegerField()),
                ("last_seq", models.BigIntegerField()),
                ("last_hash", models.BinaryField(max_length=32)),
                ("n_events", models.BigIntegerField()),
                ("n_heads", models.IntegerField()),
                (
                    "broken_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed", "Changed"),
                            ("missing", "Missing"),
                            ("swapped", "Swapped"),
                            ("inserted", "Inserted"),
                            ("cut", "Cut"),
                            ("rewritten", "Rewritten"),
                        ],
                        db_default="",
                        default="",
                        max_length=9,
                    ),
                ),
                ("broken_seq", models.BigIntegerField(null=True)),
                ("evidence", models.JSONField(default=dict)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("chain", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SealingPlace",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("cluster", models.BigIntegerField()),
                ("txid", accounts.models.event.TransactionId()),
                ("event_id", models.BigIntegerField(db_default=0)),
                ("resumes_at", accounts.models.event.TransactionId(null=True)),
                ("head_seq", models.BigIntegerField(db_default=0)),
                ("head_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("project_id", 0),
                models.F("txid"),
                models.F("id"),
                name="event_unsealed",
            ),
        ),
        migrations.AddIndex(
            model_name="auditverification",
            index=models.Index(fields=["chain", "-id"], name="audit_verification_newest"),
        ),
        migrations.AddConstraint(
            model_name="auditverification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("broken_kind", ""),
                    ("broken_kind__in", ["changed", "missing", "swapped", "inserted", "cut", "rewritten"]),
                    _connector="OR",
                ),
                name="audit_break_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(fields=("chain", "seq"), name="seal_one_event_each_place"),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=models.Q(("seq__gte", 1)), name="seal_places_begin_at_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("hash"), 32),
                name="seal_hash_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="sealingplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("head_at__isnull", True), ("head_seq", 0)),
                    models.Q(("head_at__isnull", False), ("head_seq__gte", 1)),
                    _connector="OR",
                ),
                name="sealing_head_has_its_time",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in GUARDED),
    ]
