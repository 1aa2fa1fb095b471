"""Releases, built on the spot."""

from accounts.actor import Actor
from queues import jobs
from queues.export import actions as export
from queues.export.files import store
from queues.models import Dataset, Job, Release
from tests.factories.projects import Cast


def ask(people: Cast, format_name: str = "trl_dpo") -> tuple[Release, Job]:
    by = Actor(people.mel.pk)
    found = Dataset.objects.filter(project=people.project, format=format_name).first()
    name = format_name.replace("_", "-")
    found = found or export.create_dataset(people.project, name=name, format_name=format_name, by=by)
    return export.publish(found, notes="first", by=by)


def released(people: Cast, format_name: str = "trl_dpo") -> Release:
    release, job = ask(people, format_name)
    jobs.run_job(job.pk)
    release.refresh_from_db()
    assert release.state == "published", Job.objects.get(pk=job.pk).error
    return release


def content(release: Release, path: str) -> bytes:
    return b"".join(store.read(release.files.get(path=path).storage_name))
