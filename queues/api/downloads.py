"""Sending a stored file so that a cut download goes on where it stopped (RFC 9110: Range, If-Range, ETag)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _

from queues.errors import ReviewappError
from queues.export.files import store
from queues.models import ReleaseFile

JSON_LINES = "application/x-ndjson"
_MEDIA = {
    ".jsonl": JSON_LINES,
    ".json": "application/json",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".yaml": "application/yaml",
    "SHA256SUMS": "text/plain; charset=utf-8",
}
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


class NoSuchRange(ReviewappError):
    """The wanted part begins behind the end of the file (416)."""

    status = 416
    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(_("This file has %(size)d bytes. Ask for a range inside of it.") % {"size": size})
        self.headers = {"Content-Range": f"bytes */{size}"}


def send(request: Any, file: ReleaseFile, *, name: str, said: Mapping[str, str]) -> HttpResponseBase:
    """The file or the asked part of it; never held in memory.

    name: what a browser saves it under; said: further headers, of every answer.
    """
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        **said,
    }
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    part = _part(request, file.bytes, etag)
    start, length = part or (0, file.bytes)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.bytes}"
    headers["Content-Length"] = str(length)
    pieces: Iterable[bytes] = (
        () if request.method == "HEAD" else store.read(file.storage_name, start=start, length=length)
    )
    return StreamingHttpResponse(
        pieces, status=200 if part is None else 206, content_type=_media_type(file.path), headers=headers
    )


def _media_type(path: str) -> str:
    return next((media for end, media in _MEDIA.items() if path.endswith(end)), "application/octet-stream")


def _part(request: Any, size: int, etag: str) -> tuple[int, int] | None:
    """Start and length of the one range asked for; None for the whole file.

    What is no single byte range is ignored, as RFC 9110 allows: several ranges, other units, nonsense.
    """
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return _last_bytes(int(last), size) if last else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise NoSuchRange(size)
    return start, end - start + 1


def _last_bytes(count: int, size: int) -> tuple[int, int]:
    if count == 0 or size == 0:
        raise NoSuchRange(size)
    count = min(count, size)
    return size - count, count
