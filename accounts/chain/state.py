"""How far a chain is: sealed up to where, what waits, the newest head, and what was last verified."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.chain.document import CHAIN
from accounts.chain.heads import Head
from accounts.models import AuditVerification, Seal, SealingPlace

WHOLE_EVERY = timedelta(
    days=6, hours=12
)  # each seventh night, though it begins a little earlier than the last
COUNTED_UP_TO = 1_000  # unsealed events; beyond that they are "more than"

_UNSEALED = f"""
SELECT count(*) FROM (
  SELECT event.id FROM accounts_event event
  WHERE {CHAIN} = %s AND (event.txid, event.id) > (%s::xid8, %s)
    AND (SELECT seal.seq FROM accounts_seal seal WHERE seal.event_id = event.id) IS NULL
  ORDER BY event.txid, event.id LIMIT %s) unsealed
"""


@dataclass(frozen=True, slots=True)
class ChainState:
    """newest: the head now, with the time at which it was sealed; None before the first event.

    n_unsealed: at most COUNTED_UP_TO + 1. outside_seq, outside_at: the newest head that was written outside,
    0 and None before the first. verified: what was last found.
    """

    newest: Head | None
    n_unsealed: int
    outside_seq: int
    outside_at: datetime | None
    verified: AuditVerification | None

    @property
    def n_sealed(self) -> int:
        return self.newest.seq if self.newest else 0

    @property
    def is_alarm(self) -> bool:
        return self.verified is not None and not self.verified.is_intact


def state_of(chain: int) -> ChainState:
    """The cost does not grow with the log."""
    place = SealingPlace.objects.filter(chain=chain).first()
    last = Seal.objects.filter(chain=chain).order_by("-seq").first()
    return ChainState(
        newest=Head(last.seq, bytes(last.hash), last.sealed_at) if last else None,
        n_unsealed=_unsealed(chain, place),
        outside_seq=place.head_seq if place else 0,
        outside_at=place.head_at if place else None,
        verified=newest_verification(chain),
    )


def newest_verification(chain: int) -> AuditVerification | None:
    return AuditVerification.objects.filter(chain=chain).order_by("-id").first()


def is_due(chain: int, at: datetime) -> bool:
    """Whether the chain has something to look at, and was not looked at on this day."""
    last = newest_verification(chain)
    return Seal.objects.filter(chain=chain).exists() and (last is None or last.verified_at.date() < at.date())


def where_to_begin(chain: int, at: datetime) -> Head | None:
    """The head behind which the nightly walk begins: that of the last one; None: at the first event.

    The whole chain is walked every WHOLE_EVERY, and while something is broken.
    """
    last = newest_verification(chain)
    whole = AuditVerification.objects.filter(chain=chain, after_seq=0, verified_at__gt=at - WHOLE_EVERY)
    if last is None or not last.is_intact or not last.last_seq or not whole.exists():
        return None
    return Head(last.last_seq, bytes(last.last_hash), last.verified_at)


def _unsealed(chain: int, place: SealingPlace | None) -> int:
    txid, after = (place.txid, place.event_id) if place else ("0", 0)
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [chain, str(txid), after, COUNTED_UP_TO + 1])
        return int(cursor.fetchone()[0])
