"""Numbers as people read them, in the language of the page: "1,234.5" and "7.1%"; "1.234,5" and "7,1 %"."""

from functools import cache

from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def localized(value: float, spec: str = ",") -> str:
    """A number in Python's format `spec`, with the separators of the reader's language."""
    return f"{value:{spec}}".translate(_separators(get_language()))


def percent(share: float, spec: str = ".1f") -> str:
    """A share of 0 to 1 as a percentage; spec: how many figures it shows."""
    return _percentage(get_language()) % {"n": localized(100 * share, spec)}


# Asked once for each language: a page writes hundreds of numbers.
@cache
def _separators(language: str | None) -> dict[int, str]:
    separators = ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR")
    return str.maketrans(dict(zip(",.", (get_format(one, language) for one in separators), strict=True)))


@cache
def _percentage(_language: str | None) -> str:
    return _("%(n)s%%")
