"""A token bucket per caller, in one atomic statement: right for any number of processes.

The table is unlogged: losing it in a crash gives every caller a full bucket, and taking from it costs
no wait for the disk.
"""

import math
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from queues.api.problems import TooMany

_TAKE = """
INSERT INTO accounts_ratebucket AS b (caller, tokens, filled_at)
VALUES (%(caller)s, %(burst)s - 1, clock_timestamp())
ON CONFLICT (caller) DO UPDATE SET
    tokens = least(%(burst)s, b.tokens + %(rate)s * extract(epoch FROM clock_timestamp() - b.filled_at)) - 1,
    filled_at = clock_timestamp()
WHERE least(%(burst)s, b.tokens + %(rate)s * extract(epoch FROM clock_timestamp() - b.filled_at)) >= 1
RETURNING tokens
"""


def caller_of(request: Any) -> str:
    """The name under which limits and stored answers of this caller are kept."""
    return f"key:{request.auth.pk}" if request.auth is not None else f"person:{request.user.pk}"


def take(caller: str) -> None:
    """One token out of the caller's bucket; TooMany (with the seconds to wait) when it is empty."""
    rate, burst = settings.API_REQUESTS_PER_SECOND, settings.API_REQUESTS_AT_ONCE
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"caller": caller, "rate": float(rate), "burst": float(burst)})
        is_taken = cursor.fetchone() is not None
    if not is_taken:
        raise TooMany(
            _("More than %(rate)d requests a second. Wait as Retry-After says, and send more at once.")
            % {"rate": rate},
            retry_after_seconds=max(1, math.ceil(1 / rate)),
        )
