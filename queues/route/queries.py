"""Reads of routing: what is owed it, the policy in force, and the scores to rank among."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import orjson
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from queues.errors import NotFound
from queues.models import Policy, PolicyActivation, Prediction, PredictionState
from queues.route.draws import Terms
from queues.route.policy_document import PolicyDocument, parse
from queues.route.window import CAPACITY

_ACTIVE = """
    SELECT policy.id, policy.version, policy.document, policy.salt,
           (SELECT jsonb_object_agg(slug, jsonb_build_array(
                id, reviews_per_item, overlap_rate, overlap_extra, blind_rate, due_hours, salt, "order",
                spread_by))
            FROM queues_queue WHERE project_id = policy.project_id AND archived_at IS NULL)
    FROM queues_policy policy WHERE policy.project_id = %s AND policy.is_active
"""
_TRAILING = """
    SELECT wanted.model_version, (past."values" ->> %(measure)s)::float8
    FROM unnest(%(versions)s::text[]) AS wanted(model_version)
    CROSS JOIN LATERAL (
        SELECT prediction_id, "values" FROM queues_scores
        WHERE project_id = %(project)s AND model_version = wanted.model_version AND prediction_id < %(before)s
        ORDER BY prediction_id DESC LIMIT %(capacity)s
    ) AS past
    ORDER BY past.prediction_id
"""


def owed_arrivals(*, older_than: timedelta, after: int = 0, at_most: int = 1_000) -> list[int]:
    """Predictions that were stored and never scored or routed, oldest first, with an id above `after`.

    A project without an active policy owes no routing: its predictions stay scored until it has one.
    """
    has_policy = Exists(Policy.objects.filter(project=OuterRef("project"), is_active=True))
    owed = Prediction.objects.filter(
        Q(state=PredictionState.RECEIVED) | Q(has_policy, state=PredictionState.SCORED),
        state__in=[PredictionState.RECEIVED, PredictionState.SCORED],
        received_at__lt=Now() - older_than,
        id__gt=after,
    )
    return list(owed.order_by("id").values_list("id", flat=True)[:at_most])


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """The rules in force in a project. queues: slug → the terms of each queue that is not archived."""

    id: int
    version: int
    document: PolicyDocument
    salt: str
    queues: Mapping[str, Terms]


def active_policy(project_id: int) -> ActivePolicy | None:
    """The policy that routes this project now, with one statement; None: nobody has activated one."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, [project_id])
        row = cursor.fetchone()
    if row is None:
        return None
    id_, version, document, salt, queues = row
    terms = {slug: Terms(*values) for slug, values in orjson.loads(queues or "{}").items()}
    return ActivePolicy(id_, version, parsed(document), salt, terms)


def versions(project_id: int) -> QuerySet[Policy]:
    """All versions of a project's policy, newest first, without their salts."""
    return (
        Policy.objects.filter(project=project_id).defer("salt").select_related("author").order_by("-version")
    )


def activations(project_id: int) -> QuerySet[PolicyActivation]:
    """Which version was in force when, the newest first."""
    found = PolicyActivation.objects.filter(project=project_id).select_related("policy", "before", "by")
    hidden = ("policy__salt", "policy__document", "before__salt", "before__document")
    return found.defer(*hidden).order_by("-id")


def version(project_id: int, number: int) -> Policy:
    """One version of a project's policy, without its salt."""
    try:
        return versions(project_id).get(version=number)
    except Policy.DoesNotExist:
        raise NotFound(
            f"This project has no policy version {number}. List the versions to see which it has."
        ) from None


def trailing_values(
    project_id: int, measure: str, model_versions: Sequence[str], *, before: int
) -> dict[str, list[float | None]]:
    """The last scores of each model version with a prediction id below `before`, oldest first.

    Reads at most CAPACITY predictions a version, whether or not they have this score: None where not.
    """
    found: dict[str, list[float | None]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _TRAILING,
            {
                "measure": measure,
                "versions": list(model_versions),
                "project": project_id,
                "before": before,
                "capacity": CAPACITY,
            },
        )
        for model_version, value in cursor.fetchall():
            found[model_version].append(value)
    return found


@lru_cache(maxsize=64)
def parsed(document: str) -> PolicyDocument:
    """The document of a stored version. Keyed by the text itself, so that it can never be stale."""
    return parse(orjson.loads(document))
