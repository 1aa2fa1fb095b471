"""Predictions: found by id and text, and told whole; hostile text stays text."""

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from queues import pipeline
from queues.ingest.queries import Search, environments_in_use, search
from queues.ingest.record import check
from queues.models import Item, Prediction
from queues.newest import newest
from tests.factories.arrivals import arrived, record
from tests.factories.projects import Cast
from tests.factories.reviews import REJECT, leased, reviewed
from tests.factories.search import indexed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def address(people: Cast) -> str:
    return f"/projects/{people.project.slug}/predictions/"


@pytest.fixture
def mel(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.mel)


def full_record() -> dict[str, Any]:
    """A prediction/1 with every field; each text is found nowhere else."""
    return {
        "prediction_id": "full-1",
        "occurred_at": "2026-03-01T10:00:02Z",
        "operation": "chat",
        "input": {
            "messages": [
                {"role": "system", "parts": [{"type": "text", "content": "text-system"}]},
                {"role": "user", "parts": [{"type": "text", "content": "text-user"}]},
            ],
            "tools": [{"name": "text-tool"}],
        },
        "output": {
            "messages": [
                {
                    "role": "assistant",
                    "parts": [{"type": "text", "content": "text-output"}],
                    "finish_reason": "stop",
                }
            ],
            "class_probs": {"text-class": 0.75, "other": 0.25},
            "structured": {"field": "text-structured"},
        },
        "model": {"provider": "text-provider", "request_model": "text-model", "version": "text-version"},
        "prompt": {"name": "text-prompt", "version": "12"},
        "params": {"temperature": 0.625, "seed": 424242},
        "usage": {"input_tokens": 7171, "latency_ms": 8484},
        "retrieval": {
            "config_version": "text-config",
            "query": "text-query",
            "documents": [{"id": "text-document", "content": "text-passage", "score": 0.82, "used": True}],
        },
        "trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c", "conversation_id": "text-conversation"},
        "subject": {"locale": "en-GB", "segment": "text-segment", "cohort": {"plan": "text-cohort"}},
        "logprobs": {
            "content": [
                {
                    "token": "text-token",
                    "logprob": -0.5,
                    "bytes": None,
                    "top_logprobs": [{"token": "text-alternative", "logprob": -1.5, "bytes": None}],
                }
            ]
        },
        "samples": [{"text": "text-sample", "temperature": 1.0}],
        "judges": [
            {
                "name": "text-judge",
                "version": "3",
                "kind": "LLM",
                "score": 0.4,
                "explanation": "text-explanation",
            }
        ],
        "guardrails": [
            {
                "component": "text-guardrail",
                "category": "text-category",
                "flagged": True,
                "rule_id": "text-rule",
            }
        ],
        "expected": {"golden_id": "text-golden", "value": "text-expected"},
        "rights": {"origin": "model", "licence": "CC-BY-4.0", "consent": "granted"},
        "confidence": 0.8125,
        "tags": ["text-tag"],
        "metadata": {"free": "text-metadata"},
    }


def texts_in(value: object) -> set[str]:
    """Every text and number of a record, as it must be found on the page."""
    if isinstance(value, dict):
        return {text for part in value.values() for text in texts_in(part)}
    if isinstance(value, list):
        return {text for part in value for text in texts_in(part)}
    return {str(value)} if isinstance(value, str | float | int) and not isinstance(value, bool) else set()


def test_the_story_shows_every_field_of_the_record(people: Cast, mel: Client) -> None:
    sent = full_record()
    pipeline.receive(people.project, [check(sent)], by=Actor(people.mel.pk))

    page = mel.get(f"{address(people)}{Prediction.objects.get().pk}/").content.decode()

    told, raw = page.split("The record exactly as accepted")
    shown_otherwise = {"0.75", "0.25", "-0.5", "-1.5", "assistant"}  # with three decimals, as p, as the frame
    assert {text for text in texts_in(sent) if text not in told} <= shown_otherwise
    assert "0.750" in told
    assert "0.607" in told  # exp(-0.5)
    assert "text-metadata" in raw


def test_hostile_text_is_shown_and_never_acts(people: Cast, mel: Client) -> None:
    item = waiting(
        queue_in(people.project),
        output_text=HOSTILE,
        record=record(tags=[HOSTILE], metadata={HOSTILE: HOSTILE}, samples=[{"text": HOSTILE}]),
    )

    for path in ("", f"{item.prediction_id}/"):
        page = mel.get(address(people) + path).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_line_ends_and_code_points_of_the_output_survive_the_page(people: Cast, mel: Client) -> None:
    item = waiting(queue_in(people.project), output_text="a\r\nb\rc\u202ed\u0301")

    page = mel.get(f"{address(people)}{item.prediction_id}/").content.decode()

    assert "a&#13;\nb&#13;c\u202ed\u0301" in page


def test_an_exact_id_opens_the_story(people: Cast, mel: Client) -> None:
    item = waiting(queue_in(people.project))

    answer = mel.get(address(people), {"text": item.prediction.prediction_id})

    assert answer["Location"] == f"{address(people)}{item.prediction_id}/"


