"""A lease: a slot held by a person for some minutes, with a token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Lease:
    """The token fences: draft, heartbeat, skip and submit are refused without the current one.

    is_blind: its holder is told neither why the item is here nor what filters found in it.
    """

    slot_id: int
    item_id: int
    queue_id: int
    token: UUID
    until: datetime
    opened_at: datetime
    is_blind: bool = False
