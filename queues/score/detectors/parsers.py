"""Answers of public safety models, read into guardrail rows."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_UNSAFE = re.compile(r"unsafe\s*\n\s*(S\d{1,2}(?:\s*,\s*S\d{1,2})*)\s*")


class LlamaGuardAnswer(NamedTuple):
    """What Llama Guard said. Both None: unreadable, so a person must look; never an "allow"."""

    verdict: str | None
    categories: list[str] | None


def llama_guard_answer(text: str) -> LlamaGuardAnswer:
    """Read `safe` or `unsafe` and a line of categories. Source: model card of Llama Guard 3 and 4."""
    if text.strip() == "safe":
        return LlamaGuardAnswer("allow", [])
    unsafe = _UNSAFE.fullmatch(text.strip())
    if unsafe is None:
        return LlamaGuardAnswer(None, None)
    return LlamaGuardAnswer("deny", re.findall(r"S\d+", unsafe.group(1)))


def moderation_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One guardrail row per category of an OpenAI moderation answer, in the order of the categories' names.

    The answer names no threshold, so the rows hold none.
    """
    return [
        {
            "component": "openai_moderation",
            "component_version": answer["model"],
            "taxonomy": "openai-moderation",
            "category": category,
            "score": result["category_scores"].get(category),
            "flagged": flagged,
            "verdict": "deny" if flagged else "allow",
        }
        for result in answer["results"]
        for category, flagged in sorted(result["categories"].items())
    ]
