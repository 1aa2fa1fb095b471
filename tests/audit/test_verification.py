"""Verifying the log: the job, the nights, the alarm, and what an erasure leaves of the chain."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from accounts.chain import HOUSE, heads, state, verifying
from accounts.models import AuditVerification, Event, Seal
from queues import jobs, sweeper, tasks
from queues.audit import verification
from queues.models import Job, JobState, Payload
from tests.export.recalling import withdraw
from tests.factories.projects import Cast, cast
from tests.factories.sealed import an_hour_later, hashed_anew, own_storage, run, sealed
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db

NIGHT = datetime(2030, 1, 2, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[Path]:
    with own_storage(tmp_path) as folder:
        yield folder


@pytest.fixture
def people() -> Cast:
    people = cast()
    assert people.lee
    sealed(10, chain=people.project.pk)
    return people


def tampered_with(chain: int) -> int:
    """The place whose event was changed."""
    place = Seal.objects.get(chain=chain, seq=4)
    run("UPDATE accounts_event SET reason = 'not what was written' WHERE id = %s", place.event_id)
    return place.seq


def newest() -> AuditVerification:
    found = AuditVerification.objects.order_by("-id").first()
    assert found is not None
    return found


def test_the_job_says_what_it_found_and_who_asked(people: Cast) -> None:
    job = verification.ask(people.project.pk, by=Actor(people.lee.pk))
    again = verification.ask(people.project.pk, by=Actor(people.lee.pk))

    jobs.run_job(job.pk)

    job.refresh_from_db()
    n = Seal.objects.filter(chain=people.project.pk).count()
    assert again == job  # it was under way
    assert (job.state, job.progress, job.total) == (JobState.DONE, n, n)
    assert (newest().is_intact, newest().is_whole, newest().by_id) == (True, True, people.lee.pk)
    assert state.state_of(people.project.pk).verified == newest()


def test_a_break_is_an_alarm_in_the_log_and_in_the_servers_own(
    people: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    seq = tampered_with(people.project.pk)

    jobs.run_job(verification.ask(people.project.pk, by=SYSTEM).pk)

    told = Event.objects.filter(project_id=people.project.pk, kind="audit.broken").get()
    assert told.after is not None
    assert told.after["kind"] == "changed" and told.after["seq"] == seq
    assert f"place {seq}, changed" in caplog.text
    assert state.state_of(people.project.pk).is_alarm


def test_each_night_goes_on_from_the_last_one_and_each_seventh_walks_it_all(people: Cast) -> None:
    chain = people.project.pk
    whole = AuditVerification.objects.create(
        **_found(chain, after_seq=0, last_seq=5), verified_at=NIGHT - timedelta(days=3)
    )
    AuditVerification.objects.create(
        **_found(chain, after_seq=5, last_seq=7), verified_at=NIGHT - timedelta(days=1)
    )

    goes_on = state.where_to_begin(chain, NIGHT)
    seventh = state.where_to_begin(chain, whole.verified_at + timedelta(days=7))
    AuditVerification.objects.create(**_found(chain, after_seq=7, last_seq=8), broken_kind="changed")

    assert goes_on is not None and goes_on.seq == 7
    assert seventh is None
    assert state.where_to_begin(chain, NIGHT) is None  # while it is broken, all of it


def _found(chain: int, *, after_seq: int, last_seq: int) -> dict[str, object]:
    return {
        "chain": chain,
        "after_seq": after_seq,
        "last_seq": last_seq,
        "last_hash": bytes(Seal.objects.get(chain=chain, seq=last_seq).hash),
        "n_events": last_seq - after_seq,
        "n_heads": 0,
    }


def test_the_night_asks_once_for_each_sealed_log(people: Cast) -> None:
    assert people.other  # its log is not sealed

    early = verification.ask_for_owed(NIGHT - timedelta(minutes=1))
    asked = [verification.ask_for_owed(NIGHT + timedelta(minutes=15 * n)) for n in range(3)]
    next_night = verification.ask_for_owed(NIGHT + timedelta(days=1))

    assert (early, asked, next_night) == (0, [1, 0, 0], 1)
    assert set(Job.objects.values_list("project_id", flat=True)) == {people.project.pk}
    assert Job.objects.filter(asked_by=None).count() == 2


def test_the_chain_of_the_house_is_walked_each_night_too(people: Cast) -> None:
    sealed(3, chain=HOUSE)

    for _ in range(2):
        verification.verify_house()

    assert AuditVerification.objects.filter(chain=HOUSE).count() == 1
    assert newest().is_intact and newest().n_events >= 3


def test_a_log_that_was_hashed_anew_is_an_alarm_within_the_hour(people: Cast) -> None:
    verification.write_heads()
    tampered_with(people.project.pk)
    hashed_anew(people.project.pk)
    sealed(1, chain=people.project.pk)
    assert verifying.verify(people.project.pk).is_intact  # it fits itself

    an_hour_later()
    verification.write_heads()

    assert newest().broken_kind == "rewritten"
    assert len(heads.kept(people.project.pk)) == 1


@pytest.mark.parametrize("erases", [True, False])
def test_after_an_erasure_or_a_recall_the_chain_still_verifies(people: Cast, *, erases: bool) -> None:
    """Events hold ids and codes, no text: nothing of the log has to go."""
    verdict = settled(queue_in(people.project), corrected_text="Ada lives in Marylebone")
    sealed(1, chain=people.project.pk)
    verification.write_heads()
    before = Event.objects.filter(project_id=people.project.pk).count()

    withdraw(people, verdict.item.prediction.prediction_id, erases=erases)

    assert (Payload.objects.get(prediction=verdict.item.prediction_id).erased_at is not None) == erases
    sealed(1, chain=people.project.pk)
    found = verifying.verify(people.project.pk, known=heads.kept(people.project.pk))
    assert found.is_intact and found.n_heads == 1
    assert found.n_events == Event.objects.filter(project_id=people.project.pk).count() > before + 1


def test_the_scheduler_has_the_log_sealed_every_few_seconds(people: Cast) -> None:
    asked = current_app.conf.beat_schedule["seal_audit"]

    assert asked["task"] == tasks.seal_audit.name and asked["schedule"] <= 5
    sealed(1, chain=people.project.pk)
    sweeper.seal_audit()
    assert heads.kept(people.project.pk)
    assert timezone.now() - heads.kept(people.project.pk)[-1].written_at < timedelta(minutes=1)  # type: ignore[operator]
