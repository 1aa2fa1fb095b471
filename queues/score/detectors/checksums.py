"""Numbers that carry their own proof: what passes is very likely what it looks like.

Used by detectors and by whoever redacts a text. Spaces and hyphens between digits do not count.
"""

import re

_BETWEEN = re.compile(r"[ \-\u00a0]+")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # the sum of the digits of twice the digit
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)
# Lengths of the countries that use it (SWIFT's registry, release 99); another country is no IBAN.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
    "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip


def compact(text: str) -> str:
    """The text without the spaces and hyphens that people put between groups."""
    return _BETWEEN.sub("", text)


def is_luhn(text: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    digits = compact(text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 2:
        return False
    values = [ord(sign) - 48 for sign in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether it is an IBAN: a country's length, and 1 modulo 97 (ISO 13616, ISO/IEC 7064)."""
    number = compact(text).upper()
    if not _IBAN.fullmatch(number) or len(number) != IBAN_LENGTHS.get(number[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def is_us_ssn(text: str) -> bool:
    """Whether a US social security number may have these digits: it has no check digit, but gaps."""
    digits = compact(text)
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_payment_card(text: str) -> bool:
    """Whether it is written as a card number is, begins as an issuer's does, and passes Luhn."""
    digits = compact(text)
    return bool(_CARD.fullmatch(digits)) and _is_grouped_as_a_card(text) and is_luhn(digits)


# Issuers' first digits and lengths (ISO/IEC 7812; the networks' own pages).
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|095|[689]\d)\d{11,16}"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d|60\d\d|8[12]\d\d)\d{12,15}"  # Discover, UnionPay, RuPay
    r"|35(?:2[89]|[3-8]\d)\d{12,15}|(?:2131|1800)\d{11}"  # JCB
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}",  # Maestro
    re.ASCII,
)
_CARD_GROUPS = re.compile(
    r"\d+|\d{4}(?:[ \-\u00a0]\d{4}){2,3}(?:[ \-\u00a0]\d{1,4})?|\d{4}[ \-\u00a0]\d{6}[ \-\u00a0]\d{4,5}",
    re.ASCII,
)


def _is_grouped_as_a_card(text: str) -> bool:
    return bool(_CARD_GROUPS.fullmatch(text))
