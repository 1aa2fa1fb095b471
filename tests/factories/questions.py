"""One question of every kind, with answers that fit."""

from typing import Any

OPTIONS: list[dict[str, str]] = [
    {"value": "clear", "label": "Clear"},
    {"value": "polite", "label": "Polite"},
    {"value": "brief", "label": "Brief"},
]
SEVERITIES: list[dict[str, str]] = [
    {"value": "minor", "label": "Minor"},
    {"value": "major", "label": "Major"},
]
CATEGORIES: list[dict[str, str]] = [
    {"value": "accuracy", "label": "Accuracy"},
    {"value": "fluency", "label": "Fluency"},
]
MARKS: list[dict[str, str]] = [
    {"value": "supported", "label": "Supported"},
    {"value": "not_supported", "label": "Not supported"},
]


def question(kind: str, **fields: Any) -> dict[str, Any]:
    """A question of this kind with nothing but what it needs; its key is its kind."""
    return {"key": kind, "kind": kind, "label": f"The {kind} question", **NEEDED.get(kind, {}), **fields}


NEEDED: dict[str, dict[str, Any]] = {
    "single_choice": {"options": OPTIONS},
    "multiple_choice": {"options": OPTIONS},
    "ranking": {"options": OPTIONS},
    "spans": {"categories": CATEGORIES, "severities": SEVERITIES, "on": ["output", "input"]},
    "claims": {"marks": MARKS},
}

# Answers about the output "Refunds are instant." and the message "How long?" of `tests.factories.work`.
ANSWERS: dict[str, Any] = {
    "single_choice": "polite",
    "multiple_choice": ["clear", "brief"],
    "rating": 4,
    "yes_no": "no",
    "number": 2.5,
    "short_text": "Says it is instant \u202e\U0001f600",
    "long_text": "First line.\n\n  Second line, e\u0301.\n",
    "ranking": ["brief", "clear", "polite"],
    "preference": "tie",
    "spans": [
        {"start": 0, "end": 3, "category": "fluency", "severity": "minor", "on": "input"},
        {
            "start": 12,
            "end": 19,
            "category": "accuracy",
            "severity": "major",
            "comment": "five <days>",
            "on": "output",
        },
    ],
    "claims": [{"start": 0, "end": 20, "mark": "not_supported", "on": "output"}],
}
KINDS = tuple(ANSWERS)
