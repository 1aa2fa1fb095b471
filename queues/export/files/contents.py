"""From the verdicts of a dataset to the files of a release, in one pass over one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from queues.export import queries
from queues.export.definition.understood import Definition
from queues.export.files.checks import LINE_BYTES_MAX
from queues.export.files.csv_view import FILE as VIEW_FILE
from queues.export.files.csv_view import CsvView
from queues.export.files.hashing import canonical
from queues.export.files.provenance import Names, Place, provenance_of
from queues.export.files.provenance_table import as_table
from queues.export.files.typed import TypedRows, schema_of, typed_row
from queues.export.files.written import Lines, Written, packed
from queues.export.formats import Format
from queues.export.groups import key_of
from queues.export.guarding.reviewers import unreliable_for
from queues.export.guarding.stopping import Pairs, Stopping
from queues.export.guarding.surroundings import prepared
from queues.export.guarding.walk import Finding, Guarded
from queues.export.guards import Effect, Groups
from queues.export.queries import Found
from queues.export.row import Excluded, Record
from queues.export.splits import SPLITS
from queues.snapshot import snapshot

FINDINGS_FILE = "findings.jsonl"
TOO_LONG = "line.too_long"
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
    labels: Counter[bool] = field(default_factory=Counter)  # of rows to train with, in formats that have one
    columns: dict[str, str | list[str]] = field(default_factory=dict)  # column → its kind
    form_versions: set[str] = field(default_factory=set)
    policy_versions: set[int] = field(default_factory=set)
    splits: Counter[str] = field(default_factory=Counter)
    certain: int = 0  # rows with pi = 1
    raters: int = 0

    def leave_out(self, found: Found, code: str) -> None:
        self.excluded[code] += 1
        if len(self.examples[code]) < EXAMPLES:
            self.examples[code].append(found.row.prediction_id)

    def add(self, found: Found, record: Record, origin: Record) -> None:
        row = found.row
        self.splits[origin["split"]] += 1
        self.decisions[row.decision] += 1
        self.basis[row.basis] += 1
        self.queues[row.queue] += 1
        self.locales[row.locale or "unknown"] += 1
        self.licences[row.licence or "unknown"] += 1
        self.model_versions[row.model_version or "unknown"] += 1
        self.rules.update(str(rule) for rule in origin["rules"])
        if not self.columns:  # the same keys and types in every row
            self.columns = {name: _kind_of(value) for name, value in record.items()}
        if isinstance(record.get("label"), bool) and origin["split"] == "train":
            self.labels[record["label"]] += 1
        self.form_versions.update(f"{row.queue}@{version}" for version in origin["form_versions"])
        if origin["policy_version"] is not None:
            self.policy_versions.add(origin["policy_version"])
        self.certain += origin["pi"] == 1
        self.raters += len(origin["reviewers"])


def _kind_of(value: object) -> str | list[str]:
    """Text (also where it may be null), boolean, the keys of a list of messages, or any other JSON, as soft
    labels are: what holds a list is no message.
    """
    if value is None or isinstance(value, str):
        return "text"
    if isinstance(value, list) and value and all(_is_flat(one) for one in value):
        return sorted({key for one in value for key in one})
    return "boolean" if isinstance(value, bool) else "json"


def _is_flat(value: object) -> bool:
    return isinstance(value, dict) and not any(isinstance(one, list) for one in value.values())


@dataclass(frozen=True, slots=True)
class Contents:
    """The finished temporary files. rows: split → its file of records; a split without rows has none.

    lineage: lines for COPY into the rows of the release; more: what says the same in another way (packed,
    as a table, as a view). stops: guard → the pairs that would stop the release; encoder: who looked for
    what is alike.
    """

    rows: Mapping[str, Written]
    provenance: Written
    more: Sequence[Written]
    lineage: Written
    counts: Counts
    guarded: Guarded
    stops: Mapping[str, Pairs]
    encoder: Mapping[str, Any] | None

    @property
    def records(self) -> int:
        """Of all splits."""
        return self.counts.splits.total()

    @property
    def files(self) -> Iterator[Written]:
        """All that leaves."""
        yield from (*self.rows.values(), self.provenance, *self.more)


@dataclass(frozen=True, slots=True)
class _Split:
    """The rows of one split on their way."""

    rows: Lines
    typed: TypedRows


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the guards found: all of it in the file, and the pairs that would stop the release."""

    lines: Lines
    stopping: Stopping

    def hear(self, one: Finding) -> None:
        self.lines.add(finding_line(one))
        self.stopping.hear(one)


@dataclass(frozen=True, slots=True)
class _Out:
    """Where one verdict goes."""

    format: Format
    guarded: Guarded
    groups: Groups
    names: Names
    counts: Counts
    splits: Mapping[str, _Split]
    provenance: Lines
    lineage: Lines
    findings: "_Findings"
    view: CsvView | None


