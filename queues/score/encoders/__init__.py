"""The encoders we ship, one file each, and which of them this installation uses."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from queues.score.encoder import Encoder
from queues.score.encoders.hashing import HashingEncoder
from queues.score.encoders.sentence import MiniLM, from_folder

__all__ = ["configured", "named"]


def configured() -> Encoder | None:
    """The encoder that ENCODER names; None when nothing is to be embedded.

    Any process may ask for it and its name; only `encode` loads a model. Raises EncoderUnusable for a folder
    that holds none.
    """
    return named(settings.ENCODER)


@lru_cache(maxsize=4)  # so that a model is loaded once per process
def named(setting: str) -> Encoder | None:
    """By what ENCODER may say: nothing, `hashing`, `minilm`, or the folder of a SentenceTransformer."""
    if not setting:
        return None
    if setting == "hashing":
        return HashingEncoder()
    return MiniLM() if setting == "minilm" else from_folder(Path(setting))
