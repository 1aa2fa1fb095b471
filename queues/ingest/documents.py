"""Full text: the words of predictions, and finding them, newest first, with bounded work.

A GIN index gives what fits in no order, and one index serves all projects. So each document also holds
lexemes that no text can give (they have spaces): its language, and its project with the range of ids that it
lies in, for ranges of several widths. A search takes the newest stretch of its project, then the larger ones
before it, and ends when it has enough or has looked far enough. Another project's rows are never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

_TEXT_MAX = 50_000  # characters of each text that are indexed: a tsvector holds 1 MB
_WIDTHS = (10, 14, 18, 22, 26, 30)  # of ranges of ids, in bits
_RANGES_MAX = 17  # of one width, in one statement
LANGUAGES = ["english", "german", "simple"]
LANGUAGE_OF = """
    CASE WHEN p.locale ~* '^en($|[-_])' THEN 'english' WHEN p.locale ~* '^de($|[-_])' THEN 'german'
      ELSE 'simple' END
"""
# What the model was asked: the prompt, or all that the user said.
ASKED_IN = """
    coalesce(t.record #>> '{input,prompt}', (
      SELECT string_agg(said #>> '{}', E'\\n') FROM jsonb_path_query(t.record,
        '$.input.messages[*] ? (@.role == "user").parts[*] ? (@.type == "text").content') said), '')
"""
_PLACES = ", ".join(f"'p' || p.project_id || ' {width} ' || (p.id >> {width})" for width in _WIDTHS)
_INDEX = f"""
    INSERT INTO queues_searchdocument (prediction_id, words)
    SELECT p.id, to_tsvector(l.language::regconfig, left(t.output_text, {_TEXT_MAX}))
      || to_tsvector(l.language::regconfig, left({ASKED_IN}, {_TEXT_MAX}))
      || array_to_tsvector(ARRAY['l ' || l.language, {_PLACES}])
    FROM queues_prediction p JOIN queues_payload t ON t.prediction_id = p.id
    CROSS JOIN LATERAL (SELECT {LANGUAGE_OF} AS language) l
    WHERE p.id = ANY(%s) AND t.erased_at IS NULL
    ON CONFLICT (prediction_id) DO NOTHING
"""


def index(prediction_ids: Sequence[int]) -> None:
    """Make these predictions findable; doing it twice changes nothing. What was erased is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [list(prediction_ids)])


def forget(prediction_ids: Sequence[int]) -> None:
    """Take predictions out of the search: their texts were erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM queues_searchdocument WHERE prediction_id = ANY(%s)", [list(prediction_ids)]
        )


# Documents of the project that one search looks through: step by step, while it has not found enough.
STEPS = (1_000, 8_000, 64_000, 512_000)
# Each language's reading of the words holds for the documents in that language only.
_READ = """
    SELECT string_agg('( ''l ' || language || ''' & ( ' || query || ' ) )', ' | ')
    FROM unnest(%s::text[]) language, LATERAL websearch_to_tsquery(language::regconfig, %s) query
    WHERE numnode(query) > 0
"""
_NEWEST = "SELECT id + 1 FROM queues_prediction WHERE project_id = %s ORDER BY id DESC LIMIT 1"
_START_OF_STEP = """
    SELECT id FROM queues_prediction WHERE project_id = %s AND id < %s ORDER BY id DESC OFFSET %s LIMIT 1
"""
_OLDEST = "SELECT id FROM queues_prediction WHERE project_id = %s ORDER BY id LIMIT 1"
# "+ 0" and MATERIALIZED: only the GIN index may be used, or other projects' rows would be walked through.
_MATCHES = """
    WITH found AS MATERIALIZED (
        SELECT prediction_id FROM queues_searchdocument
        WHERE words @@ (%(query)s::tsquery && %(places)s::tsquery)
          AND prediction_id + 0 >= %(first)s AND prediction_id + 0 < %(before)s
    )
    SELECT prediction_id FROM found ORDER BY prediction_id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Matches:
    """The newest predictions that hold the words, newest first.

    looked_to: predictions with lower ids were not looked at; None when all were.
    """

    ids: list[int]
    looked_to: int | None


def matching(project_id: int, text: str, *, before: int | None = None, at_most: int) -> Matches:
    """The newest `at_most` predictions with these words, below the id `before`.

    text: as people type into search engines: words, "a phrase", or, -not. Nothing but very common words
    finds nothing. Looks through a bounded number of the project's documents.
    """
    query = _one(_READ, [LANGUAGES, text.replace("\x00", " ")])
    upper = before or _one(_NEWEST, [project_id])
    found: list[int] = []
    for step in STEPS if query and upper else ():
        start = _one(_START_OF_STEP, [project_id, upper, step])
        first = start or _one(_OLDEST, [project_id])
        found += _within(project_id, query, first, upper, at_most - len(found) + 1)
        if len(found) > at_most:
            return Matches(found[:at_most], found[at_most - 1])
        if start is None:
            return Matches(found, None)
        upper = start
    return Matches(found, upper if query else None)


def _within(project_id: int, query: str, first: int, before: int, limit: int) -> list[int]:
    """The newest matches with first <= id < before."""
    arguments: dict[str, Any] = {
        "query": query,
        "places": _places(project_id, first, before - 1),
        "first": first,
        "before": before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, arguments)
        return [id_ for (id_,) in cursor.fetchall()]


def _places(project_id: int, first: int, last: int) -> str:
    """The ranges of the project that cover these ids, as a query: few, of the narrowest width that does."""
    width = next(
        (width for width in _WIDTHS if (last >> width) - (first >> width) < _RANGES_MAX), _WIDTHS[-1]
    )
    ranges = range(first >> width, (last >> width) + 1)
    return " | ".join(f"'p{project_id} {width} {number}'" for number in ranges)


def _one(statement: str, arguments: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        row = cursor.fetchone()
    return row[0] if row else None
