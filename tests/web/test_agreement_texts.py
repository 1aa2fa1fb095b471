"""Agreement on corrections and marked places: the figures, what is far apart, and what is not told."""

import csv
from io import StringIO
from typing import Any

import pytest

from queues.agree import on_texts as agree
from queues.models import Payload, Queue
from tests.factories.projects import Cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

MARKS: dict[str, Any] = {
    "key": "marks",
    "kind": "spans",
    "label": "Where is it <wrong>?",
    "allows_unsure": True,
    "categories": [{"value": "fact", "label": "Fact"}, {"value": "tone", "label": "Tone"}],
}
OUTPUT = "Refunds are instant."


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [MARKS]})


def address(people: Cast, tail: str = "texts/") -> str:
    return f"/projects/{people.project.slug}/agreement/{tail}"


def marked(person: Any, *places: tuple[int, int, str]) -> Given:
    marks = [{"start": start, "end": end, "category": category} for start, end, category in places]
    return Given(person, "reject", {"marks": marks})


def corrected(person: Any, text: str) -> Given:
    return Given(person, "correct", {}, corrected_text=text)


def test_places_have_alpha_and_the_share_of_common_marks(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    same = [marked(people.ann, (0, 7, "fact")), marked(people.lee, (0, 7, "fact"))]
    half = [marked(people.ann, (0, 10, "fact")), marked(people.lee, (0, 6, "fact"))]
    none = [marked(people.ann), Given(people.lee, "reject", {"marks": "unsure"})]
    alone = [marked(people.ann, (0, 3, "tone")), Given(people.lee, "approve", {})]
    shared(queue, [*(Shared(same) for _ in range(12)), Shared(half), Shared(none), Shared(alone)])

    page = signed_in(people.mel).get(address(people))

    ((one, lines),) = page.context["places"]
    assert [line.of.n_units for line in lines] == [13, 13, 13]
    assert one.exact.value == pytest.approx(24 / 26)
    assert one.half.value == 1.0
    # By hand: of 260 characters twice answered 4 differ; 96 and 90 of 520 answers are "fact".
    assert one.alpha.value == pytest.approx(1 - 519 * 2 * 4 / (2 * 184 * 336))
    assert "Where is it &lt;wrong&gt;?" in page.content.decode()


def test_corrections_stand_beside_those_of_other_outputs_and_the_models_words(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    words = ["alpha bravo", "delta", "golf hotel india", "juliet", "kilo lima", "mike", "oscar papa", "zulu"]
    items = [
        Shared([corrected(people.ann, f"{text} now."), corrected(people.lee, f"{text} soon.")])
        for text in words
    ]
    single = Shared([corrected(people.ann, "Only one."), Given(people.lee, "approve", {})])
    ids = shared(queue, [*items, single])

    page = signed_in(people.mel).get(address(people))

    edit, chrf = (line.of for line in page.context["similarities"])
    for found in (edit, chrf):
        assert found.between_people.n == found.n_pairs == len(words)
        assert found.is_beyond_chance
        assert found.between_people.value > found.between_outputs
    assert edit.to_output.value < 0.5
    apart = page.context["found"].corrections.apart
    assert [one.alike for one in apart] == sorted(one.alike for one in apart)
    assert len(apart) == len(words) < len(ids)


def test_what_is_erased_or_still_under_review_is_not_compared(people: Cast, queue: Queue) -> None:
    said = [corrected(people.ann, "Five days."), corrected(people.lee, "5 days.")]
    shared(queue, [Shared(said), Shared(said, state="in_review")])
    assert agree.on_texts(queue).corrections is not None

    payload = Payload.objects.order_by("pk").first()
    assert payload is not None
    Payload.objects.filter(pk=payload.pk).update(erased_at="2026-11-01T00:00:00Z", output_text="")

    assert agree.on_texts(queue).corrections is None


def test_without_anything_to_compare_the_page_says_what_to_do(people: Cast, signed_in: SignIn) -> None:
    queue_in(people.project)

    assert "There is no text to compare" in signed_in(people.mel).get(address(people)).content.decode()


def test_the_figures_are_there_as_csv(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    shared(queue, [Shared([corrected(people.ann, "Five days."), corrected(people.lee, "5 days.")])])

    rows = list(
        csv.DictReader(StringIO(signed_in(people.mel).get(address(people, "texts.csv")).content.decode()))
    )

    assert [(row["on"], row["figure"]) for row in rows[3:]] == [
        ("people", "edit"), ("output", "edit"), ("people", "chrf"), ("output", "chrf"),
    ]  # fmt: skip
    assert float(rows[3]["value"]) == pytest.approx(0.6)
