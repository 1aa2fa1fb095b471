"""What the guards found in a release, for a person, with the rows that they found it in."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from queues.export.guards import Effect
from queues.models import Item, Release
from queues.web.left_out import LEFT_OUT

EFFECTS: dict[str, Promise] = {
    Effect.STOPS: _("stops the release"),
    Effect.LEAVES_OUT: _("left out"),
    Effect.CHANGES: _("changed"),
    Effect.WARNS: _("warning"),
}
_ORDER = list(EFFECTS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. examples: prediction's number, its id, and what the guard says of it."""

    guard: str
    code: str
    why: Promise | str
    effect: str
    effect_label: Promise
    rows: int
    accepted: str
    examples: list[tuple[int, str, str]]


def found_in(release: Release) -> list[Finding]:
    """What stops first; two statements whatever was found."""
    items: list[int] = [one["item"] for told in release.findings.values() for one in told["examples"]]
    predictions = dict(Item.objects.filter(pk__in=items).values_list("pk", "prediction_id"))
    found = [
        Finding(
            told["guard"],
            code,
            LEFT_OUT.get(code, code),
            told["effect"],
            EFFECTS[told["effect"]],
            told["rows"],
            release.accepted.get(told["guard"], ""),
            [
                (predictions[one["item"]], str(one["prediction_id"]), str(one.get("detail", "")))
                for one in told["examples"]
                if one["item"] in predictions
            ],
        )
        for code, told in release.findings.items()
    ]
    return sorted(found, key=lambda one: (_ORDER.index(one.effect), -one.rows))
