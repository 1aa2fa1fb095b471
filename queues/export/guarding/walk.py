"""All guards over the rows of a dataset, one after another, and the tally of what they found."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from queues.agree.metrics.corrections import edit_similarity
from queues.export.batches import batched
from queues.export.formats import Format, write
from queues.export.groups import group_among, group_of, prompt_of
from queues.export.guarding.caps import EDITED_BELOW
from queues.export.guarding.hits import Hits
from queues.export.guards import CAPS, Check, Effect, Hit, Leaving, LooksAhead, Surroundings, guards
from queues.export.queries import Found
from queues.export.row import Excluded, Record, VerdictRow
from queues.score.normalise import normalise_v1

EXAMPLES = 20


@dataclass(slots=True)
class Tally:
    """What one code did. examples: a few rows, as item, prediction id and what the guard says of it."""

    guard: str
    effect: str
    rows: int = 0
    examples: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, row: VerdictRow, detail: str) -> None:
        self.rows += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((row.item, row.prediction_id, detail))

    def as_document(self, *, with_items: bool = False) -> dict[str, Any]:
        """For the manifest; items only for our own pages, outside they mean nothing."""
        told = [
            {"prediction_id": prediction, **({"detail": detail} if detail else {})}
            | ({"item": item} if with_items else {})
            for item, prediction, detail in self.examples
        ]
        return {"guard": self.guard, "effect": self.effect, "rows": self.rows, "examples": told}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one row, and what that does to it."""

    row: VerdictRow
    guard: str
    code: str
    effect: Effect
    detail: str


