"""Real outputs with real human labels, where a machine has them; REVIEW_DATA_DIR names the folder."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("REVIEW_DATA_DIR") or Path(__file__).resolve().parents[3] / "shared" / "data")


def rows_of(name: str, *, at_most: int | None = None) -> list[dict[str, Any]]:
    """The rows of a set, spread over the whole file when fewer are asked for; skips when it is not there."""
    file = FOLDER / f"{name}.jsonl.gz"
    if not file.exists():
        pytest.skip(f"no outside data: {file} is not there (set REVIEW_DATA_DIR)")
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    if at_most is None or at_most >= len(rows):
        return rows
    return [rows[index * len(rows) // at_most] for index in range(at_most)]
