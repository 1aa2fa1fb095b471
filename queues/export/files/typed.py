"""The rows of a release as one typed table in Parquet: the same bytes from the same rows.

Rows are sorted by record_id, so they lie in a temporary file of lines first; only their numbers and
places are held in memory, about 30 bytes a row.
"""

import os
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from queues.export.batches import batched
from queues.export.conversation import prompt_messages
from queues.export.files.from_lines import rows_of
from queues.export.files.written import Written, written_to
from queues.export.queries import Found
from queues.export.row import Excluded, Record

ROWS_IN_GROUP = 10_000
ROWS_AT_ONCE, BYTES_AT_ONCE = 1_000, 8 * 1024 * 1024  # as lines, which take more than in the table
_MESSAGES = pa.list_(
    pa.struct(
        [
            ("role", pa.string()),
            ("content", pa.string()),
            ("tool_calls", pa.string()),  # JSON
            ("tool_call_id", pa.string()),
        ]
    )
)
_CATEGORY = pa.dictionary(pa.int32(), pa.string())
_SOFT_LABELS = pa.list_(
    pa.struct(
        [
            ("question", pa.string()),
            ("n", pa.int32()),
            ("unsure", pa.int32()),
            (
                "answers",
                pa.list_(pa.struct([("value", pa.string()), ("n", pa.int32()), ("share", pa.float64())])),
            ),
        ]
    )
)
_ANSWERS = {
    "chosen": _MESSAGES,
    "rejected": _MESSAGES,
    "completion": _MESSAGES,
    "label": pa.bool_(),
    "soft_labels": _SOFT_LABELS,
}
_BEFORE = [("record_id", pa.string()), ("group_id", pa.string()), ("split", _CATEGORY), ("prompt", _MESSAGES)]
_AFTER = [
    ("decision", _CATEGORY),
    ("basis", _CATEGORY),
    ("queue", _CATEGORY),
    ("licence", _CATEGORY),
    ("locale", _CATEGORY),
    ("model_version", _CATEGORY),
    ("prompt_version", _CATEGORY),
    ("form_versions", pa.list_(pa.int32())),
    ("policy_version", pa.int32()),
    ("weight", pa.float64()),  # 1/pi
    ("n_raters", pa.int16()),
    ("agreement", pa.float64()),  # share of the raters who decided as the verdict does
    ("created_at", pa.timestamp("us", tz="UTC")),
]


def schema_of(answers: Sequence[str]) -> pa.Schema:
    """The columns of a kind of release; `answers` as its format names them."""
    return pa.schema([*_BEFORE, *((name, _ANSWERS[name]) for name in answers), *_AFTER])


def typed_row(found: Found, origin: Record, *, split: str, group: str, answers: Sequence[str]) -> Record:
    """One row of the table. origin: its provenance, which says the rest."""
    row, lineage = found.row, found.lineage
    if lineage is None:
        raise ValueError("read verdicts with_lineage to write a typed table")
    prompt = prompt_messages(row.input)
    said = {
        "chosen": _said(row.good_answer),
        "rejected": _said(row.bad_answer),
        "completion": _said(row.output_text),
        "label": row.decision == "approve",
        "soft_labels": [one.as_record() for one in row.soft_labels],
    }
    raters = len(lineage.reviewer_ids)
    return {
        "record_id": row.record_id,
        "group_id": group,
        "split": split,
        "prompt": None if isinstance(prompt, Excluded) else [_message(**message) for message in prompt],
        **{name: said[name] for name in answers},
        "decision": row.decision,
        "basis": row.basis,
        "queue": row.queue,
        "licence": row.licence,
        "locale": row.locale or None,
        "model_version": row.model_version,
        "prompt_version": row.prompt_version,
        "form_versions": origin["form_versions"],
        "policy_version": lineage.policy_version,
        "weight": origin["weight"],
        "n_raters": raters,
        "agreement": lineage.agreeing / raters if raters else None,
        "created_at": lineage.decided_at.isoformat(),
    }


def _said(text: str | None) -> list[Record] | None:
    return None if text is None else [_message("assistant", text)]


def _message(role: str, content: str) -> Record:
    return {"role": role, "content": content, "tool_calls": None, "tool_call_id": None}


class TypedRows:
    """Rows on their way into a table, in any order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places, self._items = array("q", [0]), array("q")

    def __enter__(self) -> "TypedRows":
        self._file = self._path.open("wb", buffering=1024 * 1024)
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, row: Record, *, item: int) -> None:
        """One row; its record_id is that of the item."""
        line = orjson.dumps(row)
        self._file.write(line)
        self._places.append(self._places[-1] + len(line))
        self._items.append(item)

    def write(self, path: Path, schema: pa.Schema) -> Written:
        """The table, after the `with`; the rows are gone then."""
        with pq.ParquetWriter(path, schema, compression="zstd") as table:
            for group in self._groups(schema):
                table.write_table(group, row_group_size=ROWS_IN_GROUP)
        self._path.unlink()
        return written_to(path, rows=len(self._items))

    def _groups(self, schema: pa.Schema) -> Iterator[pa.Table]:
        # Numbers as text: "r-10" comes before "r-9", as everything that compares ids will find.
        order = numpy.array(self._items).astype("S20").argsort(kind="stable")
        with self._path.open("rb") as file:
            for start in range(0, len(order), ROWS_IN_GROUP):
                places = order[start : start + ROWS_IN_GROUP].tolist()
                some = batched(places, self._size_of, most=BYTES_AT_ONCE, most_rows=ROWS_AT_ONCE)
                tables = [rows_of(self._lines(file.fileno(), part), schema) for part in some]
                yield pa.concat_tables(tables).unify_dictionaries()

    def _size_of(self, place: int) -> int:
        return self._places[place + 1] - self._places[place]

    def _lines(self, file: int, places: Sequence[int]) -> list[bytes]:
        """Read row by row: a file that is mapped counts as memory of the process, page by page."""
        return [os.pread(file, self._size_of(place), self._places[place]) for place in places]
