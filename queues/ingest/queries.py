"""Finding predictions: by id, by words, by what they are and why they were sent to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Left

from queues.ingest import documents
from queues.models import Prediction, SecondLook, Verdict
from queues.newest import LOOK_AT, PAGE_SIZE, Page, newest, values_in_use

EXCERPT = 200  # characters of the output that a list shows
FLOOD = 2_000  # predictions within a second
WORDS_LOOKED_AT = sum(documents.STEPS)  # predictions of the project that one search for words looks through


@dataclass(frozen=True, slots=True)
class Search:
    """What a person looks for; an empty field asks nothing.

    text: words, as in `documents.matching`. decision: of a standing verdict. locale: itself and its regions
    ("en" is also en-GB). reason: a rule's name. day: UTC.
    """

    text: str = ""
    state: str = ""
    decision: str = ""
    model_version: str = ""
    environment: str = ""
    locale: str = ""
    segment: str = ""
    reason: str = ""
    day: date | None = None

    @property
    def asks_nothing(self) -> bool:
        return self == Search()

    @property
    def is_filtered(self) -> bool:
        return replace(self, text="") != Search()


def search(
    project_id: int, wanted: Search, *, before: int | None = None, size: int = PAGE_SIZE
) -> Page[Prediction]:
    """The newest predictions that match, each with the first EXCERPT characters of its output.

    One bounded walk (see `newest`, or `documents.matching` for words); the records themselves, up to
    1 MiB each, stay where they are.
    """
    if wanted.text:
        return _search_words(project_id, wanted, before, size)
    rows = listed(project_id)
    if wanted.model_version:
        rows, wanted = rows.filter(model_version=wanted.model_version), replace(wanted, model_version="")
    return newest(rows, _tests(wanted) if wanted.is_filtered else None, before=before, size=size)


def _search_words(project_id: int, wanted: Search, before: int | None, size: int) -> Page[Prediction]:
    at_most = LOOK_AT if wanted.is_filtered else size + 1
    matches = documents.matching(project_id, wanted.text, before=before, at_most=at_most)
    rows = listed(project_id).filter(_tests(wanted), pk__in=matches.ids)
    found = list(rows.order_by("-pk")[: size + 1])
    if len(found) > size:
        return Page(found[:size], found[size - 1].pk, has_more_matches=True)
    return Page(found, matches.looked_to, has_more_matches=False)


def among(project_id: int, wanted: Search, prediction_ids: Sequence[int]) -> dict[int, Prediction]:
    """Those of these predictions that fit the filters of `wanted`, by id; its text is not looked at."""
    rows = listed(project_id).filter(_tests(wanted), pk__in=prediction_ids)
    return {prediction.pk: prediction for prediction in rows}


_FLOODED = f"""
    SELECT received_at > now() - interval '1 second' FROM queues_prediction
    ORDER BY id DESC OFFSET {FLOOD} LIMIT 1
"""


def is_flooded() -> bool:
    """Whether more than FLOOD predictions have arrived within a second, in all projects: an import, say."""
    with connection.cursor() as cursor:
        cursor.execute(_FLOODED)
        return bool((cursor.fetchone() or (False,))[0])


def excerpt(path: str = "") -> Left:
    """How an output begins, for a list. path: from the row to its prediction, such as "prediction__"."""
    return Left(f"{path}payload__output_text", EXCERPT)


def beginnings_of(prediction_ids: Iterable[int]) -> dict[int, str]:
    """Prediction → how its output begins, "" of what was erased; one statement."""
    rows = Prediction.objects.filter(pk__in=set(prediction_ids)).annotate(begins=excerpt())
    return dict(rows.values_list("pk", "begins"))


def listed(project_id: int) -> QuerySet[Prediction]:
    """Predictions as a list shows them: with routing, second looks and excerpt."""
    rows = Prediction.objects.filter(project_id=project_id).select_related("routing")
    rows = rows.prefetch_related(Prefetch("second_looks", SecondLook.objects.order_by("id")))
    return rows.annotate(excerpt=excerpt())


def named(project_id: int, prediction_id: str) -> Prediction | None:
    """The prediction with exactly this id, in whichever environment (the newest, if in several)."""
    environments = environments_in_use(project_id)
    found = Prediction.objects.filter(
        project_id=project_id, environment__in=environments, prediction_id=prediction_id
    )
    return found.order_by("-id").first()


def environments_in_use(project_id: int) -> list[str]:
    """The environments that predictions of this project came from."""
    return values_in_use(Prediction, "environment", project_id=project_id)


def model_versions_in_use(project_id: int) -> list[str]:
    """The model versions that predictions of this project came from."""
    return values_in_use(Prediction, "model_version", project_id=project_id)


def _tests(wanted: Search) -> Q:
    """What has to be tested prediction by prediction."""
    named = {
        name: getattr(wanted, name)
        for name in ("state", "environment", "model_version", "segment")
        if getattr(wanted, name)
    }
    tests = Q(**named)
    if wanted.locale:
        tests &= Q(locale=wanted.locale) | Q(locale__startswith=f"{wanted.locale}-")
    if wanted.decision:
        tests &= Q(Exists(_standing(wanted.decision)))
    if wanted.reason:
        rule = [{"rule": wanted.reason}]
        later = SecondLook.objects.filter(prediction=OuterRef("pk"), reasons__contains=rule)
        tests &= Q(routing__reasons__contains=rule) | Q(Exists(later))
    if wanted.day:
        tests &= Q(received_at__date=wanted.day)
    return tests


def _standing(decision: str) -> QuerySet[Verdict]:
    return Verdict.objects.filter(
        item__prediction=OuterRef("pk"), withdrawn_at__isnull=True, decision=decision
    )
