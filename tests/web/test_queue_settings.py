"""The pages on which leads open, change and close queues."""

import pytest
from django.test import Client

from accounts.actor import Actor
from queues.assign import queues
from queues.models import Queue
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Answers",
    "purpose": "What the bot says about refunds.",
    "reviews_per_item": "2",
    "overlap_rate": "12.5",
    "overlap_extra": "1",
    "blind_rate": "0",
    "check_rate": "0",
    "training_checks": "0",
    "qualifying_checks": "0",
    "qualifying_share": "80",
    "due_hours": "",
    "lease_minutes": "10",
    "order": "diverse",
    "spread_by": "locale",
    "languages": "de, EN",
    "skills": "",
    "max_held": "2",
    "session_goal": "20",
}


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def address(people: Cast, page: str) -> str:
    return f"/projects/{people.project.slug}/queues/{page}"


def test_a_lead_opens_a_queue_with_the_form_of_another(people: Cast, lee: Client) -> None:
    other = queue_in(people.project)

    answer = lee.post(address(people, "new"), {**TYPED, "slug": "answers", "form_of": other.slug})

    queue = Queue.objects.select_related("form").get(project=people.project, slug="answers")
    assert answer.headers["Location"] == address(people, "answers/settings")
    assert (queue.overlap_rate, queue.lease_seconds, queue.due_hours) == (0.125, 600, None)
    assert queue.form is not None and other.form is not None
    assert queue.form.document == other.form.document


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "Not an address"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name": ""}, "name"),
        ({"overlap_rate": "101"}, "overlap_rate"),
        ({"reviews_per_item": "9"}, "reviews_per_item"),
        ({"due_hours": "nan"}, "due_hours"),
        ({"form_of": "nowhere"}, "form_of"),
        ({"order": "sideways"}, "order"),
        ({"skills": "<b>"}, "skills"),
    ],
)
def test_what_is_wrong_with_a_new_queue_is_said_beside_its_field(
    people: Cast, lee: Client, wrong: dict[str, str], field: str
) -> None:
    answer = lee.post(address(people, "new"), {**TYPED, "slug": "answers", **wrong})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Queue.objects.exists()


def test_an_address_that_is_in_use_is_refused_and_nothing_typed_is_lost(people: Cast, lee: Client) -> None:
    queue_in(people.project, slug="answers")

    answer = lee.post(address(people, "new"), {**TYPED, "slug": "answers"})

    assert answer.status_code == 422
    assert "Choose another slug" in answer.content.decode()
    assert 'value="12.5"' in answer.content.decode()


def test_settings_are_shown_in_the_units_of_people_and_stored(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project, slug="answers", overlap_rate=0.07, lease_seconds=615)
    page = lee.get(address(people, "answers/settings")).content.decode()
    assert 'name="overlap_rate" value="7"' in page
    assert 'name="lease_minutes" value="10"' in page

    answer = lee.post(address(people, "answers/settings"), {**TYPED, "version": "1"}, follow=True)

    queue.refresh_from_db()
    assert (queue.reviews_per_item, queue.overlap_rate, queue.version) == (2, 0.125, 2)
    assert (queue.order, queue.languages) == ("diverse", ["de", "en"])
    assert "being put into the new order" in answer.content.decode()
    assert queue.lease_seconds == 615  # ten minutes were shown, and ten were typed
    told = 'share drawn for extra reviews: <bdi dir="auto">7%</bdi> → <bdi dir="auto">12.5%</bdi>'
    assert told in answer.content.decode()
    assert "lease, in seconds" not in answer.content.decode()


def test_two_leads_at_once_do_not_overwrite_each_other(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project, slug="answers")
    lee.post(address(people, "answers/settings"), {**TYPED, "version": "1"})

    late = lee.post(address(people, "answers/settings"), {**TYPED, "version": "1", "session_goal": "99"})

    assert late.status_code == 409
    assert "changed this queue meanwhile" in late.content.decode()
    assert 'value="99"' in late.content.decode()
    assert Queue.objects.get(pk=queue.pk).session_goal == 20


def test_a_queue_is_closed_and_opened_again_from_its_page(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project, slug="answers")

    lee.post(address(people, "answers/archive"))
    queue.refresh_from_db()
    assert queue.archived_at is not None
    page = lee.get(address(people, ""))
    assert [closed.pk for closed in page.context["closed"]] == [queue.pk]
    assert not page.context["cards"]
    assert "/review" not in page.content.decode()

    lee.post(address(people, "answers/restore"))
    queue.refresh_from_db()
    assert queue.archived_at is None


def test_a_queue_with_work_in_it_says_why_it_stays_open(people: Cast, lee: Client) -> None:
    waiting(queue_in(people.project, slug="answers"))

    page = lee.post(address(people, "answers/archive"), follow=True)

    assert "Items still wait in this queue" in page.content.decode()
    assert Queue.objects.get().archived_at is None


def test_an_empty_project_tells_a_lead_to_open_a_queue_and_an_annotator_to_wait(
    people: Cast, lee: Client, signed_in: SignIn
) -> None:
    assert address(people, "new") in lee.get(address(people, "")).content.decode()
    assert address(people, "new") not in signed_in(people.ann).get(address(people, "")).content.decode()


def test_names_of_people_and_queues_are_shown_and_not_run(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project, slug="answers")
    evil = "<script>alert(1)</script>"
    queues.change_settings(
        queue.pk, project_id=people.project.pk, version=1, by=Actor(people.lee.pk), name=evil, purpose=evil
    )

    page = lee.get(address(people, "answers/settings")).content.decode()

    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_blind_review_is_told_neither_reasons_nor_flags(people: Cast) -> None:
    queue = queue_in(people.project)
    seen = waiting(queue, kinds=("safety_flagged",))
    reviewer = Reviewer(people.ann, queue)
    assert "safety_flagged" in reviewer.open().content.decode()
    item = on_screen(reviewer.open())
    reviewer.post(item, "give-back")
    seen.slots.update(is_blind=True)

    page = reviewer.open().content.decode()
    done = reviewer.post(on_screen(reviewer.open()), "submit", decision="approve", corrected_text="")

    assert "safety_flagged" not in page and "reasons not told" in page
    assert done.status_code == 302  # and no reason for overriding a filter that she does not know of
