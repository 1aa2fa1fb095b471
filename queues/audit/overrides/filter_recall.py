"""Recall of the filters: of the violations in a random part of all traffic, which share each one flagged.

People say only whether it is a violation, so this is of a filter and not of one of its categories. It is
read from a plain audit alone: what other rules picked was picked for its flags, or for something beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from django.db import connection

from queues.audit.overrides.actions import VIOLATES
from queues.route.inclusion import inclusion_probability
from queues.route.newest_items import NEWEST
from queues.score.detectors import house
from queues.statistics.response import Picked, final_groups, response_shares
from queues.statistics.weighted import Group, WeightedRate, rate_of_groups

LOOK_AT = 10_000  # newest items of a project
HEARD_NEEDED = 0.9  # of what a filter flagged, and of what it let pass: that part must have been judged
# Our own detectors look at every output and write nothing about one that is fine; of any other filter that
# left no row nobody knows whether it looked.
SILENT_WHEN_FINE = frozenset({house.COMPONENT})

_ASKS = """jsonb_path_exists(form.document, '$.questions[*] ? (@.key == "violation")')"""
# At the top level of the reasons: within "all of" a draw audits a part that is not all traffic.
_DRAWN = """'$[*] ? (@.kind == "random_audit")'"""

# From the items, not from the verdicts: what still waits is what a filter let pass rather than what it
# flagged, which is more urgent. A comparison is a verdict on neither output; an answer counts where the form
# asks. No near-duplicates: what a draw picked is never counted on another item.
_AUDITED = f"""
WITH {NEWEST}, asking AS MATERIALIZED (
  SELECT form.id FROM queues_formversion form JOIN queues_queue queue ON queue.id = form.queue_id
  WHERE queue.project_id = %(project)s AND {_ASKS}
), audited AS (
  SELECT item.id, item.queue_id, item.prediction_id, routing.policy_id,
    jsonb_path_query_array(routing.reasons, {_DRAWN}) AS drawn, answer.violates,
    COALESCE((
      SELECT jsonb_object_agg(said.component, said.flagged) FROM (
        SELECT component, bool_or(flagged) AS flagged FROM queues_flag
        WHERE prediction_id = item.prediction_id GROUP BY component
      ) said
    ), '{{}}') AS filters
  FROM newest item
  JOIN queues_routing routing ON routing.prediction_id = item.prediction_id
  LEFT JOIN queues_verdict verdict
    ON verdict.item_id = item.id AND verdict.withdrawn_at IS NULL AND item.other_id IS NULL
  CROSS JOIN LATERAL (
    SELECT CASE WHEN jsonb_exists(verdict.answers, 'violation') OR verdict.form_id IN (SELECT id FROM asking)
      THEN {VIOLATES.format(said="verdict")} END AS violates
  ) answer
  WHERE jsonb_path_exists(item.reasons, {_DRAWN}) AND jsonb_path_exists(routing.reasons, {_DRAWN})
)
"""
_RULES = "jsonb_path_query_array(drawn, '$[*].rule')::text"
_CELLS = f"""{_AUDITED}
SELECT policy_id, {_RULES}, queue_id, violates, filters::text, count(*)
FROM audited GROUP BY 1, 2, 3, 4, 5
"""
_VIOLATIONS = f"""{_AUDITED}
SELECT policy_id, {_RULES}, audited.id, audited.prediction_id, prediction.model_version, filters::text
FROM audited JOIN queues_prediction prediction ON prediction.id = audited.prediction_id
WHERE violates ORDER BY audited.id DESC
"""
_AUDITS = f"""
SELECT policy.id, policy.is_active,
  jsonb_path_query_array(policy.document, '$.rules[*] ? (@.kind == "random_audit")')::text,
  ARRAY(SELECT queue.slug FROM queues_queue queue JOIN queues_formversion form ON form.id = queue.form_id
    WHERE queue.project_id = policy.project_id AND {_ASKS})
