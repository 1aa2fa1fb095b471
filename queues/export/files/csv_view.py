"""The rows of a release as a spreadsheet shows them: a view for people, not for training.

What a spreadsheet would run as a formula gets an apostrophe, so a text is not always the text. JSON
lines are exact (docs/decisions/0006).
"""

import csv
from pathlib import Path
from types import TracebackType
from unicodedata import category

from queues.export.files.hashing import canonical
from queues.export.files.written import Written, written_to
from queues.export.row import Record

FILE = "view-not-for-training.csv"
HEAD = ("record_id", "split", "decision", "queue", "prompt_escaped", "chosen_escaped", "rejected_escaped")
# What spreadsheets begin a formula with; the wide signs because some read them as the plain ones.
_LOOKED_AT = 200  # characters of a text, for those that are not seen
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escaped(value: object) -> object:
    """A cell: None is empty, and a text that could be a formula gets an apostrophe, also behind spaces."""
    if value is None:
        return ""
    if isinstance(value, str) and (value.startswith(_FORMULA) or _shown(value).startswith(_FORMULA)):
        return f"'{value}"
    return value


def _shown(text: str) -> str:
    """Without the spaces and the characters that are not seen at its beginning."""
    return text.lstrip("".join({one for one in text[:_LOOKED_AT] if one.isspace() or category(one) == "Cf"}))


class CsvView:
    """The view on its way. `done()` after the `with` says what was written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows = 0

    def __enter__(self) -> "CsvView":
        self._file = self._path.open("w", encoding="utf-8", newline="")
        # All in quotes: where spreadsheets separate cells by a semicolon, the one in a text begins no cell.
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