class Guarded:
    """One walk over the rows of a dataset with its guards on, each row once, in order.

    is_strict: what would stop a release is left out, where nobody can be asked. hear: told of each finding.
    keep: where to write what the guards before the caps find, for the `hits` of a second walk.
    """

    def __init__(
        self,
        format_: Format,
        around: Surroundings,
        *,
        is_strict: bool = False,
        hear: Callable[[Finding], object] = lambda _finding: None,
        keep: Hits | None = None,
    ) -> None:
        self._format, self._hear, self._keep = format_, hear, keep
        self._over = {Effect.LEAVES_OUT, Effect.STOPS} if is_strict else {Effect.LEAVES_OUT}
        ours = [(name, guard) for name, guard in guards if around.scope in guard.scopes]
        ours.sort(key=lambda one: one[1].rank)
        begun = [(name, guard.begin(around), guard.rank < CAPS) for name, guard in ours]
        self._checks = [(name, check) for name, check, _is_early in begun]
        self._early = {name: check for name, check, is_early in begun if is_early}
        self._late = [(name, check) for name, check, is_early in begun if not is_early]
        self._looking_ahead = [check for _name, check, _is_early in begun if isinstance(check, LooksAhead)]
        if around.hits is not None:
            self._looking_ahead = []  # what would be looked for is known
        self._found_before = None if around.hits is None else iter(around.hits)
        self.tallies: dict[str, Tally] = {}
        self.origins: Counter[str] = Counter()
        self.origin, self.group = "", ""  # of the row that left last

    def passed(self, verdicts: Iterable[Found]) -> Iterator[tuple[Found, Record | Excluded]]:
        """Each row as it may leave (its texts may be redacted) with its record, or why it may not."""
        for some in self._announced(batched(map(self._begun, verdicts), _length)):
            rows = _leaving_of(some)
            for check in self._looking_ahead:
                check.look_ahead(rows)
            for found, begun in some:
                if isinstance(begun, Leaving):
                    yield self._pass(found, begun)
                else:
                    yield self._no_record(found, begun)
        self._forget()

    def _announced(self, batches: "Iterable[_Batch]") -> "Iterator[_Batch]":
        """The same, each when the one after it is known: a process beside works on that meanwhile."""
        before: _Batch | None = None
        for some in batches:
            for check in self._looking_ahead:
                check.announce(_leaving_of(some))
            if before is not None:
                yield before
            before = some
        if before is not None:
            yield before

    def _forget(self) -> None:
        """The guards and what they remember: a hundred megabytes that what comes next can use."""
        self._checks, self._late, self._early, self._looking_ahead = [], [], {}, []

    def _begun(self, found: Found) -> "tuple[Found, _Begun]":
        if found.left_out:
            return found, ("rights", Excluded(found.left_out))
        record = write(self._format, found.row)
        return found, ("format", record) if isinstance(record, Excluded) else _leaving(found, record)

    def _no_record(self, found: Found, begun: tuple[str, Excluded]) -> tuple[Found, Excluded]:
        guard, why = begun
        return found, self._leave_out(found.row, guard, why)

    def _pass(self, found: Found, leaving: Leaving) -> tuple[Found, Record | Excluded]:
        leaving, hits, why_not = self._examined(leaving)
        found = replace(found, row=leaving.row) if leaving.row is not found.row else found
        if self._keep is not None:
            self._keep.add([(name, hit) for name, hit in hits if name in self._early])
        if why_not is not None:
            name, hit = hits[-1]
            if hit.code != why_not.code:  # what it was changed into has no record
                return self._no_record(found, ("format", why_not))
            self._note(Finding(found.row, name, hit.code, hit.effect, hit.detail))
            return found, why_not
        for name, hit in hits:  # counted only of rows that leave
            self._note(Finding(found.row, name, hit.code, hit.effect, hit.detail))
        self.origin, self.group = leaving.origin, leaving.group
        self.origins[self.origin] += 1
        return found, leaving.record

    def _examined(self, leaving: Leaving) -> tuple[Leaving, list[tuple[str, Hit]], Excluded | None]:
        """The row after all guards, what they found up to the one that leaves it out, and why that does."""
        hits: list[tuple[str, Hit]] = []
        for name, check in self._checks_of_next():
            hit = check(leaving)
            if hit is None:
                continue
            hits.append((name, hit))
            if hit.effect in self._over:
                return leaving, hits, Excluded(hit.code)
            if hit.row is not None:
                written = write(self._format, hit.row)
                if isinstance(written, Excluded):
                    return replace(leaving, row=hit.row), hits, written
                leaving = replace(leaving, row=hit.row, record=written, group=group_of(hit.row))
        return leaving, hits, None

    def _checks_of_next(self) -> Iterable[tuple[str, Check]]:
        """What to ask of the next row: all, or what a first walk over it found and the guards after that."""
        if self._found_before is None:
            return self._checks
        return chain(map(self._again, next(self._found_before)), self._late)

    def _again(self, before: tuple[str, Hit]) -> tuple[str, Check]:
        """The same finding; of a guard that changes rows the change as well."""
        name, hit = before
        return name, self._early[name] if hit.effect is Effect.CHANGES else lambda _leaving: hit

    def stops(self) -> Iterator[str]:
        """The guards that a lead must answer before this may be published."""
        yield from dict.fromkeys(t.guard for t in self.tallies.values() if t.effect == Effect.STOPS)

    def as_document(self, *, with_items: bool = False) -> Mapping[str, Any]:
        """Code → what it did."""
        return {
            code: tally.as_document(with_items=with_items) for code, tally in sorted(self.tallies.items())
        }

    def _leave_out(self, row: VerdictRow, guard: str, why: Excluded) -> Excluded:
        self._note(Finding(row, guard, why.code, Effect.LEAVES_OUT, ""))
        return why

    def _note(self, one: Finding) -> None:
        self.tallies.setdefault(one.code, Tally(one.guard, one.effect.value)).add(one.row, one.detail)
        self._hear(one)


_Begun = Leaving | tuple[str, Excluded]  # or which guard left it out, and why
_Batch = list[tuple[Found, _Begun]]


def _leaving_of(some: _Batch) -> list[Leaving]:
    return [begun for _found, begun in some if isinstance(begun, Leaving)]


def _length(one: tuple[Found, _Begun]) -> int:
    _found, begun = one
    return len(begun.prompt) + len(begun.answer) if isinstance(begun, Leaving) else 0


def _leaving(found: Found, record: Record) -> Leaving:
    row, prompt = found.row, prompt_of(found.row)
    same, answer = normalise_v1(prompt), row.good_answer or row.output_text
    return Leaving(row, record, prompt, same, group_among(row, same), answer, origin_of(row), found.vector)


def origin_of(row: VerdictRow) -> str:
    """Who wrote the answer (methods.md 6.8): of an output that nobody changed, whoever its sender says."""
    corrected = row.corrected_text
    if corrected is not None and _is_edited(row.output_text, corrected):
        return "human_edited"
    return {"human": "human", "synthetic": "synthetic"}.get(row.rights_origin or "", "model_approved")


def _is_edited(before: str, after: str) -> bool:
    return edit_similarity(before, after, at_least=EDITED_BELOW) < EDITED_BELOW
