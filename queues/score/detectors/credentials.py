"""Keys, tokens and passwords in a text: by the forms that makers gave them, and by what introduces them."""

import re
from collections import Counter
from math import log2
from typing import Final

from queues.score.detectors.patterns import Span

# What its own form gives away: makers put prefixes there so that scanners find them.
KEY: Final = "|".join(
    (
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",  # Amazon
        r"\bgh[pousr]_[A-Za-z0-9]{36,80}\b|\bgithub_pat_[A-Za-z0-9_]{50,90}",  # GitHub
        r"\bglpat-[A-Za-z0-9_\-]{20,40}",  # GitLab
        r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,80}|\bhooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
        r"\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_\-]{24,180}",  # OpenAI, Anthropic, OpenRouter
        r"\b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,100}|\bwhsec_[A-Za-z0-9]{24,64}",  # Stripe
        r"\bAIza[0-9A-Za-z_\-]{35}|\bya29\.[0-9A-Za-z_\-]{20,}",  # Google
        r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_\-]{50,}|\bhf_[A-Za-z0-9]{30,40}\b",
        r"\bSG\.[\w\-]{16,32}\.[\w\-]{16,64}|\bSK[0-9a-f]{32}\b",  # SendGrid, Twilio
        r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",  # a signed JSON web token
        r"\brk_[A-Za-z0-9_\-]{30,}",  # our own API keys
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    )
)
# What is named a secret and then told; the value must also look like one.
TOLD: Final = (
    r"(?i:\b(?:api|access|secret|private|auth|client|account|encryption|signing)[_\-]?(?:key|token|secret)\b"
    r"|\b(?:secret|token|password|passwd|passwort|passphrase|kennwort|pwd)\b)"
    r"[\"'`*]{0,3}\s{0,3}(?:=|:|=>|:=|\bis\b|\blautet\b|\bist\b)\s{0,3}[\"'`*]{0,3}([^\s\"'`,;<>(){}\[\]]{6,200})"
)
# An address that lets in whoever reads it.
OPEN_ADDRESS: Final = (
    r"\b[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s/@:\"'<>]{1,100}:[^\s/@\"'<>]{1,100}@[^\s\"'<>]{1,300}"
)
SIGNED_ADDRESS: Final = (
    r"(?i)\bhttps?://[^\s\"'<>]{1,500}[?&#](?:access_token|id_token|refresh_token|auth_token|token|api_?key|apikey|key|sig"
    r"|signature|auth|password|secret|x-amz-signature)=[^&\s\"'<>]{8,500}[^\s\"'<>]{0,500}"
)
_PLACEHOLDER = re.compile(
    r"your|example|placeholder|changeme|change_me|redacted|hidden|dummy|sample|insert|replace|\.\.\.|…|xxx|\*\*\*|1234567890"
    r"|^(?:none|null|true|false|required|optional|undefined|string|env|password|secret|token|test)\b|^[$%{<]|process\.env|os\.environ",
    re.IGNORECASE,
)
MOST_LIKELY_RANDOM_FROM = 3.0  # bits per sign; English words have 2 to 3, 16 random signs 3.4 and more


def entropy(text: str) -> float:
    """Bits per sign by the frequencies within the text itself: 0 for "aaaa", log2 n for n different signs."""
    n = len(text)
    return -sum(count / n * log2(count / n) for count in Counter(text).values()) if n else 0.0


def key_in(text: str, span: Span) -> Span | None:
    """A key with a form of its own, unless it is the one that documentation shows."""
    shown = text[span[0] : span[1]]
    return None if _PLACEHOLDER.search(shown) or (len(shown) < 80 and len(set(shown)) < 8) else span


def told_in(text: str, span: Span) -> Span | None:
    """The value behind "password:" and the like, if it looks like a secret and not like a word about one."""
    start, end = span
    shown = text[start:end].rstrip(".:!?*_")
    if len(shown) < 6 or _PLACEHOLDER.search(shown):
        return None
    has_digit, has_letter = any(map(str.isdigit, shown)), any(map(str.isalpha, shown))
    is_mixed = has_digit and has_letter and (len(shown) >= 8 or not shown.isalnum())
    return (start, start + len(shown)) if is_mixed and entropy(shown) >= _wanted(len(shown)) else None


def address_in(text: str, span: Span) -> Span | None:
    """An address with its password or token, without the stop of its sentence; none of an example."""
    start, end = span
    shown = text[start:end].rstrip(".,;:!?)")
    return None if _PLACEHOLDER.search(shown) else (start, start + len(shown))


def _wanted(length: int) -> float:
    """Short values cannot have many bits: log2 of their length is the most."""
    return min(MOST_LIKELY_RANDOM_FROM, log2(length) - 0.6)
