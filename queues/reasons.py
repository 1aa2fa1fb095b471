"""What people must say beside what they do: why. One rule for all of it, wherever the reason is kept."""

from django.utils.translation import gettext as _

from accounts.storable import is_storable
from queues.errors import Fault
from queues.numbers import localized


def is_reason(text: str, *, most: int) -> bool:
    """Whether it says something, in at most so many characters, all of which can be stored."""
    return bool(text.strip()) and len(text) <= most and is_storable(text)


def faults_of_reason(text: str, *, most: int, missing: str, name: str = "reason") -> list[Fault]:
    """Why it is no reason, at the field `name`; missing: the sentence for one that says nothing."""
    if not text.strip():
        return [Fault(f"/{name}", f"{name}.missing", missing)]
    if not is_reason(text, most=most):
        detail = _("At most %(n)s characters, without NUL.") % {"n": localized(most)}
        return [Fault(f"/{name}", f"{name}.unfit", detail)]
    return []
