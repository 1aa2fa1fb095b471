"""Walking a chain: every hash computed again, every event looked for, every head compared.

Reads batch after batch, so memory stays the same however long the log is, and no statement takes long. Finds
the first place that does not fit, and what is wrong there as far as it can be told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from accounts import events
from accounts.actor import SYSTEM
from accounts.chain import HOUSE, heads, sealing
from accounts.chain.document import CHAIN, DOCUMENT, START, link, moved_to
from accounts.chain.heads import Head, Misfit
from accounts.models import AuditVerification, BreakKind

BATCH = 5_000  # places read at once
NEIGHBOURS = 500  # places before and after the broken one in which a swapped event is looked for
_LOOSE_AT_ONCE = 20_000  # events looked through at once for a missing seal

_PLACES = f"""
SELECT seal.seq, seal.event_id, seal.hash, {DOCUMENT}, event.id IS NOT NULL
FROM accounts_seal seal LEFT JOIN accounts_event event ON event.id = seal.event_id
WHERE seal.chain = %s AND seal.seq > %s AND seal.seq <= %s ORDER BY seal.seq LIMIT %s
"""
# Where the sealing is; nothing of it counts in another server, where it will walk the log anew.
_SEALED_UP_TO = """
SELECT place.txid::text, place.event_id, place.resumes_at IS NOT NULL FROM accounts_sealingplace place
WHERE place.chain = %s AND place.cluster = (SELECT system_identifier FROM pg_control_system())
"""
_PLACE_OF = """
SELECT event.txid::text, event.id
FROM accounts_seal seal JOIN accounts_event event ON event.id = seal.event_id
WHERE seal.chain = %s AND seal.seq = %s
"""
# An event without a seal that the sealing has passed, or whose transaction lies in the future.
_LOOSE = f"""
WITH looked_at AS MATERIALIZED (
  SELECT event.txid, event.id FROM accounts_event event
  WHERE {CHAIN} = %(chain)s AND (event.txid, event.id) > (%(txid)s::xid8, %(after)s)
  ORDER BY event.txid, event.id LIMIT %(limit)s),
loose AS (
  SELECT looked_at.id FROM looked_at
  WHERE (SELECT seal.seq FROM accounts_seal seal WHERE seal.event_id = looked_at.id) IS NULL
    AND ((looked_at.txid, looked_at.id) <= (%(sealed_txid)s::xid8, %(sealed_id)s)
      OR NOT %(walks)s AND looked_at.txid >= pg_snapshot_xmax(pg_current_snapshot())
         AND looked_at.txid IS DISTINCT FROM pg_current_xact_id_if_assigned())
  ORDER BY looked_at.txid, looked_at.id LIMIT 1)
SELECT last.txid::text, last.id, loose.id
FROM (SELECT txid, id FROM looked_at ORDER BY txid DESC, id DESC LIMIT 1) last LEFT JOIN loose ON true
"""
_NEXT_PLACE = f"""
SELECT seal.seq FROM accounts_event this
JOIN LATERAL (
  SELECT event.id FROM accounts_event event
  WHERE {CHAIN} = %s AND (event.txid, event.id) > (this.txid, this.id)
  ORDER BY event.txid, event.id LIMIT 100) later ON true
JOIN accounts_seal seal ON seal.event_id = later.id
WHERE this.id = %s ORDER BY seal.seq LIMIT 1
"""


class Place(NamedTuple):
    """One place of a chain as it is read: has_event False when the event is gone."""

    seq: int
    event_id: int
    hash: bytes
    document: str
    has_event: bool


@dataclass(frozen=True, slots=True)
class Break:
    """The first place that does not fit, and what its sentence names. seq: None for no place."""

    kind: BreakKind
    seq: int | None
    evidence: Mapping[str, int | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a walk has found. after_seq: the place it began behind, 0 for the whole chain."""

    chain: int
    after_seq: int
    last_seq: int
    last_hash: bytes
    n_events: int
    n_heads: int
    broken: Break | None

    @property
    def is_intact(self) -> bool:
        return self.broken is None


