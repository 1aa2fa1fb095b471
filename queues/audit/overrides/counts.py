"""How often who overrode what: the newest judgements of a project, counted by the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.db import connection

from queues.audit.overrides.actions import VIOLATES
from queues.models import ItemState
from queues.statistics.proportions import Proportion, proportion

Key = TypeVar("Key")
LOOK_AT = 20_000  # newest judgements that are counted
OTHER = "other"  # the reason code that says that the list of codes does not fit
OTHER_ALARM = 0.15  # from this share on the list of codes is to be mended

# What became of an override. A lead's later verdict says it; without one, the golden answer to the same
# question; without either, whether what reviewers settled still says the same. For the model and a golden
# answer it is enough that the verdict agrees on "right" or "wrong". Only "upheld" and "reversed" are of
# who judged again: that reviewers agreed is no second judgement, and counts in no rate.
FATE = f"""
CASE WHEN NOT {{judgement}}.overrides THEN ''
  WHEN verdict.basis = 'adjudicated' AND verdict.id IS DISTINCT FROM {{judgement}}.verdict_id THEN CASE
    WHEN {{judgement}}.kind IN ('model', 'gold') THEN
      CASE WHEN (verdict.decision = 'approve') = ({{judgement}}.after IN ('approve', 'right'))
        THEN 'upheld' ELSE 'reversed' END
    WHEN {{judgement}}.kind = 'safety_filter' THEN
      CASE ({VIOLATES.format(said="verdict")})
        WHEN {{judgement}}.after = 'flagged' THEN 'upheld'
        WHEN {{judgement}}.before = 'flagged' THEN 'reversed' ELSE 'holds' END
    WHEN verdict.decision = {{judgement}}.after THEN 'upheld'
    WHEN verdict.decision = {{judgement}}.before THEN 'reversed' ELSE 'replaced' END
  WHEN {{judgement}}.kind = 'model' AND deviation.version_id IS NOT NULL THEN
    CASE WHEN deviation.deviates THEN 'upheld' ELSE 'reversed' END
  WHEN item.state = 'withdrawn' THEN 'withdrawn'
  WHEN verdict.id IS NULL THEN 'open'
  WHEN {{judgement}}.kind IN ('model', 'gold') THEN
    CASE WHEN (verdict.decision = 'approve') = ({{judgement}}.after IN ('approve', 'right'))
      THEN 'holds' ELSE 'replaced' END
  WHEN {{judgement}}.kind = 'safety_filter' THEN
    CASE ({VIOLATES.format(said="verdict")})
      WHEN {{judgement}}.before = 'flagged' THEN 'replaced' ELSE 'holds' END
  WHEN verdict.decision = {{judgement}}.after THEN 'holds' ELSE 'replaced' END
"""
# The verdict that stands on the item; its golden answer; and what said the judgement, a review or a verdict,
# which may have been taken back.
LATER = """
JOIN queues_item item ON item.id = {judgement}.item_id
LEFT JOIN queues_review review ON review.id = {judgement}.review_id
LEFT JOIN queues_verdict own ON own.id = {judgement}.verdict_id
LEFT JOIN queues_verdict verdict ON verdict.item_id = {judgement}.item_id AND verdict.withdrawn_at IS NULL
LEFT JOIN queues_deviation deviation ON deviation.prediction_id = item.prediction_id
"""
# Not taken back. A verdict that a later one replaced counts: by that one it was upheld or reversed.
STANDS = "review.withdrawn_at IS NULL AND (own.withdrawn_at IS NULL OR verdict.basis = 'adjudicated')"
# What was said of a hidden check says nothing of the model, and of an item under review nothing is shown, as
# whoever asks may be about to review it, blind: only who said it finds it among their own. The cases behind a
# figure are the same (`overrides.cases`).
TOLD_STATES = (ItemState.DISPUTED, ItemState.SETTLED, ItemState.WITHDRAWN)
_STATES = ", ".join(f"'{state.value}'" for state in TOLD_STATES)
TOLD = f"(%(is_own)s OR item.state IN ({_STATES}))"
_COUNTED = f"""
WITH newest AS (
  SELECT * FROM queues_judgement WHERE {{where}} ORDER BY id DESC LIMIT {LOOK_AT}
)
SELECT newest.kind, newest.person_id, newest.component, newest.category, newest.before, newest.after,
  newest.overrides, {FATE.format(judgement="newest")} AS fate, count(*)
