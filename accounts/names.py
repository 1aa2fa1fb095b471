"""Names that people choose for themselves and for things: readable, on one line, no disguise."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control, format (bidi and zero-width), surrogate, private use, unassigned, line and paragraph separator.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def is_plain(text: str) -> bool:
    """True when every character of `text` can be seen for what it is."""
    return all(unicodedata.category(character) not in _REFUSED_CATEGORIES for character in text)


def folded(name: str) -> str:
    """What two names have in common that nobody tells apart: without case, width and number of spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def validate_plain(text: str) -> None:
    """Refuse invisible and control characters: a name that looks like another is a disguise."""
    if not is_plain(text):
        raise ValidationError(
            _("This name holds an invisible or control character. Type it again without."), code="not_plain"
        )
    if not text.strip():
        raise ValidationError(_("This name is empty. Give at least one character."), code="blank")
