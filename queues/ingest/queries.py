"""Finding predictions: by id, by text, by what they are and why they were sent to people."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Left

from queues.models import Prediction, SecondLook
from queues.newest import Page, newest, values_in_use

EXCERPT = 200  # characters of the output that a list shows


@dataclass(frozen=True, slots=True)
class Search:
    """What a person looks for; an empty field asks nothing. `reason` is a rule's name, `day` UTC."""

    text: str = ""
    state: str = ""
    model_version: str = ""
    environment: str = ""
    reason: str = ""
    day: date | None = None

    @property
    def asks_nothing(self) -> bool:
        return self == Search()


def search(project_id: int, wanted: Search, *, before: int | None = None) -> Page[Prediction]:
    """The newest predictions that match, each with the first EXCERPT characters of its output.

    One bounded walk (see `newest`); the records themselves, up to 1 MiB each, stay where they are.
    """
    rows = Prediction.objects.filter(project_id=project_id).select_related("routing")
    rows = rows.prefetch_related(Prefetch("second_looks", SecondLook.objects.order_by("id")))
    rows = rows.annotate(excerpt=Left("payload__output_text", EXCERPT))
    if wanted.model_version:
        rows = rows.filter(model_version=wanted.model_version)
    return newest(rows, _tests(wanted), before=before)


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


def _tests(wanted: Search) -> Q | None:
    """What has to be tested prediction by prediction; None when nothing has."""
    tests = Q()
    if wanted.text:
        tests &= Q(prediction_id=wanted.text) | Q(payload__output_text__icontains=wanted.text)
    if wanted.state:
        tests &= Q(state=wanted.state)
    if wanted.environment:
        tests &= Q(environment=wanted.environment)
    if wanted.reason:
        named = [{"rule": wanted.reason}]
        later = SecondLook.objects.filter(prediction=OuterRef("pk"), reasons__contains=named)
        tests &= Q(routing__reasons__contains=named) | Q(Exists(later))
    if wanted.day:
        tests &= Q(received_at__date=wanted.day)
    return tests or None
