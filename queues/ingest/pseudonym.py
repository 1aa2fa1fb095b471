"""Who the output was for, as a name that leads back to nobody without the key."""

import hashlib
import hmac
import re

_ALREADY = re.compile(r"h:[0-9a-f]{4,128}")


def is_pseudonym(user_ref: str) -> bool:
    """True when the sender hashed it already: `h:` and hexadecimal digits."""
    return _ALREADY.fullmatch(user_ref) is not None


def pseudonym(user_ref: str, key: bytes) -> str:
    """HMAC-SHA256 of a raw id, marked `h:`: the same person is the same name within one key."""
    return "h:" + hmac.new(key, user_ref.encode("utf-8"), hashlib.sha256).hexdigest()