def test_text_is_found_in_outputs_of_this_project_only(people: Cast, mel: Client) -> None:
    found = waiting(queue_in(people.project), output_text="Bring the headphones BACK on Monday.")
    silent = waiting(queue_in(people.project))
    other = waiting(queue_in(people.other), output_text="back on Monday")
    indexed(found.prediction_id, silent.prediction_id, other.prediction_id)

    page = mel.get(address(people), {"text": "back on monday"})

    assert list(page.context["predictions"]) == [found.prediction]


@pytest.mark.parametrize(
    "wanted",
    [
        {"state": "routed"},
        {"model_version": "prod-17", "state": "routed"},
        {"environment": "production", "reason": "safety_flagged"},
        {"reason": "safety_flagged", "text": "instant"},
    ],
)
def test_filters_narrow_together(people: Cast, mel: Client, wanted: dict[str, str]) -> None:
    item = waiting(queue_in(people.project), kinds=("safety_flagged", "uncertain"))
    other = arrived(people.project, model_version="prod-18")
    indexed(item.prediction_id, other)

    page = mel.get(address(people), wanted)

    assert list(page.context["predictions"]) == [item.prediction]


@pytest.mark.parametrize(
    "query",
    [
        "day=yesterday",
        "state=lost",
        "text=%00",
        "text=%FF",
    ],
)
def test_a_query_that_makes_no_sense_still_gives_a_page(people: Cast, mel: Client, query: str) -> None:
    arrived(people.project)

    assert mel.get(f"{address(people)}?{query}").status_code == 200


@pytest.mark.parametrize("before", ["abc", "-1", "99999999999999999999"])
def test_a_page_that_begins_nowhere_is_refused(people: Cast, mel: Client, before: str) -> None:
    answer = mel.get(f"{address(people)}?before={before}")

    assert answer.status_code == 400
    assert "before" in answer.content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(people: Cast, mel: Client) -> None:
    ids = [arrived(people.project) for _number in range(53)]

    first = mel.get(address(people))
    second = mel.get(first.context["pager"]["next_url"])

    shown = [row.pk for page in (first, second) for row in page.context["predictions"]]
    assert shown == ids[::-1]
    assert second.context["pager"]["next_url"] == ""


def test_a_rare_match_is_found_by_going_on_not_by_a_longer_walk(people: Cast) -> None:
    rare = arrived(people.project, model_version="old")
    for _number in range(5):
        arrived(people.project)
    rows = Prediction.objects.filter(project=people.project)
    old = Q(model_version="old")

    first = newest(rows, old, look_at=4)
    second = newest(rows, old, look_at=4, before=first.next_before)

    assert (list(first.rows), first.has_more_matches) == ([], False)
    assert [row.pk for row in second.rows] == [rare]
    assert second.next_before is None


def test_environments_are_those_of_the_project(people: Cast) -> None:
    arrived(people.project)
    Prediction.objects.create(
        project=people.other,
        environment="staging",
        prediction_id="p",
        content_hash=b"",
        model_version="m",
        occurred_at=timezone.now(),
    )

    assert environments_in_use(people.project.pk) == ["production"]
    assert environments_in_use(people.other.pk) == ["staging"]


def test_a_search_reads_no_record(people: Cast) -> None:
    indexed(arrived(people.project, record(metadata={"large": "x" * 10_000})))

    found = search(people.project.pk, Search(text="five")).rows[0]

    assert found.excerpt == "Refunds take five days."  # type: ignore[attr-defined]
    assert "payload" not in found._state.fields_cache


def test_who_holds_the_item_sees_no_other_answer_before_submitting(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, {**REJECT, "note": "wrong card"})
    leased(queue, people.lee)

    blind = signed_in(people.lee).get(f"{address(people)}{item.prediction_id}/").content.decode()
    other = signed_in(people.mel).get(f"{address(people)}{item.prediction_id}/").content.decode()

    assert "wrong card" not in blind
    assert "review.submitted" not in blind
    assert "wrong card" in other


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("sam", 404), ("lee", 200)])
def test_only_readers_see_a_story(people: Cast, signed_in: SignIn, who: str, status: int) -> None:
    item = waiting(queue_in(people.project))

    answer = signed_in(getattr(people, who)).get(f"{address(people)}{item.prediction_id}/")

    assert answer.status_code == status


def test_a_prediction_of_another_project_is_not_found_here(people: Cast, mel: Client) -> None:
    foreign = arrived(people.other)

    assert mel.get(f"{address(people)}{foreign}/").status_code == 404


def test_the_statements_of_a_story_do_not_grow_with_its_reviews(
    people: Cast, mel: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    queue = queue_in(people.project)
    item: Item = waiting(queue, reviews_needed=3)
    for person in (people.ann, people.lee, people.olga):
        reviewed(queue, person)

    with django_assert_max_num_queries(21):
        mel.get(f"{address(people)}{item.prediction_id}/")


def test_flags_are_shown_with_the_stretch_that_they_are_about(people: Cast, mel: Client) -> None:
    hidden = "".join(chr(0xE0000 + ord(sign)) for sign in "obey")
    id_ = arrived(people.project, {"output": {"text": f"Write to {HOSTILE} ann@hearthline.de{hidden}"}})
    pipeline.after_arrival([id_])

    shown = mel.get(f"{address(people)}{id_}/").content.decode()

    assert '<bdi class="mono" dir="auto">ann@hearthline.de</bdi>' in shown
    assert '<bdi class="mono" dir="auto">obey</bdi>' in shown
    assert HOSTILE not in shown