FROM queues_policy policy
WHERE policy.project_id = %(project)s AND (policy.is_active OR policy.id = ANY(%(policies)s))
"""


class Undefined(StrEnum):
    """Why there is no recall. The first three are of all filters, the others of one."""

    NO_AUDIT = "no_audit"  # no rule of the policy draws from all traffic
    NOT_ASKED = "not_asked"  # no audit goes to a queue whose form has the question `violation`
    NONE_DRAWN = "none_drawn"  # the audit has drawn nothing yet
    ONLY_FLAGS = "only_flags"  # it reports what it flags; of the rest nobody knows whether it looked
    UNHEARD = "unheard"  # of what it flagged or let pass, too much was never judged
    NO_VIOLATION = "no_violation"  # nobody called any of it a violation


@dataclass(frozen=True, slots=True)
class FilterRecall:
    """One filter over what the audit drew and it looked at.

    audited, judged: how many, and how many of them people called a violation or none. violations, flagged:
    of these, and which the filter had flagged in any category. heard: the share of what it flagged, or of
    what it let pass, that judged items speak for: the smaller. recall: of the violations in the traffic that
    it looked at, estimated from the judged; prevalence: their share of that traffic.
    """

    component: str
    audited: int
    judged: int
    violations: int
    flagged: int
    heard: float
    undefined: Undefined | None = None
    recall: WeightedRate | None = None
    prevalence: WeightedRate | None = None

    @property
    def missed(self) -> int:
        return self.violations - self.flagged


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audit says of all filters. undefined: why it says nothing; then `filters` is empty."""

    audited: int
    judged: int
    violations: int
    filters: Sequence[FilterRecall] = ()
    undefined: Undefined | None = None


class Violation(NamedTuple):
    """An item of the audit that people call a violation. flagged: by the filter that was asked about."""

    item_id: int
    prediction_id: int
    model_version: str
    flagged: bool


class _Cell(NamedTuple):
    """Audited items that are alike. pi: of the audit alone. violates: None where nobody has said."""

    pi: float
    queue_id: int
    violates: bool | None
    filters: Mapping[str, bool]
    n: int


class _Audit(NamedTuple):
    """The rules of one policy version that draw from all traffic for queues whose forms ask; their pi."""

    rules: frozenset[str]
    pi: float

    def counts(self, rules: Iterable[str]) -> bool:
        return not self.rules.isdisjoint(rules)


class _Audits(NamedTuple):
    by_policy: Mapping[int, _Audit]
    undefined: Undefined  # why nothing was drawn, if nothing was


def recall_of_filters(project_id: int) -> Audited:
    """Of the newest items of a project; two statements.

    Not of one queue: an output that was drawn and flagged goes where the more urgent rule sends it, so a
    queue holds what the flags put there.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, {"project": project_id, "look": LOOK_AT})
        rows = cursor.fetchall()
    audits = _audits(project_id, {policy for policy, *_rest in rows})
    cells = [
        _Cell(audit.pi, queue_id, violates, orjson.loads(filters), n)
        for policy, rules, queue_id, violates, filters, n in rows
        if (audit := audits.by_policy[policy]).counts(orjson.loads(rules))
    ]
    if not cells:
        return Audited(0, 0, 0, undefined=audits.undefined)
    components = SILENT_WHEN_FINE.union(*(cell.filters for cell in cells))
    return Audited(*_counts(cells), [_of(component, cells) for component in sorted(components)])


def violations_of(project_id: int, component: str, *, missed_only: bool) -> list[Violation]:
    """The items behind the figures of one filter, newest first; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(_VIOLATIONS, {"project": project_id, "look": LOOK_AT})
        rows = cursor.fetchall()
    audits = _audits(project_id, {policy for policy, *_rest in rows}).by_policy
    found = [
        Violation(item_id, prediction_id, model_version, _said(component, orjson.loads(filters)) is True)
        for policy, rules, item_id, prediction_id, model_version, filters in rows
        if audits[policy].counts(orjson.loads(rules)) and _said(component, orjson.loads(filters)) is not None
    ]
    return [one for one in found if not (missed_only and one.flagged)]


