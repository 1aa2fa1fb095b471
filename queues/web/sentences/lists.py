"""Lists in sentences."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _


def either(values: Iterable[object]) -> str:
    """ "de, fr or it"; an empty text is told as “(none)”."""
    return _joined([str(value) or _("(none)") for value in values], _("%(first)s or %(last)s"))


def both(values: Iterable[object]) -> str:
    """ "de, fr and it"."""
    return _joined([str(value) for value in values], _("%(first)s and %(last)s"))


def _joined(values: Sequence[str], last_two: str) -> str:
    if len(values) < 2:
        return "".join(values)
    return last_two % {"first": _(", ").join(values[:-1]), "last": values[-1]}
