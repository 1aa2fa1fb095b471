"""What a guard stops a release for, pair by pair, and why somebody let exactly those leave. Both are history."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


_HISTORY = ("queues_guardstop", "queues_acceptance")
_GUARD = """
CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""
_UNGUARD = "DROP TRIGGER {table}_is_history ON {table}"


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0014_payload_cohort'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuardStop',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('guard', models.CharField(max_length=40)),
                ('rows', models.PositiveIntegerField()),
                ('unaccepted', models.PositiveIntegerField()),
                ('pairs', models.BinaryField()),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='queues.release')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('guard', models.CharField(max_length=40)),
                ('reason', models.TextField()),
                ('accepted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='queues.release')),
                ('shown', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.guardstop')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='guardstop',
            constraint=models.UniqueConstraint(fields=('release', 'guard'), name='guard_stop_once_per_release'),
        ),
        migrations.AddConstraint(
            model_name='guardstop',
            constraint=models.CheckConstraint(condition=models.Q(('rows__gte', 1), ('unaccepted__lte', models.F('rows'))), name='guard_stop_accepts_what_it_found'),
        ),
        migrations.AddConstraint(
            model_name='guardstop',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('pairs'), django.db.models.expressions.CombinedExpression(models.F('rows'), '*', models.Value(8))), name='guard_stop_holds_each_pair'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.UniqueConstraint(fields=('release', 'guard'), name='acceptance_once_per_guard'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(django.db.models.functions.text.Trim('reason')), 10), name='acceptance_says_why'),
        ),
        *(migrations.RunSQL(_GUARD.format(table=table), _UNGUARD.format(table=table)) for table in _HISTORY),
    ]
