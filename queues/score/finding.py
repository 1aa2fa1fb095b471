"""Finding predictions by vectors: like a text, or like one another; filters as in a search for words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from queues.errors import WrongState
from queues.ingest import queries as ingest
from queues.ingest.queries import Search
from queues.models import Part, Prediction
from queues.score import questions, similar, vectors
from queues.score.encoder import Encoder
from queues.score.own_encoder import own_encoder, why_none
from queues.score.questions import Answer
from queues.score.similar import Near

NEAREST = 50  # shown
LOOK_AT_NEAREST = 200  # that filters choose among


@dataclass(frozen=True, slots=True)
class Likeness:
    """A prediction, and its cosine to what was asked for: 1 the same, about 0 unrelated."""

    prediction: Prediction
    cosine: float


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest that fit, nearest first. answer: what became of the text that was asked, None without one.

    looked_at: so many of the nearest were tested against the filters.
    """

    likenesses: Sequence[Likeness]
    looked_at: int
    answer: Answer | None = None


def usable_encoder() -> Encoder:
    """The encoder of this installation; WrongState, in a sentence, when nothing can be found by vectors."""
    encoder = own_encoder()
    if encoder is None:
        raise WrongState(why_none())
    if not vectors.are_kept():
        raise WrongState(
            _(
                "The database has no pgvector, so no vectors are kept. Search for words instead; the page on"
                " operations says how to add it."
            )
        )
    return encoder


def by_text(
    project_id: int, wanted: Search, part: Part, *, limit: int = NEAREST, wait_seconds: float
) -> Found:
    """What is nearest to `wanted.text`; empty while a worker still embeds that."""
    encoder = usable_encoder()
    answer = questions.ask(project_id, encoder, wanted.text, wait_seconds=wait_seconds)
    space = vectors.space_of(project_id, encoder, part)
    if answer.vector is None or not answer.vector.any() or space is None:
        return Found([], 0, answer)
    near = similar.nearest_to(space, answer.vector, limit=_look_at(wanted, limit))
    return Found(_fitting(project_id, wanted, near, limit), len(near), answer)


def like(
    project_id: int, prediction_id: int, wanted: Search, part: Part, *, limit: int = NEAREST
) -> Found | None:
    """What is most like a prediction, without itself; None when it has no vector of this part (yet)."""
    usable_encoder()
    near = similar.like(project_id, prediction_id, part, limit=_look_at(wanted, limit))
    return None if near is None else Found(_fitting(project_id, wanted, near, limit), len(near))


def _look_at(wanted: Search, limit: int) -> int:
    return max(limit, LOOK_AT_NEAREST) if wanted.is_filtered else limit


def _fitting(project_id: int, wanted: Search, near: Sequence[Near], limit: int) -> list[Likeness]:
    found = ingest.among(project_id, wanted, [one.prediction_id for one in near])
    there = [one for one in near if one.prediction_id in found]
    return [Likeness(found[one.prediction_id], one.cosine) for one in there[:limit]]
