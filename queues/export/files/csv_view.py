"""The rows of a release as a spreadsheet shows them: a view for people, not for training.

What a spreadsheet would run as a formula gets an apostrophe, so a text is not always the text. JSON
lines are exact (docs/decisions/0006).
"""

import csv
import re
from pathlib import Path
from types import TracebackType
from unicodedata import category

from queues.export.files.hashing import canonical
from queues.export.files.written import Written, written_to
from queues.export.row import Record

FILE = "view-not-for-training.csv"
HEAD = ("record_id", "split", "decision", "queue", "prompt_escaped", "chosen_escaped", "rejected_escaped")
_LOOKED_AT = 200  # characters of a text, for those that are not seen
# What spreadsheets begin a formula with; the wide signs because some read them as the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where a cell begins to a spreadsheet that separates by these: quotes after a comma are none to it.
_BORDER = re.compile(r"([;\t\r\n])")


def escaped(value: object) -> object:
    """A cell: None is empty, and what could be a formula gets an apostrophe, also within the text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    first, *others = _BORDER.split(value)
    inside = "".join(one if _BORDER.match(one) else _harmless(one) for one in others)
    return (f"'{first}" if value.startswith(_FORMULA) else _harmless(first)) + inside


def _harmless(piece: str) -> str:
    return f"'{piece}" if piece.startswith(_FORMULA) or _shown(piece).startswith(_FORMULA) else piece


def _shown(text: str) -> str:
    """Without the spaces, the quotes and the characters that are not seen at its beginning."""
    unseen = {one for one in text[:_LOOKED_AT] if one.isspace() or one == '"' or category(one) == "Cf"}
    return text.lstrip("".join(unseen))


class CsvView:
    """The view on its way. `done()` after the `with` says what was written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows = 0

    def __enter__(self) -> "CsvView":
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
        self._writer.writerow(HEAD)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, record: Record, origin: Record, *, split: str) -> None:
        """One neutral record. A prompt of several messages is shown as their JSON."""
        messages = record["messages_in"]
        prompt = messages[0]["content"] if len(messages) == 1 else canonical(messages).decode()
        cells = (record["record_id"], split, origin["decision"], origin["queue"])
        self._writer.writerow(map(escaped, (*cells, prompt, record["chosen"], record["rejected"])))
        self.rows += 1

    def done(self) -> Written:
        return written_to(self._path, rows=self.rows)
