"""One number for one input: what finds the other model versions' answers to exactly the same question."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson


def input_key(record: Mapping[str, Any]) -> int:
    """64 bits, equal for equal inputs: the first of the SHA-256 of `input` with its keys in order."""
    digest = sha256(orjson.dumps(record["input"], option=orjson.OPT_SORT_KEYS)).digest()
    return int.from_bytes(digest[:8], signed=True)
