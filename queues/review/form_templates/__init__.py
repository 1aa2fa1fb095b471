"""Forms to begin from: one form/1 document a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """A form to begin from. name: of its file."""

    name: str
    document: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.document["title"])

    @property
    def kinds(self) -> list[str]:
        """The kinds of its questions, each once."""
        return list(dict.fromkeys(question["kind"] for question in self.document["questions"]))


@cache
def templates() -> Mapping[str, FormTemplate]:
    """All of them by name, in the order of their names."""
    files = sorted(FOLDER.glob("*.json"))
    return {file.stem: FormTemplate(file.stem, json.loads(file.read_text("utf-8"))) for file in files}
