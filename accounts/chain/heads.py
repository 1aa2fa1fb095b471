"""Heads: the newest place of each chain, written outside the database each hour.

Whoever can rewrite the database can hash a changed log anew, or cut its end; a head that lies elsewhere
tells. One file each, never written again, whose name says everything: `<chain>/<place>-<time>-<hash>.json`.
An older head is worth as much as a newer one: all of them are compared.
"""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.chain.sealing import newest, takes

log = logging.getLogger(__name__)

STORAGE = "audit_heads"  # its name in STORAGES
EVERY = timedelta(hours=1)
_TIME = "%Y%m%dT%H%M%SZ"
# A storage that finds the name taken puts a few letters before the ending.
_NAME = re.compile(r"(\d{1,19})-(\d{8}T\d{6}Z)-([0-9a-f]{64})(?:_\w+)?\.json", re.ASCII)
_NOTED = re.compile(r"(\d{1,19}):([0-9a-f]{64})", re.ASCII)

_DUE = """
SELECT place.chain FROM accounts_sealingplace place
LEFT JOIN LATERAL (
  SELECT seal.seq FROM accounts_seal seal WHERE seal.chain = place.chain ORDER BY seal.seq DESC LIMIT 1
) last ON true
WHERE (place.head_at IS NULL OR place.head_at <= %s) AND COALESCE(last.seq, 0) <> place.head_seq
ORDER BY 1
"""
_HASHES = "SELECT seq, hash FROM accounts_seal WHERE chain = %s AND seq = ANY(%s)"
_ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The hash of a chain up to one place. written_at: None for one that somebody has noted."""

    seq: int
    hash: bytes
    written_at: datetime | None = None

    def __str__(self) -> str:
        """As people note it and `verify_audit --head` reads it."""
        return f"{self.seq}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A head that the chain does not have. fitting: the last head before it that it has."""

    head: Head
    is_beyond_the_end: bool
    fitting: Head | None


def noted(text: str) -> Head:
    """A head as people note it: place, colon, hash. Raises ValueError."""
    found = _NOTED.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(text)
    return Head(int(found[1]), bytes.fromhex(found[2]))


def kept(chain: int) -> list[Head]:
    """The heads of a chain that lie in the storage, by place."""
    try:
        _folders, names = _storage().listdir(str(chain))
    except FileNotFoundError:
        return []
    return _read(names)


def kept_in(folder: Path, chain: int) -> list[Head]:
    """The same from a copy of the storage's folder that somebody keeps elsewhere."""
    place = folder / str(chain)
    return _read(path.name for path in place.iterdir()) if place.is_dir() else []


def chains_kept() -> list[int]:
    """The chains that have heads in the storage: also one of which the database knows nothing any more."""
    try:
        folders, _names = _storage().listdir("")
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in folders if name.isascii() and name.isdigit())


def first_misfit(chain: int, heads: Iterable[Head]) -> Misfit | None:
    """The first of these heads that the chain does not have, or has otherwise."""
    ordered = sorted(heads, key=lambda head: head.seq)
    fitting = None
    with connection.cursor() as cursor:
        for first in range(0, len(ordered), _ASKED_AT_ONCE):
            some = ordered[first : first + _ASKED_AT_ONCE]
            cursor.execute(_HASHES, [chain, [head.seq for head in some]])
            hashes = {seq: bytes(hash_) for seq, hash_ in cursor.fetchall()}
            for head in some:
                if hashes.get(head.seq) != head.hash:
                    return Misfit(head, head.seq > newest(cursor, chain)[0], fitting)
                fitting = head
    return None


def write_due(now: datetime | None = None) -> dict[int, Misfit]:
    """Write the head of each chain that has grown, once an hour; chain → what does not fit the head before.

    A chain that does not fit its last head gets no new one: nothing may look newer than the break.
    """
    at = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [at - EVERY])
        due = [chain for (chain,) in cursor.fetchall()]
    misfits = {}
    for chain in due:
        if misfit := _write(chain, at):
            log.error("the chain %d of the audit log does not have its head %s", chain, misfit.head)
            misfits[chain] = misfit
    return misfits


def _write(chain: int, at: datetime) -> Misfit | None:
    with transaction.atomic(), connection.cursor() as cursor:
        if not takes(cursor, chain):
            return None
        seq, hash_ = newest(cursor, chain)
        misfit = first_misfit(chain, kept(chain)[-1:])
        if misfit is None and seq:
            _save(chain, Head(seq, hash_, at))
            _told(cursor, "head_seq = %s, head_at = %s", [seq, at, chain])
        else:  # looked at again in an hour
            _told(cursor, "head_seq = greatest(head_seq, 1), head_at = %s", [at, chain])
        return misfit


def _storage() -> Storage:
    return storages[STORAGE]


def _told(cursor: CursorWrapper, what: str, values: list[Any]) -> None:
    cursor.execute(f"UPDATE accounts_sealingplace SET {what} WHERE chain = %s", values)


def _save(chain: int, head: Head) -> None:
    at = (head.written_at or timezone.now()).astimezone(UTC)
    name = f"{chain}/{head.seq:012d}-{at.strftime(_TIME)}-{head.hash.hex()}.json"
    content = {
        "chain": chain,
        "seq": head.seq,
        "sha256": head.hash.hex(),
        "written_at": at.isoformat(timespec="seconds"),
    }
    _storage().save(name, ContentFile(json.dumps(content).encode() + b"\n"))


def _read(names: Iterable[str]) -> list[Head]:
    found = filter(None, map(_NAME.fullmatch, names))
    return sorted(
        Head(int(name[1]), bytes.fromhex(name[3]), datetime.strptime(name[2], _TIME).replace(tzinfo=UTC))
        for name in found
    )
