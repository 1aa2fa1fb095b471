"""From the body of one request to the values in it. Every limit is checked before the next step is paid for.

A body is one JSON object, a JSON array of them, or NDJSON, in UTF-8, gzip allowed.
"""

import zlib
from collections.abc import Sequence

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid, ReviewappError
from queues.ingest import limits
from queues.ingest.jsontext import Sent, TooMany, parse

JSON = "application/json"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
_GZIP = 31  # zlib's name for "with gzip header and checksum"
_CHUNK = 1024 * 1024
_MEMBERS = 64  # of one gzip file; each costs a copy of what follows it

Arrived = Sent | Invalid
"""One record of a batch as far as it could be read."""


class Refused(ReviewappError):
    """The whole body: unreadable (400), too large (413), of a kind that is not taken (415)."""

    def __init__(self, status: int, code: str, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.faults = status, code, tuple(faults)


def read_one(body: bytes, *, content_type: str, content_encoding: str = "") -> Sent:
    """The one record of a request."""
    if _media_type(content_type) != JSON:
        raise _wrong_type(JSON)
    sent = _parse(unpack(body, content_encoding))
    if isinstance(sent, list):
        message = _(
            "This address takes one record, not a list. Send lists to the address that ends in :batch."
        )
        raise Refused(422, "invalid", message, [Fault("", "record.type", message)])
    return sent


def read_batch(body: bytes, *, content_type: str, content_encoding: str = "") -> list[Arrived]:
    """The records of a batch in their order, at least one of them an object."""
    media_type = _media_type(content_type)
    if media_type != JSON and media_type not in NDJSON:
        raise _wrong_type(f"{JSON}, {NDJSON[0]}")
    unpacked = unpack(body, content_encoding)
    arrived = _read_array(unpacked) if media_type == JSON else _read_lines(unpacked)
    if not any(isinstance(one, Sent) and isinstance(one.value, dict) for one in arrived):
        faults = [fault for one in arrived if isinstance(one, Invalid) for fault in one.faults]
        message = _("There is no record in this batch. Send a list of JSON objects, or one object a line.")
        raise Refused(422, "invalid", message, faults[:1] or [Fault("", "batch.empty", message)])
    return arrived


def unpack(body: bytes, content_encoding: str) -> bytes:
    """The body without its compression, at most `limits.BODY_BYTES` of it."""
    if len(body) > limits.BODY_BYTES:
        raise too_large()
    encoding = content_encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Refused(
            415, "wrong_media_type", _("Only gzip is unpacked. Send the body as it is, or as gzip.")
        )
    return _gunzip(body)


def too_large() -> Refused:
    message = _("A request takes %(mib)d MiB. Send the records in several requests.")
    return Refused(413, "too_large", message % {"mib": limits.BODY_BYTES // limits.MIB})


def _gunzip(body: bytes) -> bytes:
    unpacked = bytearray()
    members = 0
    try:
        while body:
            members += 1
            if members > _MEMBERS:
                raise zlib.error("it has too many parts")
            member = zlib.decompressobj(_GZIP)
            while not member.eof:
                unpacked += member.decompress(body, _CHUNK)
                if len(unpacked) > limits.BODY_BYTES:
                    raise too_large()
                body = member.unused_data if member.eof else member.unconsumed_tail
                if not body and not member.eof:
                    raise zlib.error("ends too early")
    except zlib.error as error:
        message = _("The body is not whole gzip: %(reason)s. Compress it again.") % {"reason": error}
        raise Refused(400, "malformed", message) from None
    return bytes(unpacked)


def _media_type(content_type: str) -> str:
    """The media type; a charset other than UTF-8 is refused, since the bytes would be read otherwise."""
    media_type, *parameters = content_type.split(";")
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise Refused(
                415, "wrong_media_type", _("JSON is read as UTF-8. Send it so, without another charset.")
            )
    return media_type.strip().lower()


def _wrong_type(taken: str) -> Refused:
    message = _("This address takes %(taken)s. Name it in Content-Type.") % {"taken": taken}
    return Refused(415, "wrong_media_type", message)


def _parse(text: bytes) -> list[Sent] | Sent:
    try:
        return parse(text)
    except TooMany as many:
        raise _too_many(many.args[0]) from None
    except Invalid as error:
        raise Refused(400, "malformed", str(error), error.faults) from None


def _read_array(text: bytes) -> list[Arrived]:
    sent = _parse(text)
    if not isinstance(sent, list):
        message = _(
            "A batch is a list of records. Put them between [ and ], or leave :batch out of the address."
        )
        raise Refused(422, "invalid", message, [Fault("", "batch.type", message)])
    _check_length(len(sent))
    return list(sent)


def _read_lines(text: bytes) -> list[Arrived]:
    # Only \n ends a line: U+2028 and its like are text.
    lines = [line for line in text.split(b"\n") if line.strip()]
    _check_length(len(lines))
    return [read_line(line) for line in lines]


def read_line(line: bytes) -> Arrived:
    """One record of NDJSON; what is wrong with it is its own fault, not that of its neighbours."""
    try:
        sent = parse(line)
    except Invalid as error:
        return error
    except TooMany:
        sent = []
    if isinstance(sent, list):
        detail = "A line holds one record, not a list."
        return Invalid(detail, [Fault("", "record.type", detail)])
    return sent


def _check_length(records: int) -> None:
    if records > limits.BATCH_RECORDS:
        raise _too_many(records)


def _too_many(records: int) -> Refused:
    message = _("A batch takes %(most)d records; this one has %(records)d. Send it in parts.")
    return Refused(413, "too_large", message % {"most": limits.BATCH_RECORDS, "records": records})
