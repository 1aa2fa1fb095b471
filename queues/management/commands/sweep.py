"""`manage.py sweep`: the sweeper once, by hand or from cron, for a day without a worker."""

from django.core.management.base import BaseCommand

from queues import sweeper


class Command(BaseCommand):
    help = "Free ended leases, score and route what is owed, ring again for jobs that wait."

    def handle(self, *args: object, **options: object) -> None:
        sweeper.sweep()
        sweeper.seal_audit()
        self.stdout.write("swept")
