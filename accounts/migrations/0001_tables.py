"""The tables of people, projects, keys and the audit log."""

import accounts.models.event
import accounts.names
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # of before 0.1.0: a database that has them has these
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0004_comfort"),
        ("accounts", "0005_language_as_the_browser"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateBucket",
            fields=[
                ("caller", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("tokens", models.FloatField()),
                ("filled_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "name",
                    models.CharField(max_length=120, validators=[accounts.names.validate_plain], verbose_name="name"),
                ),
                (
                    "time_zone",
                    models.CharField(db_default="UTC", default="UTC", max_length=64, verbose_name="time zone"),
                ),
                (
                    "language",
                    models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="language"),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                        db_default="system",
                        default="system",
                        max_length=8,
                        verbose_name="theme",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("normal", "Normal"), ("compact", "Compact: more on the screen")],
                        db_default="normal",
                        default="normal",
                        max_length=8,
                        verbose_name="density",
                    ),
                ),
                (
                    "text_size",
                    models.CharField(
                        choices=[("normal", "Normal"), ("large", "Large"), ("largest", "Largest")],
                        db_default="normal",
                        default="normal",
                        max_length=8,
                        verbose_name="text size",
                    ),
                ),
                ("has_shortcuts", models.BooleanField(db_default=True, default=True, verbose_name="single keys")),
                (
                    "shortcuts",
                    models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="active")),
                ("temporary_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("email",),
                        name="person_email_unique",
                        violation_error_message="There is already an account with this e-mail.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="person_email_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("theme__in", ["system", "light", "dark"])), name="person_theme_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("density__in", ["normal", "compact"])), name="person_density_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text_size__in", ["normal", "large", "largest"])),
                        name="person_text_size_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func("shortcuts", function="jsonb_typeof", output_field=models.TextField()), "object"
                        ),
                        name="person_shortcuts_by_action",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("project_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=64)),
                ("actor_person_id", models.BigIntegerField(null=True)),
                ("actor_key_id", models.BigIntegerField(null=True)),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("reason", models.TextField(db_default="", default="")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("txid", accounts.models.event.TransactionId(db_default=accounts.models.event.CurrentTransactionId())),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["project_id", "id"], name="event_by_project"),
                    models.Index(fields=["project_id", "subject_kind", "subject_id", "id"], name="event_by_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginDelay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_sha256", models.BinaryField(max_length=32)),
                ("address", models.GenericIPAddressField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("failed_at", models.DateTimeField()),
                ("wait_until", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account_sha256", "address"), name="login_delay_one_row", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.CharField(
                        max_length=63,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\Z",
                                "Use small letters a-z, digits and hyphens, at most 63 characters.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=120, validators=[accounts.names.validate_plain])),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "permissions": [
                    ("enter", "Enter"),
                    ("read", "Read"),
                    ("review", "Review"),
                    ("settle", "Settle"),
                    ("tune", "Tune"),
                    ("push", "Push"),
                    ("release", "Release"),
                    ("pull", "Pull"),
                    ("admit", "Admit"),
                ],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="project_slug_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")),
                        name="project_slug_shape",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.CharField(max_length=64)),
                ("route", models.CharField(max_length=500)),
                ("key", models.CharField(max_length=255)),
                ("request_sha256", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["created_at"], name="stored_answer_by_age")],
                "constraints": [models.UniqueConstraint(fields=("caller", "route", "key"), name="stored_answer_once")],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("annotator", "Annotator"),
                            ("lead", "Lead"),
                            ("ml_engineer", "ML engineer"),
                            ("owner", "Owner"),
                        ],
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="membership_one_role_each"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["annotator", "lead", "ml_engineer", "owner"])),
                        name="membership_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, validators=[accounts.names.validate_plain])),
                ("prefix", models.CharField(max_length=12)),
                ("secret_sha256", models.BinaryField(max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="accounts.project"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("prefix",), name="api_key_prefix_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="api_key_expires_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scopes", []), _negated=True), name="api_key_has_a_scope"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(django.db.models.functions.text.Length("secret_sha256"), 32)
                        ),
                        name="api_key_hash_length",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectUserObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.project"),
                ),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
    ]
