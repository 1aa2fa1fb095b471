"""What ends all sessions of a person for good, also when the account is active again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_answers_by_route")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="sessions_ended",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
