"""Bring a file of records into a project: `manage.py ingest outputs.jsonl --project support`.

--kind feedback: what end users did; --kind golden: verified answers.

Good records are stored whatever the others are; each of the others is reported with its line and every
fault, as JSON lines. Running it again changes nothing: what is there already is counted as a duplicate.

Exit codes: 0 all records are stored; 1 some were rejected, see the report; 2 the file or the project
could not be read, or it held no record that could be stored.
"""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Project
from queues.errors import Invalid
from queues.ingest.body import Arrived
from queues.ingest.file_errors import FileRefused
from queues.ingest.files import Reading, Row, exists, in_batches, kind_of, read
from queues.ingest.jsontext import Sent
from queues.ingest.pointers import storable
from queues.management.arrivals import DIALECTS, KINDS, arrivals_of

_SOME_REJECTED, _NOTHING_READ = 1, 2


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=".jsonl, .ndjson or .csv (each also .gz), or .parquet")
        parser.add_argument("--project", required=True, help="the project's short name, as in its address")
        parser.add_argument(
            "--report", type=Path, help="write the rejects here instead of to standard output"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=PATH",
            help="what a column of a CSV or Parquet file is in the record; NAME= leaves it out",
        )
        parser.add_argument(
            "--default",
            action="append",
            default=[],
            metavar="PATH=VALUE",
            help="what records have that say nothing there, e.g. model.request_model=gpt-x",
        )
        parser.add_argument("--kind", choices=KINDS, default="predictions", help="what the records are")
        parser.add_argument("--dialect", choices=DIALECTS, default="", help="the tool that wrote the file")
        parser.add_argument("--reason", default="", help="golden: why, for the history of the items")
        parser.add_argument(
            "--as-new-version",
            action="store_true",
            help="golden: items that are there with another content get a new version",
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {_shown(options['project'])}.", returncode=_NOTHING_READ)
        self.arrivals = arrivals_of(project, options)
        reading = Reading(_pairs(options["column"]), _pairs(options["default"]), self.arrivals.sheet)
        self.counts: Counter[str] = Counter()
        with _report_to(options["report"], self.stdout) as self.report:
            try:
                self._ingest(options["file"], reading, has_bar=not options["no_progress"])
            except FileRefused as error:
                self._tell({"line": None} | _fault_fields(error))
                self._sum_up()
                message = f"{_shown(options['file'].name)} was not read to its end. {error}"
                raise CommandError(message, returncode=_NOTHING_READ) from None
        self._sum_up()
        self._conclude()

    def _ingest(self, file: Path, reading: Reading, *, has_bar: bool) -> None:
        total = file.stat().st_size if kind_of(file.name) != "parquet" and exists(file) else None
        with tqdm(total=total, unit="B", unit_scale=True, disable=not has_bar) as bar:
            for batch in in_batches(read(file, reading)):
                self.counts.update(self._store(batch))
                bar.update(batch[-1].done - bar.n)
                bar.set_postfix(self.counts)

    def _store(self, rows: list[Row]) -> Iterator[str]:
        """What became of each row; the rejected and the altered are reported."""
        good: list[tuple[int, Any]] = []
        for row in rows:
            try:
                good.append((row.line, self._checked(row.arrived)))
            except Invalid as error:
                self._tell({"line": row.line} | self._named(row.arrived) | _fault_fields(error))
                yield "rejected"
        became = self.arrivals.store([record for _line, record in good]) if good else []
        for (line, record), one in zip(good, became, strict=True):
            named = {"line": line, self.arrivals.id_field: getattr(record, self.arrivals.id_field)}
            if one.fault:
                self._tell(named | _fault_fields(Invalid(one.fault.detail, [one.fault])))
            elif record.altered:
                self._tell(named | {"altered": record.altered})
            yield one.status

    def _checked(self, arrived: Arrived) -> Any:
        if isinstance(arrived, Invalid):
            raise arrived
        return self.arrivals.check(arrived)

    def _named(self, arrived: Arrived) -> dict[str, object]:
        """How the record names itself, as far as it can be read."""
        value = arrived.value if isinstance(arrived, Sent) else None
        named = value.get(self.arrivals.id_field) if isinstance(value, dict) else None
        return {self.arrivals.id_field: storable(named[:200]) if isinstance(named, str) else None}

    def _tell(self, line: dict[str, object]) -> None:
        self.report.write(json.dumps(line) + "\n")

    def _sum_up(self) -> None:
        counts = self.counts
        self.stderr.write(
            f"{counts['created'] + counts['updated']} stored, {counts['duplicate']} there already,"
            f" {counts['rejected']} rejected"
        )

    def _conclude(self) -> None:
        tried, rejected = self.counts.total(), self.counts["rejected"]
        if not tried:
            raise CommandError("There is no record in this file.", returncode=_NOTHING_READ)
        if rejected == tried:
            raise CommandError("No record could be stored; see the report.", returncode=_NOTHING_READ)
        if rejected:
            raise CommandError("Some records were rejected; see the report.", returncode=_SOME_REJECTED)


@contextmanager
def _report_to(path: Path | None, otherwise: Any) -> Iterator[Any]:
    if path is None:
        yield otherwise
        return
    with path.open("w", encoding="utf-8") as report:
        yield report


def _fault_fields(error: Invalid) -> dict[str, object]:
    faults = [{"pointer": f.pointer, "code": f.code, "detail": f.detail or str(error)} for f in error.faults]
    return {"errors": faults or [{"pointer": "", "code": "file.refused", "detail": str(error)}]}


def _pairs(options: list[str]) -> dict[str, str]:
    return {name: value for name, _equals, value in (option.partition("=") for option in options)}


def _shown(name: str) -> str:
    """A hostile name on a terminal: nothing in it acts."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in name)
