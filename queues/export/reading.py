"""What a dataset holds now, without a release: all of it as a stream, or a look at the first part of it."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from queues.export import queries
from queues.export.definition import filters, rules
from queues.export.definition.filters import Filter
from queues.export.definition.rules import Rules
from queues.export.files.hashing import canonical, record_sha256
from queues.export.files.provenance import Names, names_of, provenance_of
from queues.export.formats import formats
from queues.export.guarding import protected
from queues.export.guarding.surroundings import capped, prepared, surroundings_of
from queues.export.guarding.walk import Guarded, Tally, prompt_of
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.models import Dataset
from queues.snapshot import snapshot

LOOK_AT = 2_000  # verdicts counted for a page; the manifest of a release counts all
SHOWN = 5
EXAMPLES = 3
BATCH_BYTES = 64 * 1024


@dataclass(slots=True)
class Summary:
    """Counts over the first LOOK_AT verdicts. is_cut: there are more.

    examples: of each reason to leave a row out, a few items with the ids of their predictions.
    """

    records: int = 0
    looked_at: int = 0
    is_cut: bool = False
    decisions: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    shown: list[Record] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)


def lines_of(dataset: Dataset, *, limit: int | None = None) -> Generator[bytes, None, None]:
    """The records that a release would hold now, as JSONL in pieces; one snapshot, constant memory."""
    names = _names_for(dataset, dataset.format)
    with snapshot(), closing(_all(dataset, names)) as found:
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


def look_at(dataset: Dataset, format_name: str | None = None) -> Summary:
    """What is in it, what is left out and why, and the first records; of the first LOOK_AT verdicts.

    format_name: in another format than its own. What is merely near a golden question takes too long for
    a page; a release looks for that.
    """
    summary, format_ = Summary(), formats.get(format_name or dataset.format)
    filter_, demanded = understood(dataset)
    names = _names_for(dataset, format_name or dataset.format)
    with snapshot():
        walk = queries.verdicts_of(
            dataset.project_id,
            filter_,
            scope=format_.scope,
            with_lineage=names is not None,
            at_most=LOOK_AT + 1,
        )
        with closing(walk):
            looked = list(walk)
        summary.is_cut = len(looked) > LOOK_AT
        texts = protected.same_as(dataset.project_id, map(prompt_of, (found.row for found in looked)))
        around = surroundings_of(dataset.project_id, demanded, scope=format_.scope, texts=texts)
        if demanded.caps and format_.scope == "train":
            around = capped(looked[:LOOK_AT], format_, around, demanded.caps)
    guarded = Guarded(format_, around)
    for found, record in _written(looked[:LOOK_AT], guarded, names):
        _count(summary, found, record)
    summary.tallies = guarded.tallies
    return summary


def understood(dataset: Dataset) -> tuple[Filter, Rules]:
    """What is stored was checked: only an older or newer version of ours can disagree."""
    wanted, faults = filters.parse(dataset.filter)
    demanded, more = rules.parse(dataset.rules)
    if faults or more:
        raise ValueError(f"dataset {dataset.pk} is not understood: {[*faults, *more][0].code}")
    return wanted, demanded


def _names_for(dataset: Dataset, format_name: str) -> Names | None:
    """What provenance needs, for formats that hold it; read before the snapshot, which may not write."""
    return names_of(dataset.project_id) if formats.get(format_name).has_provenance else None


def _all(dataset: Dataset, names: Names | None) -> Generator[tuple[Found, Record | Excluded], None, None]:
    format_ = formats.get(dataset.format)
    filter_, demanded = understood(dataset)
    around, space = prepared(dataset.project_id, filter_, demanded, format_)
    walk = queries.verdicts_of(
        dataset.project_id, filter_, scope=format_.scope, vectors=space, with_lineage=names is not None
    )
    with closing(walk):
        yield from _written(walk, Guarded(format_, around, is_strict=True), names)


def _written(
    verdicts: Iterable[Found], guarded: Guarded, names: Names | None
) -> Iterator[tuple[Found, Record | Excluded]]:
    line = 0
    for verdict in verdicts:
        found, record = guarded.pass_(verdict)
        if names is not None and not isinstance(record, Excluded):
            line += 1
            hashed = record_sha256(record)
            origin = provenance_of(found, line=line, record_sha256=hashed, names=names)
            record = {**record, "provenance": origin}
        yield found, record


def _count(summary: Summary, found: Found, record: Record | Excluded) -> None:
    summary.looked_at += 1
    if isinstance(record, Excluded):
        summary.left_out[record.code] += 1
        if len(summary.examples[record.code]) < EXAMPLES:
            summary.examples[record.code].append((found.row.item, found.row.prediction_id))
        return
    summary.records += 1
    summary.decisions[found.row.decision] += 1
    summary.queues[found.row.queue] += 1
    summary.locales[found.row.locale] += 1
    if len(summary.shown) < SHOWN:
        summary.shown.append(record)
