"""To whom can read it: items in a language go to people who know that language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from queues.assign.orders.base import Walk, orders
from queues.route.placing import Coming, Place, Where

UNKNOWN = "und"  # BCP 47 for undetermined: goes to everybody
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL)


class Language:
    """By due time, among the languages of the person who asks; what names no language goes to everybody."""

    label = _("By language of the person")
    help = _("By due time; items in a language go only to people who know it. What names none goes to all.")
    walk = Walk.LANE
    reads_records = True

    def places(self, _where: Where, coming: Sequence[Coming]) -> list[Place]:
        return [Place(lane=language_of(item.record)) for item in coming]


def language_of(record: Mapping[str, Any]) -> str:
    """The language of a record's locale ("de" of "de-AT"), else UNKNOWN."""
    found = _LANGUAGE.fullmatch(str((record.get("subject") or {}).get("locale") or ""))
    return found[1].lower() if found else UNKNOWN


orders.register("language")(Language())
