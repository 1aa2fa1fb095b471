"""`reviewapp change`: a change of many items of a queue, asked for and waited for."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reviewapp.client.server import Server
from reviewapp.client.told import Change, change_of

LOOK_EVERY_SECONDS = 1.0
_UNDER_WAY = {"waiting", "running"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do, and to which items: those named, or all in `state` that fit.

    kind: priority, due, reviews, move or withdraw; amount, target: as the kind needs.
    """

    queue: str
    kind: str
    why: str
    amount: int | None = None
    target: str | None = None
    items: Sequence[int] = ()
    state: str = "open"
    reason: str = ""
    late: bool = False

    def as_body(self) -> dict[str, Any]:
        fits = {"state": self.state, "reason": self.reason, "late": self.late}
        which = {"items": list(self.items)} if self.items else {"filter": fits}
        body = {"queue": self.queue, "kind": self.kind, "why": self.why, **which}
        return body | {
            name: value for name in ("amount", "target") if (value := getattr(self, name)) is not None
        }


def change(
    server: Server, wanted: Wanted, *, waits: bool = True, sleep: Callable[[float], None] = time.sleep
) -> Change:
    """The change as the server tells of it: when it is over, or as it was asked for where waits is False."""
    # One key for all tries: a cut line begins no second change.
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    told = change_of(server.post("bulk-changes", json.dumps(wanted.as_body()).encode(), headers))
    while waits and told.state in _UNDER_WAY:
        sleep(LOOK_EVERY_SECONDS)
        told = change_of(server.get(f"bulk-changes/{told.id}"))
    return told
