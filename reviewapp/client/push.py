"""`reviewapp push FILE`, `push-feedback FILE`: records of a JSON lines file, in gzipped batches."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from tqdm import tqdm

from reviewapp.client.ending import Ending, Refused
from reviewapp.client.server import Server
from reviewapp.client.told import results_of

BATCH_RECORDS = 500
BATCH_BYTES = 4 * 1024 * 1024
LINE_BYTES = 8 * 1024 * 1024
_HEADERS = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
_UNREADABLE = 422

Line = tuple[int, bytes]


@dataclass(slots=True)
class Pushed:
    """What became of the records of a file; rejected: one entry per record that is not stored."""

    created: int
    duplicate: int
    rejected: list[dict[str, Any]]
    altered: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of records: where they go, and the key under which each names itself."""

    address: str
    id_field: str


PREDICTIONS = Shape("predictions:batch", "prediction_id")
FEEDBACK = Shape("feedback:batch", "event_id")


def push(server: Server, file: Path, shape: Shape = PREDICTIONS, *, has_bar: bool = True) -> Pushed:
    """Send every line. Sending a file again changes nothing."""
    pushed = Pushed(0, 0, [], [])
    with _opened(file) as (stream, raw):
        total = file.stat().st_size
        with tqdm(total=total, unit="B", unit_scale=True, desc=file.name, disable=not has_bar) as bar:
            for batch in _batches(_lines(stream, pushed, shape)):
                _note(pushed, batch, _send(server, batch, shape), shape)
                bar.update(raw.tell() - bar.n)
            bar.update(total - bar.n)
    return pushed


@contextmanager
def _opened(file: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The unpacked stream, and the raw one for progress."""
    try:
        raw = file.open("rb")
    except (OSError, ValueError) as error:
        raise Ending(f"The file cannot be read: {error}") from None
    with raw:
        unpacked = gzip.GzipFile(fileobj=raw) if file.name.endswith(".gz") else raw
        yield cast("IO[bytes]", unpacked), raw


def _lines(stream: IO[bytes], pushed: Pushed, shape: Shape) -> Iterator[Line]:
    number = 0
    try:
        while text := stream.readline(LINE_BYTES):
            number += 1
            if len(text) == LINE_BYTES and not text.endswith(b"\n"):
                pushed.rejected.append(_too_long(number, shape))
                while (rest := stream.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
            elif text.strip():
                yield number, text.strip(b"\r\n")
    except (OSError, EOFError, zlib.error) as error:
        raise Ending(f"The file is not readable after line {number}: {error}") from None


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == BATCH_RECORDS or size + len(line[1]) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line[1])
    if batch:
        yield batch


def _send(server: Server, batch: Sequence[Line], shape: Shape) -> list[dict[str, Any]]:
    """A result per line; a batch in which no line is a record is refused as a whole."""
    body = gzip.compress(b"\n".join(text for _number, text in batch), compresslevel=3, mtime=0)
    try:
        answer = server.post(shape.address, body, _HEADERS)
    except Refused as refusal:
        if refusal.status != _UNREADABLE:
            raise
        return [{"status": _UNREADABLE, "problem": refusal.problem} for _line in batch]
    return results_of(answer, records=len(batch))


def _note(pushed: Pushed, batch: Sequence[Line], results: Sequence[dict[str, Any]], shape: Shape) -> None:
    for (number, _text), result in zip(batch, results, strict=True):
        if result["status"] == 201:
            pushed.created += 1
        elif result["status"] == 200:
            pushed.duplicate += 1
        else:
            pushed.rejected.append({"line": number} | result)
        if result.get("warnings"):
            named = {"line": number, shape.id_field: result.get(shape.id_field)}
            pushed.altered.append(named | {"warnings": result["warnings"]})


def _too_long(line: int, shape: Shape) -> dict[str, Any]:
    problem = {"detail": "The line is longer than any record may be."}
    return {"line": line, shape.id_field: None, "status": 413, "problem": problem}
