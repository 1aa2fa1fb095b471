"""Only for `manage.py help`: `manage.py` runs `up` without Django, which saves a second and 60 MB."""

from django.core.management.base import BaseCommand, CommandParser

from reviewapp.up.__main__ import main


class Command(BaseCommand):
    help = "Start PostgreSQL, web server, worker and scheduler on this machine as one supervised group."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo project and print its logins")

    def handle(self, *args: object, **options: object) -> None:
        raise SystemExit(main(["--demo"] if options["demo"] else []))
