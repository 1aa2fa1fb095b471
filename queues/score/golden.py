"""Which predictions are answers to golden items, and how far from the verified answers they are."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection

from queues.bulk import write_rows
from queues.ingest.messages import output_text
from queues.models import Deviation as DeviationRow
from queues.score import deviation, golden_likeness
from queues.score.held import Held, Match
from queues.score.normalise import normalise_v1
from queues.score.prompt_text import prompt_text

Record = Mapping[str, Any]


class Asked(NamedTuple):
    """One prediction to be matched. golden_id: the item that its sender named, or ""."""

    id: int
    golden_id: str
    prompt: str


# The best of three ways by words, each a read of one index. Lateral, so that no plan can read the tables.
_MATCHES = """
SELECT asked.id, found.*
FROM unnest(%(ids)s::bigint[], %(golden_ids)s::text[], %(exact)s::bytea[], %(normalised)s::bytea[])
    AS asked (id, golden_id, exact, normalised)
CROSS JOIN LATERAL (
  (SELECT v.id, g.golden_id, v.version, v.targets, v.rule, v.tags, 'named', 1 AS preference
   FROM queues_golden g JOIN queues_goldenversion v ON v.golden_id = g.id AND v.is_current
   WHERE g.project_id = %(project)s AND g.golden_id = asked.golden_id AND g.retired_at IS NULL LIMIT 1)
  UNION ALL
  (SELECT v.id, g.golden_id, v.version, v.targets, v.rule, v.tags, 'exact', 2
   FROM queues_goldenversion v JOIN queues_golden g ON g.id = v.golden_id
   WHERE v.project_id = %(project)s AND v.prompt_sha256 = asked.exact AND v.is_current
     AND g.retired_at IS NULL ORDER BY v.id DESC LIMIT 1)
  UNION ALL
  (SELECT v.id, g.golden_id, v.version, v.targets, v.rule, v.tags, 'normalised', 3
   FROM queues_goldenversion v JOIN queues_golden g ON g.id = v.golden_id
   WHERE v.project_id = %(project)s AND v.normalised_sha256 = asked.normalised AND v.is_current
     AND g.retired_at IS NULL ORDER BY v.id DESC LIMIT 1)
  ORDER BY preference LIMIT 1
) found
"""
_HAS_ANY = "SELECT EXISTS (SELECT 1 FROM queues_golden WHERE project_id = %s AND retired_at IS NULL)"


def prompt_hashes(prompt: str) -> tuple[bytes, bytes]:
    """SHA-256 of a question as one text: exactly, and in the form of normalise_v1."""
    return sha256(prompt.encode()).digest(), sha256(normalise_v1(prompt).encode()).digest()


def matches(project_id: int, asked: Sequence[Asked]) -> dict[int, Match]:
    """Prediction → the golden item that it answers: the one it names, else one that asks the same.

    One statement for the batch. Retired items match nothing.
    """
    hashes = [prompt_hashes(one.prompt) for one in asked]
    sent: dict[str, Any] = {
        "project": project_id,
        "ids": [one.id for one in asked],
        "golden_ids": [one.golden_id for one in asked],
        "exact": [exact for exact, _normalised in hashes],
        "normalised": [normalised for _exact, normalised in hashes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, sent)
        return {id_: Match.of_row(*row) for id_, *row, _preference in cursor.fetchall()}


def held_against(project_id: int, records: Mapping[int, Record]) -> dict[int, Held]:
    """Prediction → what it was held against, of those for which something is known to be right.

    By words first; what has a vector and was not found so, by likeness. Against a rule that cannot be used
    any more (its page says so) nothing is held.
    """
    held = held_by_words(project_id, records)
    rest = {id_: record for id_, record in records.items() if id_ not in held}
    for id_, match in golden_likeness.alike(project_id, rest).items():
        if deviation.is_usable(match.rule):
            held[id_] = _held(match, records[id_])
    return held


def held_by_words(project_id: int, records: Mapping[int, Record]) -> dict[int, Held]:
    """The same without vectors: all that can be known of what arrives."""
    asked = [_asked(*one) for one in records.items()] if has_any(project_id) else []
    found = matches(project_id, asked) if asked else {}
    held = {}
    for id_, record in records.items():
        output = record["output"]
        if (match := found.get(id_)) is not None and deviation.is_usable(match.rule):
            held[id_] = _held(match, record)
        elif (value := (record.get("expected") or {}).get("value")) is not None:
            told = deviation.compare_value(value, output_text(output), output.get("structured"))
            held[id_] = Held(None, told)
    return held


def _held(match: Match, record: Record) -> Held:
    return Held(match, deviation.compare(output_text(record["output"]), match.targets, match.rule))


def has_any(project_id: int) -> bool:
    """Whether the project has a golden item in use: most arrivals need to know no more."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_ANY, [project_id])
        return bool(cursor.fetchone()[0])


def keep(held: Mapping[int, Held]) -> None:
    """Write down what came of it, a narrow row for each that was held against something."""
    rows = [
        (
            id_,
            one.match.version_id if one.match else None,
            one.matched_by,
            one.deviation.deviates,
            one.deviation.distance,
            one.deviation.why,
        )
        for id_, one in held.items()
    ]
    if rows:
        columns = ("prediction_id", "version_id", "matched_by", "deviates", "distance", "why")
        write_rows(DeviationRow, columns, rows)


def keep_late(project_id: int, records: Mapping[int, Record]) -> None:
    """The same for predictions of which more is known now; what was written down before stays."""
    if has_any(project_id):
        there = {row.prediction_id for row in DeviationRow.objects.filter(prediction__in=records)}
        late = {id_: record for id_, record in records.items() if id_ not in there}
        keep(held_against(project_id, late))


def _asked(id_: int, record: Record) -> Asked:
    return Asked(id_, (record.get("expected") or {}).get("golden_id") or "", prompt_text(record["input"]))
