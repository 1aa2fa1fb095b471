"""Putting committed events into their chain, in batches, seconds after they were written.

Events come in the order of (txid, id), up to the oldest transaction that still runs: whatever may yet be
committed has a later place, so none is passed over. A log that was never sealed, or that was restored into
another server, whose transactions count otherwise, is walked once from its beginning.
"""

import logging
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.chain.document import CHAIN, DOCUMENT, START, link

log = logging.getLogger(__name__)

BATCH = 2_000  # events of one transaction: what a killed sealer does again

# One look into the index for each chain, however long the log is.
_UNSEALED_CHAINS = f"""
SELECT chains.chain
FROM (
  SELECT 0 UNION SELECT id FROM accounts_project UNION SELECT chain FROM accounts_sealingplace) chains (chain)
LEFT JOIN accounts_sealingplace place ON place.chain = chains.chain
LEFT JOIN LATERAL (
  SELECT event.id FROM accounts_event event
  WHERE {CHAIN} = chains.chain AND (event.txid, event.id) > (place.txid, place.event_id)
    AND event.txid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY event.txid, event.id LIMIT 1) next ON true
WHERE place.chain IS NULL OR place.resumes_at IS NOT NULL OR next.id IS NOT NULL
   OR place.cluster <> (SELECT system_identifier FROM pg_control_system())
ORDER BY 1
"""
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('accounts_seal:' || %s::bigint, 0))"
_PLACE = """
SELECT place.txid::text, place.event_id, place.resumes_at::text FROM accounts_sealingplace place
WHERE place.chain = %s AND place.cluster = (SELECT system_identifier FROM pg_control_system())
"""
# What no running transaction can have written is there now, and the walk finds it; the rest comes at or after
# resumes_at.
_WALK_BEGINS = """
INSERT INTO accounts_sealingplace (chain, cluster, txid, event_id, resumes_at, head_seq)
SELECT %s, system_identifier, '0', 0, pg_snapshot_xmin(pg_current_snapshot()), 0 FROM pg_control_system()
ON CONFLICT (chain) DO UPDATE SET cluster = excluded.cluster, txid = excluded.txid, event_id = 0,
  resumes_at = excluded.resumes_at
RETURNING txid::text, event_id, resumes_at::text
"""
# The look for a seal is a subquery on purpose: as a join it might be planned over the whole table of seals.
_NEXT = f"""
SELECT event.id, event.txid::text, {DOCUMENT},
  (SELECT seal.seq FROM accounts_seal seal WHERE seal.event_id = event.id)
FROM accounts_event event
WHERE {CHAIN} = %s AND (event.txid, event.id) > (%s::xid8, %s) {{finished}}
ORDER BY event.txid, event.id LIMIT %s
"""
_NEXT_IN_A_WALK = _NEXT.format(finished="")
_NEXT_FINISHED = _NEXT.format(finished="AND event.txid < pg_snapshot_xmin(pg_current_snapshot())")
_NEWEST = "SELECT seq, hash FROM accounts_seal WHERE chain = %s ORDER BY seq DESC LIMIT 1"
_SEAL = """
INSERT INTO accounts_seal (event_id, chain, seq, hash)
SELECT event_id, %s, seq, hash
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) sealed (event_id, seq, hash)
"""
_MOVE_ON = """
UPDATE accounts_sealingplace SET txid = %s::xid8, event_id = %s, resumes_at = %s::xid8 WHERE chain = %s
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the look for events goes on; resumes_at: None when no walk lasts."""

    txid: str
    event_id: int
    resumes_at: str | None


def seal_all(*, seconds: float) -> int:
    """Seal what is committed, in every chain; how many were looked at. Ends after about this many seconds.

    A chain that fails is logged and keeps none of the others from being sealed.
    """
    until = time.monotonic() + seconds
    total = 0
    for chain in _unsealed_chains():
        try:
            while sealed := seal_batch(chain):
                total += sealed
                if time.monotonic() > until:
                    return total
        except Exception:
            log.exception("the chain %d was not sealed; the others are", chain)
    return total


def seal_batch(chain: int, *, at_most: int = BATCH) -> int:
    """Seal the next events of one chain, in one transaction; how many were looked at, 0 when none is left.

    0 as well while somebody else is sealing this chain.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not takes(cursor, chain):
            return 0
        place = _place(cursor, chain)
        query = _NEXT_FINISHED if place.resumes_at is None else _NEXT_IN_A_WALK
        cursor.execute(query, [chain, place.txid, place.event_id, at_most])
        rows = cursor.fetchall()
        _seal(cursor, chain, [(event_id, document) for event_id, _txid, document, seq in rows if seq is None])
        if rows:
            place = _Place(rows[-1][1], rows[-1][0], place.resumes_at)
        if place.resumes_at is not None and len(rows) < at_most:
            place = _Place(place.resumes_at, 0, None)
        cursor.execute(_MOVE_ON, [place.txid, place.event_id, place.resumes_at, chain])
        return len(rows)


def takes(cursor: CursorWrapper, chain: int) -> bool:
    """Whether the chain is this transaction's alone until it ends."""
    cursor.execute(_LOCK, [chain])
    return bool(cursor.fetchone()[0])


def newest(cursor: CursorWrapper, chain: int) -> tuple[int, bytes]:
    """The last place of the chain and its hash; (0, START) before the first."""
    cursor.execute(_NEWEST, [chain])
    row = cursor.fetchone()
    return (row[0], bytes(row[1])) if row else (0, START)


def _unsealed_chains() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED_CHAINS)
        return [chain for (chain,) in cursor.fetchall()]


def _place(cursor: CursorWrapper, chain: int) -> _Place:
    cursor.execute(_PLACE, [chain])
    row = cursor.fetchone()
    if row is None:
        cursor.execute(_WALK_BEGINS, [chain])
        row = cursor.fetchone()
    return _Place(*row)


def _seal(cursor: CursorWrapper, chain: int, events: list[tuple[int, str]]) -> None:
    if not events:
        return
    last, hash_ = newest(cursor, chain)
    hashes = []
    for _event_id, document in events:
        hash_ = link(hash_, document)
        hashes.append(hash_)
    event_ids = [event_id for event_id, _document in events]
    cursor.execute(_SEAL, [chain, event_ids, list(range(last + 1, last + 1 + len(events))), hashes])
