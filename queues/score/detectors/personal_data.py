"""Personal data and secrets in the output, with where they stand. What has a checksum must pass it.

Not looked for: names, postal addresses, ages, and identity numbers of other countries; they need a
language model (the optional `presidio` detector finds some). The input is the user's own text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from typing import NamedTuple

from queues.score.detector import HIGH, LOW, MEDIUM, Finding, Record, detectors
from queues.score.detectors import credentials, phones
from queues.score.detectors.checksums import IBAN_LENGTHS, is_iban, is_payment_card, is_us_ssn
from queues.score.detectors.house import finding
from queues.score.detectors.patterns import Gate, Span, compiled, spans_of
from queues.score.detectors.texts import OUTPUT, text_of

VERSION = "personal-data-1"
MOST_OF_A_KIND = 20  # findings of one category in one output

Check = Callable[[str, Span], Span | None]


class Kind(NamedTuple):
    """What one pattern finds. check: the span that it really is, or None."""

    category: str
    severity: int
    pattern: str
    check: Check


_FOR_EXAMPLES = re.compile(  # RFC 2606 and RFC 6761: nobody's
    r"(?:^|\.)(?:example\.(?:com|net|org)|(?:example|test|invalid|localhost|local))$", re.IGNORECASE
)
_DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./\-]\d{1,2}[./\-](?:19|20)\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?(?: of)? \pL{3,9}\.?,? (?:19|20)\d\d|\pL{3,9}\.? \d{1,2}(?:st|nd|rd"
    r"|th)?,? (?:19|20)\d\d)"
)
_BORN = (
    r"(?i:\bborn(?: on)?|\bdate of birth|\bd\.?o\.?b\b\.?|\bbirth ?da(?:y|te)|\bgeboren(?: am)?"
    r"|\bgeburts(?:datum|tag)|\bgeb\.)"
    rf"[\s:=,*]{{0,4}}(?:(?i:is|was|on|ist|war|am|the|der|den)\s){{0,2}}({_DATE})"
)


def _email(text: str, span: Span) -> Span | None:
    start, end = span
    if text[max(0, start - 3) : start] == "://":
        return None  # who signs in at an address
    return None if _FOR_EXAMPLES.search(text[start:end].rpartition("@")[2]) else span


def _card(text: str, span: Span) -> Span | None:
    """Whole groups of the run of digits that together are a card's number."""
    groups = [match.span() for match in re.finditer(r"[0-9]+", text[: span[1]][span[0] :])]
    for first, (start, _end) in enumerate(groups):
        for _start, end in groups[first : first + 5]:
            if 12 <= end - start <= 24 and is_payment_card(text[span[0] + start : span[0] + end]):
                return span[0] + start, span[0] + end
    return None


def _iban(text: str, span: Span) -> Span | None:
    """As many signs as the country has, from where a country's letters stand."""
    start = span[0]
    wanted, end = IBAN_LENGTHS.get(text[start : start + 2].upper(), 0), start
    while wanted and end < len(text) and (text[end].isalnum() or text[end] in " -\u00a0"):
        wanted -= text[end].isalnum()
        end += 1
    ends_there = end == len(text) or not text[end].isalnum()
    return (start, end) if not wanted and ends_there and is_iban(text[start:end]) else None


def _ipv4(text: str, span: Span) -> Span | None:
    """A public address: private and documentation ranges say nothing about a person, nor do versions."""
    start, end = span
    shown = text[start:end]
    if any((len(part) > 1 and part[0] == "0") or int(part) > 255 for part in shown.split(".")):
        return None
    is_part = text[start - 1 : start] in (".", "-") or bool(re.match(r"\.?\d|-\d", text[end : end + 2]))
    says_version = re.search(
        r"(?i)\b(?:v|ver|version|release|build|section|§)[.: ]{0,2}\Z", text[max(0, start - 12) : start]
    )
    return span if IPv4Address(shown).is_global and not is_part and not says_version else None


