"""Parquet: columns are the sections of a record, nested, or paths such as `output.text`."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from queues.ingest.body import Arrived
from queues.ingest.file_errors import FileRefused
from queues.ingest.jsontext import Sent
from queues.ingest.paths import put

_ROWS_AT_ONCE = 256


def read_parquet(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, Arrived]]:
    """Number, from 1, and record of each row. Raises FileRefused."""
    line = 0
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if len(set(names)) < len(names):
                raise FileRefused(_("Two columns of this file have the same name. Rename one."))
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in batch.to_pylist():
                    line += 1
                    yield line, Sent(_record(row, columns))
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        message = _("After row %(line)d this is not a readable Parquet file: %(reason)s.")
        raise FileRefused(message % {"line": line, "reason": reason}) from None


def _record(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in row.items():
        path = columns.get(name, name)
        if path and value is not None:
            record = put(record, path, _plain(value))
    return record


def _plain(value: Any) -> Any:
    """Without the nulls that a struct needs for fields it does not have; times as RFC 3339."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
