"""What an address asks of a page: named parameters, each once, of closed choices; all else is refused.

A word that nobody knows must never pass for "all": figures of everything would be read as those of one.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from accounts.storable import is_storable, storable
from queues.errors import Fault, Malformed

LONGEST = 2000  # characters of one parameter
NAME_SHOWN = 60
# What mailers and search engines add to a link on its way asks nothing of the page, and a refusal would close
# every link that was mailed. These names are dropped, and no others.
TRACKING = re.compile(r"utm_[a-z_]{1,40}|fbclid|gclid|gbraid|wbraid|msclkid|mc_cid|mc_eid|_")
View = Callable[..., HttpResponse]
Kind = TypeVar("Kind", bound=StrEnum)


def takes(*names: str) -> Callable[[View], View]:
    """A page or file that asks nothing but these: refuses what is unknown, given twice, or no text."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            request.GET = _without_tracking(request.GET)  # type: ignore[assignment]  # immutable as well
            if faults := [*_unknown(request, names), *_repeated(request), *_no_text(request)]:
                raise _malformed(faults)
            return view(request, **kwargs)

        return checked

    return decorate


def choice(request: HttpRequest, name: str, allowed: Iterable[str]) -> str:
    """One of the allowed words; "" when none is given."""
    asked = request.GET.get(name, "")
    known = [one for one in allowed if one]
    if asked and asked not in known:
        raise wrong(name, _("Choose one of: %(choices)s.") % {"choices": ", ".join(known)})
    return asked


def one_of(request: HttpRequest, name: str, kind: type[Kind], usual: Kind) -> Kind:
    """A member of the enumeration; `usual` when none is given."""
    asked = choice(request, name, list(kind))
    return kind(asked) if asked else usual


def is_asked(request: HttpRequest, name: str) -> bool:
    """Whether `?name=yes` is in the address."""
    return bool(choice(request, name, ["yes"]))


def wrong(name: str, detail: str) -> Malformed:
    """The refusal of what one parameter says; detail: what it may say."""
    return _malformed([_fault(name, "parameter.wrong", detail)])


def _without_tracking(asked: QueryDict) -> QueryDict:
    """What is asked of the page itself, so that its own links carry nothing else on."""
    added = [name for name in asked if TRACKING.fullmatch(name)]
    if not added:
        return asked
    kept = asked.copy()
    for name in added:
        del kept[name]
    return QueryDict(kept.urlencode())


def _malformed(faults: list[Fault]) -> Malformed:
    return Malformed(_("The address asks for what there is not, so nothing is shown. Correct it:"), faults)


def _unknown(request: HttpRequest, names: Iterable[str]) -> list[Fault]:
    known = ", ".join(names) or _("none")
    detail = _("There is no such parameter here. Known: %(known)s.") % {"known": known}
    return [_fault(name, "parameter.unknown", detail) for name in request.GET if name not in names]


def _repeated(request: HttpRequest) -> list[Fault]:
    return [
        _fault(name, "parameter.repeated", _("Give it once."))
        for name, values in request.GET.lists()
        if len(values) > 1
    ]


def _no_text(request: HttpRequest) -> list[Fault]:
    detail = _("Leave out NUL, and text over 2,000 characters.")
    return [
        _fault(name, "parameter.not_text", detail)
        for name, values in request.GET.lists()
        if any(len(value) > LONGEST or not is_storable(value) for value in values)
    ]


def _fault(name: str, code: str, detail: str) -> Fault:
    """Faults of the query point at `?name`, as in the API; a hostile name is not repeated in full."""
    return Fault(f"?{storable(name[:NAME_SHOWN])}", code, detail)