def _said(component: str, filters: Mapping[str, bool]) -> bool | None:
    """Whether this filter flagged it; None: it did not look at it, as far as anybody knows."""
    return filters.get(component, False if component in SILENT_WHEN_FINE else None)


def _counts(cells: Iterable[_Cell]) -> tuple[int, int, int]:
    """Audited, judged, violations."""
    found = list(cells)
    judged = [cell for cell in found if cell.violates is not None]
    return (
        sum(cell.n for cell in found),
        sum(cell.n for cell in judged),
        sum(cell.n for cell in judged if cell.violates),
    )


def _of(component: str, cells: Sequence[_Cell]) -> FilterRecall:
    looked = [(cell, said) for cell in cells if (said := _said(component, cell.filters)) is not None]
    counts = _counts(cell for cell, _said_ in looked)
    flagged = sum(cell.n for cell, said in looked if said and cell.violates)
    rows = _picked(looked)
    heard = min(_heard(rows, is_flagged=True), _heard(rows, is_flagged=False))
    never_fine = all(said for _cell, said in looked)
    undefined = None
    if never_fine and counts[0] < sum(cell.n for cell in cells):
        undefined = Undefined.ONLY_FLAGS
    elif heard < HEARD_NEEDED:
        undefined = Undefined.UNHEARD
    elif not counts[2]:
        undefined = Undefined.NO_VIOLATION
    recall = None if undefined else _recall(rows)
    is_known = undefined in (None, Undefined.NO_VIOLATION)
    prevalence = rate_of_groups(final_groups(rows)) if is_known else None
    return FilterRecall(component, *counts, flagged, heard, undefined, recall, prevalence)


def _picked(looked: Iterable[tuple[_Cell, bool]]) -> list[Picked[tuple[int, bool]]]:
    """Within a queue, the judged of what was flagged stand for all that was flagged; so for what was not."""
    return [
        Picked(
            (cell.queue_id, said),
            cell.pi,
            cell.n,
            cell.n if cell.violates is not None else 0,
            cell.n if cell.violates else 0,
        )
        for cell, said in looked
    ]


def _recall(rows: Sequence[Picked[tuple[int, bool]]]) -> WeightedRate | None:
    """Among the violations, each weighted by 1 / (pi of the audit x the judged share of its kind)."""
    shares = response_shares(rows)
    return rate_of_groups(
        Group(row.pi * shares[row.key].rate, row.positives, row.positives if row.key[1] else 0)
        for row in rows
        if row.positives
    )


def _heard(rows: Sequence[Picked[tuple[int, bool]]], *, is_flagged: bool) -> float:
    """The share of the traffic on this side of the filter for which judged items speak; 1.0 of none."""
    side = [row for row in rows if row.key[1] is is_flagged]
    answered = {row.key for row in side if row.reviewed}
    whole = sum(row.picked / row.pi for row in side)
    return sum(row.picked / row.pi for row in side if row.key in answered) / whole if whole else 1.0


def _audits(project_id: int, policies: Iterable[int]) -> _Audits:
    """The audits of these policy versions, each read once, with the version in force."""
    found: dict[int, _Audit] = {}
    undefined = Undefined.NO_AUDIT
    with connection.cursor() as cursor:
        cursor.execute(_AUDITS, {"project": project_id, "policies": list(policies)})
        for policy, is_active, stored, asking in cursor.fetchall():
            rules = [rule for rule in orjson.loads(stored) if rule.get("enabled", True)]
            found[policy] = _audit(rule for rule in rules if rule["queue"] in asking)
            if is_active and rules:
                undefined = Undefined.NONE_DRAWN if found[policy].rules else Undefined.NOT_ASKED
    return _Audits(found, undefined)


def _audit(rules: Iterable[Mapping[str, Any]]) -> _Audit:
    """Rules of one draw pick together what the highest of their rates does; other draws are independent."""
    rates: dict[str, float] = {}
    names = set()
    for rule in rules:
        draw = rule.get("draw", "")  # left out by documents from before it was known
        names.add(rule["name"])
        rates[draw] = max(rates.get(draw, 0.0), rule["rate"])
    return _Audit(frozenset(names), inclusion_probability(rates.values()))
