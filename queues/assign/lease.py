"""A lease: a slot held by a person for some minutes, with a token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Lease:
    """The token fences: draft, heartbeat, skip and submit are refused without the current one."""

    slot_id: int
    item_id: int
    queue_id: int
    token: UUID
    until: datetime
    opened_at: datetime