FROM newest {LATER.format(judgement="newest")}
WHERE {STANDS} AND {TOLD}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_REASONS = f"""
WITH newest AS (
  SELECT id, item_id, kind, overrides, reasons, review_id, verdict_id FROM queues_judgement
  WHERE {{where}} ORDER BY id DESC LIMIT {LOOK_AT}
), coded AS (
  SELECT newest.kind, newest.reasons FROM newest {LATER.format(judgement="newest")}
  WHERE newest.overrides AND newest.reasons <> '[]' AND {STANDS} AND {TOLD}
)
SELECT kind, '', count(*) FROM coded GROUP BY kind
UNION ALL
SELECT kind, code, count(*) FROM coded, jsonb_array_elements_text(reasons) code GROUP BY kind, code
"""


class Scope(NamedTuple):
    """Whose judgements: of a project, of one of its queues, or of one person in it.

    is_own: that person asks, and is told what they said of hidden checks like what they said of any item.
    """

    project_id: int
    queue_id: int | None = None
    person_id: int | None = None
    is_own: bool = False

    @property
    def where(self) -> str:
        """The condition in SQL, of constant parts."""
        tests = ["project_id = %(project)s"]
        if self.queue_id is not None:
            tests.append("queue_id = %(queue)s")
        if self.person_id is not None:
            tests.append("person_id = %(person)s")
        return " AND ".join(tests)

    @property
    def parameters(self) -> Mapping[str, int | None]:
        return {
            "project": self.project_id,
            "queue": self.queue_id,
            "person": self.person_id,
            "is_own": self.is_own,
        }


class Cell(NamedTuple):
    """So many judgements that are alike in all of this. fate: of an override, as FATE has it; else ""."""

    kind: str
    person_id: int
    component: str
    category: str
    before: str
    after: str
    overrides: bool
    fate: str
    n: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How often something was overridden, and what became of it.

    overridden: overrides among the decisions. upheld: among the overrides that were judged again, by a lead
    or a golden answer. coverage: the share of the overrides that were; without it `upheld` says little.
    """

    decided: int
    overrides: int
    judged: int
    overridden: Proportion | None
    upheld: Proportion | None
    coverage: float | None

    @property
    def reversed(self) -> int:
        """Overrides that were judged again and not upheld."""
        return self.judged - int(self.upheld.k) if self.upheld else 0


def cells_of(scope: Scope) -> list[Cell]:
    """The newest judgements of the scope, counted; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(where=scope.where), scope.parameters)
        return [Cell._make(row) for row in cursor.fetchall()]


def rates_of(cells: Iterable[Cell]) -> Rates:
    """The rates of these judgements together."""
    found = list(cells)
    decided = sum(cell.n for cell in found)
    overrides = sum(cell.n for cell in found if cell.overrides)
    upheld = sum(cell.n for cell in found if cell.fate == "upheld")
    judged = upheld + sum(cell.n for cell in found if cell.fate == "reversed")
    return Rates(
        decided=decided,
        overrides=overrides,
        judged=judged,
        overridden=proportion(overrides, decided),
        upheld=proportion(upheld, judged),
        coverage=judged / overrides if overrides else None,
    )


def rates_by(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, Rates]:
    """The same for each value of `key`, in the order in which they first come."""
    parts: dict[Key, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(key(cell), []).append(cell)
    return {value: rates_of(part) for value, part in parts.items()}


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why, by reason code: of the overrides of one kind that name a code. A decision may name several."""

    coded: int
    codes: tuple[tuple[str, Proportion], ...]

    @property
    def other(self) -> Proportion | None:
        return dict(self.codes).get(OTHER)

    @property
    def is_alarm(self) -> bool:
        """Too many say "other": the list of codes does not fit what people find."""
        return self.other is not None and self.other.rate > OTHER_ALARM


def reasons_of(scope: Scope) -> dict[str, Reasons]:
    """Kind → why its overrides came about, the most frequent code first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_REASONS.format(where=scope.where), scope.parameters)
        rows = cursor.fetchall()
    coded = {kind: n for kind, code, n in rows if code == ""}
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in coded}
    for kind, code, n in rows:
        if code != "":
            counts[kind][code] = n
    return {kind: Reasons(coded[kind], tuple(_shares(counts[kind], coded[kind]))) for kind in sorted(coded)}


def _shares(counts: Counter[str], n: int) -> Iterable[tuple[str, Proportion]]:
    for code, k in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if (share := proportion(k, n)) is not None:
            yield code, share
