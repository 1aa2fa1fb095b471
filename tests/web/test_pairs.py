"""Two outputs side by side: A and B in their stored order, and nothing that tells which model is which."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from queues.export.definition.filters import Filter
from queues.export.queries import verdicts_of
from queues.models import Item, Queue, Review, Verdict
from queues.snapshot import snapshot
from tests.bad_inputs import canonical, corpus, ingest_records
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.pages import page_of
from tests.factories.pairs import CHALLENGER, CHAMPION, COMPARED, comparison, pair_queue
from tests.factories.people import api_key
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db

_OUTPUT = re.compile(r'<b class="letter">(.)</b>.*?data-output>(.*?)</div>', re.DOTALL)
FLAGGED = ("pair", "safety_flagged")


@pytest.fixture
def queue(people: Cast) -> Queue:
    return pair_queue(people.project)


@pytest.fixture
def ann_compares(people: Cast, queue: Queue) -> Reviewer:
    return Reviewer(people.ann, queue)


def _shown(page: Any) -> list[tuple[str, str]]:
    return _OUTPUT.findall(page.content.decode())


def _submit(reviewer: Reviewer, **fields: str) -> Any:
    item = on_screen(reviewer.open())
    sent: dict[str, Any] = {"decision": "approve", "note": "", **fields}
    return reviewer.post(item, "submit", **sent)


# ---- what is shown


@pytest.mark.parametrize(
    ("other_first", "shown"),
    [(False, [("A", "mine"), ("B", "theirs")]), (True, [("A", "theirs"), ("B", "mine")])],
)
def test_both_outputs_stand_in_the_order_that_was_drawn(
    ann_compares: Reviewer, queue: Queue, shown: list[tuple[str, str]], *, other_first: bool
) -> None:
    comparison(queue, this="mine", other="theirs", other_first=other_first)

    assert _shown(ann_compares.open()) == shown


def test_nothing_tells_the_models_apart(ann_compares: Reviewer, queue: Queue) -> None:
    queue.shows_scores = True
    queue.save()
    item = comparison(queue)
    reasons = [
        {"rule": "versus", "kind": "pair", "other": item.other_id, "other_version": CHAMPION, "first": "this"}
    ]
    newer = {"kind": "attribute", "attribute": "model_version", "value": CHALLENGER}
    combined = [{"rule": "new-model", "kind": "all_of", "of": [newer]}, {"rule": "again", **newer}]
    Item.objects.filter(pk=item.pk).update(reasons=[*reasons, *combined])

    page = ann_compares.open().content.decode()

    for told in (CHAMPION, CHALLENGER, "champion", "challenger", "10 a.m."):
        assert told not in page.replace(item.prediction.prediction_id, "")
    assert "en-GB" in page  # what both have in common


def test_documents_of_both_are_shown_once_and_others_at_their_side(
    people: Cast, ann_compares: Reviewer
) -> None:
    same, mine, theirs = (
        {"id": name, "content": f"about {name}", "score": 0.5} for name in ("x", "mine", "theirs")
    )

    def record(*documents: dict[str, Any]) -> dict[str, Any]:
        return {"input": {"prompt": "How long?"}, "retrieval": {"documents": list(documents)}}

    comparison(ann_compares.queue, records=(record(same), record({**same, "used": False})))
    page = ann_compares.open().content.decode()
    assert page.count("about x") == 1
    assert "not used" not in page

    other = Reviewer(people.ann, pair_queue(people.project))
    comparison(other.queue, records=(record(same, mine), record(same, theirs)), other_first=True)
    page = other.open().content.decode()
    assert page.index("about theirs") < page.index("about mine")
    assert page.count("about x") == 2


def test_one_submits_or_asks_the_lead_and_corrects_nothing(ann_compares: Reviewer, queue: Queue) -> None:
    comparison(queue)

    page = page_of(ann_compares.open())

    html = ann_compares.open().content.decode()
    assert re.findall(r'name="decision" value="(\w+)"', html) == ["approve", "escalate"]
    assert page.fields["decision"] == ["approve"]  # chosen already: the answer is the decision
    assert "Submit the comparison" in html
    assert "corrected_text" not in page.fields
    assert "What was wrong?" not in html


def test_a_form_without_a_question_has_nothing_to_compare_with(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    comparison(reviewer.queue)

    page = reviewer.open().content.decode()

    assert "no question to compare" in page
    assert re.findall(r'name="decision" value="(\w+)"', page) == ["escalate"]
    assert _submit(reviewer).status_code == 422


def test_one_output_is_shown_as_before(people: Cast) -> None:
    reviewer = Reviewer(people.ann, pair_queue(people.project))
    waiting(reviewer.queue, output_text="just one")

    page = reviewer.open().content.decode()

    assert _shown(reviewer.open()) == []
    assert "just one" in page
    assert re.findall(r'name="decision" value="(\w+)"', page) == ["approve", "correct", "reject", "escalate"]


# ---- what is submitted


def test_a_comparison_is_its_answer(ann_compares: Reviewer, queue: Queue) -> None:
    comparison(queue)

    _submit(ann_compares, **{"answer.preference": "b"})

    review = Review.objects.get()
    assert (review.decision, review.answers, review.corrected_text) == ("approve", {"preference": "b"}, None)
    assert Verdict.objects.get().answers == {"preference": "b"}


def test_without_an_answer_nothing_is_compared(ann_compares: Reviewer, queue: Queue) -> None:
    """Although the form does not require its question of other items."""
    comparison(queue)

    refused = _submit(ann_compares)

    assert refused.status_code == 422
    assert page_of(refused).faults == ["/preference"]
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "correct", "corrected_text": "Better."},
        {"decision": "reject", "reasons": "factual"},
        {"decision": "approve", "reasons": "factual"},
        {"decision": "approve", "corrected_text": "Better."},
    ],
)
def test_neither_output_is_corrected_or_rejected(
    ann_compares: Reviewer, queue: Queue, fields: dict[str, str]
) -> None:
    comparison(queue)

    assert _submit(ann_compares, **{"answer.preference": "a", **fields}).status_code == 422
    assert not Review.objects.exists()


def test_to_compare_what_a_filter_flagged_is_no_override(ann_compares: Reviewer, queue: Queue) -> None:
    comparison(queue, kinds=FLAGGED)

    assert _submit(ann_compares, **{"answer.preference": "a"}).status_code == 302


def test_undone_it_is_there_again_with_its_answer(ann_compares: Reviewer, queue: Queue) -> None:
    comparison(queue)
    _submit(ann_compares, **{"answer.preference": "tie"})

    ann_compares.undo(Review.objects.get().pk)

    assert page_of(ann_compares.open()).fields["answer.preference"] == ["tie"]


# ---- what is told afterwards


def _story(client: Client, item: Item) -> str:
    project = item.queue.project
    return client.get(f"/projects/{project.slug}/predictions/{item.prediction_id}/").content.decode()


@pytest.mark.parametrize("other_first", [False, True])
def test_the_story_says_which_was_which_once_it_was_compared(
    people: Cast, signed_in: SignIn, queue: Queue, *, other_first: bool
) -> None:
    item, lead = comparison(queue, other_first=other_first), signed_in(people.lee)
    assert "Which one is A is told" in _story(lead, item)

    reviewed(queue, people.ann, COMPARED)

    told = re.findall(r"<p><b>(.)</b> <bdi[^>]*>([^<]*)</bdi>", _story(lead, item))
    both = [CHAMPION, CHALLENGER] if other_first else [CHALLENGER, CHAMPION]
    assert told == list(zip("AB", both, strict=True))
    assert ">Compared<" in _story(lead, item)


def test_who_is_to_compare_next_is_not_told(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    item, lead = comparison(queue, reviews_needed=2), signed_in(people.lee)
    reviewed(queue, people.ann, COMPARED)
    assert "as shown to reviewers" in _story(lead, item)

    Reviewer(people.lee, queue).open()

    assert "as shown to reviewers" not in _story(lead, item)


def test_the_list_of_items_says_that_it_is_a_comparison(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    comparison(queue)
    reviewed(queue, people.ann, COMPARED)

    address = f"/projects/{people.project.slug}/queues/{queue.slug}/items/?state=settled"
    page = signed_in(people.lee).get(address).content.decode()

    assert ">comparison<" in page
    assert "Compared</span>" in page


def test_a_lead_settles_with_both_outputs_in_front_of_them_and_no_names(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    item = comparison(queue, this="mine", other="theirs", other_first=True, reviews_needed=2)
    reviewed(queue, people.ann, COMPARED)
    reviewed(queue, people.mel, {"decision": "approve", "answers": {"preference": "b"}})
    lead, address = signed_in(people.lee), reverse("web:settle", args=[people.project.slug, item.pk])

    page = lead.get(address).content.decode()
    assert page.index("Output A") < page.index(">theirs<") < page.index("Output B") < page.index(">mine<")
    assert CHALLENGER not in page
    assert "verdict-text" not in page
    lead.post(
        address, {"source": "written", "decision": "approve", "answer.preference": "tie", "why": "Equal."}
    )

    verdict = Verdict.objects.get(withdrawn_at=None)
    assert (verdict.decision, verdict.answers) == ("approve", {"preference": "tie"})


def test_a_comparison_leaves_in_no_file(people: Cast, queue: Queue) -> None:
    """That one of two is better does not make it right, so no output leaves as a good answer."""
    comparison(queue)
    reviewed(queue, people.ann, COMPARED)

    with snapshot():
        found = list(verdicts_of(people.project.pk, Filter(), scope="train"))

    assert [one.left_out for one in found] == ["item.compared"]


# ---- hostile texts


HOSTILE = [
    row
    for kind in corpus.by_kind("ingest_records.jsonl")
    if not [mark for mark in kind.marks if mark.name == "slow"]
    for row in kind.values[0]
    if "escaped_in_html" in row.get("check", ())
][::3]


def test_hostile_texts_are_read_on_both_sides_and_do_nothing(people: Cast) -> None:
    if not HOSTILE:
        pytest.skip("the corpus is not there: set BAD_INPUTS_DIR")
    people.project.slug = canonical.PROJECT
    people.project.save()
    queue_in(people.project, slug="audit")
    in_force(people.project, {**rule("random_audit", rate=1.0), "queue": "audit"})
    sender = Sender(Client(), people.project, api_key(people.project, people.mel)[1])
    for row in HOSTILE:
        ingest_records.send(row, sender)
    predictions = [
        item.prediction for item in Item.objects.select_related("prediction__payload").order_by("pk")
    ]
    assert len(predictions) > len(HOSTILE) / 2
    texts = [prediction.payload.output_text for prediction in predictions]

    for first, second in zip(texts, [*texts[1:], texts[0]], strict=True):
        reviewer = Reviewer(people.ann, pair_queue(people.project))
        comparison(reviewer.queue, this=first, other=second)
        page = page_of(reviewer.open())

        assert page.acting == []
        for text in (first, second):
            assert text in page.text
