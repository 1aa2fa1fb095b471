"""Word lists of a project. Their versions are history: only what is in force may change."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARD = """
DO $$
DECLARE guarded text;
BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO guarded FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = 'queues_wordlist'
    AND column_name NOT IN ('is_active', 'too_slow_ms');
  EXECUTE 'CREATE TRIGGER queues_wordlist_is_history BEFORE DELETE OR UPDATE OF ' || guarded
    || ' ON queues_wordlist FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_buckets_without_log"),
        ("queues", "0007_feedback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WordList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("words", "words and phrases"), ("patterns", "patterns (RE2)")], max_length=8
                    ),
                ),
                ("entries", models.JSONField()),
                ("category", models.CharField(max_length=60)),
                (
                    "severity",
                    models.SmallIntegerField(choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "severe")]),
                ),
                (
                    "target",
                    models.CharField(choices=[("output", "output"), ("input", "input")], max_length=6),
                ),
                ("locale", models.CharField(blank=True, default="", max_length=35)),
                ("reason", models.TextField()),
                ("is_active", models.BooleanField(default=False)),
                ("too_slow_ms", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="word_lists",
                        to="accounts.project",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "name", "version"), name="word_list_version_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("project", "name"),
                        name="word_list_one_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["words", "patterns"])), name="word_list_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__in", ["output", "input"])), name="word_list_target_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", [1, 2, 3, 4])), name="word_list_severity_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_active", False), ("too_slow_ms__isnull", True), _connector="OR"
                        ),
                        name="word_list_too_slow_is_off",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER queues_wordlist_is_history ON queues_wordlist"),
    ]
