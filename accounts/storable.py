"""Text that PostgreSQL can hold: no NUL, no half of a surrogate pair."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether a text column, or a JSON column, can hold it as it is."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """The text with every character that cannot be held as U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)
