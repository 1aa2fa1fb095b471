"""Patterns as careless and as hostile people write them: our own rows, in the shape of the corpus.

The corpus that we have holds no row of the kind `regex_rule`; one that does is run through the same adapter.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.bad_inputs import corpus
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.corpus import Row, expand
from tests.bad_inputs.http import post
from tests.bad_inputs.outcome import Outcome

KIND = "regex_rule"
LONGEST_TEXT = 5_000

_SLOW = (  # exponential or worse with backtracking
    r"(a+)+$",
    r"(a|aa)+$",
    r"(a|a?)+$",
    r"(.*a){25}",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    r"(?:a?){40}a{40}",
    r"(\pL+\s?)*!",
    r".*.*.*.*.*=.*",
    r"[ab]*a[ab]{400}c",
    r"((a*)*)*b",
)
_WRONG = (
    "(",
    ")",
    "[",
    "[z-a]",
    "*",
    "+a",
    "a**",
    "a{2,1}",
    "\\",
    r"\p{Nonsense}",
    "(?i",
    "\ud800",
)
_NOT_RE2 = (r"(.+)\1", r"(?=a)b", r"(?!a)b", r"(?<=a)b", r"(?>a)b", r"(?#note)a", r"(?(1)a|b)")
_EVERYWHERE = ("", r"a*", r"\b", "^", "$", "x|", r"(?:)", r"\z")
_LARGE = ("a{1000}{1000}", "(a{1,50}){1,50}", ".{0,1000}z", "a" * 501, "(" * 200 + ")" * 200, r"\pL{900}")
_FINE = (
    r"(?i)free (delivery|shipping)",
    r"\d+ ?%",
    "(?P<n>a)(?P<n>b)",  # groups are only for grouping, so their names do not matter
    r"^Sorry",
    r"naïve|café",
    r"\$\{jndi:",
    "'; DROP TABLE x;--",
    "<script>",
    "\u202e",
)


def own_rows() -> Iterator[Row]:
    """accept_neutralise: harmless; reject_4xx: refused at its entry; also_ok: either."""
    kinds = (
        (_SLOW, True),
        (_WRONG, None),
        (_NOT_RE2, None),
        (_EVERYWHERE, None),
        (_LARGE, None),
        (_FINE, False),
    )
    number = 0
    for patterns, either in kinds:
        for pattern in patterns:
            number += 1
            refused = {"expect": "reject_4xx", "status": [422], "error_field": "pattern"}
            wanted = refused if either is None else {"expect": "accept_neutralise"}
            more = {"also_ok": "reject_4xx"} if either else {}
            yield {"id": f"own-{number:02}", "kind": KIND, "payload": {"pattern": pattern}, **wanted, **more}


def corpus_rows() -> list[Row]:
    """Rows of this kind in whatever file of the corpus, their short hands written out."""
    files = sorted(file.name for file in corpus.FOLDER.glob("*.jsonl"))
    rows = [row for file in files for kind in corpus.by_kind(file) for row in kind.values[0]]
    return [{**row, "payload": expand(row["payload"])} for row in rows if row["kind"] == KIND]


def send(row: Row, sender: Sender) -> list[Outcome]:
    """The pattern stored and put in force, and tried on texts made for it."""
    payload = row["payload"]
    pattern = next(payload[name] for name in ("pattern", "regex", "rule") if name in payload)
    document = {"kind": "patterns", "entries": [pattern], "category": "house-rule"}
    stored = {"name": row["id"].lower(), "document": document, "reason": "for the test", "activate": True}
    texts = [payload["text"]] if isinstance(payload.get("text"), str) else _texts()
    trials = [{"document": document, "text": text[:LONGEST_TEXT]} for text in texts]
    return [_post(sender, "lists", stored), *(_post(sender, "lists:try", trial) for trial in trials)]


def _post(sender: Sender, address: str, body: Any) -> Outcome:
    return post(sender, sender.address(address), json.dumps(body).encode(), "application/json")


def _texts() -> list[str]:
    return [
        "a" * (LONGEST_TEXT - 1) + "!",
        "ab" * (LONGEST_TEXT // 2),
        "x" * LONGEST_TEXT,
        "Refunds take five days.",
    ]
