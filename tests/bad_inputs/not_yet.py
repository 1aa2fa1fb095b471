"""What of the corpus speaks of things that do not exist yet: counted, with the reason, and never forgotten.

A row leaves this table with the issue that builds its thing. Rows about unbuilt things that must be
refused anyway (unknown filters, unknown addresses) are not here: they are run.
"""

from tests.bad_inputs.corpus import Row

REQUESTS = "api_requests.jsonl"

# What is sent all the same says that there is no such address, or no such field.
REFUSED = (404, 422)

# (file, kind) → why; kind None: the whole file.
KINDS: dict[tuple[str, str | None], str] = {}


def reason(file: str, row: Row) -> str | None:
    """Why a row cannot have its outcome yet; None when it is run."""
    return KINDS.get((file, None)) or KINDS.get((file, row["kind"]))
