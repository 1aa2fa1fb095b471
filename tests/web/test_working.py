"""The page on which leads say what a person can do, and pause them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from queues.models import Slot, SlotState, WorkProfile
from tests.factories.projects import Cast
from tests.factories.reviews import leased
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import AS_SCRIPT, Reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def address(people: Cast, page: str) -> str:
    return f"/projects/{people.project.slug}/people/{people.ann.pk}/{page}"


def test_a_lead_finds_the_page_from_the_list_of_people(people: Cast, lee: Client) -> None:
    people.everybody()
    page = lee.get(f"/projects/{people.project.slug}/people/").content.decode()

    assert address(people, "work") in page
    assert lee.get(address(people, "work")).status_code == 200


def test_a_profile_is_typed_as_words_and_stored(people: Cast, lee: Client) -> None:
    answer = lee.post(
        address(people, "work"), {"languages": "DE, en en", "skills": "law medicine", "daily_limit": "40"}
    )

    profile = WorkProfile.objects.get()
    assert answer.status_code == 302
    assert (profile.languages, profile.skills, profile.daily_limit) == (
        ["de", "en"],
        ["law", "medicine"],
        40,
    )
    assert 'value="de, en"' in lee.get(address(people, "work")).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"languages": "german"}, "languages"),
        ({"skills": "<b>"}, "skills"),
        ({"daily_limit": "0"}, "daily_limit"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    people: Cast, lee: Client, typed: dict[str, str], field: str
) -> None:
    answer = lee.post(address(people, "work"), typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_paused_person_sees_why_and_holds_nothing(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    reviewer = Reviewer(people.ann, queue)
    leased(queue, people.ann)

    lee.post(address(people, "pause"), {"reason": "come to the training first"})
    page = reviewer.open()

    assert page.status_code == 403
    assert "You are paused here" in page.content.decode()
    assert "come to the training first" in page.content.decode()
    assert Slot.objects.get().state == SlotState.OPEN
    assert "come to the training first" in reviewer.client.get("/").content.decode()
    ahead = reviewer.client.get(f"{reviewer.page_url}/ahead", headers=AS_SCRIPT)
    assert ahead.status_code == 204
    lee.post(address(people, "resume"))
    assert reviewer.open().status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x", "until": "yesterday"}, "until"),
        ({"reason": "x", "until": f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M}"}, "until"),
    ],
)
def test_a_pause_that_is_wrong_is_said_beside_its_field(
    people: Cast, lee: Client, typed: dict[str, str], field: str
) -> None:
    answer = lee.post(address(people, "pause"), typed)

    assert answer.status_code == 422
    assert list(answer.context["pause_form"].errors) == [field]
    assert not WorkProfile.objects.filter(paused_at__isnull=False).exists()


def test_a_person_of_another_project_is_not_found(people: Cast, lee: Client) -> None:
    answer = lee.get(f"/projects/{people.project.slug}/people/{people.sam.pk}/work")

    assert answer.status_code == 404
