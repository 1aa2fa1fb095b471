"""What the labels say about the measures. A calibration is history: only whether it is in force may change."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = 'queues_calibration' AND column_name <> 'is_current';
  EXECUTE 'CREATE TRIGGER queues_calibration_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON queues_calibration FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_buckets_without_log"),
        ("queues", "0008_word_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Calibration",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model_version", models.CharField(max_length=200)),
                ("measure", models.CharField(max_length=60)),
                (
                    "method",
                    models.CharField(
                        choices=[("platt", "logistic (Platt)"), ("isotonic", "rising steps (isotonic)")],
                        max_length=8,
                    ),
                ),
                ("parameters", models.JSONField()),
                ("n_labels", models.PositiveIntegerField()),
                ("n_errors", models.PositiveIntegerField()),
                ("brier_new", models.FloatField()),
                ("brier_old", models.FloatField(null=True)),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("first", "the first fit"),
                            ("not_worse", "not worse on the newest labels"),
                            ("worse", "worse on the newest labels: the one before stays"),
                        ],
                        max_length=9,
                    ),
                ),
                ("is_current", models.BooleanField(default=False)),
                ("fitted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Worth",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model_version", models.CharField(max_length=200)),
                ("measure", models.CharField(max_length=60)),
                ("figures", models.JSONField()),
                ("newest_verdict", models.BigIntegerField()),
                ("computed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("kind", "refit_calibration")),
                fields=["project", "-subject_id"],
                name="job_newest_refit",
            ),
        ),
        migrations.AddField(
            model_name="calibration",
            name="project",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="worth",
            name="project",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
            ),
        ),
        migrations.AddIndex(
            model_name="calibration",
            index=models.Index(
                fields=["project", "model_version", "measure", "-id"], name="calibration_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("project", "model_version", "measure"),
                name="calibration_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["platt", "isotonic"])), name="calibration_method_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.CheckConstraint(
                condition=models.Q(("because__in", ["first", "not_worse", "worse"])),
                name="calibration_because_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_errors__lte", models.F("n_labels"))),
                name="calibration_errors_are_labels",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("brier_new__gte", 0),
                    ("brier_new__lte", 1),
                    models.Q(
                        ("brier_old__isnull", True),
                        models.Q(("brier_old__gte", 0), ("brier_old__lte", 1)),
                        _connector="OR",
                    ),
                ),
                name="calibration_brier_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("because", "first"), ("brier_old__isnull", True)),
                    models.Q(
                        ("because", "not_worse"),
                        ("brier_old__gte", models.F("brier_new")),
                        ("brier_old__isnull", False),
                    ),
                    models.Q(
                        ("because", "worse"),
                        ("brier_old__isnull", False),
                        ("brier_old__lt", models.F("brier_new")),
                        ("is_current", False),
                    ),
                    _connector="OR",
                ),
                name="calibration_worse_is_not_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="worth",
            constraint=models.UniqueConstraint(
                fields=("project", "model_version", "measure"), name="worth_once_per_measure"
            ),
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER queues_calibration_is_history ON queues_calibration"),
    ]
