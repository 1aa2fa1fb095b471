"""Finding datasets and their releases within a project, and how a release under way stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.export import accepting
from queues.export.actions import job_key
from queues.models import Dataset, GuardStop, Job, JobState, Release, ReleaseFile, ReleaseState
from queues.models.release import OUT

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A release with its job; progress 0..total verdicts looked at, total None until it is known.

    stops: what guards found in it that would stop it, once it has failed.
    """

    release: Release
    job: Job | None
    stops: Sequence[GuardStop] = ()

    @property
    def is_over(self) -> bool:
        """Nothing will change any more without somebody asking."""
        is_dead = self.job is not None and self.job.state == JobState.FAILED
        return is_dead or self.release.state not in (ReleaseState.DRAFT, ReleaseState.BUILDING)

    @property
    def error(self) -> str:
        """Why it failed, or why the last attempt did: of a guard in the language of who reads it."""
        return accepting.stopped_by(self.stops) or (self.job.error if self.job else "")


def datasets_of(project_id: int) -> QuerySet[Dataset]:
    """The datasets of a project, by name."""
    return Dataset.objects.filter(project=project_id).select_related("created_by").order_by("name")


def dataset_named(project_id: int, name: str) -> Dataset:
    """The dataset, or NotFound."""
    dataset = datasets_of(project_id).select_related("project").filter(name=name).first()
    if dataset is None:
        raise NotFound(_("There is no dataset of this name in this project. Look at the list of datasets."))
    return dataset


def releases_of(dataset: Dataset) -> QuerySet[Release]:
    """All releases of a dataset, newest first, with who asked."""
    return (
        Release.objects.filter(dataset=dataset)
        .select_related("asked_by", "dataset", "definition")
        .order_by("-id")
    )


def release_of(project_id: int, name: str, version: str) -> Release:
    """The published release `name@version`; "latest" is the current one. NotFound otherwise."""
    out = Release.objects.filter(dataset__project=project_id, dataset__name=name, state__in=OUT)
    wanted = out.filter(state=ReleaseState.PUBLISHED) if version == LATEST else out.filter(version=version)
    release = wanted.select_related("dataset", "asked_by").first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    return release


def file_of(release: Release, path: str) -> ReleaseFile:
    """One file of a release, or NotFound."""
    file = release.files.filter(path=path).first()
    if file is None:
        raise NotFound(_("This release has no such file. Its manifest names the files that it has."))
    return file


def under_way(release: Release) -> UnderWay:
    """The release as it stands now."""
    job = Job.objects.filter(unique_key=job_key(release)).first()
    has_failed = release.state == ReleaseState.FAILED
    return UnderWay(release, job, list(release.stops.defer("pairs")) if has_failed else ())


def newest_of(datasets: Sequence[Dataset]) -> dict[int, Release]:
    """Dataset id → its current release."""
    current = Release.objects.filter(dataset__in=datasets, state=ReleaseState.PUBLISHED)
    return {release.dataset_id: release for release in current.defer("manifest")}
