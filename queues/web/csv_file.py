"""A table as a CSV file, so that a spreadsheet shows it and runs nothing of it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from django.http import HttpResponse, StreamingHttpResponse

from queues.export.files.csv_view import escaped

_TYPE = "text/csv; charset=utf-8"
_AT_ONCE = 1_000  # rows in one piece of a stream


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The download; None is an empty cell, and a text that would be a formula gets an apostrophe."""
    text = "".join(_pieces(head, rows))
    return HttpResponse(text, content_type=_TYPE, headers=_as_download(name))


def csv_stream(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The same, written while it is sent: for rows without end."""
    return StreamingHttpResponse(_pieces(head, rows), content_type=_TYPE, headers=_as_download(name))


def _pieces(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    lines: Iterable[Sequence[object]] = [head]
    following = iter(rows)
    while lines:
        text = StringIO()
        csv.writer(text).writerows(lines)
        yield text.getvalue()
        lines = [[escaped(cell) for cell in row] for row in islice(following, _AT_ONCE)]


def _as_download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}
