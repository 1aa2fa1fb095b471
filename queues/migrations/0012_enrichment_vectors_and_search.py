"""What is owed after arrival, full text, and vectors where the server has pgvector.

The table of vectors has a column type that a server may lack. So a function of the database makes it, as soon
as it can: here, or when `manage.py prepare` of a later day finds the extension.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# Without a foreign key: derived rows, written by one place, of predictions that are never deleted.
# PLAIN: a vector of 1,000 dimensions would else be kept apart from its row and read twice.
MAKE_TABLE = """
CREATE FUNCTION queues_make_vector_table() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF to_regtype('halfvec') IS NULL THEN
    RETURN false;
  END IF;
  IF to_regclass('queues_vector') IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('queues_vector') AND attname = 'vector'
      AND NOT attisdropped) THEN
    EXECUTE 'DROP TABLE queues_vector';  -- the extension was dropped with all that needs it, and is back
  END IF;
  IF to_regclass('queues_vector') IS NULL THEN
    EXECUTE $ddl$
      CREATE TABLE queues_vector (
        project_id bigint NOT NULL,
        encoder_id bigint NOT NULL,
        part varchar(6) NOT NULL CONSTRAINT vector_part_known CHECK (part IN ('input', 'output')),
        prediction_id bigint NOT NULL,
        is_reviewed boolean NOT NULL DEFAULT false,
        vector halfvec NOT NULL,
        PRIMARY KEY (project_id, encoder_id, part, prediction_id)
      )$ddl$;
    EXECUTE 'ALTER TABLE queues_vector ALTER COLUMN vector SET STORAGE PLAIN';
    EXECUTE 'CREATE INDEX vector_reviewed ON queues_vector (project_id, encoder_id, part, prediction_id)
             WHERE is_reviewed';
  END IF;
  RETURN true;
END $$;
"""
TRY = """
DO $$
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
  EXCEPTION WHEN OTHERS THEN NULL;  -- not on this server, or not for this role: `manage.py prepare` says so
  END;
  PERFORM queues_make_vector_table();
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_buckets_without_log"),
        ("queues", "0011_golden_items"),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownEncoder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("dimensions", models.SmallIntegerField()),
                ("is_semantic", models.BooleanField()),
                ("first_used_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dimensions__gte", 1), ("dimensions__lte", 4000)),
                        name="encoder_dimensions_1_to_4000",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "prediction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="queues.prediction",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], gin_pending_list_limit=1024, name="searchdocument_words"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrichment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id",
                        "kind",
                        "prediction_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("index", "full text"),
                            ("embed", "vectors"),
                            ("reviewed", "mark as reviewed"),
                            ("detect", "remote detectors"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_routed", models.BooleanField(db_default=False)),
                ("attempts", models.SmallIntegerField(db_default=0)),
                ("retry_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, db_default="")),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.prediction",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("is_routed"), descending=True),
                        models.OrderBy(models.F("prediction"), descending=True),
                        condition=models.Q(("attempts", 0)),
                        name="enrichment_fresh",
                    ),
                    models.Index(
                        condition=models.Q(("attempts__gte", 1), ("attempts__lt", 5)),
                        fields=["kind", "retry_at"],
                        name="enrichment_to_retry",
                    ),
                    models.Index(
                        condition=models.Q(("attempts", 5)),
                        fields=["project", "prediction"],
                        name="enrichment_given_up",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["index", "embed", "reviewed", "detect"])),
                        name="enrichment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attempts", 0), ("retry_at__isnull", True)),
                            models.Q(("attempts__gte", 1), ("attempts__lte", 5), ("retry_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="enrichment_tried_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("encoder", models.CharField(max_length=200)),
                ("text", models.CharField(max_length=1000)),
                ("vector", models.JSONField(null=True)),
                ("error", models.TextField(blank=True, db_default="")),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["id"],
                        name="question_unanswered",
                    ),
                    models.Index(fields=["asked_at"], name="question_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "encoder", "text"), name="question_once_per_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("error", ""), ("vector__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False), ("error", ""), ("vector__isnull", False)
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("vector__isnull", True),
                                models.Q(("error", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_answered_or_failed",
                    ),
                ],
            },
        ),
        migrations.RunSQL(MAKE_TABLE, "DROP FUNCTION queues_make_vector_table()"),
        migrations.RunSQL(TRY, "DROP TABLE IF EXISTS queues_vector"),
    ]
