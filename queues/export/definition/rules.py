"""What a dataset demands of its rows beyond its filter: the settings of its guards, as a checked document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from accounts.storable import is_storable
from queues.errors import Fault
from queues.export.guarding.caps import ORIGINS

LICENCES_MAX = 50
NAME_MAX = 200
PERSONAL_DATA = ("leave_out", "redact", "keep")
DUPLICATES = ("warn", "leave_out")
NEAR_DUPLICATES = ("warn", "leave_out", "ignore")
ALIKE_GOLDEN = ("stop", "leave_out")
_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rules:
    """agreement_gate: a row that one person alone decided stays out. licences: all that may leave; empty:
    any, with a warning. caps: origin → the largest share (0..1) of the release. reviewers_right: what rests
    on somebody who was right less often than that (0..1) in hidden checks stays out; 0 asks nothing.
    alike_golden: what an encoder finds alike to a golden question stops the release, or stays out."""

    agreement_gate: bool = False
    licences: tuple[str, ...] = ()
    caps: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    personal_data: str = "leave_out"
    duplicates: str = "warn"
    near_duplicates: str = "warn"
    alike_golden: str = "stop"
    reviewers_right: float = 0.0


_CHOICES = {
    "personal_data": PERSONAL_DATA,
    "duplicates": DUPLICATES,
    "near_duplicates": NEAR_DUPLICATES,
    "alike_golden": ALIKE_GOLDEN,
}


def parse(document: object) -> tuple[Rules, list[Fault]]:
    """The rules of a document, and all that is wrong with it (pointers below /rules)."""
    if not isinstance(document, Mapping):
        return Rules(), [Fault("/rules", "rules.type", _("The rules must be an object."))]
    faults = [fault for name, value in document.items() for fault in _faults(str(name), value)]
    return (Rules(), faults) if faults else (Rules(**{n: _value(v) for n, v in document.items()}), [])


def _faults(name: str, value: object) -> Iterator[Fault]:
    at = f"/rules/{name.replace('~', '~0').replace('/', '~1')[:100]}"
    if name == "agreement_gate":
        if type(value) is not bool:
            yield Fault(at, "rules.boolean", _("Say true or false."))
    elif name in _CHOICES:
        if value not in _CHOICES[name]:
            known = ", ".join(_CHOICES[name])
            yield Fault(at, "rules.choice", _("Use one of: %(choices)s.") % {"choices": known})
    elif name == "reviewers_right":
        if not _is_share(value):
            yield Fault(at, "rules.share", _("Give a share from 0 to 1."))
    elif name == "licences":
        if not _is_list_of_names(value):
            yield Fault(
                at, "rules.licences", _("Give a list of at most %(max)d licences.") % {"max": LICENCES_MAX}
            )
    elif name == "caps":
        yield from _faults_in_caps(at, value)
    else:
        known = ", ".join(f.name for f in fields(Rules))
        yield Fault(at, "rules.unknown", _("No such rule. Use: %(allowed)s.") % {"allowed": known})


def _faults_in_caps(at: str, value: object) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(at, "rules.caps", _("Give an object: an origin and its largest share from 0 to 1."))
        return
    for origin, share in value.items():
        if origin not in ORIGINS or not _is_share(share):
            known = ", ".join(ORIGINS)
            yield Fault(
                at,
                "rules.caps",
                _("Give a share from 0 to 1 for any of: %(origins)s.") % {"origins": known},
            )
            return


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_list_of_names(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= LICENCES_MAX
        and all(isinstance(one, str) and 0 < len(one) <= NAME_MAX and is_storable(one) for one in value)
    )


def _value(value: Any) -> Any:
    return tuple(dict.fromkeys(value)) if isinstance(value, list) else value
