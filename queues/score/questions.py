"""Searching by meaning: a text becomes a vector. An encoder that understands runs in the worker, never here.

So the text is a row, a worker answers it within a second or so, and the answer is kept some days: the same
search is then answered at once. An encoder that only compares wording is quick, and is asked in place.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from queues.doorbell import ring
from queues.models import Question
from queues.score import vectors
from queues.score.encoder import Encoder, Vectors
from queues.score.enrichment import NotNow
from queues.score.enrichments.embed import encode
from queues.score.own_encoder import own_encoder

log = logging.getLogger(__name__)

TEXT_MAX = 1_000  # characters
_AT_ONCE = 16
_KEPT_DAYS = 7
_LOOK_AGAIN_SECONDS = 0.05
_PATIENT_SECONDS = 2.0  # a question that nobody has answered by then is not waited for again

_READ = """
    SELECT vector::text, error, extract(epoch FROM now() - asked_at)::float8 FROM queues_question
    WHERE project_id = %s AND encoder = %s AND text = %s
"""
_ASK = "INSERT INTO queues_question (project_id, encoder, text) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_NEXT = """
    SELECT id, text FROM queues_question WHERE answered_at IS NULL AND encoder = %s
    ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED
"""
_ANSWER = "UPDATE queues_question SET vector = %s, error = %s, answered_at = now() WHERE id = %s"
_FORGET = """
    DELETE FROM queues_question WHERE id IN (
        SELECT id FROM queues_question WHERE asked_at < now() - make_interval(days => %s)
        ORDER BY asked_at LIMIT 1000)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """The vector of a text; without one an error, or for how many seconds no worker has answered."""

    vector: Vectors | None
    error: str = ""
    waits_seconds: float = 0.0


def ask(project_id: int, encoder: Encoder, text: str, *, wait_seconds: float) -> Answer:
    """The vector of this text. Waits for a worker at most so long, and not at all when none has answered."""
    text = " ".join(text.replace("\x00", " ").split())[:TEXT_MAX]
    if not encoder.is_semantic:
        return Answer(encoder.encode([text])[0])
    key = (project_id, encoder.name, text)
    answer = _answer_to(*key) or _ask(*key)
    end = time.monotonic() + wait_seconds
    while _is_awaited(answer) and time.monotonic() < end:
        time.sleep(_LOOK_AGAIN_SECONDS)
        answer = _answer_to(*key) or answer
    return answer


def answer_all() -> bool:
    """The worker's part: answer what is asked; False when nothing was, or the encoder cannot be used."""
    encoder = own_encoder()
    if encoder is None or not encoder.is_semantic:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, [encoder.name, _AT_ONCE])
        asked = cursor.fetchall()
        try:
            for id_, vector, error in _encoded(encoder, asked):
                cursor.execute(_ANSWER, [vector, error, id_])
        except NotNow as error:
            log.warning("questions wait: %s", error)
            return False
    return bool(asked)


def forget_old() -> int:
    """What people searched for is not kept for ever."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [_KEPT_DAYS])
        return int(cursor.rowcount)


def are_waiting() -> bool:
    return Question.objects.filter(answered_at=None).exists()


def _is_awaited(answer: Answer) -> bool:
    return answer.vector is None and not answer.error and answer.waits_seconds < _PATIENT_SECONDS


def _answer_to(project_id: int, encoder: str, text: str) -> Answer | None:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [project_id, encoder, text])
        row = cursor.fetchone()
    if row is None:
        return None
    vector, error, waits = row
    return Answer(vectors.from_text(vector) if vector else None, error, waits)


def _ask(project_id: int, encoder: str, text: str) -> Answer:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ASK, [project_id, encoder, text])
        ring("queues.tasks.answer")
    return Answer(None)


def _encoded(encoder: Encoder, asked: Sequence[tuple[int, str]]) -> list[tuple[int, str | None, str]]:
    """(id, vector as JSON, error) of each; a text that cannot be encoded takes no other along."""
    if not asked:
        return []
    try:
        rows = encode(encoder, [text for _id, text in asked])
    except NotNow:
        raise
    except Exception as error:
        log.exception("%d questions could not be encoded", len(asked))
        if len(asked) == 1:
            return [(asked[0][0], None, f"{type(error).__name__}: {error}"[:1_000])]
        return [answered for one in asked for answered in _encoded(encoder, [one])]
    return [(id_, vectors.as_text(row), "") for (id_, _text), row in zip(asked, rows, strict=True)]