class Replaced(Exception):
    """Nobody waits for this walk any more."""


def verify(
    chain: int,
    *,
    known: Iterable[Head] = (),
    after: Head | None = None,
    told: Callable[[int], bool] = lambda seen: True,
) -> Finding:
    """Walk a chain, from its first event or from behind a head that is trusted.

    known: heads that the chain must have. told: is given the number of events seen so far, and says whether
    to go on (`Replaced` otherwise).
    """
    begins = after or Head(0, START)
    compared = [*known, *([after] if after else [])]
    sealed_up_to = _sealed_up_to(chain)
    with connection.cursor() as cursor:
        last_seq, last_hash = sealing.newest(cursor, chain)
    walk = _Walk(chain, begins, last_seq)
    broken = walk.first_break(told) or _outside(chain, compared) or _loose(chain, sealed_up_to, begins.seq)
    return Finding(chain, begins.seq, last_seq, last_hash, walk.n_events, len(compared), broken)


def of_misfit(chain: int, misfit: Misfit) -> Finding:
    """What is known when a head does not fit, before anybody has walked the chain."""
    with connection.cursor() as cursor:
        last_seq, last_hash = sealing.newest(cursor, chain)
    return Finding(chain, last_seq, last_seq, last_hash, 0, 1, _by_head(misfit))


def keep(finding: Finding, *, by_id: int | None = None) -> AuditVerification:
    """Store what was found and tell the audit log itself, in the caller's transaction."""
    broken = finding.broken
    row = AuditVerification.objects.create(
        chain=finding.chain,
        by_id=by_id,
        after_seq=finding.after_seq,
        last_seq=finding.last_seq,
        last_hash=finding.last_hash,
        n_events=finding.n_events,
        n_heads=finding.n_heads,
        broken_kind=broken.kind if broken else "",
        broken_seq=broken.seq if broken else None,
        evidence=dict(broken.evidence) if broken else {},
    )
    events.record(
        project_id=None if finding.chain == HOUSE else finding.chain,
        kind="audit.broken" if broken else "audit.verified",
        by=SYSTEM,
        subject_kind="audit_verification",
        subject_id=row.pk,
        after={
            "after_seq": row.after_seq,
            "last_seq": row.last_seq,
            "heads": row.n_heads,
            **({"kind": broken.kind, "seq": broken.seq, **broken.evidence} if broken else {}),
        },
    )
    return row


