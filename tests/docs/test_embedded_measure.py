"""The example of an embedded measure in docs/plugins.md, run as it stands there."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from queues.score.compute import embedded_scores_of, known_names
from queues.score.encoder import EncoderFacts, Vectors
from queues.score.measure import Record, Value, embedded_measures, missing
from queues.score.measures.semantic import pairwise_cosines
from tests.docs.pages import blocks, read

NAMES: dict[str, Any] = {
    "EncoderFacts": EncoderFacts,
    "Mapping": Mapping,
    "Record": Record,
    "Value": Value,
    "Vectors": Vectors,
    "embedded_measures": embedded_measures,
    "missing": missing,
    "pairwise_cosines": pairwise_cosines,
}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered for one test only."""
    monkeypatch.setattr(embedded_measures, "_by_name", dict(embedded_measures))
    source = next(block for block in blocks(read("docs/plugins.md"), "python") if '"farthest"' in block)
    exec(source, dict(NAMES))  # noqa: S102 - our own page


@pytest.mark.usefixtures("example")
def test_the_example_is_computed_with_the_others_and_policies_may_name_it() -> None:
    record = {"output": {"text": "a"}, "samples": [{"text": "b"}]}
    vectors = np.array([[1, 0], [0, 1]], np.float32)

    meaning = embedded_scores_of(record, vectors, EncoderFacts("m", is_semantic=True))
    words = embedded_scores_of(record, vectors, EncoderFacts("w", is_semantic=False))

    assert meaning.values["farthest_answer"] == pytest.approx(1.0)
    assert words.missing["farthest_answer"] == "encoder_sees_only_words"
    assert "farthest_answer" in known_names()
