"""What the guards found in a release, for a person, with the rows that they found it in."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import compress
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from queues.export import accepting
from queues.export.guards import Effect
from queues.models import Acceptance, GuardStop, Item, Release
from queues.models.release import OUT
from queues.web.held_against import GoldenQuestion, asked_in, named_in
from queues.web.left_out import LEFT_OUT

EFFECTS: dict[str, Promise] = {
    Effect.STOPS: _("stops the release"),
    Effect.LEAVES_OUT: _("left out"),
    Effect.CHANGES: _("changed"),
    Effect.WARNS: _("warning"),
}
ACCEPTED = _("accepted with a reason")
LEAVES_OUT_BY = {"contamination.alike": "alike_golden"}  # code → the field that leaves such rows out
_ORDER = list(EFFECTS)


@dataclass(frozen=True, slots=True)
class Example:
    """One row. detail: what the guard says of it; golden: the item that this names; asked: by the row.

    is_new: nobody has accepted it, though others like it were.
    """

    prediction: int
    name: str
    detail: str
    golden: GoldenQuestion | None
    asked: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """How what a guard stops was answered. acceptance: what somebody said, of the rows that they were shown;
    open_rows: in how many nobody has accepted it."""

    acceptance: Acceptance | None
    open_rows: int

    @property
    def is_in_part(self) -> bool:
        """Some rows were accepted, and others are new."""
        return self.acceptance is not None and self.open_rows > 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. answered: of what stops; leaves_out_by: the field of the definition that does
    that with such rows, where there is one."""

    guard: str
    code: str
    why: Promise | str
    effect: str
    rows: int
    answered: Answered | None
    examples: list[Example]

    @property
    def stops(self) -> bool:
        return self.answered is not None and self.answered.open_rows > 0

    @property
    def effect_label(self) -> Promise:
        return ACCEPTED if self.answered is not None and not self.stops else EFFECTS[self.effect]

    @property
    def leaves_out_by(self) -> str:
        return LEAVES_OUT_BY.get(self.code, "")


def found_in(release: Release) -> list[Finding]:
    """What stops first; a few statements whatever was found."""
    told = {code: one["examples"] for code, one in release.findings.items()}
    items: list[int] = [one["item"] for examples in told.values() for one in examples]
    predictions = dict(Item.objects.filter(pk__in=items).values_list("pk", "prediction_id"))
    golden = named_in(
        release.dataset.project_id,
        ((code, one.get("detail", "")) for code, examples in told.items() for one in examples),
    )
    held = {
        predictions[one["item"]]
        for examples in told.values()
        for one in examples
        if one.get("detail") in golden and one["item"] in predictions
    }
    asked, answers = asked_in(held), answers_of(release)
    new = _new_among(release, answers)
    found = [
        Finding(
            one["guard"],
            code,
            LEFT_OUT.get(code, code),
            one["effect"],
            one["rows"],
            _answered(release, one, answers) if one["effect"] == Effect.STOPS else None,
            [
                _example(example, predictions[example["item"]], golden, asked, new)
                for example in told[code]
                if example["item"] in predictions
            ],
        )
        for code, one in release.findings.items()
    ]
    return sorted(found, key=lambda one: (not one.stops, _ORDER.index(one.effect), -one.rows))


def _example(
    told: Mapping[str, Any],
    prediction: int,
    golden: Mapping[str, GoldenQuestion],
    asked: Mapping[int, str],
    new: Set[tuple[str, int]],
) -> Example:
    detail = str(told.get("detail", ""))
    return Example(
        prediction,
        str(told["prediction_id"]),
        detail,
        golden.get(detail),
        asked.get(prediction, ""),
        (detail, told["item"]) in new,
    )


def _new_among(release: Release, answers: Mapping[str, Answered]) -> Set[tuple[str, int]]:
    """Those examples that nobody has accepted, where others like them were; nothing is asked elsewhere."""
    new = set[tuple[str, int]]()
    for code, one in release.findings.items():
        answered = answers.get(one["guard"]) if one["effect"] == Effect.STOPS else None
        if answered is None or not answered.is_in_part:
            continue
        rows = [(str(example.get("detail", "")), int(example["item"])) for example in one["examples"]]
        if unaccepted := accepting.unaccepted_in(release, one["guard"]):
            new |= set(compress(rows, unaccepted.are(code, rows)))
    return new


def answers_of(release: Release) -> dict[str, Answered]:
    """Guard → how it was answered; two statements."""
    given = {one.guard: one for one in release.acceptances.select_related("accepted_by")}
    stops = GuardStop.objects.filter(release=release).defer("pairs")
    return {stop.guard: Answered(given.get(stop.guard), stop.unaccepted) for stop in stops}


def _answered(release: Release, told: Mapping[str, int | str], answers: Mapping[str, Answered]) -> Answered:
    """What is out was accepted, also in releases of before it was kept of which rows."""
    known = answers.get(str(told["guard"]))
    return known or Answered(None, 0 if release.state in OUT else int(told["rows"]))
