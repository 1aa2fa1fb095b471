"""Telephone numbers: which runs of digits are plausible ones.

There is no checksum, so it goes by shape: an international prefix with a known calling code, a national
form that little else looks like, or a word such as "phone" in front of any run of digits of that length.
"""

import re

from queues.score.detectors.patterns import Span

# A run of digits with what people write between them. An extension is left out of the span.
CANDIDATE = r"(?:\+|\(|\b)\(?\d[\d ().\-/\x{a0}\x{2011}]{4,24}\d\b"

_CALLING_CODES = (
    r"1|7|20|27|30|31|32|33|34|36|39|40|41|43|44|45|46|47|48|49|51|52|53|54|55|56|57|58|60|61|62|63|64"
    r"|65|66"
    r"|81|82|84|86|90|91|92|93|94|95|98|21[1-368]|22\d|23\d|24\d|25[0-8]|26\d|29[017-9]|35\d|37\d"
    r"|38[0-35-79]"
    r"|42[013]|50\d|59\d|67[02-9]|68\d|69[0-2]|85[02356]|88[06]|96[0-8]|97[0-79]|99[2-68]"
)
_INTERNATIONAL = re.compile(rf"(?:\+|00|001|011)(?:{_CALLING_CODES})\d{{6,12}}", re.ASCII)
_GAP = r"[ .\-\u00a0\u2011]"
_NATIONAL = re.compile(
    rf"(?:1{_GAP})?(?:\([2-9]\d\d\) ?|[2-9]\d\d{_GAP})[2-9]\d\d{_GAP}\d{{4}}"  # North America
    rf"|0\d{{2,4}} ?/ ?\d{{3,5}}(?:{_GAP}?\d{{2,4}}){{0,3}}"  # Germany, Austria: 030/1234567
    rf"|\(0\d{{1,4}}\) ?\d{{3,4}}(?:{_GAP}?\d{{2,4}}){{1,3}}"  # (030) 123456, (020) 7946 0958
    rf"|0[1-9](?:{_GAP}\d\d){{4}}"  # France: 01 84 17 61 18
    rf"|0\d{{2,4}}{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}"  # 020 7946 0958
    rf"|0\d{{3,4}}{_GAP}\d{{6,7}}"  # 01632 960123
    rf"|0\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}"  # Switzerland: 079 123 45 67
    rf"|0\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}",
    re.ASCII,
)
_SAYS_SO = re.compile(
    r"(?:phone|mobile|cell|tele?|telephone|call(?: (?:me|us|him|her|them))?|text(?: (?:me|us))?"
    r"|whatsapp|fax|desk|office"
    r"|reached?|hotline|telefon(?:nummer)?|tel|handy(?:nummer)?|mobil|rufnummer|anrufen|erreichbar"
    r"|durchwahl|rückruf)"
    r"(?:[ ]?(?:number|no|nummer|nr|#))?[\s.:=()#-]{0,4}(?:(?:is|at|on|under|unter|ist|lautet"
    r"|auf)[\s:]{1,2}){0,2}\Z",
    re.IGNORECASE,
)
_LOOKED_BACK = 40
_DIGIT = re.compile(r"\d", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d\d([./-])\d\d?\1\d\d?|\d\d?([./-])\d\d?\2(?:19|20)\d\d", re.ASCII)
_INVENTED = re.compile(r"555[ .\-]?01\d\d\b")  # set aside for stories in North America


def number_in(text: str, span: Span) -> Span | None:
    """The number that a `CANDIDATE` holds; None when it is more likely something else."""
    start, end = span
    while text.count("(", start, end) < text.count(")", start, end):
        end = text.rindex(")", start, end)
    shown = text[start:end].rstrip(" .-/(\u00a0")
    if shown.startswith("(") and ")" not in shown:
        start, shown = start + 1, shown[1:]
    return (
        (start, start + len(shown))
        if _is_plausible(shown, text[max(0, start - _LOOKED_BACK) : start])
        else None
    )


def _is_plausible(shown: str, before: str) -> bool:
    digits = "".join(_DIGIT.findall(shown))
    if not 6 <= len(digits) <= 17 or len(set(digits)) < 3 or _DATE.match(shown) or _INVENTED.search(shown):
        return False
    if shown.startswith("+") or digits.startswith("00"):
        return _is_international(shown, digits)
    if before[-1:] in ("$", "€", "£", "#", ".", ",", "/", "="):
        return False
    return bool(_NATIONAL.fullmatch(shown)) or (len(digits) <= 15 and bool(_SAYS_SO.search(before)))


def _is_international(shown: str, digits: str) -> bool:
    """+ or 00, a calling code, and so many digits; the (0) that is only dialled at home does not count."""
    dialled = digits.replace("0", "", 1) if "(0)" in shown and not digits.startswith("0") else digits
    return bool(_INTERNATIONAL.fullmatch(("+" if shown.startswith("+") else "") + dialled))
