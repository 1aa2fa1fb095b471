"""manifest.json: what a release is, for programs and for who asks in a year. Only what is known."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from queues.export.contents import Counts
from queues.export.hashing import canonical
from queues.export.row import Record
from queues.export.written import Written
from queues.models import Dataset, Release

SCHEMA = "1"


def manifest_of(
    release: Release,
    dataset: Dataset,
    *,
    version: str,
    parents: Sequence[str],
    files: Sequence[Written],
    dataset_sha256: str,
    counts: Counts,
) -> Record:
    """The manifest; `files` without the manifest itself, which cannot hold its own hash."""
    query = {**dataset.filter, "format": dataset.format}
    return {
        "manifest": SCHEMA,
        "dataset": dataset.name,
        "version": version,
        "kind": dataset.format,
        "created_at": release.created_at.isoformat(),
        "notes": release.notes,
        "dataset_sha256": dataset_sha256,
        "records": files[0].rows,
        "files": [
            {"path": file.name, "bytes": file.bytes, "sha256": file.sha256, "rows": file.rows}
            for file in files
        ],
        "query": query,
        "query_sha256": sha256(canonical(query)).hexdigest(),
        "parents": list(parents),
        "form_versions": sorted(counts.form_versions),
        "policy_versions": sorted(counts.policy_versions),
        "decisions": _by_name(counts.decisions),
        "queues": _by_name(counts.queues),
        "locales": _by_name(counts.locales),
        "excluded": _by_name(counts.excluded),
    }


def _by_name(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
