"""From the verdicts of a dataset to the files of a release, in one pass over one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from queues.export import queries
from queues.export.definition.filters import Filter
from queues.export.definition.rules import Rules
from queues.export.files.checks import LINE_BYTES_MAX
from queues.export.files.csv_view import FILE as VIEW_FILE
from queues.export.files.csv_view import CsvView
from queues.export.files.hashing import canonical
from queues.export.files.provenance import Names, provenance_of
from queues.export.files.provenance_table import as_table
from queues.export.files.typed import TypedRows, schema_of, typed_row
from queues.export.files.written import Lines, Written, packed
from queues.export.formats import Format
from queues.export.guarding.surroundings import prepared
from queues.export.guarding.walk import Guarded
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.snapshot import snapshot

SPLIT = "train"  # splits by group come with their own issue; golden rows are in the same one split
REPORT_EVERY = 500
EXAMPLES = 5


@dataclass(slots=True)
class Counts:
    """What was counted on the way. examples: of each reason to leave a row out, a few prediction ids."""

    excluded: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    decisions: Counter[str] = field(default_factory=Counter)
    basis: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    model_versions: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    labels: Counter[bool] = field(default_factory=Counter)  # of formats that have one
    columns: dict[str, str | list[str]] = field(default_factory=dict)  # column → its kind
    form_versions: set[str] = field(default_factory=set)
    policy_versions: set[int] = field(default_factory=set)
    certain: int = 0  # rows with pi = 1
    raters: int = 0

    def leave_out(self, found: Found, code: str) -> None:
        self.excluded[code] += 1
        if len(self.examples[code]) < EXAMPLES:
            self.examples[code].append(found.row.prediction_id)

    def add(self, found: Found, record: Record, origin: Record) -> None:
        row = found.row
        self.decisions[row.decision] += 1
        self.basis[row.basis] += 1
        self.queues[row.queue] += 1
        self.locales[row.locale or "unknown"] += 1
        self.licences[row.licence or "unknown"] += 1
        self.model_versions[row.model_version or "unknown"] += 1
        self.rules.update(str(rule) for rule in origin["rules"])
        if not self.columns:  # the same keys and types in every row
            self.columns = {name: _kind_of(value) for name, value in record.items()}
        if isinstance(record.get("label"), bool):
            self.labels[record["label"]] += 1
        self.form_versions.update(f"{row.queue}@{version}" for version in origin["form_versions"])
        if origin["policy_version"] is not None:
            self.policy_versions.add(origin["policy_version"])
        self.certain += origin["pi"] == 1
        self.raters += len(origin["reviewers"])


def _kind_of(value: object) -> str | list[str]:
    """Text (also where it may be null), boolean, the keys of a list of messages, or any other JSON."""
    if value is None or isinstance(value, str):
        return "text"
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return sorted({key for one in value for key in one})
    return "boolean" if isinstance(value, bool) else "json"


@dataclass(frozen=True, slots=True)
class Contents:
    """The finished temporary files. lineage: lines for COPY into the rows of the release.

    more: what says the same in another way (packed, as a table, as a view).
    """

    rows: Written
    provenance: Written
    more: Sequence[Written]
    lineage: Written
    counts: Counts
    guarded: Guarded

    @property
    def files(self) -> Iterator[Written]:
        """All that leaves."""
        yield from (self.rows, self.provenance, *self.more)


@dataclass(frozen=True, slots=True)
class _Out:
    """Where one verdict goes."""

    format: Format
    guarded: Guarded
    names: Names
    counts: Counts
    rows: Lines
    provenance: Lines
    lineage: Lines
    typed: TypedRows
    view: CsvView | None


def write_contents(
    folder: Path,
    *,
    project_id: int,
    filter_: Filter,
    rules: Rules,
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
        typed = stack.enter_context(TypedRows(folder / "typed"))
        view = stack.enter_context(CsvView(folder / VIEW_FILE)) if format_.has_view else None
        stack.enter_context(snapshot())
        around, space = prepared(project_id, filter_, rules, format_)
        out = _Out(format_, Guarded(format_, around), names, counts, rows, provenance, lineage, typed, view)
        walk = queries.verdicts_of(project_id, filter_, scope=format_.scope, vectors=space, with_lineage=True)
        verdicts = stack.enter_context(closing(walk))
        for seen, found in enumerate(verdicts, start=1):
            _add(found, out)
            if seen % REPORT_EVERY == 0:
                report(seen)
    return _finished(out)


def _add(found: Found, out: _Out) -> None:
    """One verdict: a line in each file, or one more exclusion."""
    found, record = out.guarded.pass_(found)
    if isinstance(record, Excluded):
        out.counts.leave_out(found, record.code)
        return
    # The line is the canonical form of the record: `sha256sum` of it is the record hash. A record that
    # holds its provenance is hashed without: who reviewed it is no change of the data.
    line = canonical(record)
    if len(line) > LINE_BYTES_MAX:
        out.counts.leave_out(found, "line.too_long")
        return
    record_hash, number = sha256(line).hexdigest(), out.rows.rows + 1
    origin = provenance_of(found, line=number, record_sha256=record_hash, names=out.names)
    if out.format.has_provenance:
        line = canonical({**record, "provenance": origin})
    out.rows.add(line)
    out.provenance.add(orjson.dumps(origin))
    out.lineage.add(f"{number}\t{found.row.item}\t{found.row.verdict}\t{SPLIT}\t\\\\x{record_hash}".encode())
    out.typed.add(typed_row(found, origin, split=SPLIT, answers=out.format.answers), item=found.row.item)
    if out.view is not None:
        out.view.add(record, origin, split=SPLIT)
    out.counts.add(found, record, origin)


def _finished(out: _Out) -> Contents:
    """The same rows in the other forms that people ask for."""
    rows, provenance = out.rows.done(), out.provenance.done()
    more: list[Written] = []
    if rows.rows:
        table = out.typed.write(rows.path.with_suffix(".parquet"), schema_of(out.format.answers))
        more = [packed(rows), table, as_table(provenance)]
        more += [out.view.done()] if out.view is not None else []
    return Contents(rows, provenance, more, out.lineage.done(), out.counts, out.guarded)
