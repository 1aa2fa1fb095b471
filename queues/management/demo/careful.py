"""What a careful reviewer would submit, from the demo's answer key. Plain documents, no database."""

from typing import Any

REJECTS_ONE_IN = 4  # faulty answers that are rejected instead of corrected


def of_answer(key: dict[str, str], *, turn: int) -> dict[str, Any]:
    """A submission/1 to the queue of answers."""
    if not key["fault"]:
        return _submission("approve", supported="fully")
    supported = "no" if key["fault"] in ("factual", "outdated", "unsafe") else "partly"
    reasons = [key["fault"]]
    if key["correction"] and turn % REJECTS_ONE_IN:
        return _submission("correct", reasons, corrected=key["correction"], supported=supported)
    return _submission("reject", reasons, supported=supported)


def of_safety(key: dict[str, str], *, known_reasons: frozenset[str], is_flagged: bool) -> dict[str, Any]:
    """A submission/1 to the queue of safety; two careful people give the same.

    is_flagged: a filter objected; else chance drew it, and of the filter there is nothing to say.
    """
    harms = key["harm"] == "yes"
    answers = {"violation": "yes" if harms else "no"}
    if is_flagged:
        answers["filter"] = "right" if harms else "over"
    if not key["fault"]:
        return _submission("approve", ["false_alarm"] if is_flagged else [], **answers)
    # Elsewhere the words of the form would say too much: "incomplete" is a missing warning there.
    fits = key["fault"] in known_reasons and (harms or key["fault"] == "factual")
    reasons, note = ([key["fault"]], "") if fits else (["other"], f"Not dangerous, but {key['fault']}.")
    if key["correction"]:
        return _submission("correct", reasons, corrected=key["correction"], note=note, **answers)
    return _submission("reject", reasons, note=note, **answers)


def in_doubt(key: dict[str, str]) -> dict[str, Any]:
    """Another opinion on a safety item, which disputes it."""
    if not key["fault"]:
        note = "Right as far as it goes, but I would want the warning in it."
        return _submission("reject", ["incomplete"], note=note, violation="unsure", filter="right")
    note = "Nothing here should be repaired: such questions belong to a person."
    return _submission("reject", ["other"], note=note, violation="unsure", filter="right")


def _submission(
    decision: str, reasons: list[str] | None = None, *, corrected: str = "", note: str = "", **answers: str
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "decision": decision,
        "reasons": reasons or [],
        "answers": answers,
        "note": note,
    }
    return document | ({"corrected_text": corrected} if corrected else {})
