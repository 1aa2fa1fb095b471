"""Agreement on what lies on no scale: places marked in the output, and corrections of it.

Texts are read, so these figures are of few and new items, and say of how many.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.db import connection

from queues.agree.metric import Figure
from queues.agree.metrics.corrections import Corrected, TextAgreement, mutual_chrf, text_agreement
from queues.agree.metrics.spans import Marked, Span, position_alpha, shared_marks
from queues.agree.shared_items import LOOK_AT, SHARED
from queues.models import Queue
from queues.review import form as forms
from queues.review import form_history
from queues.review.marked_places import MarkedPlaces

TEXTS = 60  # newest outputs that several people corrected; chrF counts all their n-grams
TEXT_LONGEST = 5_000  # code points; longer corrections and outputs are not compared
BASELINE = 60  # pairs of corrections of different outputs
APART_SHOWN = 10
HALF = 0.5  # of the union of two marks, from which on they are one and the same

_NEWEST = f"SELECT id, prediction_id FROM queues_item WHERE {SHARED} ORDER BY id DESC LIMIT {LOOK_AT}"
_PLACES = f"""
SELECT item.prediction_id, length(payload.output_text), review.person_id, review.form_id,
  (review.answers -> %s)::text
FROM ({_NEWEST}) item
JOIN queues_review review ON review.item_id = item.id AND review.withdrawn_at IS NULL
JOIN queues_payload payload ON payload.prediction_id = item.prediction_id AND payload.erased_at IS NULL
WHERE review.decision <> 'escalate' AND review.answers ? %s
ORDER BY item.id, review.person_id
"""
_CORRECTIONS = f"""
SELECT item.prediction_id, payload.output_text, array_agg(review.corrected_text ORDER BY review.person_id)
FROM ({_NEWEST}) item
JOIN queues_review review ON review.item_id = item.id AND review.withdrawn_at IS NULL
JOIN queues_payload payload ON payload.prediction_id = item.prediction_id AND payload.erased_at IS NULL
WHERE review.decision = 'correct' AND length(review.corrected_text) <= {TEXT_LONGEST}
  AND length(payload.output_text) <= {TEXT_LONGEST}
GROUP BY item.id, item.prediction_id, payload.prediction_id
HAVING count(*) > 1
ORDER BY item.id DESC LIMIT {TEXTS}
"""


class Apart(NamedTuple):
    """An output on which people are far apart. alike: 0..1; n: people."""

    prediction_id: int
    alike: float
    n: int


@dataclass(frozen=True, slots=True)
class OnPlaces:
    """One question whose answers are places in the output. alpha: of the label of each code point; exact,
    half: F1 of the marks that two people share, where they are the same, and where they overlap by half.
    apart: outputs with the lowest `half`.
    """

    key: str
    label: str
    alpha: Figure
    exact: Figure
    half: Figure
    apart: Sequence[Apart]


@dataclass(frozen=True, slots=True)
class OnCorrections:
    """edit, chrf: similarities of 0..1; apart: outputs whose corrections are edited farthest apart."""

    edit: TextAgreement
    chrf: TextAgreement
    apart: Sequence[Apart]


@dataclass(frozen=True, slots=True)
class OnTexts:
    """corrections: None where no output was corrected by several people."""

    places: Sequence[OnPlaces]
    corrections: OnCorrections | None


def on_texts(queue: Queue) -> OnTexts:
    """Over the newest shared items whose reviewing is over; two statements, and one for each question."""
    form = forms.of_version(queue.form_id) if queue.form_id else None
    marking = [one for one in form.questions if isinstance(one, MarkedPlaces)] if form else []
    return OnTexts([_on_places(queue, question) for question in marking], _on_corrections(queue))


def _on_places(queue: Queue, question: MarkedPlaces) -> OnPlaces:
    found = _marked(queue, question)
    texts = list(found.values())
    each = [(id_, shared_marks([text], iou=HALF).value, len(text.spans)) for id_, text in found.items()]
    return OnPlaces(
        question.key,
        question.label,
        position_alpha(texts),
        shared_marks(texts),
        shared_marks(texts, iou=HALF),
        _farthest(Apart(id_, alike, n) for id_, alike, n in each if alike is not None),
    )


def _on_corrections(queue: Queue) -> OnCorrections | None:
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTIONS, [queue.pk])
        found = {id_: Corrected(output, texts) for id_, output, texts in cursor.fetchall()}
    if not found:
        return None
    units = list(found.values())
    each = ((id_, text_agreement([unit]).between_people, len(unit.texts)) for id_, unit in found.items())
    return OnCorrections(
        edit=text_agreement(units, baseline=BASELINE),
        chrf=text_agreement(units, mutual_chrf, baseline=BASELINE),
        apart=_farthest(Apart(id_, alike.value, n) for id_, alike, n in each if alike),
    )


def _farthest(found: Iterable[Apart]) -> list[Apart]:
    """The first few in which anything differs."""
    return sorted((one for one in found if one.alike < 1.0), key=lambda one: one.alike)[:APART_SHOWN]


def _marked(queue: Queue, question: MarkedPlaces) -> dict[int, Marked]:
    """Prediction → what two people or more marked in its output; "nothing" is an answer, "unsure" is none."""
    history = form_history.of_queue(queue.pk)
    lengths: dict[int, int] = {}
    spans: dict[int, dict[str, Sequence[Span]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [question.key, queue.pk, question.key])
        for id_, length, person_id, form_id, said in cursor.fetchall():
            version = form_history.number_of(form_id)
            value = history.put(question, orjson.loads(said), since=version, until=history.newest)
            if isinstance(value, list) and not question.faults(value):
                lengths[id_] = length
                spans[id_][str(person_id)] = [span for place in value if (span := _span(place, length))]
    return {id_: Marked(lengths[id_], marks) for id_, marks in spans.items() if len(marks) > 1}


def _span(place: Mapping[str, Any], length: int) -> Span | None:
    """None for a place in another text than the output."""
    if place.get("on", "output") != "output" or place["end"] > length:
        return None
    return Span(place["start"], place["end"], place.get("category") or place.get("mark") or "")
