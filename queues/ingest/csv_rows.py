"""CSV: a header of paths, one record a row. Cells are text; only the numbers of a record become numbers."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.ingest import limits
from queues.ingest.body import Arrived
from queues.ingest.file_errors import FileRefused
from queues.ingest.jsontext import Sent
from queues.ingest.paths import put
from queues.ingest.pointers import pointer
from queues.ingest.sheets import PREDICTIONS, Sheet

CELL_CHARACTERS = limits.MIB
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def read_csv(
    stream: IO[bytes], columns: Mapping[str, str], defaults: Mapping[str, Any], sheet: Sheet = PREDICTIONS
) -> Iterator[tuple[int, Arrived]]:
    """Line and record of each row. Raises FileRefused for a header that cannot be understood."""
    csv.field_size_limit(CELL_CHARACTERS)
    reader = csv.reader(_bounded(io.TextIOWrapper(stream, encoding="utf-8", newline="")), strict=True)
    paths: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if paths is None:
                paths = _paths(cells, columns, defaults, sheet)
            elif cells:
                yield line, _row(cells, paths, sheet)
            line = reader.line_num + 1
    except UnicodeDecodeError:
        raise FileRefused(
            _("From line %(line)d on this is not UTF-8. Save it as UTF-8.") % {"line": line}
        ) from None
    except csv.Error as error:
        message = _("The row that starts in line %(line)d is not CSV: %(reason)s.")
        raise FileRefused(message % {"line": line, "reason": error}) from None
    if paths is None:
        raise FileRefused(_("The file is empty. The first line names the columns."))


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines; one that is longer than any row may be is never read whole."""
    while line := text.readline(2 * CELL_CHARACTERS):
        if len(line) == 2 * CELL_CHARACTERS and not line.endswith("\n"):
            raise csv.Error("the line is too long")
        yield line


def _paths(
    header: Sequence[str], columns: Mapping[str, str], defaults: Mapping[str, Any], sheet: Sheet
) -> list[str]:
    paths = [columns.get(name, name) for name in header]
    named = [path for path in paths if path]
    faults = [
        *(_fault("column.unknown", path) for path in named if not sheet.is_known(path)),
        *(_fault("column.repeated", path) for path in sorted(set(named)) if named.count(path) > 1),
        *(
            _fault("column.missing", path)
            for path in sheet.required
            if path not in named and path not in defaults
        ),
    ]
    if faults:
        message = _("Line 1 must name the columns by paths such as output.text, each once. See the report.")
        raise FileRefused(message, faults[: limits.FAULTS_REPORTED])
    return paths


_DETAILS = {
    "column.unknown": "Line 1 names the unknown column {name}.",
    "column.repeated": "Line 1 names the column {name} more than once.",
    "column.missing": "Line 1 lacks the column {name}; add it, or give a default for it.",
}


def _fault(code: str, path: str) -> Fault:
    short = path[:50]
    return Fault(pointer(short.split(".")), code, _DETAILS[code].format(name=ascii(short)))


def _row(cells: Sequence[str], paths: Sequence[str], sheet: Sheet) -> Arrived:
    if len(cells) != len(paths):
        detail = f"This row has {len(cells)} cells, the header {len(paths)}."
        return Invalid(detail, [Fault("", "row.cells", detail)])
    record: dict[str, Any] = {}
    for path, cell in zip(paths, cells, strict=True):
        # An empty cell says nothing, but where text is expected it is an empty text.
        if path and (cell or path in sheet.kept):
            record = put(record, path, _value(cell) if path in sheet.numbers else cell)
    return Sent(record)


def _value(cell: str) -> object:
    """The number that a cell of a number column spells; its text where it spells none, to be refused."""
    if _WHOLE.fullmatch(cell):
        return int(cell)
    return float(cell) if _NUMBER.fullmatch(cell) else cell
