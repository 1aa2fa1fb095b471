"""Reading golden items: the list, one with its versions, what it was held against, the file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.models import Deviation, Golden, GoldenVersion
from queues.newest import Page, newest

VERSIONS_SHOWN = 100
MATCHED_SHOWN = 50
MATCHED_COUNTED = 1_000
_AT_ONCE = 500

# The newest predictions of each version, each by its index; then the newest of them all.
_MATCHED = """
SELECT held.prediction_id, held.deviates
FROM (SELECT id FROM queues_goldenversion WHERE golden_id = %s ORDER BY version DESC LIMIT %s) v
CROSS JOIN LATERAL (
  SELECT prediction_id, deviates FROM queues_deviation
  WHERE version_id = v.id ORDER BY prediction_id DESC LIMIT %s) held
ORDER BY held.prediction_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class GoldenSearch:
    """What a person looks for; an empty field asks nothing. state: "current" or "retired"."""

    text: str = ""
    state: str = ""
    tag: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What was held against an item: the newest of it, and how many of the newest `counted` deviate."""

    shown: Sequence[Deviation]
    counted: int
    deviating: int


def current_of(project_id: int) -> QuerySet[GoldenVersion]:
    """The current version of each item, retired or not."""
    rows = GoldenVersion.objects.filter(project=project_id, is_current=True)
    return rows.select_related("golden", "author")


def search(project_id: int, wanted: GoldenSearch, *, before: int | None = None) -> Page[GoldenVersion]:
    """The items that match, the last changed first."""
    rows = current_of(project_id).annotate(answers=Cast("targets", TextField()))
    return newest(rows, _tests(wanted), before=before)


def _tests(wanted: GoldenSearch) -> Q | None:
    tests = Q()
    if wanted.text:
        tests &= (
            Q(golden__golden_id__icontains=wanted.text)
            | Q(prompt__icontains=wanted.text)
            | Q(answers__icontains=wanted.text)
        )
    if wanted.state:
        tests &= Q(golden__retired_at__isnull=wanted.state == "current")
    if wanted.tag:
        tests &= Q(tags__contains=[wanted.tag])
    if wanted.locale:
        tests &= Q(locale=wanted.locale)
    return tests or None


def golden(project_id: int, number: int, *, is_locked: bool = False) -> Golden:
    """The item with this number of ours, or NotFound."""
    rows = Golden.objects.filter(project=project_id, pk=number)
    found = (rows.select_for_update() if is_locked else rows).first()
    if found is None:
        raise NotFound(_("There is no such golden item in this project. Look for it in the list."))
    return found


def current_version(item: Golden) -> GoldenVersion:
    """The version that holds now."""
    return item.versions.get(is_current=True)


def versions_of(item: Golden) -> list[GoldenVersion]:
    """The newest versions, the current one first."""
    rows = item.versions.select_related("author").order_by("-version")
    return list(rows[:VERSIONS_SHOWN])


def matched(item: Golden) -> Matched:
    """What was held against the versions of an item, in a bounded number of reads."""
    with connection.cursor() as cursor:
        cursor.execute(_MATCHED, [item.pk, VERSIONS_SHOWN, MATCHED_COUNTED, MATCHED_COUNTED])
        found = cursor.fetchall()
    ids = [id_ for id_, _deviates in found[:MATCHED_SHOWN]]
    rows = Deviation.objects.filter(pk__in=ids).select_related("prediction", "version").order_by("-pk")
    return Matched(list(rows), len(found), sum(deviates for _id, deviates in found))


def lines(project_id: int) -> Iterator[bytes]:
    """The items in use as golden/1 JSON lines, in the order of their ids; some at a time."""
    last = 0
    rows = current_of(project_id).filter(golden__retired_at=None).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        yield b"".join(
            json.dumps(record_of(version), ensure_ascii=False).encode() + b"\n" for version in batch
        )
        last = batch[-1].pk


def record_of(version: GoldenVersion) -> dict[str, Any]:
    """A version as golden/1, without what says nothing."""
    record = {
        "golden_id": version.golden.golden_id,
        "input": version.input,
        "target": version.targets,
        "rule": version.rule,
        "rubric": version.rubric,
        "context": version.context,
        "locale": version.locale,
        "tags": version.tags,
    }
    return {key: value for key, value in record.items() if value not in ("", [])}
