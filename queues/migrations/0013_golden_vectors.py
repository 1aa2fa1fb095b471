"""Golden questions as vectors; who says by what a deviation was found, in the order in which it is tried."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_rate_buckets_without_log'),
        ('queues', '0012_enrichment_vectors_and_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoldenVector',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('vector', models.BinaryField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='deviation',
            name='deviation_matched_by_known',
        ),
        migrations.AlterField(
            model_name='deviation',
            name='matched_by',
            field=models.CharField(choices=[('named', 'named by the sender'), ('exact', 'the same question'), ('normalised', 'the same question but for case and spaces'), ('sent', 'a value that the sender expected'), ('embedding', 'a question that is nearly the same')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.CheckConstraint(condition=models.Q(('matched_by__in', ['named', 'exact', 'normalised', 'sent', 'embedding'])), name='deviation_matched_by_known'),
        ),
        migrations.AddField(
            model_name='goldenvector',
            name='encoder',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='queues.knownencoder'),
        ),
        migrations.AddField(
            model_name='goldenvector',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.project'),
        ),
        migrations.AddField(
            model_name='goldenvector',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='queues.goldenversion'),
        ),
        migrations.AddIndex(
            model_name='goldenvector',
            index=models.Index(fields=['project', 'encoder', '-id'], name='golden_vector_newest'),
        ),
        migrations.AddConstraint(
            model_name='goldenvector',
            constraint=models.UniqueConstraint(fields=('version', 'encoder'), name='golden_vector_once_per_encoder'),
        ),
    ]
