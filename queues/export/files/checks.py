"""What is checked of a file after it was stored, on the bytes that will be downloaded; errors have names."""

import hashlib
from collections.abc import Iterable, Iterator

import orjson

from queues.export.files.hashing import canonical
from queues.export.files.written import Written
from queues.export.formats import Format

LINE_BYTES_MAX = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class BadFileError(Exception):
    """A written file is not what it should be: our mistake or the disk's, so it is never published."""

    def __init__(self, code: str, place: str) -> None:
        super().__init__(f"{code} in {place}")
        self.code = code


def check_file(pieces: Iterable[bytes], written: Written, format_: Format | None = None) -> None:
    """Raises BadFileError unless the bytes are those that were written, line by line one JSON object each.

    format_: of a file of records, whose lines must also be their own canonical form, and hold
    nothing but the keys of the format.
    """
    total, rows = hashlib.sha256(), 0
    for line in _lines(_hashed(pieces, total), written.name):
        rows += 1
        _check_line(line, format_, f"{written.name}:{rows}")
    if written.rows is not None and rows != written.rows:
        raise BadFileError("file.row_count", written.name)
    if total.hexdigest() != written.sha256:
        raise BadFileError("file.sha256", written.name)


def check_bytes(pieces: Iterable[bytes], written: Written) -> None:
    """The same for a file that is no file of lines: packed, or a table."""
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    if total.hexdigest() != written.sha256:
        raise BadFileError("file.sha256", written.name)


def _check_line(line: bytes, format_: Format | None, place: str) -> None:
    if len(line) > LINE_BYTES_MAX:
        raise BadFileError("line.too_long", place)
    if b"\r" in line:
        raise BadFileError("line.not_lf", place)
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadFileError("line.bom" if line.startswith(_BOM) else "line.not_json", place) from error
    if not isinstance(value, dict):
        raise BadFileError("line.not_an_object", place)
    if format_ is None:
        return
    if not value.keys() <= format_.keys:
        raise BadFileError("line.forbidden_key", place)
    if canonical(value) != line:
        raise BadFileError("line.round_trip", place)


def _hashed(pieces: Iterable[bytes], total: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        total.update(piece)
        yield piece


def _lines(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Split at LF only: U+2028 and the like are text."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > LINE_BYTES_MAX:
            raise BadFileError("line.too_long", name)
    if rest:
        raise BadFileError("file.no_final_newline", name)
