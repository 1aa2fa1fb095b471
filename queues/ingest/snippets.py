"""Where the words that were searched stand in a text: pieces of it, hits marked, nothing of it markup."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from queues.ingest.documents import ASKED_IN, LANGUAGE_OF

_LOOKED_AT = 20_000  # characters of each text
_HEADLINES = f"""
    SELECT p.id,
      ts_headline(l.language::regconfig, left(t.output_text, {_LOOKED_AT}), q.query, %(how)s),
      ts_headline(l.language::regconfig, left({ASKED_IN}, {_LOOKED_AT}), q.query, %(how)s)
    FROM queues_prediction p JOIN queues_payload t ON t.prediction_id = p.id
    CROSS JOIN LATERAL (SELECT {LANGUAGE_OF} AS language) l
    CROSS JOIN LATERAL websearch_to_tsquery(l.language::regconfig, %(text)s) AS q (query)
    WHERE p.id = ANY(%(ids)s) AND t.erased_at IS NULL
"""
_HOW = 'StartSel={start}, StopSel={stop}, MaxFragments=2, MaxWords=16, MinWords=6, FragmentDelimiter=" … "'


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; is_hit: it is one of the words that were looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Some pieces around the hits; is_asked: of what the model was asked, not of its answer."""

    pieces: Sequence[Piece]
    is_asked: bool


def snippets(prediction_ids: Sequence[int], text: str) -> dict[int, Snippet]:
    """Prediction → where the words stand: in the answer, else in what was asked. Absent where in neither."""
    # The marks are drawn anew each time: no stored text can hold them.
    start, stop = (f"[{secrets.token_hex(8)}]" for _ in range(2))
    arguments: dict[str, Any] = {
        "ids": list(prediction_ids),
        "text": text.replace("\x00", " "),
        "how": _HOW.format(start=start, stop=stop),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HEADLINES, arguments)
        rows = cursor.fetchall()
    found = {}
    for id_, answered, asked in rows:
        if start in answered or start in asked:
            is_asked = start not in answered
            found[id_] = Snippet(_pieces(asked if is_asked else answered, start, stop), is_asked)
    return found


def _pieces(marked: str, start: str, stop: str) -> list[Piece]:
    before, *hits = marked.split(start)
    pieces = [Piece(before)]
    for hit in hits:
        word, _stop, after = hit.partition(stop)
        pieces += [Piece(word, is_hit=True), Piece(after)]
    return [piece for piece in pieces if piece.text]
