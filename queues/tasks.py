"""One line per background job. A task takes ids, reads the row again and does nothing when it is done."""

from celery import shared_task

from queues import pipeline, sweeper


@shared_task(name="queues.tasks.run_job")
def run_job(job_id: int) -> None:
    pipeline.run_job(job_id)


@shared_task(name="queues.tasks.finish_arrivals")
def finish_arrivals() -> None:
    sweeper.finish_arrivals()


@shared_task(name="queues.tasks.sweep")
def sweep() -> None:
    sweeper.sweep()


@shared_task(name="queues.tasks.beat_heart")
def beat_heart() -> None:
    sweeper.beat_heart("worker")
