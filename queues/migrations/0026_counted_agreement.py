"""Agreement is counted as patterns of answers; what was reviewed so far is owed to the sweeper."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


# Reviews of before: the sweeper counts them, batch by batch, so that no release waits for it.
OWED = """
INSERT INTO queues_agreementunit (item_id, is_folded, is_owed)
SELECT id, true, true FROM queues_item WHERE reviews_needed > 1 AND state IN ('disputed', 'settled')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0025_verdict_form'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementUnit',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='queues.item')),
                ('holds', models.JSONField(null=True)),
                ('folded', models.JSONField(null=True)),
                ('is_folded', models.BooleanField(db_default=False, default=False)),
                ('is_owed', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('is_folded', False)), fields=['item'], name='agreement_unfolded'), models.Index(condition=models.Q(('is_owed', True)), fields=['item'], name='agreement_owed')],
            },
        ),
        migrations.CreateModel(
            name='AgreementCheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('checked_at', models.DateTimeField()),
                ('n_units', models.BigIntegerField()),
                ('is_equal', models.BooleanField()),
                ('findings', models.JSONField(default=list)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['queue', '-id'], name='agreement_check_newest')],
            },
        ),
        migrations.CreateModel(
            name='PatternCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('by', models.CharField(max_length=10)),
                ('name', models.TextField()),
                ('is_drawn', models.BooleanField()),
                ('question', models.TextField()),
                ('version', models.PositiveIntegerField()),
                ('pattern', models.TextField()),
                ('n', models.BigIntegerField()),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('queue'), models.F('by'), models.F('question'), models.F('is_drawn'), models.F('version'), django.db.models.functions.text.MD5('name'), django.db.models.functions.text.MD5('pattern'), name='pattern_count_once'), models.CheckConstraint(condition=models.Q(('n__gte', 1)), name='pattern_count_from_1')],
            },
        ),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]
