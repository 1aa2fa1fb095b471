"""manifest.json: what a release is, for programs and for who asks in a year. Only what is known."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version as version_of
from typing import Any

from queues.export.files.contents import Counts
from queues.export.files.hashing import canonical
from queues.export.files.written import Written
from queues.export.guarding.walk import Guarded
from queues.export.row import Record
from queues.export.splits import SPLITS
from queues.models import Dataset, Release

SCHEMA = "1"


def manifest_of(
    release: Release,
    dataset: Dataset,
    *,
    version: str,
    parents: Sequence[str],
    records: int,
    dataset_sha256: str,
    counts: Counts,
    guarded: Guarded,
    encoder: Mapping[str, Any] | None,
    agreement: Record,
    changes: Mapping[str, int] | None,
    tombstones: Sequence[Record],
) -> Record:
    """The manifest, but for its files: some of them are written from it.

    changes: what differs from the release before, by kind; None for the first. tombstones: withdrawn
    rows of earlier ones. encoder: who looked for what is alike.
    """
    asked = release.definition or dataset
    query = {**asked.filter, "format": dataset.format}
    query |= {name: told for name in ("rules", "splits") if (told := getattr(asked, name))}
    return {
        "manifest": SCHEMA,
        "dataset": dataset.name,
        "title": dataset.title,
        "version": version,
        "kind": dataset.format,
        "created_at": release.created_at.isoformat(),
        "code_version": version_of("reviewapp"),
        "notes": release.notes,
        "dataset_sha256": dataset_sha256,
        "records": records,
        "columns": dict(sorted(counts.columns.items())),
        "query": query,
        "definition_version": asked.version,
        "query_sha256": sha256(canonical(query)).hexdigest(),
        "parents": list(parents),
        "changes": changes,
        "splits": {**asked.splits, "rows": {split: counts.splits[split] for split in SPLITS}},
        "form_versions": sorted(counts.form_versions),
        "policy_versions": sorted(counts.policy_versions),
        "decisions": _by_name(counts.decisions),
        "basis": _by_name(counts.basis),
        "queues": _by_name(counts.queues),
        "locales": _by_name(counts.locales),
        "licences": _by_name(counts.licences),
        "model_versions": _by_name(counts.model_versions),
        "rules": _by_name(counts.rules),
        "rows_picked_for_certain": counts.certain,
        "reviews_per_row": round(counts.raters / records, 2) if records else None,
        "excluded": _by_name(counts.excluded),
        "excluded_examples": {code: counts.examples[code] for code in sorted(counts.examples)},
        "guards": dict(guarded.as_document()),
        "encoder": encoder,
        "accepted": dict(sorted(release.accepted.items())),
        "origin": _by_name(guarded.origins),
        "agreement": agreement,
        "tombstones": list(tombstones),
    }


def with_files(manifest: Record, files: Iterable[Written]) -> Record:
    """With its files, but for itself and the sums, which cannot hold their own hashes."""
    told = [
        {"path": file.name, "bytes": file.bytes, "sha256": file.sha256, "rows": file.rows} for file in files
    ]
    return {**manifest, "files": told}


def _by_name(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
