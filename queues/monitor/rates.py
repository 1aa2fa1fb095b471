"""What share of all traffic is bad, from what people reviewed: over a bounded stretch of the newest items."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

import orjson
from django.db import connection
from django.utils import timezone

from queues.monitor.picked import IS_JUDGED, PI, RULES, STANDS_FOR
from queues.route.newest_items import NEWEST
from queues.statistics.proportions import Proportion
from queues.statistics.response import Picked, final_groups, response_shares
from queues.statistics.stratified import StratifiedRate, stratified_rate
from queues.statistics.weighted import WeightedRate, rate_of_groups

LOOK_AT = 10_000  # newest items of a project
LOOK_AT_UNSEEN = 2_000  # newest predictions asked whether anything could have picked them
REVIEWED_NEEDED = 10
DAYS = (7, 14, 30, 90)
PART_UNKNOWN = 0.1  # of the traffic; when reviews are silent about more, there is no rate over all
Part = TypeVar("Part", date, str)
CellKey = tuple[int, tuple[str, ...]]  # a queue, and the rules that fired
BY_WEEK_ABOVE_DAYS = 31

_CELLS = f"""
WITH {NEWEST}, stretch AS (
  SELECT count(*) = %(look)s AND bool_and(first.received_at >= %(since)s) AS is_cut FROM newest
  JOIN queues_prediction first ON first.id = (SELECT min(prediction_id) FROM newest)
)
SELECT (prediction.received_at AT TIME ZONE %(zone)s)::date, prediction.model_version, item.queue_id,
  {RULES}::text, {PI},
  sum({STANDS_FOR})::int, (sum({STANDS_FOR}) FILTER (WHERE verdict.id IS NOT NULL))::int,
  (sum({STANDS_FOR}) FILTER (WHERE verdict.decision <> 'approve'))::int, (SELECT is_cut FROM stretch)
FROM newest item
JOIN queues_prediction prediction ON prediction.id = item.prediction_id
JOIN queues_routing routing ON routing.prediction_id = item.prediction_id
LEFT JOIN queues_verdict verdict ON verdict.item_id = item.id AND verdict.withdrawn_at IS NULL AND {IS_JUDGED}
WHERE prediction.received_at >= %(since)s AND {PI} > 0
  AND (%(model_version)s = '' OR prediction.model_version = %(model_version)s)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_UNSEEN = f"""
SELECT count(*), count(*) FILTER (WHERE {PI} = 0) FROM (
  SELECT id, received_at FROM queues_prediction
  WHERE project_id = %(project)s AND (%(model_version)s = '' OR model_version = %(model_version)s)
  ORDER BY id DESC LIMIT %(look)s
) newest
JOIN queues_routing routing ON routing.prediction_id = newest.id WHERE newest.received_at >= %(since)s
"""


class Cell(NamedTuple):
    """Items of one day, model version, queue, set of rules and pi: picked, reviewed, found bad."""

    day: date
    model_version: str
    queue_id: int
    rules: tuple[str, ...]
    pi: float
    picked: int
    reviewed: int
    bad: int


