"""What a seal is computed from: SHA-256 over the hash before, then the RFC 8785 bytes of the event.

Every column takes part. `at` is seconds since 1970 with six decimals, as text, and `txid` is text: both are
longer than what a JSON number holds. A number in `before` or `after` that is no exact double stands as text
behind a NUL, which no text in PostgreSQL can hold, so that it never equals another value.
"""

import json
from decimal import Decimal
from hashlib import sha256

from accounts.canonical import EXACT, canonical

START = bytes(32)  # what stands before the first event of a chain

# Of the table `event`; one JSON text, so that a tampered column holds nothing that a driver refuses to read.
DOCUMENT = """json_build_object(
  'id', event.id, 'project_id', event.project_id, 'kind', event.kind,
  'actor_person_id', event.actor_person_id, 'actor_key_id', event.actor_key_id,
  'subject_kind', event.subject_kind, 'subject_id', event.subject_id,
  'before', event.before, 'after', event.after, 'reason', event.reason,
  'at', extract(epoch FROM event.at)::text, 'txid', event.txid::text)::text"""
# The chain of an event; the index event_unsealed begins with the same expression.
CHAIN = "COALESCE(event.project_id, 0)"


def link(before: bytes, document: str) -> bytes:
    """The hash of the event whose DOCUMENT this is, in the place after the one with the hash `before`."""
    return sha256(before + _bytes(document)).digest()


def moved_to(document: str, event_id: int) -> str:
    """The document as it would be under another event's id."""
    read = _read(document)
    return json.dumps({**read, "id": event_id}) if isinstance(read, dict) else document


def _bytes(document: str) -> bytes:
    """RFC 8785 of the document; a nesting too deep to be read stands for itself: no event stops a chain."""
    try:
        return canonical(_read(document))
    except RecursionError:
        return document.encode()


def _read(document: str) -> object:
    return json.loads(document, parse_int=_integer, parse_float=_decimal)


def _integer(text: str) -> int | str:
    if len(text) < 16:
        return int(text)
    return int(text) if len(text) < 20 and abs(int(text)) <= EXACT else f"\0{text}"


def _decimal(text: str) -> float | str:
    number = float(text)
    return number if len(text) < 16 or Decimal(repr(number)) == Decimal(text) else f"\0{text}"
