"""One line per background job. A task takes ids, reads the row again and does nothing when it is done."""

from celery import shared_task

from queues import jobs, sweeper
from queues.audit import verification
from queues.export.webhooks import delivering
from queues.score import questions


@shared_task(name="queues.tasks.run_job")
def run_job(job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task(name="queues.tasks.finish_arrivals")
def finish_arrivals() -> None:
    sweeper.finish_arrivals()


@shared_task(name="queues.tasks.enrich_plain")
def enrich_plain() -> None:
    sweeper.enrich("score")


@shared_task(name="queues.tasks.enrich")
def enrich() -> None:
    sweeper.enrich("embed")


@shared_task(name="queues.tasks.answer")
def answer() -> None:
    questions.answer_all()


@shared_task(name="queues.tasks.deliver")
def deliver(webhook_id: int) -> None:
    delivering.deliver(webhook_id)


@shared_task(name="queues.tasks.seal_audit")
def seal_audit() -> None:
    sweeper.seal_audit()


@shared_task(name="queues.tasks.verify_house")
def verify_house() -> None:
    verification.verify_house()


@shared_task(name="queues.tasks.sweep")
def sweep() -> None:
    sweeper.sweep()


@shared_task(name="queues.tasks.beat_heart")
def beat_heart() -> None:
    sweeper.beat_heart("worker")
