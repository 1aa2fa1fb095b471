"""What a format is: from a verdict to a record, and the check of what it wrote. No Django in here."""

from collections.abc import Mapping
from dataclasses import dataclass

from queues.export.row import Excluded, Record, VerdictRow
from queues.registry import Registry


@dataclass(frozen=True, slots=True)
class Told:
    """What a companion file may say of a release: its name and version, and its files of rows by split."""

    dataset: str
    version: str
    title: str
    files: Mapping[str, str]  # split → file name


class Format:
    """One file format that a dataset can have; the base class of all of them.

    shape: the name of its record shape in the reference cases; scope: the consent that a row needs;
    file_name: the file of its main split; keys: all that a record may hold, nothing else leaves;
    rows_min: fewer make a file that the consumer refuses; answers: what the typed table says beside the
    prompt; has_provenance: each record holds its own; has_view: a CSV view for people comes with it;
    has_soft_labels: how answers spread where people may rightly differ.
    """

    shape: str
    scope: str
    file_name: str
    keys: frozenset[str]
    rows_min = 1
    answers: tuple[str, ...] = ("chosen",)
    has_provenance = False
    has_view = False
    has_soft_labels = False

    @property
    def split(self) -> str:
        """Where all rows are when a dataset has no shares: golden answers are to test with."""
        return "train" if self.scope == "train" else "test"

    def file_of(self, split: str) -> str:
        """The file of a split."""
        return self.file_name if split == self.split else f"{split}.jsonl"

    def record(self, row: VerdictRow) -> Record | Excluded:
        """The record of this verdict, or why it has none in this format."""
        raise NotImplementedError

    def fault(self, record: Record) -> str | None:
        """The code of the first rule that the record breaks; None when it may be written."""
        raise NotImplementedError

    def companions(self, told: Told) -> Mapping[str, bytes]:
        """Files that the consumer wants beside the rows, by name; most want none."""
        return {}


formats: Registry[Format] = Registry("format")


def write(format_: Format, row: VerdictRow) -> Record | Excluded:
    """The checked record: what a format would write and its own check refuses is excluded by that code."""
    record = format_.record(row)
    if isinstance(record, Excluded):
        return record
    code = format_.fault(record)
    return record if code is None else Excluded(code)


def validate(kind: str, record: Record) -> str | None:
    """The code of the first rule of `kind` (a format's name or shape) that the record breaks, or None."""
    for name, format_ in formats:
        if kind in (name, format_.shape):
            return format_.fault(record)
    raise KeyError(f"no format or record shape named {kind!r}")