def write_contents(
    folder: Path, definition: Definition, *, names: Names, report: Callable[[int], None]
) -> Contents:
    """Write rows, provenance and lineage below `folder`; `report` hears how many verdicts were seen, of each
    walk over them."""
    format_ = definition.format
    with ExitStack() as stack:
        provenance, lineage = (
            stack.enter_context(Lines(folder / name)) for name in ("provenance.jsonl", "lineage")
        )
        splits = {split: _open(stack, folder, format_, split) for split in SPLITS}
        view = stack.enter_context(CsvView(folder / VIEW_FILE)) if format_.has_view else None
        stack.enter_context(snapshot())
        seen = _Seen(report)
        around, space = prepared(definition, seen.one)
        findings = _Findings(stack.enter_context(Lines(folder / FINDINGS_FILE)), Stopping())
        guarded = Guarded(format_, around, hear=findings.hear)
        out = _Out(
            format_, guarded, around.groups, names, Counts(), splits, provenance, lineage, findings, view
        )
        walk = queries.verdicts_of(
            definition.project_id,
            definition.filter,
            scope=format_.scope,
            vectors=space,
            with_lineage=True,
            with_soft_labels=format_.has_soft_labels,
            unreliable=unreliable_for(definition),
        )
        encoder = around.encoder
        del around  # so that what it protects can go when all rows are through
        verdicts = stack.enter_context(closing(walk))
        for found, record in guarded.passed(verdicts):
            _add(found, record, out)
            seen.one()
        stops = findings.stopping.pairs(definition.project_id)
    return _finished(out, stops, encoder)


class _Seen:
    """Counts verdicts over all walks, and tells of it now and then."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report, self._seen = report, 0

    def one(self) -> None:
        self._seen += 1
        if self._seen % REPORT_EVERY == 0:
            self._report(self._seen)


def _open(stack: ExitStack, folder: Path, format_: Format, split: str) -> _Split:
    rows = stack.enter_context(Lines(folder / format_.file_of(split)))
    return _Split(rows, stack.enter_context(TypedRows(folder / f"typed-{split}")))


def _add(found: Found, record: Record | Excluded, out: _Out) -> None:
    """One verdict: a line in each file, or one more exclusion."""
    if isinstance(record, Excluded):
        out.counts.leave_out(found, record.code)
        return
    # The line is the canonical form of the record: `sha256sum` of it is the record hash. A record that
    # holds its provenance is hashed without: who reviewed it is no change of the data.
    line = canonical(record)
    if len(line) > LINE_BYTES_MAX:
        out.counts.leave_out(found, TOO_LONG)
        out.findings.hear(Finding(found.row, "format", TOO_LONG, Effect.LEAVES_OUT, ""))
        return
    group = out.guarded.group
    split = out.groups.split_of(group)
    files = out.splits[split]
    place = Place(split, files.rows.rows + 1, sha256(line).hexdigest())
    origin = provenance_of(found, place, names=out.names)
    if out.format.has_provenance:
        line = canonical({**record, "provenance": origin})
    files.rows.add(line)
    out.provenance.add(orjson.dumps(origin))
    out.lineage.add(_lineage_line(found, place, key_of(group)))
    row = typed_row(found, origin, split=split, group=group, answers=out.format.answers)
    files.typed.add(row, item=found.row.item)
    if out.view is not None:
        out.view.add(record, origin, split=split)
    out.counts.add(found, record, origin)


def finding_line(one: Finding) -> bytes:
    """What a guard found in a row, left out or not: ids and codes, no text of the row."""
    told = {
        "prediction_id": one.row.prediction_id,
        "environment": one.row.environment,
        "record_id": one.row.record_id,
        "guard": one.guard,
        "code": one.code,
        "effect": one.effect.value,
        "detail": one.detail,
    }
    return orjson.dumps(told)


def _lineage_line(found: Found, place: Place, group_key: int) -> bytes:
    row = found.row
    columns = (place.line, row.item, row.verdict, place.split, f"\\\\x{place.record_sha256}", group_key)
    return "\t".join(map(str, columns)).encode()


def _finished(out: _Out, stops: Mapping[str, Pairs], encoder: Mapping[str, Any] | None) -> Contents:
    """The same rows in the other forms that people ask for."""
    done = {split: files.rows.done() for split, files in out.splits.items()}
    rows = {split: written for split, written in done.items() if written.rows}
    provenance, findings = out.provenance.done(), out.findings.lines.done()
    more: list[Written] = []
    with ThreadPoolExecutor() as beside:  # packing needs no interpreter: tables are written meanwhile
        packing = {split: beside.submit(packed, written) for split, written in rows.items()}
        tables = {split: _table(out, split, written) for split, written in rows.items()}
        of_rows = [as_table(provenance), *([out.view.done()] if out.view is not None else [])] if rows else []
        for split in rows:
            more += [packing[split].result(), tables[split]]
    if findings.rows:
        more.append(findings)
    more += of_rows
    return Contents(rows, provenance, more, out.lineage.done(), out.counts, out.guarded, stops, encoder)


def _table(out: _Out, split: str, written: Written) -> Written:
    return out.splits[split].typed.write(written.path.with_suffix(".parquet"), schema_of(out.format.answers))
