"""What a dataset holds now, without a release: all of it as a stream, or a look at the first part of it."""

from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from queues.export import filters, queries
from queues.export.formats import formats, write
from queues.export.hashing import canonical
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.models import Dataset

LOOK_AT = 2_000  # verdicts counted for a page; the manifest of a release counts all
SHOWN = 5
BATCH_BYTES = 64 * 1024


@dataclass(slots=True)
class Summary:
    """Counts over the first LOOK_AT verdicts. is_cut: there are more."""

    records: int = 0
    looked_at: int = 0
    is_cut: bool = False
    decisions: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    shown: list[Record] = field(default_factory=list)


def lines_of(dataset: Dataset, *, limit: int | None = None) -> Generator[bytes, None, None]:
    """The records that a release would hold now, as JSONL in pieces; one snapshot, constant memory."""
    with queries.snapshot(), closing(_written(dataset)) as found:
        records = (record for _found, record in found if not isinstance(record, Excluded))
        batch = bytearray()
        for record in islice(records, limit):
            batch += canonical(record)
            batch += b"\n"
            if len(batch) >= BATCH_BYTES:
                yield bytes(batch)
                batch.clear()
        if batch:
            yield bytes(batch)


def look_at(dataset: Dataset) -> Summary:
    """What is in it, what is left out and why, and the first records; of the first LOOK_AT verdicts."""
    summary = Summary()
    with queries.snapshot(), closing(_written(dataset, at_most=LOOK_AT + 1)) as written:
        for found, record in written:
            if summary.looked_at == LOOK_AT:
                summary.is_cut = True
            else:
                _count(summary, found, record)
    return summary


def _written(
    dataset: Dataset, *, at_most: int | None = None
) -> Generator[tuple[Found, Record | Excluded], None, None]:
    wanted, faults = filters.parse(dataset.filter)
    if faults:
        raise ValueError(f"the filter of dataset {dataset.pk} is not understood: {faults[0].code}")
    format_ = formats.get(dataset.format)
    verdicts = queries.verdicts_of(dataset.project_id, wanted, scope=format_.scope, at_most=at_most)
    with closing(verdicts):
        for found in verdicts:
            yield found, Excluded(found.left_out) if found.left_out else write(format_, found.row)


def _count(summary: Summary, found: Found, record: Record | Excluded) -> None:
    summary.looked_at += 1
    if isinstance(record, Excluded):
        summary.left_out[record.code] += 1
        return
    summary.records += 1
    summary.decisions[found.row.decision] += 1
    summary.queues[found.row.queue] += 1
    summary.locales[found.row.locale] += 1
    if len(summary.shown) < SHOWN:
        summary.shown.append(record)
