"""What an encoder is: texts in, one vector of length 1 for each out. Which there are: `encoders/`."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

# Where clusters of answers are cut until audit labels say better (methods.md 2.4, from RACE with MiniLM).
SIMILARITY = 0.90


class EncoderUnusable(Exception):
    """The encoder that was asked for cannot be had; the message says why and what to do."""


class Encoder(Protocol):
    """A way to place texts in a space.

    name: stored with every vector; vectors of different names are never compared. is_semantic: near means
    "says the same", else only "uses the same words", and then no score may be called semantic.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def is_semantic(self) -> bool: ...

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """An array (texts, dimensions) of finite numbers, each row of length 1; equal texts, equal rows."""
        ...


class EncoderFacts(NamedTuple):
    """What a measure must know of the encoder whose vectors it gets.

    similarity: the cosine above which two answers may count as one meaning, per encoder.
    """

    name: str
    is_semantic: bool
    similarity: float = SIMILARITY


def facts_of(encoder: Encoder) -> EncoderFacts:
    return EncoderFacts(encoder.name, encoder.is_semantic)


def unit_rows(rows: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Each row scaled to length 1, in double precision; a row of zeros stays."""
    array = np.asarray(rows, np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    return array / np.where(lengths > 0.0, lengths, 1.0)
