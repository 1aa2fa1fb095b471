"""Numbers as people read them, in the language of the page: "1,234.5" and "7.1%"; "1.234,5" and "7,1 %"."""

from django.utils.formats import get_format
from django.utils.translation import gettext as _


def localized(value: float, spec: str = ",") -> str:
    """A number in Python's format `spec`, with the separators of the reader's language."""
    separators = {",": get_format("THOUSAND_SEPARATOR"), ".": get_format("DECIMAL_SEPARATOR")}
    return f"{value:{spec}}".translate(str.maketrans(separators))


def percent(share: float, spec: str = ".1f") -> str:
    """A share of 0 to 1 as a percentage; spec: how many figures it shows."""
    return _("%(n)s%%") % {"n": localized(100 * share, spec)}
