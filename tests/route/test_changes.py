"""What changed between two policies."""

from typing import Any

from queues.route.changes import changes

AUDIT = {"name": "audit", "kind": "random_audit", "queue": "q", "rate": 0.1}
SAFETY = {"name": "safety", "kind": "safety_flagged", "queue": "q"}


def policy(*rules: Any) -> dict[str, Any]:
    return {"schema": "policy/1", "rules": list(rules)}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change.rule, change.what) for change in changes(before, after)]


def test_rules_are_added_removed_and_changed_by_name() -> None:
    found = changes(policy(AUDIT, SAFETY), policy({**AUDIT, "rate": 0.2}, {**SAFETY, "name": "other"}))

    assert [(change.rule, change.what) for change in found] == [
        ("audit", "changed"),
        ("other", "added"),
        ("safety", "removed"),
    ]
    assert found[0].fields == {"rate": (0.1, 0.2)}


def test_what_is_left_out_is_no_change() -> None:
    assert changes(policy(AUDIT), policy({**AUDIT, "priority": 50, "enabled": True})) == []


def test_a_rule_that_only_moved_is_told_as_moved() -> None:
    third = {**SAFETY, "name": "third"}

    assert told(policy(AUDIT, SAFETY, third), policy(third, AUDIT, SAFETY)) == [("third", "moved")]


def test_documents_with_faults_are_compared_as_they_stand() -> None:
    broken = policy({**AUDIT, "rate": "much"}, 5, {"kind": "moon"})

    assert told(policy(AUDIT), broken) == [("audit", "changed"), ("#2", "added")]
    assert told({"rules": "none"}, policy(AUDIT)) == [("audit", "added")]
    assert told({}, {}) == []
