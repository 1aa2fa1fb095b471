"""The worked example of a detector runs as it stands in the page."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from queues.score.detector import MEDIUM, Finding, Record, detectors
from queues.score.detectors.house import finding
from queues.score.detectors.patterns import Gate
from queues.score.detectors.texts import OUTPUT, text_of
from tests.docs.pages import blocks, read

NAME = "promises"
KNOWN: dict[str, Any] = {
    "Finding": Finding,
    "Gate": Gate,
    "MEDIUM": MEDIUM,
    "OUTPUT": OUTPUT,
    "Record": Record,
    "Sequence": Sequence,
    "detectors": detectors,
    "finding": finding,
    "text_of": text_of,
}


@pytest.fixture
def example() -> Iterator[str]:
    yield next(block for block in blocks(read("docs/plugins.md"), "python") if NAME in block)
    detectors._by_name.pop(NAME, None)


def test_the_detector_of_the_page_is_registered_and_finds_what_it_says(example: str) -> None:
    exec(example, KNOWN)  # noqa: S102 - our own page

    detect = detectors.get(NAME)

    assert [one.category for one in detect({"output": {"text": "We guarantee it."}})] == ["promise"]
    assert detect({"output": {"text": "We try."}}) == []
