"""What people must say beside what they do: why. One rule for all of it, wherever the reason is kept."""

import unicodedata

from django.utils.translation import gettext as _

from accounts.storable import is_storable
from queues.errors import Fault
from queues.numbers import localized

_SHOW_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by name only


def count_seen(text: str) -> int:
    """How many of its characters a reader sees: no space, nothing invisible."""
    return sum(unicodedata.category(sign)[0] not in "ZC" for sign in text if sign not in _SHOW_NOTHING)


def is_reason(text: str, *, most: int) -> bool:
    """Whether it says something to see, in at most so many characters, all of which can be stored."""
    return len(text) <= most and count_seen(text) > 0 and is_storable(text)


def faults_of_reason(text: str, *, most: int, missing: str, name: str = "reason") -> list[Fault]:
    """Why it is no reason, at the field `name`; missing: the sentence for one that says nothing."""
    if not count_seen(text):
        return [Fault(f"/{name}", f"{name}.missing", missing)]
    if not is_reason(text, most=most):
        detail = _("At most %(n)s characters, without NUL.") % {"n": localized(most)}
        return [Fault(f"/{name}", f"{name}.unfit", detail)]
    return []
