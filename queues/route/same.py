"""Who says the same: a fingerprint of question and answer, and what waits in a queue under it."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db import connection

from queues.ingest.messages import output_text
from queues.score.detector import Record
from queues.score.normalise import normalise_v1
from queues.score.prompt_text import said_in

# With the lock that counting something on it needs: it cannot be withdrawn meanwhile (queues.route.near).
_WAITING = """
SELECT asked.place, found.id
FROM unnest(%(places)s::int[], %(queues)s::bigint[], %(fingerprints)s::bytea[])
  AS asked(place, queue, fingerprint)
CROSS JOIN LATERAL (
  SELECT id FROM queues_item
  WHERE queue_id = asked.queue AND fingerprint = asked.fingerprint AND state IN ('open', 'in_review')
  ORDER BY id LIMIT 1 FOR KEY SHARE) found
"""


def fingerprint(record: Record) -> bytes:
    """128 bits that are equal when question and answer are, but for case, width and spaces."""
    said = f"{normalise_v1(_question(record))}\x1f{normalise_v1(_answer(record))}"
    return sha256(said.encode()).digest()[:16]


def waiting(asked: Sequence[tuple[int, bytes]]) -> Mapping[int, int]:
    """Place in `asked` (queue, fingerprint) → the unfinished item that says the same. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING,
            {
                "places": list(range(len(asked))),
                "queues": [queue_id for queue_id, _fingerprint in asked],
                "fingerprints": [fingerprint for _queue_id, fingerprint in asked],
            },
        )
        return dict(cursor.fetchall())


def _question(record: Record) -> str:
    source = record["input"]
    if "prompt" in source:
        return str(source["prompt"])
    return "\x1e".join(f"{message['role']}\x1f{said_in(message)}" for message in source["messages"])


def _answer(record: Record) -> str:
    """A tool call is an answer too: two that call different tools do not say the same."""
    messages = record["output"].get("messages")
    return said_in(messages[0]) if messages else output_text(record["output"])
