"""Bring a file of records into a project: `manage.py ingest outputs.jsonl --project support`.

Good records are stored whatever the others are; each of the others is reported with its line and every
fault, as JSON lines. Running it again changes nothing: what is there already is counted as a duplicate.

Exit codes: 0 all records are stored; 1 some were rejected, see the report; 2 the file or the project
could not be read, or it held no record that could be stored.
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline
from queues.errors import Invalid
from queues.ingest.actions import user_key
from queues.ingest.body import Arrived
from queues.ingest.file_errors import FileRefused
from queues.ingest.files import Reading, Row, read
from queues.ingest.jsontext import Sent
from queues.ingest.pointers import storable
from queues.ingest.record import CheckedRecord, check_sent

_AT_ONCE = 500
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
        parser.add_argument("--no-progress", action="store_true", help="no progress bar on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {_shown(options['project'])}.", returncode=_NOTHING_READ)
        reading = Reading(columns=_pairs(options["column"]), defaults=_pairs(options["default"]))
        report = options["report"].open("w", encoding="utf-8") if options["report"] else None
        try:
            counts = self._ingest(
                options["file"], project, reading, report, has_bar=not options["no_progress"]
            )
        except FileRefused as error:
            self._report(report, {"line": None, **_fault_fields(error)})
            message = f"{_shown(options['file'].name)} was not read to its end. {error}"
            raise CommandError(message, returncode=_NOTHING_READ) from None
        finally:
            if report:
                report.close()
        self._conclude(counts)

    def _ingest(
        self, file: Path, project: Project, reading: Reading, report: IO[str] | None, *, has_bar: bool
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        rows = read(file, reading)
        total = file.stat().st_size if file.is_file() and file.suffix != ".parquet" else None
        with tqdm(total=total, unit="B", unit_scale=True, disable=not has_bar, file=sys.stderr) as bar:
            while batch := list(islice(rows, _AT_ONCE)):
                counts.update(self._store(project, batch, report))
                bar.update(batch[-1].done - bar.n)
                bar.set_postfix(counts)
        return counts

    def _store(self, project: Project, rows: list[Row], report: IO[str] | None) -> Iterator[str]:
        """What became of each row; the rejected and the altered are reported."""
        key = user_key(project.pk)
        good: list[tuple[int, CheckedRecord]] = []
        for row in rows:
            try:
                good.append((row.line, _checked(row.arrived, key)))
            except Invalid as error:
                self._report(
                    report, {"line": row.line, "prediction_id": _id_of(row.arrived), **_fault_fields(error)}
                )
                yield "rejected"
        stored = pipeline.receive(project, [record for _line, record in good], by=SYSTEM) if good else []
        for (line, record), one in zip(good, stored, strict=True):
            if one.status == "conflict":
                detail = "Another record was stored under this id before, and it stays."
                fault = {"pointer": "/prediction_id", "code": "prediction_id.taken", "detail": detail}
                self._report(report, {"line": line, "prediction_id": record.prediction_id, "errors": [fault]})
                yield "rejected"
                continue
            if record.altered:
                self._report(
                    report, {"line": line, "prediction_id": record.prediction_id, "altered": record.altered}
                )
            yield one.status

    def _report(self, report: IO[str] | None, line: dict[str, object]) -> None:
        print(json.dumps(line), file=report or self.stdout)

    def _conclude(self, counts: Counter[str]) -> None:
        self.stderr.write(
            f"{counts['created']} stored, {counts['duplicate']} there already, {counts['rejected']} rejected"
        )
        if not counts.total():
            raise CommandError("There is no record in this file.", returncode=_NOTHING_READ)
        if counts["rejected"] == counts.total():
            raise CommandError(
                "No record of this file could be stored; see the report.", returncode=_NOTHING_READ
            )
        if counts["rejected"]:
            raise CommandError("Some records were rejected; see the report.", returncode=_SOME_REJECTED)


def _checked(arrived: Arrived, key: bytes) -> CheckedRecord:
    if isinstance(arrived, Invalid):
        raise arrived
    return check_sent(arrived, user_key=key)


def _fault_fields(error: Invalid) -> dict[str, object]:
    faults = [{"pointer": f.pointer, "code": f.code, "detail": f.detail or str(error)} for f in error.faults]
    return {"errors": faults or [{"pointer": "", "code": "file.refused", "detail": str(error)}]}


def _id_of(arrived: Arrived) -> str | None:
    value = arrived.value if isinstance(arrived, Sent) else None
    named = value.get("prediction_id") if isinstance(value, dict) else None
    return storable(named[:200]) if isinstance(named, str) else None


def _pairs(options: list[str]) -> dict[str, str]:
    return {name: value for name, _equals, value in (option.partition("=") for option in options)}


def _shown(name: str) -> str:
    """A hostile name on a terminal: nothing in it acts."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in name)
