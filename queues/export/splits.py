"""Which split a group of records belongs to: by a salted hash, so nobody draws and nothing is stored."""

from collections.abc import Mapping
from hashlib import sha256

SPLITS = ("train", "validation", "test")


def group_uniform(seed: str, group: str) -> float:
    """A number 0..1 that looks random and is always the same for this seed and group."""
    digest = sha256(f"{seed}\x1f{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def split_of(group: str, *, seed: str, fractions: Mapping[str, float]) -> str:
    """The split of a group; fractions (0..1 each, together 1) count in the order train, validation, test."""
    named = [name for name in SPLITS if name in fractions]
    if len(named) == 1:
        return named[0]  # most datasets: nothing is drawn
    u, end = group_uniform(seed, group), 0.0
    for name in named:
        end += fractions[name]
        if u < end:
            return name
    return named[-1]
