"""Files of records: JSON lines, CSV and Parquet, read in constant memory, each record with its line.

The kind is told by the name. A file is refused as a whole (FileRefused) when it cannot be what its name
says; otherwise what is wrong with one record is that record's fault.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.ingest import limits
from queues.ingest.body import Arrived, read_line
from queues.ingest.csv_rows import read_csv
from queues.ingest.file_errors import FileRefused
from queues.ingest.jsontext import Sent
from queues.ingest.parquet_rows import read_parquet
from queues.ingest.paths import put
from queues.ingest.sheets import PREDICTIONS, Sheet

LINE_BYTES = 8 * limits.MIB  # escapes make a line longer than the record in it
_BOMB_RATIO = 250  # text shrinks by 5 to 50 times
_BOM = b"\xef\xbb\xbf"
_CHUNK = limits.MIB


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file's own words become a record's.

    columns: name of a column → path in the record ("output.text"), "" to leave it out (CSV, Parquet).
    defaults: path → value for records that have none. sheet: what the columns of a CSV file may be.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    sheet: Sheet = PREDICTIONS


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file. line: where it starts, from 1 (Parquet: the row); done: bytes read so far."""

    line: int
    arrived: Arrived
    done: int


def read(path: Path, reading: Reading) -> Iterator[Row]:
    """The records of the file, in order. Raises FileRefused, at the latest where it stops being readable."""
    kind = kind_of(path.name)
    if not exists(path):
        raise FileRefused(_("There is no file of this name. Check the path."))
    if kind == "parquet":
        rows = read_parquet(path, reading.columns)
        yield from (Row(line, _complete(arrived, reading), line) for line, arrived in rows)
        return
    with _opened(path) as (stream, tell):
        is_table = kind == "csv"
        found = (
            read_csv(stream, reading.columns, reading.defaults, reading.sheet) if is_table else _lines(stream)
        )
        for line, arrived in found:
            yield Row(line, _complete(arrived, reading), tell())


def in_batches(rows: Iterable[Row], size: int = 500) -> Iterator[list[Row]]:
    """Some rows at a time. Where the file stops being readable, those before it are still given."""
    batch: list[Row] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
    except FileRefused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def kind_of(name: str) -> str:
    """jsonl, csv or parquet, by the ending of the name."""
    plain = name.removesuffix(".gz")
    for ending, kind in (".jsonl", "jsonl"), (".ndjson", "jsonl"), (".csv", "csv"):
        if plain.endswith(ending) and plain != ending:
            return kind
    if name.endswith(".parquet") and name != ".parquet":
        return "parquet"
    raise FileRefused(
        _("Only .jsonl, .ndjson, .csv (each also .gz) and .parquet are read. Convert or rename it.")
    )


def exists(path: Path) -> bool:
    """True for a regular file; names that no file can have are just not there."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The bytes of the file, unpacked, without a byte order mark; and how far its own bytes were read."""
    with path.open("rb") as raw:
        if not path.name.endswith(".gz"):
            _skip_mark(raw)
            yield raw, raw.tell
            return
        _check_is_whole(raw, path.stat().st_size)
        with gzip.GzipFile(fileobj=raw) as packed:
            unpacked = cast("IO[bytes]", packed)
            _skip_mark(unpacked)
            yield unpacked, raw.tell


def _check_is_whole(raw: IO[bytes], size: int) -> None:
    """Unpack it once before anything is stored: half a file would be half an import."""
    unpacked_bytes = 0
    try:
        with gzip.GzipFile(fileobj=raw) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                unpacked_bytes += len(chunk)
                if unpacked_bytes > _BOMB_RATIO * size + 16 * limits.MIB:
                    raise FileRefused(
                        _("This .gz unpacks to far more than text would. Unpack and check it first.")
                    )
    except (OSError, EOFError, zlib.error) as error:
        message = _("This is not a whole .gz file: %(reason)s. Compress it again.") % {"reason": error}
        raise FileRefused(message) from None
    raw.seek(0)


def _skip_mark(stream: IO[bytes]) -> None:
    if stream.read(len(_BOM)) != _BOM:
        stream.seek(0)


def _table(stream: IO[bytes], reading: Reading) -> Iterator[tuple[int, Arrived]]:
    return read_csv(stream, reading.columns, reading.defaults, reading.sheet)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, Arrived]]:
    line = 0
    while text := stream.readline(LINE_BYTES):
        line += 1
        if not text.endswith(b"\n") and len(text) == LINE_BYTES:
            _skip_line(stream)
            yield line, _too_long()
        elif text.strip():
            yield line, read_line(text)


def _skip_line(stream: IO[bytes]) -> None:
    while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
        pass


def _too_long() -> Invalid:
    detail = f"A line may have at most {LINE_BYTES} bytes; are the line ends \\n?"
    return Invalid(detail, [Fault("", "line.too_long", detail)])


def _complete(arrived: Arrived, reading: Reading) -> Arrived:
    """The record with the defaults where it has nothing."""
    if not reading.defaults or isinstance(arrived, Invalid) or not isinstance(arrived.value, dict):
        return arrived
    record = arrived.value
    for path, value in reading.defaults.items():
        record = put(record, path, value, keep=True)
    return Sent(record)
