"""The doorbell: a Celery message that says "there is work", sent after the commit.

The work itself is a row. A message that is lost, doubled or late changes nothing, so a broker that
is away is logged and never fails the request: the sweeper finds the row within seconds.
"""

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0
_last_rung: dict[str, float] = {}


def ring(task: str, *args: object) -> None:
    """Send the Celery message `task(*args)` once the surrounding transaction has committed."""
    transaction.on_commit(partial(_send, task, args))


def ring_at_times(task: str) -> None:
    """The same for a task that looks around for a while: this process rings at most once a second."""
    now = time.monotonic()
    if now - _last_rung.get(task, -_EVERY_SECONDS) >= _EVERY_SECONDS:
        _last_rung[task] = now
        ring(task)


def _send(task: str, args: tuple[object, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker's library raises: the row is there
        log.warning("doorbell not heard: %s%r: %s", task, args, error)
