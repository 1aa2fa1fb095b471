"""The page of measures: what works, what fails and where, and what a threshold would do."""

import csv
from io import StringIO

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM
from queues.models import Job, Queue
from queues.monitor import actions as monitor
from tests.factories.labels import judged
from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


def address(people: Cast, tail: str = "/") -> str:
    return f"/projects/{people.project.slug}/measures{tail}"


def test_before_any_label_the_page_says_what_makes_one(people: Cast, signed_in: SignIn) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "No measure has been judged yet" in page
    assert "From 50 labels on" in page


def test_too_few_labels_print_no_figure(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    judged(queue, 12)

    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "not defined: only 12 labels; 50 are needed" in page
    assert "Not calibrated" in page
    assert '<svg class="plot' not in page


def test_it_says_where_a_measure_fails_although_it_works_elsewhere(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    judged(queue)

    shown = signed_in(people.lee).get(address(people), {"measure": "mean_nll"})

    said = {place.group.name: place.saying.words for place in shown.context["by_version"]}
    assert {name: str(words) for name, words in said.items()} == {"en": "finds errors", "de": "fails here"}
    assert 'id="reliability-plot-title"' in shown.content.decode()


def test_a_measure_that_fails_is_said_in_a_sentence_with_its_interval(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    judged(queue)

    page = signed_in(people.lee).get(address(people), {"measure": "n_tokens"})

    assert "what does not beat it adds nothing" in page.content.decode()
    assert page.context["one"].measure == "n_tokens"


def test_a_threshold_by_budget_and_by_target_is_worked_out(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    judged(queue)
    asked = {"measure": "mean_nll", "per_day": "4", "target": "0.5"}

    shown = signed_in(people.lee).get(address(people), asked)

    assert shown.context["by_budget"].share == pytest.approx(0.1, rel=0.02)
    page = shown.content.decode()
    assert "4 reviews a day are 10.0% of the 40 predictions that arrive" in page
    assert "At most 0.5% errors: not reachable with these labels." in page


def test_a_reachable_target_names_its_bound(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    judged(queue)

    shown = signed_in(people.lee).get(address(people), {"measure": "n_tokens", "target": "42"})

    first, second, *_rest = shown.context["one"].accepted
    assert shown.context["by_target"].accepted == first
    assert first.bound <= 0.42 < second.bound
    assert "with 95% confidence" in shown.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"model_version": "none", "measure": "none"},
        {"per_day": "-1", "target": "abc"},
        {"per_day": "9" * 40},
        {"target": "nan"},
        {"measure": "\x00"},
    ],
)
def test_wrong_input_is_said_or_ignored(
    people: Cast, signed_in: SignIn, queue: Queue, query: dict[str, str]
) -> None:
    judged(queue, 60)

    answer = signed_in(people.lee).get(address(people), query)

    assert answer.status_code == 200
    assert answer.context["by_budget"] is None
    assert answer.context["by_target"] is None


def test_a_lead_asks_for_a_refit_and_an_engineer_cannot(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    refused = signed_in(people.mel).post(address(people, "/refit"))
    asked = signed_in(people.lee).post(address(people, "/refit"))

    assert (refused.status_code, asked.status_code) == (403, 302)
    assert Job.objects.get().kind == "refit_calibration"
    page = signed_in(people.lee).get(address(people)).content.decode()
    assert "being judged anew" in page
    assert "Judge anew" not in signed_in(people.mel).get(address(people)).content.decode()


def test_a_refit_that_failed_says_why(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    job = monitor.ask_for_refit(people.project.pk, by=SYSTEM)
    Job.objects.filter(pk=job.pk).update(state="failed", error="the disk is full")

    assert "the disk is full" in signed_in(people.lee).get(address(people)).content.decode()


def test_tables_come_as_csv(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    judged(queue)
    client = signed_in(people.lee)

    table = _rows(client.get(address(people, ".csv"), {"model_version": "prod-17"}).content.decode())
    one = _rows(
        client.get(
            address(people, ".csv"), {"model_version": "prod-17", "measure": "mean_nll"}
        ).content.decode()
    )

    assert {row["measure"] for row in table} == {"mean_nll", "n_tokens"}
    assert {row["table"] for row in one} == {"reliability", "budget"}
    assert client.get(address(people, ".csv")).status_code == 404


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_the_statements_do_not_grow_with_labels_or_versions(
    people: Cast, signed_in: SignIn, queue: Queue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for version in ("a", "b", "c"):
        judged(queue, 60, version=version)
    client = signed_in(people.lee)

    with django_assert_max_num_queries(13):
        client.get(address(people), {"per_day": "4"})
