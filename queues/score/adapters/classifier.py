"""A text classifier of transformers from a folder on this machine. The only module here that loads torch.

Only weights as safetensors are read and no code of the model is run. Its version is the folder's name and the
beginning of the weights' SHA-256, so that other weights under the same name are another version.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from queues.score.adapters.adapter import AdapterFailed, pieces_of
from queues.score.detector import HIGH, MEDIUM, Finding, Record
from queues.score.detectors.guardrails import HIGH_SCORE
from queues.score.detectors.taxonomy import group_of
from queues.score.detectors.texts import OUTPUT, text_of

THRESHOLD = 0.5
PIECE_CHARACTERS = 1_500  # about 400 tokens; the rest of a longer text is looked at in further pieces
TOKENS = 512
BATCH = 16
TAXONOMY = "classifier"
# Labels that say "nothing to object to", as published classifiers name them.
HARMLESS = frozenset(
    {
        *(
            "safe",
            "neutral",
            "none",
            "ok",
            "clean",
            "normal",
            "benign",
            "harmless",
            "legit",
            "ham",
            "label_0",
        ),
        *("non-toxic", "non_toxic", "not_toxic", "nontoxic", "non-hate", "nothate", "not_hate"),
        *("non-offensive", "not-offensive", "not_offensive"),
    }
)


@dataclass(frozen=True, slots=True)
class Classifier:
    """path: a folder with config.json, a tokenizer and model.safetensors."""

    path: str
    component: str = "remote:classifier"

    def findings(self, records: Sequence[Record], /) -> list[list[Finding]]:
        """One finding per label that reaches the threshold in some piece of the output."""
        version = version_of(self.path)
        pieces = [
            (place, piece)
            for place, record in enumerate(records)
            for piece in pieces_of(text_of(record, OUTPUT), PIECE_CHARACTERS)
        ]
        highest: list[dict[str, float]] = [{} for _record in records]
        for (place, _piece), labels in zip(pieces, _scores(self.path, [p for _, p in pieces]), strict=True):
            for one in labels:
                scores = highest[place]
                scores[one["label"]] = max(one["score"], scores.get(one["label"], 0.0))
        return [self._flagged(version, scores) for scores in highest]

    def _flagged(self, version: str, scores: dict[str, float]) -> list[Finding]:
        return [
            Finding(
                component=self.component,
                component_version=version,
                taxonomy=TAXONOMY,
                category=label[:200],
                group=group_of(TAXONOMY, label),
                score=min(1.0, score),
                threshold=THRESHOLD,
                flagged=True,
                severity=HIGH if score >= HIGH_SCORE else MEDIUM,
                verdict="deny",
            )
            for label, score in sorted(scores.items())
            if score >= THRESHOLD and label.lower() not in HARMLESS
        ]


@cache
def version_of(path: str) -> str:
    """The folder's name and which weights lie in it."""
    weights = Path(path) / "model.safetensors"
    if not weights.is_file():
        raise AdapterFailed(f"there is no {weights}")
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{Path(path).name}@sha256:{digest[:16]}"


def _scores(path: str, texts: Sequence[str]) -> Sequence[Sequence[dict[str, Any]]]:
    """Every label with its score, for each text."""
    if not texts:
        return []
    try:
        return _pipeline(path)(list(texts), top_k=None, truncation=True, max_length=TOKENS, batch_size=BATCH)
    except Exception as error:  # whatever a library says of a folder that is not as it should be
        raise AdapterFailed(f"the classifier in {path} failed: {error}") from error


@cache
def _pipeline(path: str) -> Any:
    import transformers  # noqa: PLC0415 - loads torch, which only the worker may

    only_here = {"local_files_only": True, "trust_remote_code": False}
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        path, use_safetensors=True, **only_here
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(path, **only_here)
    return transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, device=-1)
