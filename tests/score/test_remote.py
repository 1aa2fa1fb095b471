"""Asking what runs elsewhere: flags are stored once, failures are told, and a repeat is harmless."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from queues import pipeline
from queues.models import ATTEMPTS_MAX, Enrichment, EnrichmentKind, Flag
from queues.score import enrichment, remote
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast, cast
from tests.score.servers import Server, serving
from tests.score.test_adapters import by_words, chat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A process reads the settings once; here each test has its own."""
    remote.adapters.cache_clear()
    yield
    remote.adapters.cache_clear()


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def moderation(settings: Any) -> Iterator[Server]:
    with serving(Server(answer=by_words)) as server:
        settings.MODERATION_URL = server.url
        yield server


def output(people: Cast, text: str) -> int:
    return arrived(people.project, {"input": {"prompt": "Well?"}, "output": {"text": text}})


def flags() -> list[tuple[int, str, str]]:
    return list(Flag.objects.order_by("id").values_list("prediction_id", "component", "category"))


def test_without_an_address_nobody_is_asked() -> None:
    assert not remote.is_configured()
    assert remote.detect([1]) == []


def test_flags_are_stored_and_the_flagged_ids_told(people: Cast, moderation: Server) -> None:
    fine, bad = output(people, "Good day."), output(people, "I hate you.")

    assert remote.is_configured()
    assert remote.detect([fine, bad]) == [bad]
    assert flags() == [(bad, "remote:moderation", "hate")]


def test_a_repeat_stores_nothing_and_tells_the_same(people: Cast, moderation: Server) -> None:
    bad = output(people, "I hate you.")

    assert remote.detect([bad]) == remote.detect([bad]) == [bad]
    assert len(flags()) == 1


def test_what_one_says_is_kept_when_another_does_not_answer(
    people: Cast, moderation: Server, settings: Any
) -> None:
    bad = output(people, "I hate you.")
    with serving(Server(status=503, answer={})) as guard:
        settings.LLAMA_GUARD_URL = guard.url
        with pytest.raises(remote.Unfinished, match=r"remote:llama-guard: 127\.0\.0\.1: it answered 503"):
            remote.detect([bad])
        guard.status, guard.answer = 200, chat("unsafe\nS10")

        assert remote.detect([bad]) == [bad]

    assert flags() == [(bad, "remote:moderation", "hate"), (bad, "remote:llama-guard", "S10")]


def test_an_outage_uses_up_no_attempt_and_the_flag_comes_when_it_is_over(
    people: Cast, moderation: Server
) -> None:
    bad = output(people, "I hate you.")
    enrichment.owe([EnrichmentKind.DETECT], [bad])
    moderation.status = 503
    for _time in range(2 * ATTEMPTS_MAX):
        enrichment.work_on("detect", then=pipeline.after_enrichment)
    owed = Enrichment.objects.get(kind="detect")

    moderation.status = 200
    enrichment.work_on("detect", then=pipeline.after_enrichment)

    assert owed.attempts == 0
    assert "it answered 503" in owed.error
    assert flags() == [(bad, "remote:moderation", "hate")]


def test_a_text_that_is_refused_uses_up_its_attempts(people: Cast, moderation: Server) -> None:
    bad = output(people, "I hate you.")
    enrichment.owe([EnrichmentKind.DETECT], [bad])
    moderation.status = 400

    enrichment.work_on("detect", then=pipeline.after_enrichment)

    assert Enrichment.objects.get(kind="detect").attempts == 1


def test_a_clients_own_row_of_the_same_filter_is_no_answer_of_ours(people: Cast, moderation: Server) -> None:
    bad = output(people, "I hate you.")
    Flag.objects.create(
        prediction_id=bad, component="openai_moderation", category="hate", flagged=False, severity=1
    )

    assert remote.detect([bad]) == [bad]
    assert len(flags()) == 2


def test_an_unknown_or_erased_prediction_is_passed_by(people: Cast, moderation: Server) -> None:
    erased = arrived(people.project, {"output": {"text": ""}})

    assert remote.detect([erased, 10**15]) == []
    assert moderation.asked == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_store_each_flag_once(settings: Any) -> None:
    people = cast()
    ids = [output(people, "I hate you.") for _ in range(10)]
    told: list[list[int]] = []
    with serving(Server(answer=by_words, seconds=0.1)) as server:
        settings.MODERATION_URL = server.url

        def work() -> None:
            try:
                told.append(remote.detect(ids))
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert told == [ids] * 3
    assert len(flags()) == 10


def test_the_chosen_ones_are_asked_in_order(settings: Any) -> None:
    settings.DETECTORS = ["presidio"]
    settings.MODERATION_URL = settings.LLAMA_GUARD_URL = "https://elsewhere.example/x"
    settings.CLASSIFIER_PATH = "/models/tiny"

    components: list[Any] = [adapter.component for adapter in remote.adapters()]

    assert components == ["presidio", "remote:moderation", "remote:llama-guard", "remote:classifier"]
