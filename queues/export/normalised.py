"""The normalised form of a text, remembered for a moment: several readers of one row ask for it."""

from functools import lru_cache

from queues.score.normalise import normalise_v1


@lru_cache(maxsize=16)
def normalised(text: str) -> str:
    """`normalise_v1` of it."""
    return normalise_v1(text)