def _ipv6(text: str, span: Span) -> Span | None:
    shown = text[span[0] : span[1]]
    try:
        address = IPv6Address(shown)
    except ValueError:
        return None
    return (
        span
        if shown.count(":") >= 3 and not (address.is_private or address.is_loopback or address.is_multicast)
        else None
    )


def _ssn(text: str, span: Span) -> Span | None:
    shown = text[span[0] : span[1]]
    is_known_example = shown in ("078-05-1120", "219-09-9999", "123-45-6789")
    return span if is_us_ssn(shown) and not is_known_example else None


def _as_found(_text: str, span: Span) -> Span | None:
    return span


# What stands first wins where two overlap.
KINDS: Sequence[Kind] = (
    Kind("url_credentials", HIGH, credentials.OPEN_ADDRESS, credentials.address_in),
    Kind("url_credentials", HIGH, credentials.SIGNED_ADDRESS, credentials.address_in),
    Kind("secret", HIGH, credentials.KEY, credentials.key_in),
    Kind("secret", HIGH, credentials.TOLD, credentials.told_in),
    Kind(
        "email", LOW, r"[A-Za-z0-9][A-Za-z0-9._%+'\-]*@[A-Za-z0-9][A-Za-z0-9.\-]*\.[A-Za-z]{2,24}\b", _email
    ),
    Kind("iban", MEDIUM, r"\b[A-Za-z]{2}\d{2}[ \-\x{a0}]?[A-Za-z0-9]{4}", _iban),
    Kind("payment_card", HIGH, r"\b\d(?:[ \-\x{a0}]?\d){11,40}\b", _card),
    Kind("us_ssn", HIGH, r"\b\d{3}[\- ]\d{2}[\- ]\d{4}\b", _ssn),
    Kind(
        "us_ssn",
        HIGH,
        r"(?i:\bssn|\bsocial security(?: number| no\.?)?)[\s:#]{0,3}(?:(?i:is) )?(\d{9})\b",
        _ssn,
    ),
    Kind("ip_address", LOW, r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", _ipv4),
    Kind("ip_address", LOW, r"\b[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){2,6}[0-9A-Fa-f]{0,4}", _ipv6),
    Kind("date_of_birth", LOW, _BORN, _as_found),
    Kind("phone", LOW, phones.CANDIDATE, phones.number_in),
)
_GATE = Gate([kind.pattern for kind in KINDS])
_PATTERNS = [compiled(kind.pattern) for kind in KINDS]


class Located(NamedTuple):
    """One piece of personal data in a text."""

    category: str
    severity: int
    span: Span


@detectors.register("personal_data")
def personal_data_findings(record: Record, /) -> Sequence[Finding]:
    """What is in the output, each with its span."""
    return [
        finding(VERSION, one.category, one.severity, target=OUTPUT, span=one.span)
        for one in personal_data_in(text_of(record, OUTPUT))
    ]


def may_hold_personal_data(text: str) -> bool:
    """Whether anything in the text has the form of it; of texts with a line's end between them, of any."""
    return bool(_GATE.occurring(text))


def personal_data_in(text: str) -> list[Located]:
    """What the text holds, from left to right, none over another; at most `MOST_OF_A_KIND` of each kind."""
    taken: list[Located] = []
    for place in _GATE.occurring(text):
        kind = KINDS[place]
        real = (kind.check(text, span) for span in spans_of(_PATTERNS[place], text))
        free = _free(filter(None, real), taken)
        taken += [Located(kind.category, kind.severity, span) for span in islice(free, MOST_OF_A_KIND)]
    return sorted(taken, key=lambda one: one.span)


def _free(spans: Iterable[Span], taken: Sequence[Located]) -> Iterable[Span]:
    """Those that overlap nothing that was taken before."""
    return (span for span in spans if all(span[1] <= one.span[0] or one.span[1] <= span[0] for one in taken))
