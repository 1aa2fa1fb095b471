"""What a record says of itself, by the names that the rule "attribute" knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from queues.route.fact import Arrival, facts

Attributes = Mapping[str, tuple[str, ...]]


@facts.register("attributes")
def attributes_of(_project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, Attributes]:
    """Attribute → its values; one that the record does not have is absent."""
    return {arrival.id: _attributes(arrival) for arrival in arrivals}


def _attributes(arrival: Arrival) -> Attributes:
    record = arrival.record
    subject, prompt, rights = (record.get(name) or {} for name in ("subject", "prompt", "rights"))
    single = {
        "locale": subject.get("locale"),
        "segment": subject.get("segment"),
        "environment": arrival.environment,
        "model_version": arrival.model_version,
        "prompt": prompt.get("name"),
        "prompt_version": prompt.get("version"),
        "operation": record.get("operation"),
        "origin": rights.get("origin"),
        **{f"cohort.{key}": value for key, value in (subject.get("cohort") or {}).items()},
    }
    present = {name: (_text(value),) for name, value in single.items() if value not in (None, "")}
    return present | ({"tag": tuple(tags)} if (tags := record.get("tags")) else {})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower()  # true, 3, 0.5 as JSON writes them
