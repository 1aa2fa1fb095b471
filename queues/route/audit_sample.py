"""The audit draw: a uniform number per prediction from a secret salt.

Stable under repetition, checkable afterwards, and without the state of a random generator. Who knows
the salt can choose ids that are never drawn: it never leaves the server.
"""

from hashlib import sha256

_SEPARATOR = "\x1f"  # U+001F, the unit separator: no identifier holds it


def uniform(salt: str, prediction_id: str) -> float:
    """u in [0, 1): the first 64 bits of sha256(salt U+001F prediction_id), as a share of 2^64.

    An audit of share `rate` picks those with u < rate.
    """
    digest = sha256(f"{salt}{_SEPARATOR}{prediction_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
