"""A classifier from a folder: a tiny model, made on the spot, that knows one word."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from queues.score.adapters.adapter import AdapterFailed
from queues.score.adapters.classifier import PIECE_CHARACTERS, Classifier, version_of
from queues.score.detector import HIGH
from tests.reviewapp.test_imports import loaded_by

pytestmark = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="the encoder is not installed"
)
WORDS = {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3, "day": 4}
LABELS = {0: "safe", 1: "toxic"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A GPT-2 of one layer and eight dimensions, taught in a moment that what ends in "bad" is toxic."""
    import tokenizers  # noqa: PLC0415 - only this test needs them
    import torch  # noqa: PLC0415

    transformers: Any = import_module("transformers")
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(WORDS, unk_token="[UNK]"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="[PAD]", unk_token="[UNK]", model_max_length=512
    )
    sizes = {"vocab_size": len(WORDS), "n_embd": 8, "n_layer": 1, "n_head": 1, "n_positions": 512}
    no_dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    config = transformers.GPT2Config(pad_token_id=0, id2label=LABELS, **sizes, **no_dropout)
    torch.manual_seed(0)
    model = transformers.GPT2ForSequenceClassification(config)
    _teach(torch, model, tokenizer)
    path = tmp_path_factory.mktemp("models") / "tiny"
    model.save_pretrained(path, safe_serialization=True)
    tokenizer.save_pretrained(path)
    return str(path)


def _teach(torch: Any, model: Any, tokenizer: Any) -> None:
    texts, labels = ["good day", "good", "day", "day bad", "bad", "good bad"], [0, 0, 0, 1, 1, 1]
    inputs = tokenizer(texts, return_tensors="pt", padding=True)
    known = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _step in range(60):
        optimizer.zero_grad()
        model(**known, labels=torch.tensor(labels)).loss.backward()
        optimizer.step()


def record(text: str) -> dict[str, Any]:
    return {"output": {"text": text}}


def test_what_reaches_the_threshold_is_a_finding_with_its_score(folder: str) -> None:
    fine, bad, empty = Classifier(folder).findings([record("good day"), record("day bad"), record("")])

    assert (fine, empty) == ([], [])
    [finding] = bad
    assert (finding.component, finding.category, finding.taxonomy) == (
        "remote:classifier",
        "toxic",
        "classifier",
    )
    assert finding.score is not None
    assert finding.score > 0.9
    assert (finding.threshold, finding.severity, finding.group) == (0.5, HIGH, "other")


def test_all_of_a_long_output_is_looked_at(folder: str) -> None:
    long = ("good day " * 1_000)[: 2 * PIECE_CHARACTERS] + "day bad"

    [[finding]] = Classifier(folder).findings([record(long)])

    assert finding.category == "toxic"


def test_the_version_names_the_folder_and_its_weights(folder: str) -> None:
    name, _at, digest = version_of(folder).partition("@sha256:")

    assert name == "tiny"
    assert len(digest) == 16
    assert int(digest, 16)


def test_a_folder_without_safetensors_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")

    with pytest.raises(AdapterFailed, match=r"model\.safetensors"):
        Classifier(str(tmp_path)).findings([record("text")])


def test_a_folder_with_broken_weights_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")

    with pytest.raises(AdapterFailed, match="failed"):
        Classifier(str(tmp_path)).findings([record("text")])


def test_the_module_itself_loads_no_torch() -> None:
    assert not loaded_by("import queues.score.adapters.classifier") & {"torch", "transformers"}
