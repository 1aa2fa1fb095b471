"""Secrets and signatures, as Standard Webhooks (standardwebhooks.com) has them.

Signed is `id.timestamp.body` with HMAC-SHA256; a signature per living secret, so that one can be replaced.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """256 random bits, in the form that libraries for receivers take."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers_of(message_id: str, timestamp: int, body: bytes, *, keys: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt; timestamp: of this attempt, in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(signed, key)}" for key in keys),
    }


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
