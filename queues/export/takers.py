"""Who has taken which file of a release, how often and when last: whom a recall must reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from accounts.models import ApiKey, Event, Person
from queues.models import Release

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Taker:
    """One person (perhaps through a key) and one file. times: downloads and their continuations."""

    release_id: int
    person: str
    key: str
    path: str
    times: int
    last: datetime


def takers_of(project_id: int, releases: Sequence[Release]) -> dict[int, list[Taker]]:
    """Release id → who took its files, last first, at most SHOWN in all; three statements."""
    rows = (
        Event.objects.filter(
            project_id=project_id,
            subject_kind="release",
            subject_id__in=[release.pk for release in releases],
            kind="release.downloaded",
        )
        .values_list("subject_id", "actor_person_id", "actor_key_id", "after__path")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by("-last")[:SHOWN]
    )
    found = list(rows)
    people = dict(Person.objects.filter(pk__in={row[1] for row in found}).values_list("pk", "name"))
    keys = dict(ApiKey.objects.filter(pk__in={row[2] for row in found}).values_list("pk", "name"))
    told: dict[int, list[Taker]] = {}
    for release_id, person, key, path, times, last in found:
        taker = Taker(release_id, people.get(person, ""), keys.get(key, ""), path, times, last)
        told.setdefault(release_id, []).append(taker)
    return told
