"""Erasing the texts of predictions, wherever a copy of them is; numbers, ids and decisions stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from queues.ingest import documents
from queues.models import (
    Check,
    Draft,
    Enrichment,
    Feedback,
    FormVersion,
    Item,
    Note,
    Payload,
    Review,
    Verdict,
)
from queues.score import vectors

ERASED = "(erased)"  # where the database asks for some text
_OF_TEXT = frozenset({"short_text", "long_text"})  # kinds of questions whose answers people write
_REVIEWS = """
UPDATE queues_review r SET answers = a.answers, note = '',
  corrected_text = CASE WHEN r.corrected_text IS NOT NULL THEN '' END
FROM unnest(%s::bigint[], %s::jsonb[]) a (id, answers) WHERE r.id = a.id
"""
_VERDICTS = """
UPDATE queues_verdict v SET answers = a.answers, why = CASE WHEN v.why <> '' THEN %s ELSE '' END,
  corrected_text = CASE WHEN v.corrected_text IS NOT NULL THEN '' END
FROM unnest(%s::bigint[], %s::jsonb[]) a (id, answers) WHERE v.id = a.id
"""


def erase(prediction_ids: Sequence[int]) -> None:
    """The payloads first: what people wrote about them may be emptied only then (a trigger sees to it)."""
    now = timezone.now()
    Payload.objects.filter(prediction__in=prediction_ids, erased_at=None).update(
        record={}, cohort={}, output_text="", erased_at=now
    )
    item_ids = Item.objects.showing(prediction_ids)
    Draft.objects.filter(item__in=item_ids).delete()
    Note.objects.filter(item__in=item_ids).update(text=ERASED)
    forms = _Forms()
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWS, _emptied(Review.objects.filter(item__in=item_ids), forms))
        cursor.execute(_VERDICTS, [ERASED, *_emptied(Verdict.objects.filter(item__in=item_ids), forms)])
    _erase_checks(Check.objects.filter(source__in=item_ids), forms)
    Feedback.objects.filter(prediction__in=prediction_ids, erased_at=None).update(record=None, erased_at=now)
    Enrichment.objects.filter(prediction__in=prediction_ids, kind__in=["index", "embed", "detect"]).delete()
    documents.forget(prediction_ids)
    vectors.forget(prediction_ids)


def erase_feedback_of(project_id: int, user_ref: str) -> None:
    """What a person said of other outputs than those made for them."""
    said = Feedback.objects.filter(project=project_id, erased_at=None, record__actor__user_ref=user_ref)
    said.update(record=None, erased_at=timezone.now())


def _erase_checks(checks: "QuerySet[Check]", forms: "_Forms") -> None:
    """Nobody is given them any more; who was right stays."""
    for pk, answers, form_id in list(checks.values_list("pk", "answers", "form_id")):
        kept = _without_texts(answers, forms.kinds(form_id))
        Check.objects.filter(pk=pk).update(answers=kept, why=ERASED, retired_at=Coalesce("retired_at", Now()))
    checks.filter(corrected_text__isnull=False).update(corrected_text="")


class _Forms:
    """Kinds of the questions of forms, each read once."""

    def __init__(self) -> None:
        self._kinds: dict[int, Mapping[str, str]] = {}

    def kinds(self, form_id: int | None) -> Mapping[str, str]:
        if form_id is None:
            return {}
        if form_id not in self._kinds:
            document = FormVersion.objects.values_list("document", flat=True).get(pk=form_id)
            self._kinds[form_id] = {one["key"]: one["kind"] for one in document.get("questions", [])}
        return self._kinds[form_id]


def _emptied(rows: QuerySet[Any], forms: _Forms) -> list[list[Any]]:
    """Ids, and answers without what people wrote: choices and numbers stay, since agreement counts them."""
    found = list(rows.values_list("pk", "answers", "form_id"))
    answers = [_without_texts(answers, forms.kinds(form)) for _pk, answers, form in found]
    return [[pk for pk, *_rest in found], [orjson.dumps(one).decode() for one in answers]]


def _without_texts(answers: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    return {key: _silent(value) for key, value in answers.items() if kinds.get(key) not in _OF_TEXT}


def _silent(value: Any) -> Any:
    """Places keep where they are and what they were marked as, not what was said of them."""
    if not isinstance(value, list):
        return value
    return [
        {name: told for name, told in one.items() if name != "comment"} if isinstance(one, dict) else one
        for one in value
    ]
