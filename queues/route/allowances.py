"""What rules with a cap or a budget may still pick. The rows are locked until the transaction ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection

from queues.route.rule import Allowance

_TAKE = """
INSERT INTO queues_ruleallowance (project_id, rule, day, picked, held_back, filled_at)
SELECT %(project)s, rule, %(day)s, 0, 0, %(now)s FROM unnest(%(rules)s::text[]) rule ORDER BY rule
ON CONFLICT (project_id, rule) DO UPDATE SET rule = EXCLUDED.rule
RETURNING rule, day, picked, held_back, tokens, filled_at
"""
_SPEND = """
UPDATE queues_ruleallowance held
SET day = new.day, picked = new.picked, held_back = new.held_back, tokens = new.tokens,
  filled_at = new.filled_at
FROM unnest(%(rules)s::text[], %(days)s::date[], %(picked)s::int[], %(held_back)s::int[],
            %(tokens)s::float8[], %(filled_at)s::timestamptz[])
  AS new (rule, day, picked, held_back, tokens, filled_at)
WHERE held.project_id = %(project)s AND held.rule = new.rule
"""


@dataclass(frozen=True, slots=True)
class Purse:
    """What one rule has used of its allowance. tokens None: no bucket, or one that nobody has used yet."""

    day: date
    picked: int = 0
    held_back: int = 0
    tokens: float | None = None
    filled_at: datetime | None = None

    def at(self, now: datetime, allowance: Allowance) -> "Purse":
        """The same at `now`: a new day begins from nothing, the bucket has filled up meanwhile.

        A batch that began earlier and waited for the row finds a later time in it: that one stays.
        """
        today = max(self.day, now.astimezone(UTC).date())
        picked, held_back = (self.picked, self.held_back) if self.day == today else (0, 0)
        filled_at = max(self.filled_at or now, now)
        return Purse(today, picked, held_back, self._filled(now, allowance), filled_at)

    def spend(self, wanted: int, allowance: Allowance) -> tuple["Purse", int]:
        """The purse afterwards, and how many of `wanted` it allows."""
        left = max(0, allowance.per_day - self.picked)
        granted = min(wanted, left if self.tokens is None else min(left, int(self.tokens)))
        tokens = None if self.tokens is None else self.tokens - granted
        return Purse(
            self.day, self.picked + granted, self.held_back + wanted - granted, tokens, self.filled_at
        ), granted

    def _filled(self, now: datetime, allowance: Allowance) -> float | None:
        if allowance.burst is None:
            return None
        if self.tokens is None or self.filled_at is None:
            return allowance.burst
        seconds = max(0.0, (now - self.filled_at).total_seconds())
        return min(allowance.burst, self.tokens + seconds * allowance.per_day / 86_400.0)


def spend(project_id: int, wanted: Mapping[str, tuple[Allowance, int]], *, now: datetime) -> dict[str, int]:
    """Rule → how many of those that it would pick it may pick; written down in the caller's transaction.

    The rows stay locked until that transaction ends: two batches at once never exceed an allowance.
    """
    purses, granted = {}, {}
    for rule, purse in _taken(project_id, list(wanted), now).items():
        allowance, count = wanted[rule]
        purses[rule], granted[rule] = purse.at(now, allowance).spend(count, allowance)
    _write(project_id, purses)
    return granted


class InMemory:
    """The same without a database, for a dry run over past days."""

    def __init__(self) -> None:
        self._purses: dict[str, Purse] = {}

    def spend(self, wanted: Mapping[str, tuple[Allowance, int]], *, now: datetime) -> dict[str, int]:
        granted = {}
        for rule, (allowance, count) in wanted.items():
            purse = self._purses.get(rule, Purse(now.astimezone(UTC).date())).at(now, allowance)
            self._purses[rule], granted[rule] = purse.spend(count, allowance)
        return granted


def _taken(project_id: int, rules: list[str], now: datetime) -> dict[str, Purse]:
    with connection.cursor() as cursor:
        day = now.astimezone(UTC).date()
        cursor.execute(_TAKE, {"project": project_id, "rules": rules, "day": day, "now": now})
        return {rule: Purse(*rest) for rule, *rest in cursor.fetchall()}


def _write(project_id: int, purses: Mapping[str, Purse]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SPEND,
            {
                "project": project_id,
                "rules": list(purses),
                "days": [purse.day for purse in purses.values()],
                "picked": [purse.picked for purse in purses.values()],
                "held_back": [purse.held_back for purse in purses.values()],
                "tokens": [purse.tokens for purse in purses.values()],
                "filled_at": [purse.filled_at for purse in purses.values()],
            },
        )
