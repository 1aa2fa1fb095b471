"""What a lead should know of a policy before it is in force: not forbidden, but surprising."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.models import Queue
from queues.numbers import localized
from queues.route import fact
from queues.route.combined import Combined
from queues.route.condition import Condition
from queues.route.fact import Arrival
from queues.route.policy_document import PolicyDocument
from queues.route.rule import Rule
from queues.score import queries as scores

LOOK_AT = 1_000  # newest predictions
_CALIBRATION = "fact:calibration"
_ASKED_FOR_CALIBRATION = 20  # newest predictions that the source is asked about

_WITH_MEASURE = """
WITH newest AS MATERIALIZED (
  SELECT id FROM queues_prediction WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(look)s)
SELECT m.measure, (SELECT count(*) FROM newest JOIN queues_scores s ON s.prediction_id = newest.id
                   WHERE jsonb_exists(s."values", m.measure)), (SELECT count(*) FROM newest)
FROM unnest(%(measures)s::text[]) m(measure)
"""
_NEWEST = """
SELECT id, prediction_id, model_version, environment FROM queues_prediction
WHERE project_id = %s ORDER BY id DESC LIMIT %s
"""


def warnings_of(project_id: int, document: PolicyDocument) -> list[Fault]:
    """Each by the pointer of its rule. A bounded number of statements over a bounded number of rows."""
    return [
        *_without_audit(document),
        *_queues(project_id, document),
        *_absent_measures(project_id, document),
        *_sources(project_id, document),
    ]


def conditions_of(document: PolicyDocument) -> Iterator[tuple[str, Condition]]:
    """(pointer, condition) of every condition at any depth, of the rules that are on."""
    for place, rule in enumerate(document.rules):
        if rule.enabled:
            yield from _within(f"/rules/{place}", rule)


def _within(pointer: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    yield pointer, condition
    if isinstance(condition, Combined):
        for place, part in enumerate(condition.of):
            yield from _within(f"{pointer}/of/{place}", part)


def _without_audit(document: PolicyDocument) -> Iterator[Fault]:
    if not any(rule.kind == "random_audit" for rule in document.rules_in_force):
        yield Fault(
            "/rules",
            "policy.no_audit",
            _("No rule audits all traffic at random: no rate over all traffic will be possible."),
        )


def _queues(project_id: int, document: PolicyDocument) -> Iterator[Fault]:
    known = dict(Queue.objects.filter(project=project_id).values_list("slug", "form"))
    for pointer, rule in _in_force(document):
        if rule.queue not in known:
            yield Fault(
                f"{pointer}/queue", "policy.queue_unknown", _("This project has no queue of this name.")
            )
        elif known[rule.queue] is None:
            yield Fault(
                f"{pointer}/queue",
                "policy.queue_without_form",
                _("This queue has no form: what is sent there, nobody can review yet."),
            )


def _absent_measures(project_id: int, document: PolicyDocument) -> Iterator[Fault]:
    asked = {
        pointer: name.removeprefix("score:")
        for pointer, condition in conditions_of(document)
        if not isinstance(condition, Combined)
        for name in condition.asks
        if name.startswith("score:")
    }
    counts = _with_measure(project_id, set(asked.values()))
    for pointer, measure in asked.items():
        having, seen = counts[measure]
        if seen and not having:
            told = {"n": localized(seen), "measure": measure}
            yield Fault(
                pointer,
                "policy.measure_absent",
                _("None of the newest %(n)s predictions has %(measure)s: this can never hold.") % told,
            )


def _sources(project_id: int, document: PolicyDocument) -> Iterator[Fault]:
    for pointer, condition in conditions_of(document):
        if isinstance(condition, Combined):
            continue
        for name in sorted(condition.asks):
            if name == _CALIBRATION:
                yield from _not_calibrated(project_id, pointer, getattr(condition, "measure", ""))
            elif name.startswith("fact:"):
                yield from _off(project_id, pointer, name.removeprefix("fact:"))


def _not_calibrated(project_id: int, pointer: str, measure: str) -> Iterator[Fault]:
    source = _CALIBRATION.removeprefix("fact:")
    if source in fact.facts:
        arrivals = _newest_arrivals(project_id)
        answers = fact.facts.get(source)(project_id, arrivals) if arrivals else {}
        if not arrivals or any(answers[one.id].get(measure) is not None for one in arrivals):
            return
    text = _("%(measure)s is not calibrated here yet: this holds for nothing until it is.")
    yield Fault(pointer, "policy.not_calibrated", text % {"measure": measure})


def _off(project_id: int, pointer: str, source: str) -> Iterator[Fault]:
    if source not in fact.facts:
        why = _("This program has no source “%(source)s”.") % {"source": source}
    else:
        why = (fact.why_off.get(source)(project_id) or "") if source in fact.why_off else ""
    if why:
        text = _("What it asks is not known here: %(why)s")
        yield Fault(pointer, "policy.source_off", text % {"why": why})


def _in_force(document: PolicyDocument) -> Iterator[tuple[str, Rule]]:
    for place, rule in enumerate(document.rules):
        if rule.enabled:
            yield f"/rules/{place}", rule


def _with_measure(project_id: int, measures: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """Measure → (how many of the newest predictions have it, how many were looked at)."""
    arguments: dict[str, Any] = {"project": project_id, "look": LOOK_AT, "measures": sorted(measures)}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_MEASURE, arguments)
        return {measure: (having, seen) for measure, having, seen in cursor.fetchall()}


def _newest_arrivals(project_id: int) -> list[Arrival]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [project_id, _ASKED_FOR_CALIBRATION])
        rows = cursor.fetchall()
    records = scores.records([row[0] for row in rows])
    return [Arrival._make((*row, records.get(row[0], {}))) for row in rows]
