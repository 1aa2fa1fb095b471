"""What leads expect of the agreement on a question; never rewritten."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0031_versions_of_dataset_definitions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementTarget',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('question', models.TextField()),
                ('expects', models.CharField(choices=[('agreement', 'agreement'), ('distribution', 'a distribution: people may rightly differ')], max_length=12)),
                ('good', models.FloatField(null=True)),
                ('tentative', models.FloatField(null=True)),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['queue', 'question', '-id'], name='agreement_target_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expects__in', ['agreement', 'distribution'])), name='agreement_target_expects_known'), models.CheckConstraint(condition=models.Q(models.Q(('expects', 'distribution'), ('good', None), ('tentative', None)), models.Q(('expects', 'agreement'), ('good__isnull', False), ('good__lte', 1), ('tentative__gte', 0), ('tentative__isnull', False), ('tentative__lte', models.F('good'))), _connector='OR'), name='agreement_target_bounds_go_with_agreement'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='agreement_target_has_a_reason')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER queues_agreementtarget_is_history BEFORE DELETE OR UPDATE ON queues_agreementtarget"
            " FOR EACH ROW EXECUTE FUNCTION queues_refuse_rewrite()",
            "DROP TRIGGER queues_agreementtarget_is_history ON queues_agreementtarget",
        ),
    ]
