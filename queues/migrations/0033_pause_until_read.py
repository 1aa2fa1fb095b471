"""A pause that ends when the person has read the guidelines again."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_language_as_the_browser'),
        ('queues', '0032_agreement_targets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='workprofile',
            name='until_read',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='workprofile',
            constraint=models.CheckConstraint(condition=models.Q(('until_read', False), models.Q(('paused_at__isnull', False), ('paused_until', None)), _connector='OR'), name='work_profile_until_read_is_a_pause'),
        ),
    ]
