"""`manage.py prepare`: what a version needs before it serves. May run twice, and on two machines at once."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from reviewapp import broker

_ONE_AT_A_TIME = 7_210_421  # any number, the same for all who prepare


class Command(BaseCommand):
    help = "Migrate the database, install the message tables, collect static files."

    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)
        if not settings.ENV.broker_url and broker.install():
            self.stdout.write("  Message tables installed")
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=1, stdout=self.stdout)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
