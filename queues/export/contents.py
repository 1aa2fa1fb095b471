"""From the verdicts of a dataset to the files of a release, in one pass over one snapshot."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from queues.export import queries
from queues.export.filters import Filter
from queues.export.formats import Format, write
from queues.export.hashing import canonical
from queues.export.provenance import Names, provenance_of
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.export.written import Lines, Written

SPLIT = "train"  # splits by group come with their own issue; golden rows are in the same one split
REPORT_EVERY = 500


@dataclass(slots=True)
class Counts:
    """What was counted on the way."""

    excluded: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)
    form_versions: set[str] = field(default_factory=set)
    policy_versions: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Contents:
    """The finished temporary files. lineage: lines for COPY into the rows of the release."""

    rows: Written
    provenance: Written
    lineage: Written
    counts: Counts


def write_contents(
    folder: Path,
    *,
    project_id: int,
    filter_: Filter,
    format_: Format,
    names: Names,
    report: Callable[[int], None],
) -> Contents:
    """Write rows, provenance and lineage below `folder`; `report` hears how many verdicts were seen."""
    counts = Counts()
    with ExitStack() as stack:
        rows, provenance, lineage = (
            stack.enter_context(Lines(folder / name))
            for name in (format_.file_name, "provenance.jsonl", "lineage")
        )
        stack.enter_context(queries.snapshot())
        verdicts = stack.enter_context(
            closing(queries.verdicts_of(project_id, filter_, scope=format_.scope, with_lineage=True))
        )
        for seen, found in enumerate(verdicts, start=1):
            _add(found, format_, rows, provenance, lineage, counts, names)
            if seen % REPORT_EVERY == 0:
                report(seen)
    return Contents(rows.done(), provenance.done(), lineage.done(), counts)


def _add(
    found: Found,
    format_: Format,
    rows: Lines,
    provenance: Lines,
    lineage: Lines,
    counts: Counts,
    names: Names,
) -> None:
    """One verdict: a line in each file, or one more exclusion."""
    record = Excluded(found.left_out) if found.left_out else write(format_, found.row)
    if isinstance(record, Excluded):
        counts.excluded[record.code] += 1
        return
    # The line is the canonical form of the record: `sha256sum` of it is the record hash.
    line = canonical(record)
    record_hash = sha256(line).hexdigest()
    rows.add(line)
    origin = provenance_of(found, line=rows.rows, record_sha256=record_hash, names=names)
    provenance.add(orjson.dumps(origin))
    lineage.add(f"{rows.rows}\t{found.row.item}\t{found.row.verdict}\t{SPLIT}\t\\\\x{record_hash}".encode())
    _count(found, origin, counts)


def _count(found: Found, origin: Record, counts: Counts) -> None:
    row = found.row
    counts.decisions[row.decision] += 1
    counts.queues[row.queue] += 1
    counts.locales[row.locale or "unknown"] += 1
    counts.form_versions.update(f"{row.queue}@{version}" for version in origin["form_versions"])
    if origin["policy_version"] is not None:
        counts.policy_versions.add(origin["policy_version"])
