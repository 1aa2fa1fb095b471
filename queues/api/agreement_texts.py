"""Agreement on corrections and marked places for programs, over the newest shared items."""

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.agree.metrics.corrections import TextAgreement
from queues.agree.on_texts import OnPlaces, on_texts
from queues.agree.shared_items import LOOK_AT
from queues.api.agreement import FigureShape, figure_shape, named_queue
from queues.api.base import ProjectRequest, ProjectView
from queues.statistics.quantiles import Quantile


class MedianShape(BaseModel):
    """A median of one value to each output, 0..1; low, high: null where there are too few."""

    value: float
    low: float | None
    high: float | None
    outputs: int


class SimilarityShape(BaseModel):
    """How alike corrections are: of one output by different people, to the model's own words, and of
    different outputs, which is what chance gives. beyond_chance: the first surely more than the last.
    """

    between_people: MedianShape | None
    to_output: MedianShape | None
    between_outputs: float | None
    pairs: int
    pairs_of_outputs: int
    beyond_chance: bool


class PlacesShape(BaseModel):
    """One question whose answers are places in the output. alpha: of the category of each character; exact,
    half: F1 of the marks that two people share, the same, or overlapping by half. items: outputs.
    """

    question: str
    alpha: FigureShape
    exact: FigureShape
    half: FigureShape


class TextsAnswer(BaseModel):
    """edit, chrf: null where no output was corrected by several people."""

    queue: str
    looked_at: int
    edit: SimilarityShape | None
    chrf: SimilarityShape | None
    places: list[PlacesShape]


class AgreementTextsView(ProjectView):
    """What lies on no scale in ?queue=: corrections, and places marked in the output."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"queue"})

    @extend_schema(responses={200: TextsAnswer})
    def get(self, request: ProjectRequest) -> Response:
        queue = named_queue(request)
        found = on_texts(queue)
        corrections = found.corrections
        answer = TextsAnswer(
            queue=queue.slug,
            looked_at=LOOK_AT,
            edit=_similarity(corrections.edit) if corrections else None,
            chrf=_similarity(corrections.chrf) if corrections else None,
            places=[_places(one) for one in found.places],
        )
        return Response(answer.model_dump(mode="json"))


def _places(one: OnPlaces) -> PlacesShape:
    return PlacesShape(
        question=one.key,
        alpha=figure_shape(one.alpha),
        exact=figure_shape(one.exact),
        half=figure_shape(one.half),
    )


def _similarity(found: TextAgreement) -> SimilarityShape:
    return SimilarityShape(
        between_people=_median(found.between_people),
        to_output=_median(found.to_output),
        between_outputs=found.between_outputs,
        pairs=found.n_pairs,
        pairs_of_outputs=found.n_baseline,
        beyond_chance=found.is_beyond_chance,
    )


def _median(found: Quantile | None) -> MedianShape | None:
    return MedianShape(value=found.value, low=found.low, high=found.high, outputs=found.n) if found else None
