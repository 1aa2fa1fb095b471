"""What the database cannot keep, found wherever it stands in a JSON value."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from accounts.json_pointer import escaped
from accounts.storable import is_storable
from queues.errors import Fault

LARGEST = 2.0**53  # beyond it numbers are not exact, and come back from the database as others
DEEPEST = 20  # levels of a form; answers need three


def unstorable(value: object, code: str, pointer: str = "") -> Iterator[Fault]:
    """The places of NUL, lone surrogates, inexact numbers and too many levels."""
    if pointer.count("/") > DEEPEST:
        yield Fault(pointer, f"{code}.too_deep", _("Values stand too deep within each other."))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _in_object(name, inner, code, pointer)
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from unstorable(inner, code, f"{pointer}/{n}")
    elif isinstance(value, str):
        if not is_storable(value):
            yield Fault(pointer, f"{code}.not_storable", _("NUL and lone surrogates cannot be stored."))
    elif isinstance(value, int | float) and not abs(value) <= LARGEST:  # also NaN
        yield Fault(pointer, f"{code}.not_storable", _("This number is too large to be kept exactly."))


def _in_object(name: object, inner: object, code: str, pointer: str) -> Iterator[Fault]:
    if not isinstance(name, str) or not is_storable(name):
        yield Fault(pointer, f"{code}.not_storable", _("NUL and lone surrogates cannot be stored."))
        return
    yield from unstorable(inner, code, f"{pointer}/{escaped(name)}")
