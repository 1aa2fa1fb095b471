"""What may stand in a policy."""

from typing import Any

import pytest

from queues.errors import Invalid
from queues.route.condition import conditions
from queues.route.policy_document import json_schema, parse
from tests.factories.policies import first_document


def _with(place: int, **changes: object) -> dict[str, Any]:
    document = first_document(answers="answers", safety="safety")
    document["rules"][place] |= changes
    return document


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"schema": "policy/2", "rules": []}, "/schema"),
        ({"rules": []}, "/schema"),
        ({"schema": "policy/1", "rules": [], "extra": 1}, "/extra"),
        ({"schema": "policy/1", "rules": [{"name": "a"}]}, "/rules/0"),
        (_with(0, kind="moon_phase"), "/rules/0"),
        (_with(0, threshold=1.5), "/rules/0"),
        (_with(0, threshold=float("nan")), "/rules/0/threshold"),
        (_with(0, threshold="0.8"), "/rules/0/threshold"),
        (_with(0, measure="min_logprob"), "/rules/0/measure"),
        (_with(0, measure="no_such"), "/rules/0/measure"),
        (_with(0, priority=101), "/rules/0/priority"),
        (_with(0, reviews_needed=0), "/rules/0/reviews_needed"),
        (_with(0, reviews_needed=True), "/rules/0/reviews_needed"),
        (_with(0, due_hours=0), "/rules/0/due_hours"),
        (_with(1, min_severity="huge"), "/rules/1/min_severity"),
        (_with(1, categories=[]), "/rules/1/categories"),
        (_with(2, rate=0), "/rules/2/rate"),
        (_with(2, rate=1.01), "/rules/2/rate"),
        (_with(2, **{"a/b~c": 1}), "/rules/2/a~1b~0c"),
        (_with(2, name="uncertain"), ""),
    ],
)
def test_a_wrong_document_is_refused_at_the_wrong_place(document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(document)

    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


def test_all_faults_are_told_at_once() -> None:
    document = _with(0, priority=-1)
    document["rules"][2]["rate"] = 2

    with pytest.raises(Invalid) as refusal:
        parse(document)

    assert {fault.pointer for fault in refusal.value.faults} == {"/rules/0/priority", "/rules/2/rate"}


def test_two_random_rules_need_different_draws() -> None:
    document = _with(2)
    document["rules"].append(document["rules"][2] | {"name": "second"})

    with pytest.raises(Invalid, match="policy/1"):
        parse(document)


def test_the_schema_names_every_kind_of_rule() -> None:
    kinds = {rule["properties"]["kind"]["const"] for rule in json_schema()["$defs"].values()}

    assert kinds == {kind for kind, _condition in conditions}


def test_a_policy_with_other_rules_asks_only_those() -> None:
    document = parse(first_document(answers="answers", safety="safety"))
    known = document.rules_in_force

    asked = document.with_rules(rule for rule in known if rule.kind == "safety_flagged")

    assert [rule.name for rule in asked.rules_in_force] == ["safety"]
    assert asked.ranked_measures == frozenset()
