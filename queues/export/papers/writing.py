"""The files that describe a release: card, metadata, what its consumer wants beside the rows, sums.

Written last, when the version is known; small, so whole.
"""

from collections.abc import Sequence
from pathlib import Path

import orjson
from django.conf import settings

from queues.export.files.contents import Contents
from queues.export.files.hashing import canonical
from queues.export.files.written import Written, write_whole
from queues.export.formats import Told, formats
from queues.export.papers.card import card
from queues.export.papers.croissant import fault_in, metadata_of
from queues.export.papers.manifest import with_files
from queues.export.row import Record
from queues.models import Dataset

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class BadMetadataError(Exception):
    """What we wrote about a release is not what it should be: our mistake, so it is never published."""


def write_papers(
    folder: Path, dataset: Dataset, manifest: Record, contents: Contents
) -> tuple[Record, list[Written]]:
    """The whole manifest, and the files that were written; the manifest last but for the sums."""
    format_ = formats.get(dataset.format)
    text = card(manifest, rows=contents.rows, labels=contents.counts.labels)
    data = list(contents.files)
    files = {split: written.name for split, written in contents.rows.items()}
    told = Told(dataset.name, manifest["version"], dataset.title, files)
    small = {
        "README.md": text.encode(),
        "croissant.json": _croissant(dataset, manifest, contents),
        **format_.companions(told),
    }
    papers = [write_whole(folder / name, content) for name, content in small.items()]
    whole = with_files(manifest, [*data, *papers])
    papers.append(write_whole(folder / MANIFEST, canonical(whole)))
    papers.append(write_whole(folder / SUMS, _sums([*data, *papers])))
    return whole, papers


def _croissant(dataset: Dataset, manifest: Record, contents: Contents) -> bytes:
    url = f"{settings.ENV.public_url}/projects/{dataset.project.slug}/datasets/{dataset.name}/"
    metadata = metadata_of(
        manifest,
        description=manifest["notes"] or f"{dataset.title}: answers that people reviewed.",
        url=url,
        creator=dataset.project.name,
        rows=list(contents.rows.values()),
        files=list(contents.files),
    )
    code = fault_in(metadata, {file.name: file.sha256 for file in contents.files})
    if code is not None:
        raise BadMetadataError(code)
    return orjson.dumps(metadata, option=orjson.OPT_INDENT_2) + b"\n"


def _sums(files: Sequence[Written]) -> bytes:
    """As `sha256sum --check` reads it."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in files).encode()
