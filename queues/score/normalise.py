"""One way to say "the same text": for votes, near-duplicates and the wall between train and golden.

The name carries a version because stored hashes depend on it: a change would be normalise_v2.
"""

import unicodedata


def normalise_v1(text: str) -> str:
    """NFKC, without format characters (category Cf), casefold, NFKC, single spaces, stripped."""
    if text.isascii():  # nothing to compose and no format characters: several times faster
        return " ".join(text.lower().split())
    composed = unicodedata.normalize("NFKC", text)
    hidden = {ord(c): None for c in set(composed) if unicodedata.category(c) == "Cf"}
    visible = composed.translate(hidden) if hidden else composed
    folded = unicodedata.normalize("NFKC", visible.casefold())
    return " ".join(folded.split())
