"""What figures say of a measure, in words, each with an icon and a colour of a pill."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from queues.monitor.fitting import LABELS_NEEDED
from queues.monitor.worth import Says, Worth
from queues.numbers import localized
from queues.statistics.discrimination_intervals import Estimate


class Saying(NamedTuple):
    """A pill: its colour, icon and words."""

    kind: str
    icon: str
    words: str | Promise


SAYS: dict[Says, Saying] = {
    Says.WORKS: Saying("good", "approve", gettext_lazy("finds errors")),
    Says.LIKE_LENGTH: Saying("warn", "info", gettext_lazy("no better than length")),
    Says.BASELINE: Saying("", "info", gettext_lazy("length: the baseline")),
    Says.LIKE_CHANCE: Saying("warn", "warning", gettext_lazy("no better than chance")),
    Says.FAILS: Saying("bad", "warning", gettext_lazy("fails here")),
    Says.TOO_FEW: Saying("", "clock", gettext_lazy("too few labels")),
}


def sentence(worth: Worth) -> str:
    """One sentence that a lead can act on."""
    figures = {
        "labels": worth.labels,
        "needed": LABELS_NEEDED,
        "auroc": _with_interval(worth.auroc) if worth.auroc else "",
    }
    return _SENTENCES[worth.says](worth) % figures


def _with_interval(found: Estimate) -> str:
    value, low, high = (localized(each, ".2f") for each in (found.value, found.low, found.high))
    return f"{value} [{low}–{high}]"


def _too_few(worth: Worth) -> str:
    if worth.labels < LABELS_NEEDED:
        return ngettext(
            "Not defined: only %(labels)d label; %(needed)d are needed.",
            "Not defined: only %(labels)d labels; %(needed)d are needed.",
            worth.labels,
        )
    if worth.errors:
        return _("Not defined: all %(labels)d labels are errors.")
    return _("Not defined: no error among %(labels)d labels.")


_SENTENCES = {
    Says.TOO_FEW: _too_few,
    Says.BASELINE: lambda worth: _("Length alone has AUROC %(auroc)s: what does not beat it adds nothing."),
    Says.WORKS: lambda worth: _("Routing by this score finds errors here: AUROC %(auroc)s."),
    Says.LIKE_LENGTH: lambda worth: _(
        "Better than chance (AUROC %(auroc)s), but not shown to be better than length alone."
    ),
    Says.LIKE_CHANCE: lambda worth: _(
        "Not shown to be better than chance: AUROC %(auroc)s. More labels would tell."
    ),
    Says.FAILS: lambda worth: _(
        "Routing by this score fails here: AUROC %(auroc)s. The errors are not where it points; "
        "only the random audit finds them."
    ),
}
