"""The files of `fixtures/`, read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "fixtures"


def document(name: str) -> Any:
    """A JSON file by its path in `fixtures/`."""
    return json.loads((FOLDER / name).read_text("utf-8"))


def text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def records(name: str) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file in their order."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