class Undefined(StrEnum):
    """Why there is no rate."""

    TOO_FEW = "too_few"  # fewer than REVIEWED_NEEDED were reviewed
    UNHEARD = "unheard"  # no review speaks for a part of the traffic: an audit that nobody has read, say
    UNSEEN = "unseen"  # no rule could pick a part of the traffic


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of all predictions in question that is bad.

    reviewed: how many were looked at. heard: the share of the traffic for which reviews speak. weighted: None
    when `undefined` says why. stratified: where exactly two strata exist, else None.
    """

    reviewed: int
    heard: float
    undefined: Undefined | None = None
    weighted: WeightedRate | None = None
    stratified: StratifiedRate | None = None

    @property
    def low(self) -> float | None:
        best = self.stratified or self.weighted
        return None if best is None else best.low

    @property
    def high(self) -> float | None:
        best = self.stratified or self.weighted
        return None if best is None else best.high


@dataclass(frozen=True, slots=True)
class Response:
    """One cell of the response table: what these rules sent to this queue, and the part with a verdict."""

    queue_id: int
    rules: tuple[str, ...]
    share: Proportion
    bad: int


@dataclass(frozen=True, slots=True)
class Rates:
    """All of it for one stretch of time. is_cut: more items arrived since then than were looked at.

    by_time: days, or weeks by their first day. unseen: the share of predictions that nothing could pick
    (pi = 0): no rate speaks of them; None when none of them was looked at.
    """

    since: datetime
    is_weekly: bool
    is_cut: bool
    overall: Rate
    by_version: Sequence[tuple[str, Rate]]
    by_time: Sequence[tuple[date, Rate]]
    responses: Sequence[Response]
    unseen: float | None


def rates(project_id: int, *, now: datetime, days: int = 30, model_version: str = "") -> Rates:
    """Over what arrived in the last `days` days, in the current time zone; two statements."""
    since = _since(now, days)
    arguments = {"project": project_id, "since": since, "model_version": model_version}
    cells, is_cut = _cells(arguments)
    unseen = _unseen(arguments)
    is_weekly = days > BY_WEEK_ABOVE_DAYS

    def of_time(cell: Cell) -> date:
        return cell.day - timedelta(days=cell.day.weekday()) if is_weekly else cell.day

    return Rates(
        since=since,
        is_weekly=is_weekly,
        is_cut=is_cut,
        overall=rate_of(cells, unseen=unseen or 0.0),
        by_version=_parted(cells, lambda cell: cell.model_version, unseen or 0.0),
        by_time=_parted(cells, of_time, unseen or 0.0),
        responses=_responses(cells),
        unseen=unseen,
    )


def rate_of(cells: Sequence[Cell], *, unseen: float = 0.0) -> Rate:
    """The rate over what these cells stand for. unseen: the share of the traffic that has no cell."""
    rows = _rows(cells)
    reviewed, heard = sum(cell.reviewed for cell in cells), _heard(rows)
    if reviewed < REVIEWED_NEEDED:
        return Rate(reviewed, heard, Undefined.TOO_FEW)
    if unseen > PART_UNKNOWN:
        return Rate(reviewed, heard, Undefined.UNSEEN)
    if heard < 1.0 - PART_UNKNOWN:
        return Rate(reviewed, heard, Undefined.UNHEARD)
    return Rate(reviewed, heard, None, rate_of_groups(final_groups(rows)), stratified_rate(rows))


def _heard(rows: Sequence[Picked[CellKey]]) -> float:
    """The share of the traffic behind these cells that is behind those with a review."""
    answered = {row.key for row in rows if row.reviewed}
    whole = sum(row.picked / row.pi for row in rows)
    return sum(row.picked / row.pi for row in rows if row.key in answered) / whole if whole else 0.0


def _parted(cells: Iterable[Cell], part_of: Callable[[Cell], Part], unseen: float) -> list[tuple[Part, Rate]]:
    """By part, in order."""
    parts: dict[Part, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(part_of(cell), []).append(cell)
    return [(part, rate_of(parts[part], unseen=unseen)) for part in sorted(parts)]


def _rows(cells: Iterable[Cell]) -> list[Picked[CellKey]]:
    return [
        Picked((cell.queue_id, cell.rules), cell.pi, cell.picked, cell.reviewed, cell.bad) for cell in cells
    ]


def _responses(cells: Sequence[Cell]) -> list[Response]:
    """The cells of the response table, largest first."""
    rows = _rows(cells)
    bad: Counter[CellKey] = Counter()
    for row in rows:
        bad[row.key] += row.positives
    found = [Response(*key, share, bad[key]) for key, share in response_shares(rows).items()]
    return sorted(found, key=lambda cell: (-cell.share.n, cell.queue_id, cell.rules))


def _cells(arguments: Mapping[str, Any]) -> tuple[list[Cell], bool]:
    """The cells, and whether the stretch holds more items than were looked at."""
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, {**arguments, "zone": zone, "look": LOOK_AT})
        found = cursor.fetchall()
    cells = [
        Cell(day, version, queue_id, tuple(sorted(orjson.loads(rules))), pi, picked, reviewed or 0, bad or 0)
        for day, version, queue_id, rules, pi, picked, reviewed, bad, _is_cut in found
    ]
    return cells, bool(found and found[0][-1])


def _unseen(arguments: Mapping[str, Any]) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN, {**arguments, "look": LOOK_AT_UNSEEN})
        n, unseen = cursor.fetchone()
    return unseen / n if n else None


def _since(now: datetime, days: int) -> datetime:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1)
