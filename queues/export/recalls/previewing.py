"""What a recall would touch, before anybody asks for it: a job looks as the recall would, and counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Event, Project
from queues.doorbell import ring
from queues.errors import Invalid, NotFound
from queues.export.recalls import asking, queries, selection
from queues.models import UNFINISHED, Item, Job, Recall, RecallPreview, Release
from queues.progress import Progress

KIND = "preview_recall"
KEPT = timedelta(days=1)  # it names somebody, and what it counted grows old


@dataclass(slots=True)
class Counts:
    """What the named predictions come to.

    withdrawn: those that are withdrawn already. items: that show one of them, alone or beside another;
    unfinished: of these, those that would be closed. releases: release that is out → its rows.
    takers: people who have taken a file of one of these releases.
    """

    predictions: int = 0
    withdrawn: int = 0
    items: int = 0
    unfinished: int = 0
    takers: int = 0
    releases: Counter[int] = field(default_factory=Counter)
    _compared: set[int] = field(default_factory=set)  # items that show two: each is counted once

    def add(self, ids: Sequence[int]) -> None:
        """One batch more."""
        self.predictions += len(ids)
        self.withdrawn += len(Recall.objects.among(ids))
        self.releases.update(queries.rows_in_releases(ids))
        showing = Item.objects.filter(pk__in=Item.objects.showing(ids))
        for pk, state, other in showing.values_list("pk", "state", "other"):
            if pk in self._compared:
                continue
            if other is not None:
                self._compared.add(pk)
            self.items += 1
            self.unfinished += state in UNFINISHED

    def as_document(self) -> dict[str, object]:
        """As it is stored: numbers and ids of releases."""
        return {
            "predictions": self.predictions,
            "withdrawn": self.withdrawn,
            "items": self.items,
            "unfinished": self.unfinished,
            "takers": self.takers,
            "releases": {str(pk): rows for pk, rows in sorted(self.releases.items())},
        }


@dataclass(frozen=True, slots=True)
class Touched:
    """One release that has such rows."""

    release: Release
    rows: int

    @property
    def name(self) -> str:
        return f"{self.release.dataset.name}@{self.release.version}"


def ask(project: Project, *, by_what: str, named: Sequence[str], by: Actor) -> tuple[RecallPreview, Job]:
    """Count what a recall of this would touch; asked for twice, it is counted once. Nothing is withdrawn."""
    if faults := list(asking.faults_in_naming(project, by_what, named)):
        raise Invalid(_("Nothing was counted: correct what is marked and send it again."), faults)
    named = asking.as_stored(project, by_what, named)
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        theirs = RecallPreview.objects.filter(project=project, by=by_what, named=named, finished_at=None)
        preview = theirs.filter(created_at__gt=Now() - KEPT).first() or RecallPreview.objects.create(
            project=project, by=by_what, named=named, asked_by_id=by.person_id
        )
        job = Job.objects.ask(
            project_id=project.pk,
            kind=KIND,
            subject_id=preview.pk,
            unique_key=_key(preview),
            asked_by=by.person_id,
        )
        ring("queues.tasks.run_job", job.pk)
    return preview, job


def run(job: Job) -> None:
    """Count; nothing happens when that is done, or when nobody wants it any more."""
    preview = RecallPreview.objects.filter(pk=job.subject_id, finished_at=None).first()
    if preview is None:
        return
    counts = Counts()
    with Progress(job) as progress:
        for ids in selection.batches_of(preview, looked_at=progress.report):
            counts.add(ids)
            if progress.is_replaced:
                return
        counts.takers = _count_takers(preview.project_id, list(counts.releases))
    unfinished = RecallPreview.objects.filter(pk=preview.pk, finished_at=None)
    unfinished.update(result=counts.as_document(), finished_at=timezone.now())


def find(project_id: int, number: int) -> tuple[RecallPreview, Job | None]:
    """One preview and its job; NotFound when there is none (any more)."""
    preview = RecallPreview.objects.filter(project=project_id, pk=number).select_related("asked_by").first()
    if preview is None:
        raise NotFound(_("There is no such preview (any more): they are kept for a day. Ask for another."))
    return preview, Job.objects.filter(unique_key=_key(preview)).first()


def touched(preview: RecallPreview) -> list[Touched]:
    """The releases that have such rows, by dataset, newest first."""
    rows = {int(pk): n for pk, n in (preview.result or {}).get("releases", {}).items()}
    found = Release.objects.filter(pk__in=rows).select_related("dataset").order_by("dataset__name", "-pk")
    return [Touched(release, rows[release.pk]) for release in found]


def forget_old() -> int:
    """Delete previews that are a day old; how many."""
    return RecallPreview.objects.filter(created_at__lt=Now() - KEPT).delete()[0]


def _count_takers(project_id: int, release_ids: Sequence[int]) -> int:
    taken = Event.objects.filter(
        project_id=project_id,
        subject_kind="release",
        subject_id__in=release_ids,
        kind="release.downloaded",
    )
    return taken.values("actor_person_id").distinct().count()


def _key(preview: RecallPreview) -> str:
    return f"preview_recall:{preview.pk}"
