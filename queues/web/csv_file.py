"""A table as a CSV file, so that a spreadsheet shows it and runs nothing of it."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

from queues.export.files.csv_view import escaped


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The download; None is an empty cell, and a text that would be a formula gets an apostrophe."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(map(escaped, row) for row in rows)
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
