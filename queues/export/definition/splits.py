"""Into which files the rows of a dataset go: shares of train, validation and test, as a checked document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isclose
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from accounts.json_pointer import escaped
from accounts.storable import is_storable
from queues.errors import Fault
from queues.export.splits import SPLITS

SEED_MAX = 60
_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Splits:
    """shares: split → 0..1, together 1; none: all rows are in one file. seed: from which groups are drawn."""

    shares: Mapping[str, float] = field(default_factory=lambda: _NONE)
    seed: str = ""


def parse(document: object) -> tuple[Splits, list[Fault]]:
    """The splits of a document, and all that is wrong with it (pointers below /splits)."""
    if not isinstance(document, Mapping):
        return Splits(), [Fault("/splits", "splits.type", _("The splits must be an object."))]
    faults = list(_faults(document))
    if faults or not document:
        return Splits(), faults
    shares = {name: float(document["shares"][name]) for name in SPLITS if document["shares"].get(name)}
    return Splits(shares, document["seed"]), []


def _faults(document: Mapping[Any, Any]) -> Iterator[Fault]:
    for name in document:
        if name not in ("shares", "seed"):
            detail = _("No such setting. Use: %(allowed)s.") % {"allowed": "shares, seed"}
            yield Fault("/splits/" + escaped(str(name))[:100], "splits.unknown", detail)
    if document and not _are_shares(document.get("shares")):
        detail = _(
            "Give shares from 0 to 1 of train, validation and test that make 1 together; train has some."
        )
        yield Fault("/splits/shares", "splits.shares", detail)
    if document and not _is_seed(document.get("seed")):
        detail = _("Give a text of 1 to %(max)d characters.") % {"max": SEED_MAX}
        yield Fault("/splits/seed", "splits.seed", detail)


def _are_shares(value: object) -> bool:
    if not isinstance(value, Mapping) or not value.keys() <= set(SPLITS):
        return False
    if not all(
        isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 1
        for share in value.values()
    ):
        return False
    return isclose(sum(value.values()), 1, abs_tol=1e-9) and value.get("train", 0) > 0


def _is_seed(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= SEED_MAX and is_storable(value)
