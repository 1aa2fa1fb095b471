"""Owe an enrichment to predictions that are stored already: `manage.py owe embed --project support`.

For what arrived before an encoder was configured, before another one took its place, or before this version.
Workers do it after what has just arrived. Running it again while it is owed changes nothing.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from queues.models import EnrichmentKind, Prediction
from queues.score import enrichment

_AT_ONCE = 10_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=EnrichmentKind.values)
        parser.add_argument("--project", help="the project's short name; all projects without it")
        parser.add_argument("--newest", type=int, default=None, help="only so many predictions")

    def handle(self, *args: Any, **options: Any) -> None:
        predictions = Prediction.objects.order_by("-id")
        if options["project"]:
            project = Project.objects.filter(slug=options["project"]).first()
            if project is None:
                raise CommandError(f"There is no project {options['project']!r}.")
            predictions = predictions.filter(project=project)
        left, before, owed = options["newest"], None, 0
        while left is None or left > 0:
            rest = predictions if before is None else predictions.filter(id__lt=before)
            at_once = _AT_ONCE if left is None else min(left, _AT_ONCE)
            ids = list(rest.values_list("id", flat=True)[:at_once])
            if not ids:
                break
            owed += enrichment.owe([options["kind"]], ids)
            before, left = ids[-1], None if left is None else left - len(ids)
        self.stdout.write(f"{owed:,} predictions owe it now: {options['kind']}.")