class _Walk:
    """One walk along the places of a chain, up to what was the last when it began."""

    def __init__(self, chain: int, begins: Head, last_seq: int) -> None:
        self.chain, self.last_seq = chain, last_seq
        self.n_events = 0
        self._seq, self._hash = begins.seq, begins.hash
        self._hash_before: bytes | None = None  # of the place before that

    def first_break(self, told: Callable[[int], bool]) -> Break | None:
        while places := list(_places(self.chain, after=self._seq, up_to=self.last_seq, at_most=BATCH)):
            for place in places:
                if broken := self._broken_at(place):
                    return broken
                self._hash_before, self._hash = self._hash, place.hash
                self._seq, self.n_events = place.seq, self.n_events + 1
            if not told(self.n_events):
                raise Replaced
        return None

    def _broken_at(self, place: Place) -> Break | None:
        if place.seq != self._seq + 1:
            return Break(BreakKind.MISSING, self._seq + 1, {"what": "seals", "until": place.seq - 1})
        if not place.has_event:
            return Break(BreakKind.MISSING, place.seq, {"what": "event", "event": place.event_id})
        computed = link(self._hash, place.document)
        if computed == place.hash:
            return None
        near = list(
            _places(
                self.chain,
                after=max(place.seq - NEIGHBOURS, 0) - 1,
                up_to=self.last_seq,
                at_most=2 * NEIGHBOURS,
            )
        )
        return (
            self._swapped(place, near)
            or self._slipped_in(place, near)
            or Break(
                BreakKind.CHANGED,
                place.seq,
                {"what": self._what_was_changed(place, near, computed), "event": place.event_id},
            )
        )

    def _swapped(self, place: Place, near: list[Place]) -> Break | None:
        """An event nearby whose content belongs here: places were exchanged, or contents."""
        for other in near:
            if other.has_event and other.seq != place.seq:
                fits = (other.document, moved_to(other.document, place.event_id))
                if any(link(self._hash, document) == place.hash for document in fits):
                    evidence = {"event": place.event_id, "with_event": other.event_id, "with": other.seq}
                    return Break(BreakKind.SWAPPED, place.seq, evidence)
        return None

    def _slipped_in(self, place: Place, near: list[Place]) -> Break | None:
        """Without this event, or without the one before it, what follows would fit."""
        following = next((other for other in near if other.seq == place.seq + 1 and other.has_event), None)
        if following and link(self._hash, following.document) == following.hash:
            return Break(BreakKind.INSERTED, place.seq, {"event": place.event_id})
        if self._hash_before is not None and link(self._hash_before, place.document) == place.hash:
            before = next(other for other in near if other.seq == place.seq - 1)
            return Break(BreakKind.INSERTED, before.seq, {"event": before.event_id})
        return None

    def _what_was_changed(self, place: Place, near: list[Place], computed: bytes) -> str:
        """ "seal" when the next place fits the event as it is, "event" otherwise."""
        following = next((other for other in near if other.seq == place.seq + 1 and other.has_event), None)
        return "seal" if following and link(computed, following.document) == following.hash else "event"


def _places(chain: int, *, after: int, up_to: int, at_most: int) -> Iterator[Place]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [chain, after, up_to, at_most])
        for seq, event_id, hash_, document, has_event in cursor.fetchall():
            yield Place(seq, event_id, bytes(hash_), document, has_event)


def _outside(chain: int, known: list[Head]) -> Break | None:
    misfit = heads.first_misfit(chain, known)
    return _by_head(misfit) if misfit else None


def _by_head(misfit: Misfit) -> Break:
    """The chain ends before the head, or fits itself and not the head: it was hashed anew."""
    head, fitting = misfit.head, misfit.fitting
    evidence: dict[str, int | str | None] = {
        "head": str(head),
        "written_at": head.written_at.isoformat() if head.written_at else None,
        "fits_up_to": fitting.seq if fitting else 0,
    }
    return Break(BreakKind.CUT if misfit.is_beyond_the_end else BreakKind.REWRITTEN, head.seq, evidence)


@dataclass(frozen=True, slots=True)
class _SealedUpTo:
    """How far the sealing had looked when the walk began."""

    txid: str
    event_id: int
    walks: bool


def _sealed_up_to(chain: int) -> _SealedUpTo | None:
    with connection.cursor() as cursor:
        cursor.execute(_SEALED_UP_TO, [chain])
        row = cursor.fetchone()
    return _SealedUpTo(*row) if row else None


def _loose(chain: int, sealed: _SealedUpTo | None, after_seq: int) -> Break | None:
    """The first event that should have a place in the chain and has none: it was put there later."""
    if sealed is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_PLACE_OF, [chain, after_seq])
        txid, after = cursor.fetchone() or ("0", -(2**63))
        while True:
            cursor.execute(
                _LOOSE,
                {
                    "chain": chain,
                    "txid": txid,
                    "after": after,
                    "limit": _LOOSE_AT_ONCE,
                    "sealed_txid": sealed.txid,
                    "sealed_id": sealed.event_id,
                    "walks": sealed.walks,
                },
            )
            row = cursor.fetchone()
            if row is None:
                return None
            txid, after, loose = row
            if loose is not None:
                cursor.execute(_NEXT_PLACE, [chain, loose])
                place = cursor.fetchone()
                return Break(
                    BreakKind.INSERTED, place[0] if place else None, {"event": loose, "what": "unsealed"}
                )
