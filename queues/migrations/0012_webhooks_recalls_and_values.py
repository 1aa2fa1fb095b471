"""What webhooks tell of failed recalls and for how long, which recalls failed, and what records say of whom.

Two more tables are history: the rows of a bulk change, and what was found when agreement was counted again.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


_HISTORY = ("queues_changeditem", "queues_agreementcheck")
_GUARD = """
CREATE TRIGGER {table}_is_history BEFORE DELETE OR UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite();
"""
_UNGUARD = "DROP TRIGGER {table}_is_history ON {table}"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_answers_by_route'),
        ('queues', '0010_checks_like_items'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(migrations.RunSQL(_GUARD.format(table=table), _UNGUARD.format(table=table)) for table in _HISTORY),
        migrations.CreateModel(
            name='SubjectValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('about', models.CharField(max_length=210)),
                ('value', models.CharField(max_length=200)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_event_known',
        ),
        migrations.RemoveConstraint(
            model_name='webhook',
            name='webhook_wants_known_events',
        ),
        migrations.AddField(
            model_name='recallrequest',
            name='failed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='event',
            field=models.CharField(choices=[('recall.made', 'a recall is done'), ('recall.failed', 'a recall failed in every attempt'), ('release.published', 'a release is published')], max_length=20),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='wants',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('recall.made', 'a recall is done'), ('recall.failed', 'a recall failed in every attempt'), ('release.published', 'a release is published')], max_length=20), size=None),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting'), _negated=True), fields=['webhook', '-id'], name='delivery_last'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['finished_at'], name='delivery_by_age'),
        ),
        migrations.AddIndex(
            model_name='recallrequest',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['project'], name='recall_request_undone'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('event__in', ['recall.made', 'recall.failed', 'release.published'])), name='delivery_event_known'),
        ),
        migrations.AddConstraint(
            model_name='recallrequest',
            constraint=models.CheckConstraint(condition=models.Q(('failed_at__isnull', True), ('finished_at__isnull', True), _connector='OR'), name='recall_request_failed_or_done'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('wants__len__gte', 1), ('wants__contained_by', ['recall.made', 'recall.failed', 'release.published'])), name='webhook_wants_known_events'),
        ),
        migrations.AddField(
            model_name='subjectvalue',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project'),
        ),
        migrations.AddConstraint(
            model_name='subjectvalue',
            constraint=models.UniqueConstraint(fields=('project', 'about', 'value'), name='subject_value_once'),
        ),
    ]
