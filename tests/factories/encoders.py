"""A tiny encoder for tests: hashed words, the same everywhere; it may claim to understand."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from queues.score import encoders
from queues.score.encoder import Vectors

POISON = "poison"  # no text that holds it can be encoded


class HashedWords:
    """Counts words in 32 places. Asked for POISON it raises; broken, it raises always."""

    dimensions = 32

    def __init__(self, *, is_semantic: bool = False, name: str = "hashed-words") -> None:
        self.is_semantic, self.name = is_semantic, name
        self.is_broken = False
        self.calls: list[int] = []

    def encode(self, texts: Sequence[str], /) -> Vectors:
        self.calls.append(len(texts))
        if self.is_broken or any(POISON in text for text in texts):
            raise RuntimeError("this cannot be encoded")
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32(word.encode()) % self.dimensions] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit


def use(monkeypatch: pytest.MonkeyPatch, encoder: HashedWords | None) -> None:
    """Make this the encoder of the installation, as ENCODER would."""
    monkeypatch.setattr(encoders, "configured", lambda: encoder)
