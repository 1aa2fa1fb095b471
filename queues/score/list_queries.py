"""Reads of word lists: all versions, and those in force, compiled once per process."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from queues.errors import NotFound
from queues.models import Prediction, WordList
from queues.score.active_lists import ActiveList
from queues.score.detectors.patterns import refusal_of
from queues.score.list_matcher import PATTERNS, Matcher, pattern_options

_IN_FORCE = (
    "SELECT project_id, id FROM queues_wordlist WHERE project_id = ANY(%s) AND is_active ORDER BY name"
)
TRIED_CHARACTERS = 20_000  # of each output


def in_force(project_ids: Collection[int]) -> Mapping[int, Sequence[ActiveList]]:
    """The active lists of each of these projects, ready to be used, with one statement.

    A version never changes, so what a process has compiled once stays right: only which ones are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [list(project_ids)])
        rows = cursor.fetchall()
    found: dict[int, list[ActiveList]] = defaultdict(list)
    for project_id, id_ in rows:
        found[project_id].append(_compiled(id_))
    return found


@lru_cache(maxsize=256)
def _compiled(id_: int) -> ActiveList:
    """Without the entries that are skipped: what was stored must not hold up what arrives."""
    row = WordList.objects.get(pk=id_)
    skipped = {place - 1 for place in skipped_of(row)}
    return ActiveList(
        id=row.pk,
        name=row.name,
        version=row.version,
        category=row.category,
        severity=row.severity,
        target=row.target,
        locale=row.locale,
        matcher=Matcher(row.kind, [one for place, one in enumerate(row.entries) if place not in skipped]),
    )


def skipped_of(row: WordList) -> Sequence[int]:
    """Which entries (the first is 1) nothing is looked for by: patterns that are refused by now."""
    return _skipped(tuple(row.entries)) if row.kind == PATTERNS else ()


@lru_cache(maxsize=256)
def _skipped(patterns: Sequence[str]) -> Sequence[int]:
    chosen = pattern_options()
    return [place for place, one in enumerate(patterns, start=1) if refusal_of(one, chosen)]


def versions(project_id: int) -> QuerySet[WordList]:
    """All versions of all lists of a project, newest first."""
    return WordList.objects.filter(project=project_id).select_related("author").order_by("-id")


def current(project_id: int) -> list[WordList]:
    """One version of each list, by name: the active one, else the newest."""
    rows = versions(project_id).order_by("name", "-is_active", "-version").distinct("name")
    return list(rows)


def version_of(project_id: int, name: str, version: int) -> WordList:
    """One version, or NotFound."""
    row = versions(project_id).filter(name=name, version=version).first()
    if row is None:
        raise NotFound(
            _("There is no such version of a word list in this project. Look at the list of versions.")
        )
    return row


def newest_outputs(project_id: int, how_many: int) -> list[tuple[int, str, str]]:
    """(our number, the client's id, the output's beginning) of the newest predictions."""
    newest = Prediction.objects.filter(project=project_id).order_by("-id").values_list("id", "prediction_id")
    rows = dict(newest[:how_many])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prediction_id, left(output_text, %s) FROM queues_payload WHERE prediction_id = ANY(%s)",
            [TRIED_CHARACTERS, list(rows)],
        )
        texts = dict(cursor.fetchall())
    return [(id_, named, texts.get(id_, "")) for id_, named in rows.items()]
