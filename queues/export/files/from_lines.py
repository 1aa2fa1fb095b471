"""Lines of JSON as rows of a typed table, read by the library that writes the table: no object a value."""

from collections.abc import Sequence
from io import BytesIO

import pyarrow as pa
import pyarrow.json

_OPTIONS = {"unexpected_field_behavior": "error"}


def rows_of(lines: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    """The rows of these lines, each with or without its end; their keys are the columns of the schema."""
    text = b"\n".join(lines)
    as_read = pa.schema([(column.name, _as_read(column.type)) for column in schema])
    found = pyarrow.json.read_json(
        BytesIO(text),
        # In one block, or a line longer than a block would be refused.
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=as_read, **_OPTIONS),
    )
    columns = [_as(found.column(column.name), column.type) for column in schema]
    return pa.table(columns, schema=schema)


def _as_read(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else column
