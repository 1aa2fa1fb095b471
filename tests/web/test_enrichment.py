"""The page of what is owed after arrival: counts, failures, and trying again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from queues.models import ATTEMPTS_MAX, Enrichment
from queues.score import enrichment
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def address(people: Cast) -> str:
    return f"/projects/{people.project.slug}/enrichment/"


def failed(people: Cast, error: str = "RuntimeError: <b>broken</b>") -> int:
    """A prediction whose vectors were given up."""
    id_ = arrived(people.project)
    enrichment.owe(["embed"], [id_])
    Enrichment.objects.filter(prediction=id_).update(
        attempts=ATTEMPTS_MAX, retry_at=timezone.now() - timedelta(hours=1), error=error
    )
    return id_


def test_nothing_owed_is_good_news(people: Cast, signed_in: SignIn) -> None:
    assert "Everything is found out" in signed_in(people.mel).get(address(people)).content.decode()


def test_what_is_owed_is_counted_here_and_on_the_overview(people: Cast, signed_in: SignIn) -> None:
    enrichment.owe(["index"], [arrived(people.project) for _ in range(3)])
    enrichment.owe(["index"], [arrived(people.other)])
    lee = signed_in(people.lee)

    (owed,) = lee.get(address(people)).context["owed"]

    assert (owed.kind, owed.n) == ("index", 3)
    assert "full text: 3" in lee.get(f"/projects/{people.project.slug}/").content.decode()


def test_a_failure_is_shown_with_its_error_as_text(people: Cast, signed_in: SignIn) -> None:
    failed(people)
    failed(people, error="")
    lee = signed_in(people.lee)

    page = lee.get(address(people)).content.decode()

    assert "&lt;b&gt;broken" in page
    assert "The worker died in every attempt" in page
    assert "enrichment failed: 2" in lee.get(f"/projects/{people.project.slug}/").content.decode()


def test_a_lead_tries_one_again_then_all_and_the_log_tells(people: Cast, signed_in: SignIn) -> None:
    one, other = failed(people), failed(people)
    lee = signed_in(people.lee)

    lee.post(f"{address(people)}retry", {"prediction": one, "kind": "embed"})
    assert Enrichment.objects.get(prediction=one).attempts == 0
    assert Enrichment.objects.get(prediction=other).attempts == ATTEMPTS_MAX
    lee.post(f"{address(people)}retry")

    assert not Enrichment.objects.filter(attempts=ATTEMPTS_MAX).exists()
    told = Event.objects.filter(kind="enrichment.retried").order_by("id")
    assert list(told.values_list("subject_kind", "subject_id", "after__count")) == [
        ("prediction", one, 1),
        ("project", people.project.pk, 1),
    ]


@pytest.mark.parametrize("sent", [{"kind": "embed"}, {"prediction": "1"}, {"prediction": "1", "kind": "x"}])
def test_a_retry_that_names_half_of_it_is_refused(
    people: Cast, signed_in: SignIn, sent: dict[str, str]
) -> None:
    assert signed_in(people.lee).post(f"{address(people)}retry", sent).status_code == 422


def test_who_may_not_tune_sees_no_button_and_is_refused(people: Cast, signed_in: SignIn) -> None:
    failed(people)
    mel = signed_in(people.mel)

    assert "Try all again" not in mel.get(address(people)).content.decode()
    assert mel.post(f"{address(people)}retry").status_code == 403


def test_another_projects_failures_are_not_tried_again(people: Cast, signed_in: SignIn) -> None:
    id_ = failed(people)
    sam = signed_in(people.sam)

    sam.post(f"/projects/{people.other.slug}/enrichment/retry", {"prediction": id_, "kind": "embed"})

    assert Enrichment.objects.get(prediction=id_).attempts == ATTEMPTS_MAX
