"""What the built-in detectors find and miss in real texts: the tables of docs/detectors.md.

    python -m tests.score.measure_detectors      prints them, as Markdown

Every share has Wilson's 95 % interval. The data lies in REVIEW_DATA_DIR.
"""

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from queues.score import detectors as _shipped  # noqa: F401 - importing it registers the detectors
from queues.score.detector import detectors
from queues.score.detectors.injection import injections_in
from queues.score.detectors.insults import insults_in
from queues.score.detectors.personal_data import personal_data_in
from queues.statistics.proportions import wilson

FOLDER = Path(os.environ.get("REVIEW_DATA_DIR", Path(__file__).parents[2] / ".." / "shared" / "data"))
SETS = ("pii_presidio", "prompt_injection", "openai_moderation", "xstest", "halueval_general", "multipico")

# The data's label → our category.
PERSONAL = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "payment_card",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip_address",
    "US_SSN": "us_ssn",
}
# Our categories → the labels of the data that come nearest.
OFFENSIVE = {
    ("insult", "threat"): ("HR",),
    ("slur",): ("H",),
    ("insult", "slur", "threat"): ("H", "H2", "HR"),
}
LABELS = {"HR": "harassment", "H": "hate", "H2": "hate/threatening"}
OWN = "guardrails"  # not a detector of ours: what the client's filters said


@cache
def rows_of(name: str) -> list[dict[str, Any]]:
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def share(hits: int, n: int) -> str:
    """ "93 % [81–98]", or a dash where there is nothing to divide by."""
    if not n:
        return "–"
    low, high = wilson(hits / n, n)
    return f"{_percent(hits / n)} % [{_percent(low)}–{_percent(high)}]"


def _percent(share_: float) -> str:
    return f"{100 * share_:.1f}" if 0.0005 <= share_ < 0.0995 else f"{100 * share_:.0f}"


def line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def personal_data() -> Iterator[str]:
    """By stretch of text: found when ours and theirs of the same category overlap."""
    gold, found, flagged, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows_of("pii_presidio"):
        theirs = [
            (PERSONAL[span["label"]], span["start"], span["end"])
            for given in row["annotations"]
            for span in given.get("spans", ())
            if span["label"] in PERSONAL
        ]
        ours = [(one.category, *one.span) for one in personal_data_in(row["output"])]
        gold.update(category for category, _start, _end in theirs)
        flagged.update(category for category, _start, _end in ours)
        found.update(one[0] for one in theirs if any(_same(one, other) for other in ours))
        right.update(one[0] for one in ours if any(_same(one, other) for other in theirs))
    yield line("category", "in the data", "recall", "flagged", "precision")
    yield line("---", "--:", "--:", "--:", "--:")
    for category in PERSONAL.values():
        recall = share(found[category], gold[category])
        precision = share(right[category], flagged[category])
        yield line(f"`{category}`", gold[category], recall, flagged[category], precision)


def _same(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def injection() -> Iterator[str]:
    """By text. Recall of attacks, by the technique that the data names; and what is flagged of the rest."""
    n, flagged = Counter[str](), Counter[str]()
    for row in rows_of("prompt_injection"):
        kind = row["annotations"][0]["value"]
        names = [kind]
        if kind == "injection":
            names.append(f"– {row['attributes']['injection_variant'].replace('_', ' ')}")
        n.update(names)
        if injections_in(row["output"]):
            flagged.update(names)
    attacks = sorted(
        (name for name in n if name.startswith("–")), key=lambda name: (-flagged[name] / n[name], name)
    )
    yield line("texts", "n", "flagged", "share")
    yield line("---", "--:", "--:", "--:")
    for name in ("injection", *attacks, "attack_instruction", "benign"):
        yield line(name.replace("_", " "), n[name], flagged[name], share(flagged[name], n[name]))


def insults() -> Iterator[str]:
    """By text, against the labels that were given; a label that is absent counts neither way."""
    yield line("our category", "their label", "labelled", "of them bad", "recall", "flagged", "precision")
    yield line("---", "---", "--:", "--:", "--:", "--:", "--:")
    for ours, theirs in OFFENSIVE.items():
        labelled = bad = flagged = right = 0
        for row in rows_of("openai_moderation"):
            given = {one["question"]: one["value"] for one in row["annotations"]}
            known = [given[label] for label in theirs if label in given]
            if len(known) < len(theirs) and 1 not in known:
                continue
            is_bad, is_flagged = (
                1 in known,
                not {s.category for s in insults_in(row["output"])}.isdisjoint(ours),
            )
            labelled, bad = labelled + 1, bad + is_bad
            flagged, right = flagged + is_flagged, right + (is_bad and is_flagged)
        names = ", ".join(f"`{name}`" for name in ours)
        labels = ", ".join(LABELS[label] for label in theirs)
        yield line(names, labels, labelled, bad, share(right, bad), flagged, share(right, flagged))


def ordinary() -> Iterator[str]:
    """By text: how many of texts that nobody called harmful get a flag of each category."""
    sets: Mapping[str, Iterable[str]] = {
        "halueval_general": [row["output"] for row in rows_of("halueval_general")],
        "multipico": [row["output"] for row in rows_of("multipico")],
        "xstest, prompts called safe": _safe_prompts(),
        "xstest, outputs": [row["output"] for row in rows_of("xstest")],
    }
    yield line("texts", "n", "with a flag", "share", "which")
    yield line("---", "--:", "--:", "--:", "---")
    for name, texts in sets.items():
        found = [{finding.category for finding in _findings(text)} for text in texts if text]
        which = Counter(category for categories in found for category in categories)
        told = ", ".join(
            f"{category} {n}" for category, n in sorted(which.items(), key=lambda p: (-p[1], p[0]))
        )
        hits = sum(map(bool, found))
        yield line(name, len(found), hits, share(hits, len(found)), told or "–")


def _safe_prompts() -> list[str]:
    rows = rows_of("xstest")
    return list(
        {row["item_id"]: row["prompt"] for row in rows if row["attributes"]["label"] == "safe"}.values()
    )


def _findings(text: str) -> Iterator[Any]:
    record = {"output": {"text": text}}
    yield from (finding for name, detect in detectors if name != OWN for finding in detect(record))


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "Personal data": personal_data,
    "Prompt injection": injection,
    "Insults, slurs, threats": insults,
    "Ordinary texts": ordinary,
}


def main() -> None:
    for title, table in TABLES.items():
        print(f"\n## {title}\n", *table(), sep="\n")


if __name__ == "__main__":
    main()
