"""The provenance of a release as a table in Parquet, beside its lines: keyed by record_id and line number."""

from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from queues.export.files.from_lines import rows_of
from queues.export.files.written import Written, written_to

ROWS_IN_GROUP = 10_000
_CATEGORY = pa.dictionary(pa.int32(), pa.string())
# One column for each key of `provenance_of`; a test holds the two together.
SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("split", _CATEGORY),
        ("record_id", pa.string()),
        ("record_sha256", pa.string()),
        ("prediction_ids", pa.list_(pa.string())),
        ("environment", _CATEGORY),
        ("model_version", _CATEGORY),
        ("locale", _CATEGORY),
        ("queue", _CATEGORY),
        ("item", pa.int64()),
        ("verdict", pa.int64()),
        ("decision", _CATEGORY),
        ("basis", _CATEGORY),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("reviews", pa.list_(pa.int64())),
        ("reviewers", pa.list_(pa.string())),
        ("adjudicator", pa.string()),
        ("form_versions", pa.list_(pa.int32())),
        ("rules", pa.list_(pa.string())),
        ("policy_version", pa.int32()),
        ("pi", pa.float64()),
        ("weight", pa.float64()),
    ]
)


def as_table(provenance: Written) -> Written:
    """The table of a finished file of provenance, in its order."""
    path = provenance.path.with_suffix(".parquet")
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as table, provenance.path.open("rb") as lines:
        while block := list(islice(lines, ROWS_IN_GROUP)):
            table.write_table(rows_of(block, SCHEMA), row_group_size=ROWS_IN_GROUP)
    return written_to(path, rows=provenance.rows)
