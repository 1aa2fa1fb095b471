"""Hidden checks: items of one person's own, which never settle and never get a verdict."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# Whatever the code does: a check stays a check, nothing else becomes one, and no verdict is given of it.
GUARD = """
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
UNGUARD = """
DROP TRIGGER queues_verdict_not_of_check ON queues_verdict;
DROP FUNCTION queues_no_verdict_of_check();
DROP TRIGGER queues_item_check_stays ON queues_item;
DROP FUNCTION queues_check_stays_check();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_language_as_the_browser"),
        ("queues", "0036_bookmark"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("correct", "Correct"),
                            ("reject", "Reject"),
                            ("escalate", "Escalate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("corrected_text", models.TextField(null=True)),
                ("why", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("under_way", "under way"),
                            ("passed", "passed"),
                            ("failed", "not passed"),
                            ("let_in", "let in by a lead"),
                            ("worked_before", "worked here before"),
                        ],
                        max_length=13,
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("right", models.SmallIntegerField(default=0)),
                ("n", models.SmallIntegerField(default=0)),
                ("reason", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ServedCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("training", "training"),
                            ("qualifying", "qualification"),
                            ("hidden", "hidden check"),
                        ],
                        max_length=10,
                    ),
                ),
                ("right", models.BooleanField(null=True)),
                ("marks", models.JSONField(default=dict)),
                ("served_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answered_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="item",
            name="item_prediction_once_per_queue",
        ),
        migrations.RemoveConstraint(
            model_name="item",
            name="item_state_known",
        ),
        migrations.AddField(
            model_name="queue",
            name="check_rate",
            field=models.FloatField(db_default=0.0, default=0.0),
        ),
        migrations.AddField(
            model_name="queue",
            name="qualifying_checks",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="queue",
            name="qualifying_share",
            field=models.FloatField(db_default=0.8, default=0.8),
        ),
        migrations.AddField(
            model_name="queue",
            name="tells_checks",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="queue",
            name="training_checks",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="bulkchange",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("in_review", "in review"),
                    ("disputed", "disputed"),
                    ("settled", "settled"),
                    ("withdrawn", "withdrawn"),
                    ("check", "hidden check"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("in_review", "in review"),
                    ("disputed", "disputed"),
                    ("settled", "settled"),
                    ("withdrawn", "withdrawn"),
                    ("check", "hidden check"),
                ],
                db_default="open",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "check"), _negated=True),
                fields=("queue", "prediction"),
                name="item_prediction_once_per_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "in_review", "disputed", "settled", "withdrawn", "check"])
                ),
                name="item_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("check_rate__gte", 0), ("check_rate__lte", 1)),
                name="queue_check_rate_within_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("training_checks__gte", 0), ("training_checks__lte", 50)),
                name="queue_training_checks_within_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("qualifying_checks__gte", 0), ("qualifying_checks__lte", 100)),
                name="queue_qualifying_checks_within_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("qualifying_share__gte", 0), ("qualifying_share__lte", 1)),
                name="queue_qualifying_share_within_bounds",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="form",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.formversion",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="golden",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.goldenversion",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="queue",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.item",
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="verdict",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.verdict",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="queue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.queue",
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="beside",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.item",
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="check_given",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="served",
                to="queues.check",
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="item",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="served_check", to="queues.item"
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="queue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.queue",
            ),
        ),
        migrations.AddField(
            model_name="servedcheck",
            name="review",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.review"
            ),
        ),
        migrations.AddIndex(
            model_name="check",
            index=models.Index(fields=["queue", "-id"], name="check_of_queue"),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("source",), name="check_one_in_use_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["approve", "correct", "reject"])), name="check_decides"
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True), name="check_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.UniqueConstraint(
                fields=("queue", "person"), name="qualification_once_per_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["under_way", "passed", "failed", "let_in", "worked_before"])
                ),
                name="qualification_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "let_in"), _negated=True),
                    models.Q(("decided_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="qualification_let_in_has_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="qualification_decision_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(("right__gte", 0), ("right__lte", models.F("n"))),
                name="qualification_right_of_n",
            ),
        ),
        migrations.AddIndex(
            model_name="servedcheck",
            index=models.Index(fields=["person", "queue", "-id"], name="served_check_of_person"),
        ),
        migrations.AddIndex(
            model_name="servedcheck",
            index=models.Index(fields=["queue", "-id"], name="served_check_of_queue"),
        ),
        migrations.AddConstraint(
            model_name="servedcheck",
            constraint=models.UniqueConstraint(
                fields=("check_given", "person"), name="check_never_twice_to_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="servedcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("review", None), ("right", None), ("seen_at", None)),
                    models.Q(("answered_at__isnull", False), ("review__isnull", False)),
                    _connector="OR",
                ),
                name="served_check_result_goes_with_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="servedcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["training", "qualifying", "hidden"])),
                name="served_check_purpose_known",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
