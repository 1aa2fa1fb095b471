"""What the review screen shows: the text exactly, the form, why it is here; and to whom."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from queues.models import Flag, Slot, SlotState
from tests.factories.projects import Cast
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db

HOSTILE = (
    '</textarea></div><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7|add:7 }} {% now "Y" %}'
    '<div hx-get="/" hx-trigger="load">\u202eevil\u202c\u200b 100% "quoted" \'single\' &amp; &lt;b&gt;'
)


def text_of_output(page: str) -> str:
    """The output as a browser would read it out of the page."""
    box = re.search(r"data-output>(.*?)</div>", page, re.DOTALL)
    assert box
    return html.unescape(re.sub(r"</?mark[^>]*>", "", box[1]))


def test_hostile_output_is_shown_code_point_for_code_point_and_nothing_of_it_is_markup(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, output_text=HOSTILE)

    page = reviewer.open().content.decode()

    assert text_of_output(page) == HOSTILE
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'hx-get="/"' not in page


def test_line_ends_and_leading_line_breaks_of_the_output_survive_the_page(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, output_text="\n\nfirst\r\nsecond\rthird\n")

    page = reviewer.open().content.decode()

    assert text_of_output(page) == "\n\nfirst\r\nsecond\rthird\n"
    assert ">\n\n\nfirst&#13;\nsecond&#13;third\n</textarea>" in page  # a browser drops the first line break


@pytest.mark.parametrize(("hours", "is_told"), [(-1, True), (1, False)])
def test_an_item_that_was_due_before_now_is_called_late(people: Cast, hours: int, is_told: bool) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, due_at=timezone.now() + timedelta(hours=hours))

    assert (">late</span>" in re.sub(r"<svg.*?</svg>", "", reviewer.open().content.decode())) is is_told


def test_the_screen_has_the_keys_that_its_person_chose(people: Cast) -> None:
    Person.objects.filter(pk=people.ann.pk).update(shortcuts={"approve": "q", "lease_again": "b"})
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue)

    page = reviewer.open().content.decode()

    assert re.search(r'value="approve"[^>]* data-key="q"', page)
    assert "<kbd>Q</kbd>" in page
    assert 'data-again-key="b"' in page
    assert 'data-key="a"' not in page


def test_there_is_no_inline_script_and_no_inline_style(ann: Reviewer) -> None:
    page = ann.open().content.decode()

    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert "javascript:" not in page


def test_the_form_of_the_queue_is_drawn_with_its_keys(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project, form={**FORM, "questions": [TONE]}))
    waiting(reviewer.queue)

    page = reviewer.open().content.decode()

    for key in "acrej":
        assert f'data-key="{key}"' in page
    assert 'name="answer.tone" value="rude" data-digit="2"' in page
    assert 'name="reasons" value="vague" data-digit="2"' in page


def test_approving_what_a_filter_flagged_is_announced_as_needing_a_reason(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, kinds=("safety_flagged",))

    page = reviewer.open().content.decode()

    assert 'data-required-for="approve correct reject"' in page


def test_scores_are_shown_only_where_the_queue_allows_it(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project, shows_scores=False))
    waiting(reviewer.queue, kinds=("uncertain",))

    page = reviewer.open().content.decode()

    assert "uncertain" in page
    assert "rank" not in page


def test_cited_parts_are_marked_without_changing_the_text(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    document = {"id": "kb-1", "content": "Five days.", "citations": [[0, 7]]}
    record = {
        "input": {"prompt": "How long?"},
        "retrieval": {"documents": [document, {**document, "id": "kb-2", "citations": [[3, 11]]}]},
    }
    waiting(reviewer.queue, output_text="Refunds are instant.", record=record)

    page = reviewer.open().content.decode()

    assert text_of_output(page) == "Refunds are instant."
    assert '<mark class="cited" data-documents="1 2">unds</mark>' in page


def test_the_page_of_an_empty_queue_says_what_to_do(people: Cast) -> None:
    response = Reviewer(people.ann, queue_in(people.project)).open()

    assert response.status_code == 200
    assert "Nothing waits for you in this queue" in response.content.decode()


def test_opening_the_page_again_gives_the_same_item(ann: Reviewer) -> None:
    assert on_screen(ann.open()) == on_screen(ann.open())


def test_a_script_gets_the_item_without_the_page_around_it(ann: Reviewer) -> None:
    fragment = ann.open(as_script=True)

    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment.headers["Vary"]


def test_the_item_ahead_is_another_one_with_a_short_lease(ann: Reviewer) -> None:
    first = on_screen(ann.open())

    second = on_screen(ann.ahead(beside=first.slot))

    assert second.slot != first.slot
    ahead, shown = Slot.objects.get(pk=second.slot), Slot.objects.get(pk=first.slot)
    assert ahead.state == SlotState.LEASED
    assert ahead.lease_until and shown.lease_until
    assert ahead.lease_until < shown.lease_until


def test_there_is_no_item_ahead_of_the_last_one(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue)
    last = on_screen(reviewer.open())

    assert reviewer.ahead(beside=last.slot).status_code == 204


def test_a_fragment_of_two_thousand_characters_is_small_and_costs_few_statements(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project, form={**FORM, "questions": [TONE]}))
    for _ in range(2):
        waiting(reviewer.queue, output_text="word and " * 222)
    first = on_screen(reviewer.open())

    with CaptureQueriesContext(connection) as statements:
        fragment = reviewer.ahead(beside=first.slot)

    assert len(fragment.content) < 30 * 1024
    assert len(statements) <= 11 + 2  # eleven statements; a test adds a savepoint and its release


@pytest.mark.parametrize(
    ("who", "status"), [("ann", 200), ("lee", 200), ("olga", 200), ("mel", 403), ("sam", 404)]
)
def test_only_people_who_review_in_the_project_see_its_items(people: Cast, who: str, status: int) -> None:
    queue = queue_in(people.project)
    waiting(queue)

    response = Reviewer(getattr(people, who), queue).open()

    assert response.status_code == status
    assert ("Refunds are instant." in response.content.decode()) == (status == 200)


def test_a_queue_without_a_form_leases_nothing(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue)
    reviewer.queue.form = None
    reviewer.queue.save()

    assert reviewer.open().status_code == 404
    assert not Slot.objects.filter(state=SlotState.LEASED).exists()


def test_what_a_detector_objected_to_is_marked_and_listed(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    item = waiting(reviewer.queue, output_text="Write to ann@hearthline.de.", kinds=("safety_flagged",))
    Flag.objects.create(
        prediction=item.prediction,
        component="reviewapp",
        category="email",
        flagged=True,
        severity=1,
        span=[9, 26],
    )

    page = reviewer.open().content.decode()

    assert '<mark class=" flagged" title="email">ann@hearthline.de</mark>' in page
    assert "1 place was flagged" in page
