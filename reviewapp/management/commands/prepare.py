"""`manage.py prepare`: what a version needs before it serves. May run twice, and on two machines at once."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from reviewapp import broker, vectors

_ONE_AT_A_TIME = 7_210_421  # any number, the same for all who prepare


class Command(BaseCommand):
    help = "Migrate the database, install the message tables and pgvector, collect static files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-static", action="store_true", help="the static files are in the image already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if not settings.ENV.broker_url and broker.install():
            self.stdout.write("  Message tables installed")
        if news := vectors.enable():
            self.stdout.write(f"  {news}")
        if not settings.DEBUG and not options["no_static"]:
            call_command("collectstatic", interactive=False, verbosity=options["verbosity"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
