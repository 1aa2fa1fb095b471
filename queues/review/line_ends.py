"""Line ends: a browser's form posts CRLF whatever the text had, and that is nobody's edit.

A lone CR comes from no browser: somebody meant it, and it stays.
"""

import re
import unicodedata

_ANY_LINE_END = re.compile(r"\r\n|\r|\n")
_POSTED_LINE_END = re.compile(r"\r\n|\n")


def like(original: str, posted: str) -> str:
    """`posted` with the line ends of `original`: CRLF when it uses only those, else LF."""
    uses_crlf = "\r\n" in original and not re.search(r"(?<!\r)\n", original)
    return _POSTED_LINE_END.sub("\r\n" if uses_crlf else "\n", posted)


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but line ends and Unicode form."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", _ANY_LINE_END.sub("\n", text))
