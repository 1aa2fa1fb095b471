"""Guessing passwords gets slower: after a few failures the pair of account and address must wait.

Each try is counted before the password is looked at, in one atomic statement, so that a hundred tries
at once are a hundred tries. Success forgets the failures. Unknown accounts wait like known ones.
"""

import hashlib

from django.db import connection

from accounts.models import LoginDelay
from accounts.models.person import normal_email

FREE_TRIES = 5
LONGEST_WAIT_SECONDS = 900
FORGOTTEN_AFTER_HOURS = 24

_TRIES = "CASE WHEN d.failed_at < now() - make_interval(hours => %(hours)s) THEN 1 ELSE d.failures + 1 END"
# Waits 2, 4, 8 … seconds from the sixth try on. While a wait lasts no row comes back and nothing is counted.
_COUNT = f"""
INSERT INTO accounts_logindelay AS d (account_sha256, address, failures, failed_at, wait_until)
VALUES (%(account)s, %(address)s, 1, now(), now())
ON CONFLICT (account_sha256, address) DO UPDATE SET
    failures = {_TRIES},
    failed_at = now(),
    wait_until = now() + make_interval(secs => CASE
        WHEN {_TRIES} < %(free)s THEN 0
        ELSE least(%(longest)s, power(2, least(20, {_TRIES} - %(free)s + 1))) END)
WHERE d.wait_until <= now()
RETURNING failures
"""


def count_try(email: str, address: str | None) -> int:
    """Count one try; seconds to wait before the next is allowed, 0 when this one may go ahead."""
    values = {
        "account": _digest(email),
        "address": address,
        "hours": FORGOTTEN_AFTER_HOURS,
        "free": FREE_TRIES,
        "longest": LONGEST_WAIT_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        if cursor.fetchone() is not None:
            return 0
        cursor.execute(
            "SELECT ceil(extract(epoch FROM wait_until - now()))::int FROM accounts_logindelay"
            " WHERE account_sha256 = %(account)s AND address IS NOT DISTINCT FROM %(address)s",
            values,
        )
        row = cursor.fetchone()
    return max(1, row[0]) if row else 0


def forget(email: str, address: str | None) -> None:
    """The password was right: start from nothing next time."""
    LoginDelay.objects.filter(account_sha256=_digest(email), address=address).delete()


def _digest(email: str) -> bytes:
    return hashlib.sha256(normal_email(email).encode("utf-8", "replace")).digest()
