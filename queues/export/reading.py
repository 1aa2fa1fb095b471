"""What a dataset holds now, without a release: all of it as a stream, or a look at the first part of it."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice

from queues.export import queries
from queues.export.definition.understood import Definition, understood
from queues.export.files.hashing import canonical, record_sha256
from queues.export.files.provenance import Names, Place, names_of, provenance_of
from queues.export.groups import group_of, key_of, prompt_of
from queues.export.guarding import protected
from queues.export.guarding.reviewers import unreliable_for
from queues.export.guarding.surroundings import capped, prepared, surroundings_of
from queues.export.guarding.walk import Guarded, Tally
from queues.export.guards import Groups
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.export.taking import NOTHING, Taken, taken_from_training
from queues.models import Dataset
from queues.newest import COUNT_LIMIT
from queues.snapshot import snapshot

LOOK_AT = 2_000  # verdicts counted for a page; the manifest of a release counts all
SHOWN = 5
EXAMPLES = 3
BATCH_BYTES = 64 * 1024


@dataclass(slots=True)
class Summary:
    """Counts over the first LOOK_AT verdicts. is_cut: there are more.

    examples: of each reason to leave a row out, a few items with the ids of their predictions. disputed: how
    many disputes are open, which have no verdict to be looked at, to COUNT_LIMIT + 1; disputes: some of them.
    testing: key of each group that would validate or test → how many rows; taken: who trains with them.
    """

    records: int = 0
    looked_at: int = 0
    is_cut: bool = False
    disputed: int = 0
    disputes: list[tuple[int, str]] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    testing: Counter[int] = field(default_factory=Counter)
    taken: Taken = NOTHING
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    shown: list[Record] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)


def lines_of(
    dataset: Dataset, *, split: str | None = None, limit: int | None = None
) -> Generator[bytes, None, None]:
    """The records that a release would hold now in this split (its main one), as JSONL in pieces.

    One snapshot, constant memory.
    """
    definition = _untold(understood(dataset))
    names = _names_for(definition)
    with snapshot(), closing(_all(definition, names, split or definition.format.split)) as records:
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
    summary, definition = Summary(), understood(dataset, format_name)
    format_, demanded = definition.format, definition.rules
    names = _names_for(definition)
    with snapshot():
        walk = queries.verdicts_of(
            dataset.project_id,
            definition.filter,
            scope=format_.scope,
            with_lineage=names is not None,
            with_soft_labels=format_.has_soft_labels,
            at_most=LOOK_AT + 1,
            unreliable=unreliable_for(definition),
        )
        with closing(walk):
            looked = list(walk)
        summary.is_cut = len(looked) > LOOK_AT
        texts = protected.same_as(dataset.project_id, map(prompt_of, (found.row for found in looked)))
        around = surroundings_of(definition, texts, protected.no_texts(), _keys_of(looked))
        if demanded.caps and format_.scope == "train":
            around = capped(looked[:LOOK_AT], format_, around, demanded.caps)
    guarded = Guarded(format_, around)
    disputed = queries.disputed_of(dataset.project_id, definition.filter, at_most=COUNT_LIMIT + 1)
    summary.disputed, summary.disputes = len(disputed), disputed[:EXAMPLES]
    for found, record in _written(looked[:LOOK_AT], guarded, names, around.groups):
        _count(summary, found, record, around.groups)
    summary.tallies = guarded.tallies
    summary.taken = taken_from_training(dataset, summary.testing)
    return summary


def taken_by(dataset: Dataset) -> Taken:
    """What its next release would take from training; nothing is looked at where it only trains."""
    definition = understood(dataset)
    only_trains = definition.format.split == "train" and set(definition.splits.shares) <= {"train"}
    return NOTHING if only_trains else look_at(dataset).taken


def _untold(definition: Definition) -> Definition:
    """The same rows where nobody is told of warnings: repetitions that would leave are not looked for.

    They cost much of what is done for a row. Where near ones stay out, the same ones are looked for: they
    are told as that, and stay.
    """
    rules = definition.rules
    if rules.near_duplicates == "leave_out":
        return definition
    same = "ignore" if rules.duplicates == "warn" else rules.duplicates
    return replace(definition, rules=replace(rules, near_duplicates="ignore", duplicates=same))


def _keys_of(looked: Iterable[Found]) -> list[int]:
    return [key_of(group_of(found.row)) for found in looked]


def _names_for(definition: Definition) -> Names | None:
    """What provenance needs, for formats that hold it; read before the snapshot, which may not write."""
    return names_of(definition.project_id) if definition.format.has_provenance else None


def _all(definition: Definition, names: Names | None, split: str) -> Generator[Record, None, None]:
    """The records of this split, in order."""
    format_ = definition.format
    around, space = prepared(definition)
    walk = queries.verdicts_of(
        definition.project_id,
        definition.filter,
        scope=format_.scope,
        vectors=space,
        with_lineage=names is not None,
        with_soft_labels=format_.has_soft_labels,
        unreliable=unreliable_for(definition),
    )
    guarded = Guarded(format_, around, is_strict=True)
    with closing(walk):
        for _found, record in _written(walk, guarded, names, around.groups):
            if not isinstance(record, Excluded) and around.groups.split_of(guarded.group) == split:
                yield record


def _written(
    verdicts: Iterable[Found], guarded: Guarded, names: Names | None, groups: Groups
) -> Iterator[tuple[Found, Record | Excluded]]:
    lines: Counter[str] = Counter()
    for found, record in guarded.passed(verdicts):
        if names is not None and not isinstance(record, Excluded):
            split = groups.split_of(guarded.group)
            lines[split] += 1
            place = Place(split, lines[split], record_sha256(record))
            origin = provenance_of(found, place, names=names)
            record = {**record, "provenance": origin}
        yield found, record


def _count(summary: Summary, found: Found, record: Record | Excluded, groups: Groups) -> None:
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
    group = group_of(found.row)
    split = groups.split_of(group)
    summary.splits[split] += 1
    if split != "train":
        summary.testing[key_of(group)] += 1
    if len(summary.shown) < SHOWN:
        summary.shown.append(record)
