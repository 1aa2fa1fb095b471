"""The tables, their constraints and indexes."""

import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("queues", "0001_initial"),
        ("queues", "0003_datasets_and_releases"),
        ("queues", "0005_second_looks"),
        ("queues", "0007_feedback"),
        ("queues", "0008_word_lists"),
        ("queues", "0009_calibration_and_worth"),
        ("queues", "0010_policy_drafts_and_dry_runs"),
        ("queues", "0011_golden_items"),
        ("queues", "0013_golden_vectors"),
        ("queues", "0014_form_versions_and_drafts"),
        ("queues", "0015_selections"),
        ("queues", "0016_queue_settings"),
        ("queues", "0017_orders_of_work"),
        ("queues", "0018_kept_and_spared"),
        ("queues", "0019_bulk_changes"),
        ("queues", "0020_dispute_rules"),
        ("queues", "0021_items_with_overlap"),
        ("queues", "0022_overrides"),
        ("queues", "0023_notes"),
        ("queues", "0025_verdict_form"),
        ("queues", "0026_counted_agreement"),
        ("queues", "0027_job_newest_check"),
        ("queues", "0028_dataset_rules_and_release_findings"),
        ("queues", "0029_discarded_drafts"),
        ("queues", "0030_splits_of_datasets"),
        ("queues", "0031_versions_of_dataset_definitions"),
        ("queues", "0032_agreement_targets"),
        ("queues", "0033_pause_until_read"),
        ("queues", "0034_rows_by_release_and_item"),
        ("queues", "0035_recalls"),
        ("queues", "0036_bookmark"),
        ("queues", "0037_hidden_checks"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Prediction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("environment", models.CharField(default="production", max_length=200)),
                ("prediction_id", models.CharField(max_length=200)),
                ("content_hash", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("scored", "scored"),
                            ("routed", "routed"),
                            ("not_routed", "not routed"),
                        ],
                        db_default="received",
                        max_length=10,
                    ),
                ),
                ("model_version", models.CharField(max_length=200)),
                ("locale", models.CharField(blank=True, default="", max_length=35)),
                ("segment", models.CharField(blank=True, default="", max_length=200)),
                ("input_key", models.BigIntegerField(null=True)),
                ("altered", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "-id"], name="prediction_newest"),
                    models.Index(fields=["project", "model_version", "-id"], name="prediction_by_model"),
                    models.Index(fields=["project", "input_key", "-id"], name="prediction_by_input"),
                    models.Index(
                        condition=models.Q(("state__in", ["received", "scored"])), fields=["id"], name="prediction_owed"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "environment", "prediction_id"), name="prediction_id_once_per_project"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["received", "scored", "routed", "not_routed"])),
                        name="prediction_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportKey",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="accounts.project",
                    ),
                ),
                ("secret", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Payload",
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
                ("record", models.JSONField()),
                ("output_text", models.TextField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
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
                ("priority", models.SmallIntegerField(default=50)),
                ("due_at", models.DateTimeField()),
                ("reviews_needed", models.SmallIntegerField(default=1)),
                ("extra_reviews", models.SmallIntegerField(db_default=0, default=0)),
                ("overlap_drawn", models.BooleanField(db_default=False, default=False)),
                ("blind_drawn", models.BooleanField(db_default=False, default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_at", models.DateTimeField(null=True)),
                ("reasons", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("fingerprint", models.BinaryField(max_length=16, null=True)),
                ("other_first", models.BooleanField(null=True)),
                (
                    "other",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.prediction",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="queues.prediction"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(condition=models.Q(("other__isnull", False)), fields=["other"], name="item_of_other")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "in_review", "disputed", "settled", "withdrawn", "check"])
                        ),
                        name="item_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 0), ("priority__lte", 100)), name="item_priority_0_to_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviews_needed__gte", 1), ("reviews_needed__lte", 20)),
                        name="item_reviews_1_to_20",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extra_reviews__gte", 0), ("extra_reviews__lt", models.F("reviews_needed"))
                        ),
                        name="item_extra_reviews_beyond_the_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blind_drawn", False), ("overlap_drawn", False)),
                            ("extra_reviews__gte", 1),
                            _connector="OR",
                        ),
                        name="item_drawn_has_extra_reviews",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", False), ("state", "settled")),
                            models.Q(models.Q(("state", "settled"), _negated=True), ("settled_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="item_settled_at_goes_with_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("other__isnull", True), ("other_first__isnull", True)),
                            models.Q(("other__isnull", False), ("other_first__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_pair_has_an_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("priority", "Raise the priority"),
                            ("due", "Put off the due time"),
                            ("reviews", "Ask for more reviews"),
                            ("move", "Move to another queue"),
                            ("withdraw", "Withdraw"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount", models.SmallIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
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
                ("reason", models.CharField(blank=True, default="", max_length=60)),
                ("late", models.BooleanField(default=False)),
                ("item_ids", models.JSONField(null=True)),
                ("why", models.CharField(max_length=500)),
                ("changed", models.IntegerField(db_default=0, default=0)),
                ("passed_by", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
                (
                    "undo_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="queues.bulkchange",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["priority", "due", "reviews", "move", "withdraw"])),
                        name="bulk_change_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="bulk_change_has_a_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Calibration",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model_version", models.CharField(max_length=200)),
                ("measure", models.CharField(max_length=60)),
                (
                    "method",
                    models.CharField(
                        choices=[("platt", "logistic (Platt)"), ("isotonic", "rising steps (isotonic)")], max_length=8
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
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "model_version", "measure", "-id"], name="calibration_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("project", "model_version", "measure"),
                        name="calibration_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["platt", "isotonic"])), name="calibration_method_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because__in", ["first", "not_worse", "worse"])),
                        name="calibration_because_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n_errors__lte", models.F("n_labels"))),
                        name="calibration_errors_are_labels",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangedItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="queues.bulkchange",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.item"),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("change", "item"), name="changed_item_once_per_change")
                ],
            },
        ),
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("format", models.CharField(max_length=40)),
                ("filter", models.JSONField(default=dict)),
                ("rules", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("splits", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="datasets", to="accounts.project"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="dataset_name_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^[a-z0-9][a-z0-9-]{0,59}$")), name="dataset_name_is_plain"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DatasetVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("filter", models.JSONField()),
                ("rules", models.JSONField()),
                ("splits", models.JSONField()),
                ("reason", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="queues.dataset",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "version"), name="dataset_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="dataset_version_changed_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                (
                    "needs",
                    models.CharField(
                        choices=[
                            ("unanimous", "all of them"),
                            ("majority", "more than half of them"),
                            ("k_of_n", "a fixed number of them"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at_least", models.SmallIntegerField(null=True)),
                ("by_question", models.JSONField(default=dict)),
                ("asks_lead_always", models.BooleanField(default=False)),
                ("asks_lead_for_safety", models.BooleanField(default=False)),
                ("asks_lead_for_golden", models.BooleanField(default=False)),
                ("reason", models.TextField()),
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
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="dispute_rule_version_counts_from_1"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needs__in", ["unanimous", "majority", "k_of_n"])),
                        name="dispute_rule_needs_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("at_least__gte", 2),
                                ("at_least__isnull", False),
                                ("at_least__lte", 20),
                                ("needs", "k_of_n"),
                            ),
                            models.Q(models.Q(("needs", "k_of_n"), _negated=True), ("at_least__isnull", True)),
                            _connector="OR",
                        ),
                        name="dispute_rule_k_goes_with_k_of_n",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="dispute_rule_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("content", models.JSONField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="queues.item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("discarded_at__isnull", False)),
                        fields=["discarded_at"],
                        name="draft_discarded",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "person"), name="draft_one_per_person_and_item")
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
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.CharField(max_length=200)),
                ("content_hash", models.BinaryField(max_length=32)),
                ("reference", models.BinaryField(max_length=16)),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor", models.BinaryField(max_length=16)),
                ("kind", models.CharField(choices=[("explicit", "explicit"), ("implicit", "implicit")], max_length=8)),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("thumb", "thumb up or down"),
                            ("stars", "stars"),
                            ("choice", "choice among candidates"),
                            ("reason_codes", "reasons"),
                            ("comment", "comment"),
                            ("correction", "correction"),
                            ("report", "report"),
                            ("copy", "copied"),
                            ("dwell", "time spent"),
                            ("abandon", "abandoned"),
                            ("regenerate", "asked again for an answer"),
                            ("reformulate", "asked in other words"),
                            ("edit_before_send", "edited before sending"),
                            ("accept", "accepted"),
                            ("handoff", "handed over to a person"),
                            ("retry", "tried again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.FloatField(null=True)),
                ("label", models.CharField(default="", max_length=200)),
                ("is_negative", models.BooleanField()),
                ("record", models.JSONField(null=True)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("erased_at", models.DateTimeField(null=True)),
                ("is_owed", models.BooleanField(db_default=False)),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="queues.prediction",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "-id"], name="feedback_newest"),
                    models.Index(fields=["project", "name", "-id"], name="feedback_by_name"),
                    models.Index(
                        condition=models.Q(("is_negative", True)), fields=["project", "-id"], name="feedback_negative"
                    ),
                    models.Index(
                        condition=models.Q(("prediction__isnull", False)),
                        fields=["prediction", "-id"],
                        name="feedback_of_prediction",
                    ),
                    models.Index(
                        condition=models.Q(("prediction__isnull", True)),
                        fields=["project", "reference", "id"],
                        name="feedback_waiting",
                    ),
                    models.Index(condition=models.Q(("is_owed", True)), fields=["id"], name="feedback_owed"),
                    models.Index(
                        condition=models.Q(("prediction__isnull", True)),
                        fields=["received_at"],
                        name="feedback_waiting_since",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "event_id"), name="feedback_event_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["explicit", "implicit"])), name="feedback_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "name__in",
                                [
                                    "thumb",
                                    "stars",
                                    "choice",
                                    "reason_codes",
                                    "comment",
                                    "correction",
                                    "report",
                                    "copy",
                                    "dwell",
                                    "abandon",
                                    "regenerate",
                                    "reformulate",
                                    "edit_before_send",
                                    "accept",
                                    "handoff",
                                    "retry",
                                ],
                            )
                        ),
                        name="feedback_name_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_at__isnull", True), ("record__isnull", False)),
                            models.Q(("erased_at__isnull", False), ("record__isnull", True)),
                            _connector="OR",
                        ),
                        name="feedback_erased_at_goes_with_no_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("component", models.CharField(max_length=200)),
                ("component_version", models.CharField(default="", max_length=200)),
                ("taxonomy", models.CharField(default="", max_length=200)),
                ("category", models.CharField(max_length=200)),
                ("score", models.FloatField(null=True)),
                ("threshold", models.FloatField(null=True)),
                ("flagged", models.BooleanField()),
                ("severity", models.SmallIntegerField(choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "severe")])),
                ("target", models.CharField(default="output", max_length=10)),
                ("verdict", models.CharField(default="", max_length=10)),
                ("action", models.CharField(default="", max_length=10)),
                ("span", models.JSONField(null=True)),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="queues.prediction"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", [1, 2, 3, 4])), name="flag_severity_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True), models.Q(("score__gte", 0), ("score__lte", 1)), _connector="OR"
                        ),
                        name="flag_score_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("reason", models.TextField(db_default="No reason was given.", default="No reason was given.")),
                ("mappings", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
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
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="form_version_has_a_reason"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="form_version_counts_from_1"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Golden",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("golden_id", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(null=True)),
                ("retired_why", models.TextField(blank=True, default="")),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "golden_id"), name="golden_id_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at__isnull", True), ("retired_why", "")),
                            models.Q(("retired_at__isnull", False), models.Q(("retired_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="golden_retired_at_goes_with_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoldenVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("content_hash", models.BinaryField(max_length=32)),
                ("input", models.JSONField()),
                ("prompt", models.TextField()),
                ("prompt_sha256", models.BinaryField(max_length=32)),
                ("normalised_sha256", models.BinaryField(max_length=32)),
                ("targets", models.JSONField()),
                ("rule", models.JSONField()),
                ("rubric", models.TextField(blank=True, default="")),
                ("context", models.TextField(blank=True, default="")),
                ("locale", models.CharField(blank=True, default="", max_length=35)),
                ("tags", models.JSONField(default=list)),
                ("reason", models.TextField()),
                ("is_current", models.BooleanField()),
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
                    "golden",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="queues.golden",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_current", True)), fields=["project", "-id"], name="golden_last_changed"
                    ),
                    models.Index(fields=["project", "prompt_sha256"], name="golden_by_prompt"),
                    models.Index(fields=["project", "normalised_sha256"], name="golden_by_normalised"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("golden", "version"), name="golden_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("golden",), name="golden_one_current"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("unique_key", models.CharField(max_length=200, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("running", "running"), ("done", "done"), ("failed", "failed")],
                        db_default="queued",
                        max_length=7,
                    ),
                ),
                ("attempts", models.SmallIntegerField(db_default=0)),
                ("progress", models.BigIntegerField(db_default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])), fields=["id"], name="job_unfinished"
                    ),
                    models.Index(
                        condition=models.Q(("kind", "refit_calibration")),
                        fields=["project", "-subject_id"],
                        name="job_newest_refit",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "check_agreement")),
                        fields=["subject_id", "-id"],
                        name="job_newest_check",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed"])),
                        name="job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "running")),
                            models.Q(("state", "running"), _negated=True),
                            _connector="OR",
                        ),
                        name="job_running_has_a_lease",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownEncoder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            name="GoldenVector",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("vector", models.BinaryField()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="queues.goldenversion",
                    ),
                ),
                (
                    "encoder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="queues.knownencoder",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["project", "encoder", "-id"], name="golden_vector_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "encoder"), name="golden_vector_once_per_encoder")
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="queues.item",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["item", "id"], name="note_thread")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="note_says_something"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("text"), 4000
                        ),
                        name="note_at_most_4000_characters",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mentions",
                        to="queues.note",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["person", "-id"], name="mention_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("note", "person"), name="mention_once_per_note_and_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("salt", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("is_active", models.BooleanField(default=False)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "version"), name="policy_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)), fields=("project",), name="policy_one_active"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("document", models.JSONField()),
                ("last", models.PositiveIntegerField()),
                ("result", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
                (
                    "compared_with",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.policy"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.policy"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["project", "-id"], name="dry_run_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", 1), ("last__lte", 100000)), name="dry_run_looks_at_1_to_100000"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("result__isnull", True)),
                            models.Q(("finished_at__isnull", False), ("result__isnull", False)),
                            _connector="OR",
                        ),
                        name="dry_run_finished_has_a_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("cancelled_at__isnull", True), _connector="OR"
                        ),
                        name="dry_run_finished_or_cancelled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyActivation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "before",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.policy",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="activations", to="queues.policy"
                    ),
                ),
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
                "indexes": [models.Index(fields=["project", "-id"], name="policy_activation_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("before__isnull", True),
                            models.Q(("before", models.F("policy")), _negated=True),
                            _connector="OR",
                        ),
                        name="policy_activation_replaces_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("document", models.JSONField()),
                ("base_version", models.PositiveIntegerField(null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policy_drafts", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="policy_draft_one_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="policy_draft_revision_counts_from_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PredictionAlias",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id",
                        "key",
                        "prediction_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.BinaryField(max_length=16)),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="queues.prediction",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
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
                        condition=models.Q(("answered_at__isnull", True)), fields=["id"], name="question_unanswered"
                    ),
                    models.Index(fields=["asked_at"], name="question_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "encoder", "text"), name="question_once_per_text"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("error", ""), ("vector__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("error", ""), ("vector__isnull", False)),
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
        migrations.CreateModel(
            name="Queue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("slug", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.TextField(blank=True, default="")),
                ("lease_seconds", models.PositiveIntegerField(default=600)),
                ("shows_scores", models.BooleanField(default=False)),
                ("reviews_per_item", models.SmallIntegerField(db_default=1, default=1)),
                ("overlap_rate", models.FloatField(db_default=0.0, default=0.0)),
                ("overlap_extra", models.SmallIntegerField(db_default=1, default=1)),
                ("blind_rate", models.FloatField(db_default=0.0, default=0.0)),
                ("check_rate", models.FloatField(db_default=0.0, default=0.0)),
                ("tells_checks", models.BooleanField(db_default=False, default=False)),
                ("training_checks", models.SmallIntegerField(db_default=0, default=0)),
                ("qualifying_checks", models.SmallIntegerField(db_default=0, default=0)),
                ("qualifying_share", models.FloatField(db_default=0.8, default=0.8)),
                ("due_hours", models.FloatField(null=True)),
                (
                    "order",
                    models.CharField(
                        choices=[
                            ("priority_due", "Priority Due"),
                            ("oldest", "Oldest"),
                            ("random", "Random"),
                            ("diverse", "Diverse"),
                            ("language", "Language"),
                        ],
                        db_default="priority_due",
                        default="priority_due",
                        max_length=12,
                    ),
                ),
                (
                    "spread_by",
                    models.CharField(
                        choices=[
                            ("rule", "Rule"),
                            ("locale", "Locale"),
                            ("segment", "Segment"),
                            ("model_version", "Model Version"),
                        ],
                        db_default="rule",
                        default="rule",
                        max_length=13,
                    ),
                ),
                ("languages", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("skills", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("max_held", models.SmallIntegerField(db_default=3, default=3)),
                ("session_goal", models.SmallIntegerField(null=True)),
                ("break_after", models.SmallIntegerField(db_default=10, default=10, null=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                ("salt", models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False)),
                ("archived_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "dispute_rule",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.disputerule",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.formversion",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="queues", to="accounts.project"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "slug"), name="queue_slug_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(("lease_seconds__gte", 10), ("lease_seconds__lte", 86400)),
                        name="queue_lease_between_10_s_and_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviews_per_item__gte", 1), ("reviews_per_item__lte", 8)),
                        name="queue_reviews_per_item_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("overlap_rate__gte", 0), ("overlap_rate__lte", 1)),
                        name="queue_overlap_rate_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("overlap_extra__gte", 1), ("overlap_extra__lte", 8)),
                        name="queue_overlap_extra_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("blind_rate__gte", 0), ("blind_rate__lte", 1)),
                        name="queue_blind_rate_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("check_rate__gte", 0), ("check_rate__lte", 1)),
                        name="queue_check_rate_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("training_checks__gte", 0), ("training_checks__lte", 50)),
                        name="queue_training_checks_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("qualifying_checks__gte", 0), ("qualifying_checks__lte", 100)),
                        name="queue_qualifying_checks_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("qualifying_share__gte", 0), ("qualifying_share__lte", 1)),
                        name="queue_qualifying_share_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_hours__gte", 1), ("due_hours__lte", 8760)),
                        name="queue_due_hours_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_held__gte", 1), ("max_held__lte", 3)),
                        name="queue_max_held_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("session_goal__gte", 1), ("session_goal__lte", 500)),
                        name="queue_session_goal_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("break_after__gte", 1), ("break_after__lte", 200)),
                        name="queue_break_after_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("order__in", ["priority_due", "oldest", "random", "diverse", "language"])),
                        name="queue_order_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spread_by__in", ["rule", "locale", "segment", "model_version"])),
                        name="queue_spread_by_known",
                    ),
                ],
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
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "person"), name="qualification_once_per_queue"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["under_way", "passed", "failed", "let_in", "worked_before"])),
                        name="qualification_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "let_in"), _negated=True),
                            models.Q(("decided_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="qualification_let_in_has_who_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="qualification_decision_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("right__gte", 0), ("right__lte", models.F("n"))),
                        name="qualification_right_of_n",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatternCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("by", models.CharField(max_length=10)),
                ("name", models.TextField()),
                ("is_drawn", models.BooleanField()),
                ("question", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("pattern", models.TextField()),
                ("n", models.BigIntegerField()),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("queue"),
                        models.F("by"),
                        models.F("question"),
                        models.F("is_drawn"),
                        models.F("version"),
                        django.db.models.functions.text.MD5("name"),
                        django.db.models.functions.text.MD5("pattern"),
                        name="pattern_count_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("n__gte", 1)), name="pattern_count_from_1"),
                ],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="queue",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"),
        ),
        migrations.AddField(
            model_name="formversion",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="form_versions", to="queues.queue"
            ),
        ),
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("document", models.JSONField()),
                ("mappings", models.JSONField(default=dict)),
                ("base_version", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="form_drafts",
                        to="queues.queue",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "person"), name="form_draft_one_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="form_draft_revision_counts_from_1"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="disputerule",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dispute_rules", to="queues.queue"
            ),
        ),
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
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.item"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.formversion",
                    ),
                ),
                (
                    "golden",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.goldenversion",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["queue", "-id"], name="check_of_queue")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("source",), name="check_one_in_use_per_item"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["approve", "correct", "reject"])), name="check_decides"
                    ),
                    models.CheckConstraint(condition=models.Q(("why", ""), _negated=True), name="check_says_why"),
                ],
            },
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="queue",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="target",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="queues.queue",
            ),
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("track", models.CharField(max_length=40)),
                ("priority", models.SmallIntegerField()),
                ("due_at", models.DateTimeField(null=True)),
                ("place", models.BigIntegerField(null=True)),
                ("slot_id", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="queues.queue"),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "person", "track"), name="bookmark_once_per_track"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", True), ("place__isnull", False)),
                            models.Q(("due_at__isnull", False), ("place__isnull", True)),
                            _connector="OR",
                        ),
                        name="bookmark_has_one_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementTarget",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("question", models.TextField()),
                (
                    "expects",
                    models.CharField(
                        choices=[
                            ("agreement", "agreement"),
                            ("distribution", "a distribution: people may rightly differ"),
                        ],
                        max_length=12,
                    ),
                ),
                ("good", models.FloatField(null=True)),
                ("tentative", models.FloatField(null=True)),
                ("reason", models.TextField()),
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
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["queue", "question", "-id"], name="agreement_target_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expects__in", ["agreement", "distribution"])),
                        name="agreement_target_expects_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expects", "distribution"), ("good", None), ("tentative", None)),
                            models.Q(
                                ("expects", "agreement"),
                                ("good__isnull", False),
                                ("good__lte", 1),
                                ("tentative__gte", 0),
                                ("tentative__isnull", False),
                                ("tentative__lte", models.F("good")),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_target_bounds_go_with_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="agreement_target_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("n_units", models.BigIntegerField()),
                ("is_equal", models.BooleanField()),
                ("findings", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["queue", "-id"], name="agreement_check_newest")],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "prediction_id", "actor", "name", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("actor", models.BinaryField(max_length=16)),
                ("name", models.CharField(max_length=20)),
                ("number", models.FloatField(null=True)),
                ("label", models.CharField(default="", max_length=200)),
                ("occurred_at", models.DateTimeField()),
                (
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.feedback",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="queues.prediction",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RecallRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("predictions", "predictions"),
                            ("person", "a person"),
                            ("conversation", "a conversation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("named", models.JSONField(default=list)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("consent_withdrawn", "consent was withdrawn"),
                            ("erasure_requested", "a person asked for erasure"),
                            ("licence", "the licence does not allow it"),
                            ("wrong", "it is wrong"),
                            ("other", "another reason"),
                        ],
                        max_length=17,
                    ),
                ),
                ("why", models.TextField()),
                ("erases", models.BooleanField()),
                ("publishes", models.BooleanField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("found", models.IntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["project", "-id"], name="recall_request_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by__in", ["predictions", "person", "conversation"])),
                        name="recall_request_by_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["consent_withdrawn", "erasure_requested", "licence", "wrong", "other"])
                        ),
                        name="recall_request_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why", ""), _negated=True), name="recall_request_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("found__isnull", True)),
                            models.Q(("finished_at__isnull", False), ("found__isnull", False), ("named", [])),
                            _connector="OR",
                        ),
                        name="recall_request_done_names_no_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("consent_withdrawn", "consent was withdrawn"),
                            ("erasure_requested", "a person asked for erasure"),
                            ("licence", "the licence does not allow it"),
                            ("wrong", "it is wrong"),
                            ("other", "another reason"),
                        ],
                        max_length=17,
                    ),
                ),
                ("erases", models.BooleanField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="queues.prediction",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="queues.recallrequest",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "id"], name="recall_of_project"),
                    models.Index(fields=["request"], name="recall_of_request"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("prediction", "erases"), name="recall_once_per_prediction")
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=40, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "waiting to be built"),
                            ("building", "being built"),
                            ("published", "published"),
                            ("superseded", "superseded"),
                            ("failed", "failed"),
                        ],
                        db_default="draft",
                        max_length=10,
                    ),
                ),
                ("notes", models.TextField(blank=True, default="")),
                ("accepted", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("findings", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("folder", models.UUIDField(null=True)),
                ("manifest", models.JSONField(null=True)),
                ("manifest_sha256", models.CharField(default="", max_length=64)),
                ("dataset_sha256", models.CharField(default="", max_length=64)),
                ("rows", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="queues.dataset"
                    ),
                ),
                (
                    "definition",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="queues.datasetversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "version"), name="release_version_once_per_dataset"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "building"])),
                        fields=("dataset",),
                        name="release_one_under_way_per_dataset",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("dataset",),
                        name="release_one_current_per_dataset",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "building", "published", "superseded", "failed"])),
                        name="release_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("manifest__isnull", False),
                                ("published_at__isnull", False),
                                ("rows__isnull", False),
                                ("state__in", ("published", "superseded")),
                                ("version__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state__in", ("published", "superseded")), _negated=True),
                                ("published_at__isnull", True),
                                ("version__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="release_published_is_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("path", models.CharField(max_length=100)),
                ("bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.BigIntegerField(null=True)),
                ("storage_name", models.CharField(max_length=100)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="queues.release"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("release", "path"), name="release_file_path_once_per_release")
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("lease_token", models.UUIDField(unique=True)),
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
                ("reasons", models.JSONField(default=list)),
                ("answers", models.JSONField(default=dict)),
                ("corrected_text", models.TextField(null=True)),
                ("note", models.TextField(blank=True, default="")),
                ("opened_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.formversion",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="queues.item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["person", "-submitted_at"], name="review_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["approve", "correct", "reject", "escalate"])),
                        name="review_decision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrected_text__isnull", False), ("decision", "correct")),
                            models.Q(
                                models.Q(("decision", "correct"), _negated=True), ("corrected_text__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="review_corrected_text_goes_with_correct",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("item", "person"),
                        name="review_one_standing_per_person_and_item",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleAllowance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=60)),
                ("day", models.DateField()),
                ("picked", models.PositiveIntegerField(default=0)),
                ("held_back", models.PositiveIntegerField(default=0)),
                ("tokens", models.FloatField(null=True)),
                ("filled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "rule"), name="rule_allowance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("tokens__isnull", True), ("tokens__gte", 0), _connector="OR"),
                        name="rule_allowance_is_not_overdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondLook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("changed", models.JSONField(default=list)),
                ("pi", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("looked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.policy",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_looks",
                        to="queues.prediction",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["prediction", "id"], name="second_look_of_prediction")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pi__gte", 0), ("pi__lte", 1)), name="second_look_pi_is_a_probability"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("why", models.TextField()),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("coverage", "the most different"),
                            ("relevance", "the highest scores, unlike each other"),
                        ],
                        max_length=9,
                    ),
                ),
                ("measure", models.CharField(blank=True, default="", max_length=60)),
                ("relevance", models.FloatField(default=0.7)),
                (
                    "part",
                    models.CharField(
                        choices=[("input", "what was asked"), ("output", "what was answered")],
                        default="input",
                        max_length=6,
                    ),
                ),
                ("last", models.PositiveIntegerField()),
                ("size", models.PositiveSmallIntegerField()),
                ("priority", models.SmallIntegerField()),
                ("due_hours", models.FloatField()),
                ("reviews_needed", models.SmallIntegerField()),
                ("result", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.project",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["project", "-id"], name="selection_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", 1), ("last__lte", 20000)), name="selection_looks_at_1_to_20000"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 1), ("size__lte", 500)), name="selection_size_1_to_500"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by", "coverage"), ("measure", "")),
                            models.Q(("by", "relevance"), models.Q(("measure", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="selection_by_relevance_names_a_measure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relevance__gte", 0), ("relevance__lte", 1)),
                        name="selection_relevance_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("result__isnull", True)),
                            models.Q(
                                ("cancelled_at__isnull", True),
                                ("finished_at__isnull", False),
                                ("result__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="selection_finished_has_a_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServedCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("training", "training"), ("qualifying", "qualification"), ("hidden", "hidden check")],
                        max_length=10,
                    ),
                ),
                ("right", models.BooleanField(null=True)),
                ("marks", models.JSONField(default=dict)),
                ("served_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answered_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "beside",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.item",
                    ),
                ),
                (
                    "check_given",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="served",
                        to="queues.check",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="served_check", to="queues.item"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.queue"
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.review"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["person", "queue", "-id"], name="served_check_of_person"),
                    models.Index(fields=["queue", "-id"], name="served_check_of_queue"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("check_given", "person"), name="check_never_twice_to_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("review", None), ("right", None), ("seen_at", None)),
                            models.Q(("answered_at__isnull", False), ("review__isnull", False)),
                            _connector="OR",
                        ),
                        name="served_check_result_goes_with_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["training", "qualifying", "hidden"])),
                        name="served_check_purpose_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("language", "Not my language"),
                            ("conflict", "Conflict of interest"),
                            ("broken", "Broken or unreadable"),
                            ("too_hard", "Too hard for me"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="skips",
                        to="queues.item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("item", "person"), name="skip_once_per_person_and_item"),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["language", "conflict", "broken", "too_hard"])),
                        name="skip_reason_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.SmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("leased", "leased"), ("done", "done"), ("void", "void")],
                        db_default="open",
                        max_length=6,
                    ),
                ),
                ("untouched", models.BooleanField(db_default=True)),
                ("is_blind", models.BooleanField(db_default=False, default=False)),
                ("place", models.BigIntegerField(db_default=0, default=0)),
                ("lane", models.CharField(blank=True, db_default="", default="", max_length=8)),
                ("bucket", models.IntegerField(null=True)),
                ("priority", models.SmallIntegerField()),
                ("due_at", models.DateTimeField()),
                ("lease_token", models.UUIDField(null=True)),
                ("leased_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("aside", models.BooleanField(db_default=False, default=False)),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="queues.item",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("seq", 1), ("state", "open"), ("untouched", True)),
                        fields=["queue", "-priority", "due_at", "id"],
                        name="slot_untouched",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open"), ("untouched", False)),
                        fields=["queue", "-priority", "due_at", "id"],
                        name="slot_started",
                    ),
                    models.Index(
                        condition=models.Q(("place__gt", 0), ("seq", 1), ("state", "open"), ("untouched", True)),
                        fields=["queue", "-priority", "place", "id"],
                        name="slot_placed_untouched",
                    ),
                    models.Index(
                        condition=models.Q(("place__gt", 0), ("state", "open"), ("untouched", False)),
                        fields=["queue", "-priority", "place", "id"],
                        name="slot_placed_started",
                    ),
                    models.Index(
                        condition=models.Q(("seq", 1), ("state", "open"), ("untouched", True)),
                        fields=["queue", "lane", "-priority", "due_at", "id"],
                        name="slot_lane_untouched",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open"), ("untouched", False)),
                        fields=["queue", "lane", "-priority", "due_at", "id"],
                        name="slot_lane_started",
                    ),
                    models.Index(
                        condition=models.Q(("bucket__isnull", False), ("seq", 1)),
                        fields=["queue", "bucket", "-place"],
                        name="slot_bucket",
                    ),
                    models.Index(condition=models.Q(("state", "leased")), fields=["person", "queue"], name="slot_held"),
                    models.Index(
                        condition=models.Q(("state", "leased")), fields=["lease_until"], name="slot_lease_end"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "seq"), name="slot_seq_once_per_item"),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("item", "person"),
                        name="slot_one_per_person_and_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "leased", "done", "void"])), name="slot_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease_token__isnull", False),
                                ("lease_until__isnull", False),
                                ("leased_at__isnull", False),
                                ("person__isnull", False),
                                ("state", "leased"),
                            ),
                            models.Q(("person__isnull", False), ("state", "done")),
                            models.Q(
                                ("lease_token__isnull", True),
                                ("lease_until__isnull", True),
                                ("leased_at__isnull", True),
                                ("person__isnull", True),
                                ("state__in", ["open", "void"]),
                            ),
                            _connector="OR",
                        ),
                        name="slot_holder_goes_with_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("aside", False), ("state", "leased"), _connector="OR"),
                        name="slot_aside_is_leased",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="slot",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                related_query_name="review",
                to="queues.slot",
            ),
        ),
        migrations.CreateModel(
            name="SplitGroup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dataset_id", "group_key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("group_key", models.BigIntegerField()),
                ("split", models.CharField(max_length=10)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.dataset",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.release",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("split__in", ["train", "validation", "test"])),
                        name="split_group_split_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Verdict",
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
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("single", "one review"),
                            ("agreed", "agreed"),
                            ("majority", "a majority"),
                            ("adjudicated", "settled by a lead"),
                        ],
                        max_length=11,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("answers", models.JSONField(default=dict)),
                ("corrected_text", models.TextField(null=True)),
                ("review_ids", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("why", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute_rule",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.disputerule",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.formversion",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="queues.item",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"),
                ),
                (
                    "review",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.review"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=["queue", "id"],
                        name="verdict_standing",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("item",),
                        name="verdict_one_standing_per_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["approve", "correct", "reject"])), name="verdict_decides"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["single", "agreed", "majority", "adjudicated"])),
                        name="verdict_basis_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrected_text__isnull", False), ("decision", "correct")),
                            models.Q(
                                models.Q(("decision", "correct"), _negated=True), ("corrected_text__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="verdict_corrected_text_goes_with_correct",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "adjudicated"), _negated=True),
                            models.Q(("decided_by__isnull", False), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="verdict_adjudicated_has_who_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "majority"), _negated=True),
                            ("dispute_rule__isnull", False),
                            _connector="OR",
                        ),
                        name="verdict_majority_has_its_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line", models.IntegerField()),
                ("split", models.CharField(max_length=10)),
                ("record_sha256", models.BinaryField(max_length=32)),
                ("group_key", models.BigIntegerField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="queues.item",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="lineage",
                        to="queues.release",
                    ),
                ),
                (
                    "verdict",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="queues.verdict",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["release", "item"], name="release_row_by_item")],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "release"), name="release_row_item_once"),
                    models.UniqueConstraint(fields=("release", "split", "line"), name="release_row_line_of_split_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("model", "the model"),
                            ("safety_filter", "a safety filter"),
                            ("reviewer", "another reviewer"),
                            ("senior", "a reviewer of lower rank"),
                            ("adjudication", "the majority of the reviews"),
                            ("gold", "a golden answer"),
                        ],
                        max_length=13,
                    ),
                ),
                ("before", models.CharField(max_length=8)),
                ("after", models.CharField(max_length=8)),
                ("overrides", models.BooleanField()),
                ("component", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("category", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("reasons", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "before_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="queues.item"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="queues.queue"),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.review",
                    ),
                ),
                (
                    "verdict",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="queues.verdict",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project", "-id"], name="judgement_newest"),
                    models.Index(fields=["queue", "-id"], name="judgement_of_queue"),
                    models.Index(fields=["project", "person", "-id"], name="judgement_of_person"),
                    models.Index(
                        condition=models.Q(("overrides", True)),
                        fields=["project", "kind", "-id"],
                        name="override_cases",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["model", "safety_filter", "reviewer", "senior", "adjudication", "gold"])
                        ),
                        name="judgement_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("overrides", True), models.Q(("before", models.F("after")), _negated=True)),
                            models.Q(("before", models.F("after")), ("overrides", False)),
                            _connector="OR",
                        ),
                        name="judgement_overrides_when_they_differ",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review__isnull", False), ("verdict__isnull", True)),
                            models.Q(("review__isnull", True), ("verdict__isnull", False)),
                            _connector="OR",
                        ),
                        name="judgement_was_said_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "safety_filter"), models.Q(("category", ""), ("component", "")), _connector="OR"
                        ),
                        name="judgement_category_is_a_filters",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="check",
            name="verdict",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.verdict"
            ),
        ),
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
                ("severity", models.SmallIntegerField(choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "severe")])),
                ("target", models.CharField(choices=[("output", "output"), ("input", "input")], max_length=6)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="word_lists", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name", "version"), name="word_list_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)), fields=("project", "name"), name="word_list_one_active"
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
                        condition=models.Q(("is_active", False), ("too_slow_ms__isnull", True), _connector="OR"),
                        name="word_list_too_slow_is_off",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkProfile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("languages", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("skills", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("daily_limit", models.SmallIntegerField(null=True)),
                ("refused", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("veils", models.BooleanField(db_default=True, default=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_until", models.DateTimeField(null=True)),
                ("until_read", models.BooleanField(db_default=False, default=False)),
                ("pause_reason", models.CharField(blank=True, db_default="", default="", max_length=500)),
                (
                    "paused_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="work_profile_once_per_project"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("daily_limit__gte", 1), ("daily_limit__lte", 5000)),
                            ("daily_limit", None),
                            _connector="OR",
                        ),
                        name="work_profile_daily_limit_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("paused_at__isnull", True), ("paused_by__isnull", True), ("paused_until__isnull", True)
                            ),
                            models.Q(("paused_at__isnull", False), ("paused_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="work_profile_paused_at_goes_with_paused_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_read", False),
                            models.Q(("paused_at__isnull", False), ("paused_until", None)),
                            _connector="OR",
                        ),
                        name="work_profile_until_read_is_a_pause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paused_until", None), ("paused_until__gt", models.F("paused_at")), _connector="OR"
                        ),
                        name="work_profile_pause_ends_after_it_began",
                    ),
                ],
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
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "model_version", "measure"), name="worth_once_per_measure"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementUnit",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="queues.item",
                    ),
                ),
                ("holds", models.JSONField(null=True)),
                ("folded", models.JSONField(null=True)),
                ("is_folded", models.BooleanField(db_default=False, default=False)),
                ("is_owed", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(condition=models.Q(("is_folded", False)), fields=["item"], name="agreement_unfolded"),
                    models.Index(condition=models.Q(("is_owed", True)), fields=["item"], name="agreement_owed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "prediction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="attachment",
                        serialize=False,
                        to="queues.prediction",
                    ),
                ),
                ("similarity", models.FloatField()),
                ("attached_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="queues.item"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("similarity__gte", 0), ("similarity__lte", 1)),
                        name="attachment_similarity_is_a_share",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deviation",
            fields=[
                (
                    "prediction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="deviation",
                        serialize=False,
                        to="queues.prediction",
                    ),
                ),
                (
                    "matched_by",
                    models.CharField(
                        choices=[
                            ("named", "named by the sender"),
                            ("exact", "the same question"),
                            ("normalised", "the same question but for case and spaces"),
                            ("sent", "a value that the sender expected"),
                            ("embedding", "a question that is nearly the same"),
                        ],
                        max_length=10,
                    ),
                ),
                ("deviates", models.BooleanField()),
                ("distance", models.FloatField()),
                ("why", models.CharField(max_length=40)),
                ("compared_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deviations",
                        to="queues.goldenversion",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("version__isnull", False)),
                        fields=["version", "-prediction"],
                        name="deviation_of_golden",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("matched_by__in", ["named", "exact", "normalised", "sent", "embedding"])),
                        name="deviation_matched_by_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("distance__gte", 0), ("distance__lte", 1)),
                        name="deviation_distance_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Routing",
            fields=[
                (
                    "prediction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="routing",
                        serialize=False,
                        to="queues.prediction",
                    ),
                ),
                ("pi", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("routed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="queues.policy"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pi__gte", 0), ("pi__lte", 1)), name="routing_pi_is_a_probability"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Scores",
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
                ("model_version", models.CharField(max_length=200)),
                ("values", models.JSONField(default=dict)),
                ("missing", models.JSONField(default=dict)),
                ("scored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["project", "model_version", "-prediction"], name="scores_window")],
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
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["queue", "state", "-priority", "due_at", "id"], name="item_by_state"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(condition=models.Q(("state", "disputed")), fields=["queue", "id"], name="item_disputed"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("fingerprint__isnull", False), ("state__in", ["open", "in_review"])),
                fields=["queue", "fingerprint"],
                name="item_waiting_fingerprint",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("reviews_needed__gt", 1), ("state__in", ["in_review", "disputed", "settled"])),
                fields=["queue", "id"],
                name="item_with_overlap",
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
            model_name="formversion",
            constraint=models.UniqueConstraint(fields=("queue", "version"), name="form_version_once_per_queue"),
        ),
        migrations.AddConstraint(
            model_name="disputerule",
            constraint=models.UniqueConstraint(fields=("queue", "version"), name="dispute_rule_once_per_queue"),
        ),
        migrations.AddIndex(
            model_name="bulkchange",
            index=models.Index(fields=["project", "queue", "-id"], name="bulk_change_newest"),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", False), ("kind__in", ["priority", "due", "reviews"]), ("target", None)),
                    models.Q(("amount", None), ("kind", "move"), ("target__isnull", False)),
                    models.Q(("amount", None), ("kind", "withdraw"), ("target", None)),
                    _connector="OR",
                ),
                name="bulk_change_says_how_much_or_where",
            ),
        ),
    ]
